// Reads the Kubernetes objects of a backup in Velero's layout, ours or Velero's own.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "archive/item.h"
#include "archive/seal.h"
#include "base/context.h"
#include "base/file_stream.h"
#include "base/result.h"
#include "objectstore/store.h"

namespace salvor::archive {

struct ReadLimits {
  std::uint64_t unpacked_bytes = std::uint64_t{16} << 30;  // of the whole tarball
  std::uint64_t item_bytes = std::uint64_t{16} << 20;      // of one object
  std::uint64_t items = 10'000'000;                        // and as many copies in other versions
};

// Gets a copy of an object. Errors end the reading and come back.
using ItemSink = std::function<Result<void>(const ItemName& item, std::string_view json)>;

struct ItemSinks {
  ItemSink items;  // each object once, its version taken from the object
  // Copies in other versions, before or after their item, perhaps without one; none: not read.
  ItemSink versions = {};
};

// Gives the files of a snapshot of a repository, by its id in hex.
using ReadSnapshot =
    std::function<Result<void>(Context&, const std::string& snapshot, const FileTaker& taker)>;

// Where the objects of recovery points are: tarballs in a store, and snapshots in the repository
// beside it. A store alone has only tarballs. Borrows the store.
struct Source {
  Source(objectstore::Store& tarballs, ReadSnapshot snapshots = {})
      : store(tarballs), read_snapshot(std::move(snapshots)) {}

  objectstore::Store& store;
  ReadSnapshot read_snapshot;
};

// Streams the objects that the seal names. When seal.sha256 is given the whole tarball is checked
// against it (and size and item count): corrupt if it differs, in which case the sink may have been
// called already, so nothing may be done with the items before this returns. A snapshot is what its
// id says, and its items are counted. Names that escape the root, links and entries over the limits
// are corrupt too. not_found when there is no such backup or snapshot.
Result<void> read_items(Context& context, const Source& source, const ArchiveSeal& seal,
                        const ItemSinks& sinks, const ReadLimits& limits = {});

// Streams all files of a tarball, objects or not, checked in the same way.
Result<void> read_files(Context& context, objectstore::Store& store, const ArchiveSeal& seal,
                        const FileSink& sink, const ReadLimits& limits = {});

// The same from a tarball's bytes in memory: the target of the fuzzer and of tests.
Result<void> read_items_from(std::string_view tarball, const ItemSinks& sinks,
                             const ReadLimits& limits = {});

}  // namespace salvor::archive
