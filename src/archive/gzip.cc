#include "archive/gzip.h"

#include <zlib.h>

#include "base/check.h"

namespace salvor::archive {
namespace {

constexpr int kGzip = 16;  // added to the window's bits: gzip's header and trailer, not zlib's
constexpr int kWindow = 15;
constexpr int kLevel = 1;
constexpr int kMemory = 9;
constexpr std::size_t kPiece = std::size_t{64} << 10;
// zlib counts input in 32 bits.
constexpr std::size_t kInputMax = std::size_t{1} << 30;

// zlib never writes through its input pointer; its interface predates const.
Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

struct Deflater::State {
  z_stream stream{};
  std::string piece = std::string(kPiece, '\0');

  void run(std::string_view bytes, int flush, std::string& out) {
    stream.next_in = input(bytes);
    stream.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream.avail_out = static_cast<uInt>(piece.size());
      CHECK(::deflate(&stream, flush) != Z_STREAM_ERROR);
      out.append(piece.data(), piece.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  }
};

Deflater::Deflater() : state_(std::make_unique<State>()) {
  CHECK(deflateInit2(&state_->stream, kLevel, Z_DEFLATED, kWindow + kGzip, kMemory,
                     Z_DEFAULT_STRATEGY) == Z_OK);
}

Deflater::~Deflater() { deflateEnd(&state_->stream); }

void Deflater::append(std::string_view bytes, std::string& out) {
  for (std::size_t at = 0; at < bytes.size(); at += kInputMax) {
    state_->run(bytes.substr(at, kInputMax), Z_NO_FLUSH, out);
  }
}

void Deflater::finish(std::string& out) { state_->run({}, Z_FINISH, out); }

std::string gzipped(std::string_view bytes) {
  Deflater deflater;
  std::string out;
  deflater.append(bytes, out);
  deflater.finish(out);
  return out;
}

struct Inflater::State {
  z_stream stream{};
  std::string piece = std::string(kPiece, '\0');
  bool is_ended = false;  // the last stream is complete
};

Inflater::Inflater() : state_(std::make_unique<State>()) {
  CHECK(inflateInit2(&state_->stream, kWindow + kGzip) == Z_OK);
}

Inflater::~Inflater() { inflateEnd(&state_->stream); }

Result<void> Inflater::feed(std::string_view bytes, const Sink& sink) {
  for (std::size_t at = 0; at < bytes.size(); at += kInputMax) {
    TRY_VOID(feed_part(bytes.substr(at, kInputMax), sink));
  }
  return {};
}

Result<void> Inflater::feed_part(std::string_view bytes, const Sink& sink) {
  z_stream& stream = state_->stream;
  stream.next_in = input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  bool is_full = false;  // zlib may hold more output than the piece took
  while (stream.avail_in > 0 || is_full) {
    if (state_->is_ended) {
      CHECK(inflateReset(&stream) == Z_OK);
      state_->is_ended = false;
    }
    stream.next_out = reinterpret_cast<Bytef*>(state_->piece.data());
    stream.avail_out = static_cast<uInt>(state_->piece.size());
    const int outcome = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t ready = state_->piece.size() - stream.avail_out;
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR) {
      return error(ErrorCode::corrupt, "compressed data are damaged");
    }
    state_->is_ended = outcome == Z_STREAM_END;
    is_full = !state_->is_ended && stream.avail_out == 0;
    if (ready > 0) TRY_VOID(sink(std::string_view(state_->piece).substr(0, ready)));
  }
  return {};
}

Result<void> Inflater::finish() const {
  if (state_->is_ended) return {};
  return error(ErrorCode::corrupt, "compressed data end too early");
}

Result<std::string> gunzipped(std::string_view stream, std::uint64_t most) {
  Inflater inflater;
  std::string all;
  TRY_VOID(inflater.feed(stream, [&](std::string_view bytes) -> Result<void> {
    if (all.size() + bytes.size() > most) {
      return error(ErrorCode::corrupt,
                   "compressed data unpack to more than " + std::to_string(most) + " bytes");
    }
    all += bytes;
    return {};
  }));
  TRY_VOID(inflater.finish());
  return all;
}

}  // namespace salvor::archive
