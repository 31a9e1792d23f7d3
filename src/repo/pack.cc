#include "repo/pack.h"

#include <cstring>
#include <limits>
#include <utility>

#include "repo/blob_opener.h"

namespace salvor::repo {
namespace {

// A header's entry: its type, the sealed length, the plain length if it is compressed, the id.
constexpr std::size_t kPlainEntry = 1 + 4 + 32;
constexpr std::size_t kCompressedEntry = kPlainEntry + 4;
constexpr unsigned char kCompressedBit = 2;

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xff);
}

std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;)
    value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

Error damaged(const std::string& why) {
  return error(ErrorCode::corrupt, "the pack's header is damaged: " + why);
}

// One entry, taken off the front; its offset is not known here.
Result<PackedBlob> take_entry(std::string_view& entries) {
  const auto type = static_cast<unsigned char>(entries[0]);
  if (type > 3) return damaged("it has blobs of an unknown type");
  const bool is_compressed = (type & kCompressedBit) != 0;
  const std::size_t size = is_compressed ? kCompressedEntry : kPlainEntry;
  if (entries.size() < size) return damaged("it ends within an entry");
  PackedBlob blob;
  blob.key.type = (type & 1) == 0 ? BlobType::data : BlobType::tree;
  blob.place.length = u32_at(entries, 1);
  if (is_compressed) blob.place.plain_length = u32_at(entries, 5);
  if (is_compressed && blob.place.plain_length == 0) return damaged("a blob of nothing");
  std::memcpy(blob.key.id.bytes.data(), entries.data() + size - 32, 32);
  entries.remove_prefix(size);
  return blob;
}

}  // namespace

void PackBuilder::add(const BlobKey& key, std::string_view sealed, std::size_t plain_length,
                      bool is_compressed) {
  CHECK(bytes_.size() + sealed.size() < std::numeric_limits<std::uint32_t>::max());
  const BlobPlace place{static_cast<std::uint32_t>(bytes_.size()),
                        static_cast<std::uint32_t>(sealed.size()),
                        is_compressed ? static_cast<std::uint32_t>(plain_length) : 0};
  header_ += static_cast<char>((key.type == BlobType::tree ? 1 : 0) |
                               (is_compressed ? kCompressedBit : 0));
  append_u32(header_, place.length);
  if (is_compressed) append_u32(header_, place.plain_length);
  header_.append(reinterpret_cast<const char*>(key.id.bytes.data()), key.id.bytes.size());
  bytes_.append(sealed);
  blobs_.push_back({key, place});
}

bool PackBuilder::has_room() const {
  return header_.size() + kCompressedEntry + kSealBytes <= kHeaderMax;
}

PackBuilder::Pack PackBuilder::finish(Cipher& cipher) {
  std::string end = cipher.sealed(std::exchange(header_, {}));
  append_u32(end, static_cast<std::uint32_t>(end.size()));
  bytes_.append(end);
  Hasher hasher;
  const auto hashed = bytes_.each([&](std::string_view piece) -> Result<void> {
    hasher.add(piece);
    return {};
  });
  CHECK(hashed.ok());
  return {hasher.finish(), std::move(bytes_), std::exchange(blobs_, {})};
}

Result<std::size_t> header_length(std::string_view last_bytes, std::uint64_t pack_size) {
  if (pack_size < kHeaderLengthBytes + kSealBytes || last_bytes.size() < kHeaderLengthBytes)
    return damaged("the pack is too short");
  const std::size_t length = u32_at(last_bytes, last_bytes.size() - kHeaderLengthBytes);
  if (length < kSealBytes + kPlainEntry || length > kHeaderMax ||
      length + kHeaderLengthBytes > pack_size)
    return damaged("its length cannot be");
  return length;
}

Result<std::vector<PackedBlob>> read_header(std::span<char> sealed, std::uint64_t pack_size,
                                            Cipher& cipher) {
  const std::uint64_t blobs_end = pack_size - kHeaderLengthBytes - sealed.size();
  TRY(std::string_view entries, cipher.open(sealed));
  std::vector<PackedBlob> blobs;
  blobs.reserve(entries.size() / kPlainEntry);
  std::uint64_t offset = 0;
  while (!entries.empty()) {
    TRY(PackedBlob blob, take_entry(entries));
    if (blob.place.length < kSealBytes) return damaged("a blob is shorter than its seal");
    if (blob.place.length > kBlobMax) return damaged("a blob is larger than 1 GiB");
    blob.place.offset = static_cast<std::uint32_t>(offset);
    offset += blob.place.length;
    if (offset > blobs_end) return damaged("its blobs are longer than the pack");
    blobs.push_back(blob);
  }
  if (offset != blobs_end) return damaged("its blobs do not fill the pack");
  return blobs;
}

}  // namespace salvor::repo
