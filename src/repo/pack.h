// Packs: files of sealed blobs, one after the other, then a sealed header that names them and the
// header's length.
// Source: restic's doc/design.rst, "Pack Format". A header is foreign bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "repo/blob.h"
#include "repo/cipher.h"
#include "repo/internal/piece_list.h"

namespace salvor::repo {

// What a header takes besides its entries: its seal and its length.
inline constexpr std::size_t kHeaderLengthBytes = 4;
inline constexpr std::size_t kHeaderMax = 16 << 20;

// A pack in the making. One thread at a time.
class PackBuilder {
 public:
  PackBuilder() = default;
  // `pieces`: where the memory for its bytes comes from, and goes.
  explicit PackBuilder(internal::BufferStock& pieces) : bytes_(pieces) {}

  // Requires: the pack stays below 4 GiB. `sealed`: the bytes of the blob.
  void add(const BlobKey& key, std::string_view sealed, std::size_t plain_length,
           bool is_compressed);
  bool is_empty() const { return blobs_.empty(); }
  std::size_t bytes() const { return bytes_.size(); }
  // Whether one header has room for another blob.
  bool has_room() const;

  struct Pack {
    Id id;
    internal::PieceList bytes;
    std::vector<PackedBlob> blobs;
  };
  // The whole pack; the builder is empty again.
  Pack finish(Cipher& cipher);

 private:
  internal::PieceList bytes_;
  std::string header_;
  std::vector<PackedBlob> blobs_;
};

// The length of the sealed header, from the pack's last bytes. Fails with corrupt when a pack of
// that size cannot have such a header.
Result<std::size_t> header_length(std::string_view last_bytes, std::uint64_t pack_size);

// The blobs that a sealed header names, in the order in which they lie. Fails with corrupt unless
// they fill the pack up to the header. `sealed` is decrypted in place.
Result<std::vector<PackedBlob>> read_header(std::span<char> sealed, std::uint64_t pack_size,
                                            Cipher& cipher);

}  // namespace salvor::repo
