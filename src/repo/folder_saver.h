// Saves a folder of a local file system: its trees and the content of its files.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "repo/blob_saver.h"
#include "repo/entry_problem.h"
#include "repo/progress.h"

namespace salvor::repo {

struct SaveCounts {
  std::uint64_t files_new = 0;
  std::uint64_t files_changed = 0;
  std::uint64_t files_unmodified = 0;
  std::uint64_t folders = 0;
  std::uint64_t others = 0;
  std::uint64_t bytes = 0;  // of all files
};

struct SavedFolder {
  Id tree;
  SaveCounts counts;
  SavedBytes saved;
  std::vector<EntryProblem> problems;  // the first kEntryProblemsMax
  std::uint64_t problem_count = 0;
};

struct SaveOptions {
  std::optional<Id> parent_tree = {};  // of the last backup: what is as it was is not read again
  unsigned threads = 2;                // that compress, seal and upload
  int level = 3;                       // of zstd
  // Not empty: the tree holds one folder of this name, which is `path` with its owner, mode, times
  // and attributes; root_folder() finds it again. Empty: what is in `path` is the tree's root.
  std::string root_name = {};
  Progress* progress = nullptr;
};

// Saves what is in `path`, and all blobs with their index.
// Stays in one file system. Fails only when nothing can be saved: the folder cannot be read, or the
// store does not take the data; what goes wrong with an entry is a problem of it.
Result<SavedFolder> save_folder(Context& context, const Repository& repository, Index& index,
                                const std::string& path, const SaveOptions& options);

}  // namespace salvor::repo
