// Folders whose trees are being made: a tree can be written only when all that is in it is known,
// and that is found out by many threads. Of folder_saver.cc alone.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "repo/local_file.h"
#include "repo/node.h"

namespace salvor::repo::internal {

// One folder. Shared by the walk, by its subfolders and by the files that are being read: whoever
// ends last writes its tree.
struct PendingFolder {
  std::shared_ptr<PendingFolder> parent;     // shared: see above; null for the root
  std::size_t place = 0;                     // in the parent's entries
  std::string path;                          // below the root, for people
  Descriptor descriptor;                     // closed by whoever ends last
  std::vector<std::optional<Node>> entries;  // nothing: it could not be read
  std::atomic<std::size_t> open = 1;         // entries that are not ended, and the walk itself

  // Whether that was the last.
  bool end_one() { return open.fetch_sub(1) == 1; }
  std::string path_of(const std::string& name) const {
    return path.empty() ? name : path + "/" + name;
  }
};

// A file that is read in chunks.
struct PendingFile {
  std::shared_ptr<PendingFolder> folder;  // shared: see above
  std::size_t place = 0;
  std::mutex mutex;  // guards the content
  std::vector<Id> content;
  std::atomic<std::size_t> open = 1;  // chunks that are not saved, and the reading itself
  Result<void> result;                // of the reading; set before that ends
  std::uint64_t size = 0;             // what was read; set with it

  bool end_one() { return open.fetch_sub(1) == 1; }
  void set(std::size_t chunk, const Id& id) {
    const std::lock_guard lock(mutex);
    if (content.size() <= chunk) content.resize(chunk + 1);
    content[chunk] = id;
  }
};

}  // namespace salvor::repo::internal
