// Many small files that come from memory, such as the objects of a cluster, as one snapshot: each
// a file of its own for every program that reads the repository. What is as it was in an earlier
// snapshot, single files and whole folders, takes no room again; so their times are all the same.
#pragma once

#include <cstdint>

#include "base/context.h"
#include "base/file_stream.h"
#include "base/result.h"
#include "repo/repository.h"
#include "repo/snapshot.h"

namespace salvor::repo {

struct SavedFiles {
  Snapshot snapshot;
  std::uint64_t files = 0;
  std::uint64_t stored_bytes = 0;  // that the repository did not have yet
};

// Saves the source's files as a snapshot with these facts, but tree and summary, in the folder that
// the last part of `facts.path` names. Fails with invalid when a path is no relative one or comes
// twice. Memory: some 250 bytes a file. Requires: a lock.
Result<SavedFiles> save_files(Context& context, const Repository& repository, SnapshotFacts facts,
                              const FileSource& source);

// What a hostile repository may make a reader do.
struct FileLimits {
  std::uint64_t file_bytes = std::uint64_t{16} << 20;   // of one file
  std::uint64_t total_bytes = std::uint64_t{16} << 30;  // of all that are wanted
  std::uint64_t entries = 40'000'000;                   // files and folders, wanted or not
  std::size_t depth = 32;
};

// Gives the files of a snapshot that the taker wants, each verified, in the order in which they lie
// in the repository. Fails with not_found or corrupt when one of them, or the snapshot, is gone or
// damaged, perhaps after the taker got some; with corrupt when it holds more than the limits or
// anything but files and folders. Memory: some 250 bytes a wanted file. Requires: a lock.
Result<void> read_files(Context& context, const Repository& repository, const Id& snapshot,
                        const FileTaker& taker, const FileLimits& limits = {});

}  // namespace salvor::repo
