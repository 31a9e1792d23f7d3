// Small backups for tests: items in a store, written by the real writer.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "archive/reader.h"
#include "archive/writer.h"

namespace salvor::archive::testing {

struct TestItem {
  ItemName name;
  std::string kind;
  std::string json;
};

// An item whose JSON has the name's facts and `more`, such as R"("data":{"a":"b"})".
TestItem test_item(const ItemName& name, const std::string& kind, const std::string& more = {});

// Random items of several types in the writer's order, the same for a seed; some are large, some
// have long names.
std::vector<TestItem> random_items(unsigned seed, std::size_t count);

BackupDescription describe(const std::string& name, std::uint64_t items);

// Writes a whole backup.
Result<ArchiveSeal> write_backup(objectstore::Store& store, const std::string& name,
                                 const std::vector<TestItem>& items);

// What a reader finds, or its error.
using ReadItems = std::map<ItemName, std::string>;
Result<ReadItems> read_all(objectstore::Store& store, const ArchiveSeal& seal,
                           const ReadLimits& limits = {});
Result<ReadItems> read_all_from(std::string_view tarball, const ReadLimits& limits = {});

ReadItems as_read(const std::vector<TestItem>& items);

}  // namespace salvor::archive::testing
