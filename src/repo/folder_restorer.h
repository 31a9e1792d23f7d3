// Restores a tree into a folder of a local file system.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "repo/entry_problem.h"
#include "repo/index.h"
#include "repo/progress.h"
#include "repo/repository.h"

namespace salvor::repo {

struct RestoreCounts {
  std::uint64_t files = 0;
  std::uint64_t folders = 0;
  std::uint64_t others = 0;
  std::uint64_t bytes = 0;  // written to files
};

struct RestoredFolder {
  RestoreCounts counts;
  std::vector<EntryProblem> problems;  // the first kEntryProblemsMax
  std::uint64_t problem_count = 0;
};

// What becomes of a file's bytes that stand there already.
enum class BytesThere {
  replaced,  // the file is removed first
  compared,  // those of a chunk that are what the snapshot has stay, and are not fetched again
};

struct RestoreOptions {
  // That read, verify and write: more than processors, as some wait for the store.
  unsigned threads = 4;
  BytesThere bytes_there = BytesThere::replaced;
  // A small hostile repository could hold one tree millions of times, each in another.
  std::uint64_t entries_max = 1'000'000'000;
  Progress* progress = nullptr;
};

// Restores what the tree holds into `path`, which is made if it is missing. What is in the way of a
// file is replaced, other entries stay. No byte is written that is not what its blob's id says, and
// nothing outside of the folder, whatever links stand in it. Fails only when nothing can be
// restored: the root's tree cannot be read, or the folder not be made; and with exhausted when
// there are more entries than may be. What goes wrong with an entry is a problem of it.
Result<RestoredFolder> restore_folder(Context& context, const Repository& repository,
                                      const Index& index, const Id& tree, const std::string& path,
                                      const RestoreOptions& options);

}  // namespace salvor::repo
