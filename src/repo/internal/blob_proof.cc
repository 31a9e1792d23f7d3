#include "repo/internal/blob_proof.h"

namespace salvor::repo::internal {
namespace {

constexpr std::size_t kDecrypted = 64 << 10;
constexpr std::size_t kPlain = 128 << 10;

}  // namespace

Result<void> BlobProof::check(std::string_view sealed, const PackedBlob& blob) {
  const bool is_compressed = blob.place.is_compressed();
  const std::span<char> plain = plain_.of(kPlain);
  const auto hash = [&](std::string_view piece) -> Result<void> {
    hasher_.add(piece);
    return {};
  };
  decompressor_.begin();
  auto opened = cipher_.open_by_pieces(
      sealed, decrypted_.of(kDecrypted), [&](std::string_view piece) -> Result<void> {
        return is_compressed ? decompressor_.feed(piece, plain, hash) : hash(piece);
      });
  if (opened.ok() && is_compressed) opened = decompressor_.finish();
  const Id found = hasher_.finish();
  if (opened.ok() && found != blob.key.id)
    opened = error(ErrorCode::corrupt, "its bytes are not what its name says");
  if (opened.ok()) return {};
  return std::move(opened).within("opening blob " + blob.key.id.brief());
}

}  // namespace salvor::repo::internal
