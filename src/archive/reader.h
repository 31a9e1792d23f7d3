// Reads the Kubernetes objects of a backup in Velero's layout, ours or Velero's own.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "archive/item.h"
#include "archive/writer.h"
#include "base/context.h"
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

// Streams backup `seal.name`. When seal.sha256 is given the whole tarball is checked against it
// (and size and item count): corrupt if it differs, in which case the sink may have been called
// already, so nothing may be done with the items before this returns. Names that escape the root,
// links and entries over the limits are corrupt too. not_found when there is no such backup.
Result<void> read_items(Context& context, objectstore::Store& store, const ArchiveSeal& seal,
                        const ItemSinks& sinks, const ReadLimits& limits = {});

// The same from a tarball's bytes in memory: the target of the fuzzer and of tests.
Result<void> read_items_from(std::string_view tarball, const ItemSinks& sinks,
                             const ReadLimits& limits = {});

}  // namespace salvor::archive
