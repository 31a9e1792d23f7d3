// What a repository stores: blobs, each one chunk of a file or one folder's tree.
#pragma once

#include <cstdint>
#include <unordered_set>

#include "repo/id.h"

namespace salvor::repo {

enum class BlobType : std::uint8_t { data, tree };

// A blob is known by its type and the hash of its plain bytes.
struct BlobKey {
  BlobType type = BlobType::data;
  Id id;

  auto operator<=>(const BlobKey&) const = default;
};

struct BlobKeyHash {
  std::size_t operator()(const BlobKey& key) const { return IdHash{}(key.id); }
};
using BlobSet = std::unordered_set<BlobKey, BlobKeyHash>;

// Where a blob lies in its pack, and how.
struct BlobPlace {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;        // sealed
  std::uint32_t plain_length = 0;  // 0: it is not compressed

  bool is_compressed() const { return plain_length != 0; }
  auto operator<=>(const BlobPlace&) const = default;
};

struct PackedBlob {
  BlobKey key;
  BlobPlace place;

  auto operator<=>(const PackedBlob&) const = default;
};

}  // namespace salvor::repo
