// Which pack holds which blob.
// Source: restic's doc/design.rst, "Indexing". Index files are foreign bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "repo/blob.h"

namespace salvor::repo {

struct PackContents {
  Id pack;
  std::vector<PackedBlob> blobs;
};

// The plain text of an index file.
std::string index_json(const std::vector<PackContents>& packs);

// Reads the plain text of an index file, pack by pack. Fails with corrupt when it is no index, with
// the sink's error when that fails. What restic's successors and predecessors add is passed over.
using PackSink = std::function<Result<void>(PackContents pack)>;
Result<void> read_index(std::string text, const PackSink& sink);

// All blobs of a repository, in memory: about 56 bytes each. One thread at a time, or many readers.
class Index {
 public:
  struct Found {
    Id pack;
    BlobPlace place;
  };

  // What it has already stays where it was.
  void add(const PackContents& pack);
  std::optional<Found> find(const BlobKey& key) const;
  bool contains(const BlobKey& key) const { return slot_of(key) != nullptr; }

  std::size_t blob_count() const { return entries_.size(); }
  std::size_t pack_count() const { return packs_.size(); }
  void each_pack(const std::function<void(const Id& pack)>& sink) const;
  // In the order in which they came.
  void each(const std::function<void(const BlobKey& key, const Found& found)>& sink) const;

 private:
  struct Entry {
    Id id;
    std::uint32_t pack;  // of packs_
    BlobPlace place;
    BlobType type;
  };

  const Entry* slot_of(const BlobKey& key) const;
  std::size_t first_slot(const BlobKey& key) const;
  void grow();
  void put(std::uint32_t entry);

  std::deque<Entry> entries_;  // never copied as it grows
  std::vector<Id> packs_;
  std::vector<std::uint32_t>
      slots_;  // 1 + an entry's number; 0: free. Their count is a power of two
};

}  // namespace salvor::repo
