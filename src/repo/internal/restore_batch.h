// Some files that are restored together: which parts of which packs they need, and the writing of
// them. Of folder_restorer.cc alone.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/context.h"
#include "repo/blob_opener.h"
#include "repo/index.h"
#include "repo/local_file.h"
#include "repo/node.h"

namespace salvor::repo::internal {

// One file under way.
struct RestoreFile {
  std::string path;  // below the folder
  Node node;
  std::uint64_t size = 0;            // of its content's blobs
  std::atomic<std::uint32_t> open;   // blobs that are not written
  std::atomic<bool> is_bad = false;  // one of them cannot be
  std::atomic<bool> has_holes = false;
  bool is_kept = false;  // it stood there already, perhaps with some of its bytes

  RestoreFile(std::string at, Node of) : path(std::move(at)), node(std::move(of)), open(0) {}
};

// One blob's place in one file.
struct BlobUse {
  Id pack;
  PackedBlob blob;
  RestoreFile* file = nullptr;
  std::uint64_t offset = 0;  // in the file

  // Orders by where the bytes lie.
  friend bool operator<(const BlobUse& a, const BlobUse& b) {
    if (a.pack != b.pack) return a.pack < b.pack;
    return a.blob.place.offset < b.blob.place.offset;
  }
};

// A part of a pack that is read at once: uses [first, last) lie in it.
struct ReadPart {
  std::size_t first = 0;
  std::size_t last = 0;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

struct RestoreBatch {
  std::deque<RestoreFile> files;  // stay where they are
  std::vector<BlobUse> uses;
  std::vector<ReadPart> parts;
  std::atomic<std::size_t> next_part = 0;

  // Notes where a file's blobs lie. Fails with not_found when no index has one of them; then none
  // is noted.
  Result<void> add(RestoreFile& file, const Index& index);
  // Drops those of the file that was added last whose bytes stand in `there` already; how many
  // bytes. The hash decides.
  std::uint64_t keep_equal(Context& context, RestoreFile& file, const Descriptor& there);
  // Sorts the uses and joins those that lie near each other. Call once all files are added.
  void make_parts();
};

// The file of that name which stands in a folder and may be written to in place; not open when
// there is none.
Descriptor file_to_keep(int folder, const Node& node);

}  // namespace salvor::repo::internal
