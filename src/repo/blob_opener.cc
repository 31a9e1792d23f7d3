#include "repo/blob_opener.h"

namespace salvor::repo {

Result<std::string_view> BlobOpener::open(std::span<char> sealed, const PackedBlob& blob) {
  auto opened = cipher_.open(sealed);
  if (!opened.ok()) return std::move(opened).within("opening blob " + blob.key.id.brief());
  return unfold(*opened, blob);
}

Result<std::string_view> BlobOpener::unfold(std::string_view plain, const PackedBlob& blob) {
  if (blob.place.is_compressed()) {
    if (blob.place.plain_length > kBlobMax)
      return error(ErrorCode::exhausted, "blob " + blob.key.id.brief() + " is larger than 1 GiB");
    const std::span<char> room = plain_.of(blob.place.plain_length);
    auto done = decompressor_.decompress(plain, room.data(), room.size());
    if (!done.ok()) return std::move(done).error().within("opening blob " + blob.key.id.brief());
    plain = {room.data(), room.size()};
  }
  if (id_of(plain) == blob.key.id) return plain;
  return error(ErrorCode::corrupt, "blob " + blob.key.id.brief() +
                                       " is not what its name says: its bytes were changed");
}

}  // namespace salvor::repo
