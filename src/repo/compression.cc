#include "repo/compression.h"

#include <zstd.h>

#include "base/check.h"

namespace salvor::repo {
namespace {

// restic's own window; what it reads may have up to 2^27.
constexpr int kWindowLogMax = 27;
constexpr std::size_t kPiece = 256 << 10;

Error damaged(const char* why) {
  return error(ErrorCode::corrupt, std::string("compressed bytes are damaged: ") + why);
}

}  // namespace

struct Compressor::State {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  int level = 0;
  State() { CHECK(context != nullptr); }
  ~State() { ZSTD_freeCCtx(context); }
};

Compressor::Compressor(int level) : state_(std::make_unique<State>()) { state_->level = level; }
Compressor::~Compressor() = default;
Compressor::Compressor(Compressor&&) noexcept = default;

std::size_t Compressor::bound(std::size_t plain_bytes) { return ZSTD_compressBound(plain_bytes); }

std::size_t Compressor::compress(std::string_view plain, char* out) {
  const std::size_t size = ZSTD_compressCCtx(state_->context, out, bound(plain.size()),
                                             plain.data(), plain.size(), state_->level);
  CHECK(!ZSTD_isError(size));
  return size;
}

std::string Compressor::compressed(std::string_view plain) {
  std::string frame(bound(plain.size()), '\0');
  frame.resize(compress(plain, frame.data()));
  return frame;
}

struct Decompressor::State {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::size_t left = 0;  // as zstd says: 0 at a frame's end
  State() {
    CHECK(context != nullptr);
    CHECK(!ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, kWindowLogMax)));
  }
  ~State() { ZSTD_freeDCtx(context); }
};

Decompressor::Decompressor() : state_(std::make_unique<State>()) {}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;

Result<void> Decompressor::decompress(std::string_view frame, char* out, std::size_t bytes) {
  const std::size_t size =
      ZSTD_decompressDCtx(state_->context, out, bytes, frame.data(), frame.size());
  if (ZSTD_isError(size)) return damaged(ZSTD_getErrorName(size));
  if (size != bytes) return damaged("they hold fewer bytes than they should");
  return {};
}

void Decompressor::begin() {
  CHECK(!ZSTD_isError(ZSTD_DCtx_reset(state_->context, ZSTD_reset_session_only)));
  state_->left = 1;
}

Result<void> Decompressor::feed(std::string_view piece, std::span<char> room,
                                const PieceSink& sink) {
  ZSTD_inBuffer in{piece.data(), piece.size(), 0};
  bool is_room_full = false;
  while (in.pos < in.size || is_room_full) {
    if (state_->left == 0) return damaged("something follows them");
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    state_->left = ZSTD_decompressStream(state_->context, &out, &in);
    if (ZSTD_isError(state_->left)) return damaged(ZSTD_getErrorName(state_->left));
    TRY_VOID(sink({room.data(), out.pos}));
    is_room_full = out.pos == out.size && state_->left != 0;
  }
  return {};
}

Result<void> Decompressor::finish() const {
  if (state_->left != 0) return damaged("they end too early");
  return {};
}

Result<std::string> Decompressor::decompress_at_most(std::string_view frame, std::size_t most) {
  std::string plain;
  const std::unique_ptr<char[]> room(new char[kPiece]);
  begin();
  TRY_VOID(feed(frame, {room.get(), kPiece}, [&](std::string_view piece) -> Result<void> {
    if (plain.size() + piece.size() > most)
      return error(ErrorCode::exhausted, "compressed bytes hold more than they may");
    plain += piece;
    return {};
  }));
  TRY_VOID(finish());
  return plain;
}

}  // namespace salvor::repo
