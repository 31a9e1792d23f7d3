// Where the copies of one cluster's volumes and objects are: an object store, and the repository in
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/file_stream.h"
#include "base/json.h"
#include "objectstore/store.h"

namespace salvor::volume {

// How far the check of one snapshot of a repository is, or what came of it.
struct CopyCheck {
  std::uint64_t blobs = 0;  // that were read and are what was saved
  std::uint64_t bytes = 0;
  std::uint64_t total_bytes = 0;
  std::size_t problem_count = 0;
  std::vector<std::string> problems;  // the first of them, one line each
  bool is_done = false;
};

// An error ends all checks and comes back.
using OnCopyChecked = std::function<Result<void>(std::size_t index, const CopyCheck& check)>;

// What a snapshot of small files says of itself.
struct FilesLabel {
  std::string path;  // absolute
  std::string host;
  std::vector<std::string> tags;

  bool operator==(const FilesLabel&) const = default;
};

struct LabelledFiles {
  std::string snapshot;
  FilesLabel label;
};

struct CopiedFiles {
  std::string snapshot;
  std::uint64_t stored_bytes = 0;  // that the repository did not have yet
};

struct CopyAccess {
  std::unique_ptr<objectstore::Store> store;  // of the archives of copies that are tarballs
  Json repository;                            // for a mover's order; holds secrets
  Json location;                              // of the recovery points: `backup_location`
  // Removes snapshots from the repository, and the data that nobody else needs, unless somebody
  // works on it now: then the next removal does. Those that are gone are no error.
  // Fails with denied when one of them is locked.
  std::function<Result<void>(Context&, const std::vector<std::string>& snapshots)> forget;
  // Locks the snapshots and all that they need until then. Null: nothing is locked in this store.
  std::function<Result<void>(Context&, const std::vector<std::string>& snapshots,
                             EpochSeconds until)>
      protect{};
  // Reads all that these snapshots need, one after the other, and writes nothing but a lock.
  // Damage is told to `on_checked`, of each snapshot at least once with is_done. Fails when the
  // store cannot be reached or somebody removes data there: then nothing is known.
  std::function<Result<void>(Context&, const std::vector<std::string>& snapshots,
                             const OnCopyChecked& on_checked)>
      check{};
  // Saves small files as a snapshot of the repository, which is made when there is none. It takes
  // the place of one that an earlier try has made with that label.
  std::function<Result<CopiedFiles>(Context&, const FilesLabel& label, const FileSource& source)>
      save_files{};
  // Gives the files of a snapshot. Fails with not_found or corrupt when they are gone or damaged.
  std::function<Result<void>(Context&, const std::string& snapshot, const FileTaker& taker)>
      read_files{};
  // The snapshots of small files with that path, the oldest first. Fails with
  // corrupt when there is no repository, or it cannot be opened.
  std::function<Result<std::vector<LabelledFiles>>(Context&, const std::string& path)> list_files{};
};

}  // namespace salvor::volume
