// Which files of a backup are copies of objects, wherever the files come from. Of reader.cc alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "archive/reader.h"

namespace salvor::archive::internal {

// One thread at a time. Borrows the sinks.
class ItemFiles {
 public:
  ItemFiles(const ItemSinks& sinks, const ReadLimits& limits) : sinks_(sinks), limits_(limits) {}

  // Whether the file's content is to be read. Fails with corrupt when no backup has such a file, or
  // when it came already.
  Result<bool> wants(const std::string& path);
  // Hands on the content of a file that is wanted.
  Result<void> take(const std::string& path, std::string_view content) const;
  // Objects that were wanted, copies in other versions not counted.
  std::uint64_t items() const { return items_; }

 private:
  const ItemSinks& sinks_;
  ReadLimits limits_;
  std::uint64_t items_ = 0;
  std::uint64_t copies_ = 0;               // in other versions
  std::unordered_set<std::size_t> names_;  // hashes of the paths seen, against a second coming
};

}  // namespace salvor::archive::internal
