// Totals of lists, kept until the next write to their table: counting a million documents anew for
// each page of them would cost more than the page.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "catalog/internal/sqlite_connection.h"

namespace salvor::catalog {

// Any thread may call. Memory is bounded: long questions are not kept, and when too many are, all
// go.
class Totals {
 public:
  // How often a table was written. Taken before a snapshot is read, so that a total which misses a
  // write can never be labelled as if it had it.
  std::uint64_t version(const std::string& resource) const;
  // To be called when a commit is done and before its caller is told.
  void written(const std::string& resource);

  std::optional<std::uint64_t> find(const std::string& resource, const Sql& where,
                                    std::uint64_t version) const;
  void keep(const std::string& resource, const Sql& where, std::uint64_t version,
            std::uint64_t total);

 private:
  struct Total {
    std::uint64_t version;
    std::uint64_t total;
  };

  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> versions_;
  std::map<std::string, Total> totals_;
};

}  // namespace salvor::catalog
