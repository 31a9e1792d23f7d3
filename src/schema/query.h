// The other parameters of a list: sort, projection, embedded, page and max_results, read as Eve
// reads them. Failures are invalid, and their message is the text to send with 400.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "schema/resource.h"

namespace salvor::schema {

struct Sort {
  std::string field;  // dotted path, or a meta field
  bool descending = false;
};
// "a,-b", [("a", -1)], [["a", -1]] or {"a": -1}. Fields that clients may not see are left out.
Result<std::vector<Sort>> parse_sort(const Resource& resource, std::string_view text);

// Which fields to show. Meta fields always are.
class Projection {
 public:
  // Shows all.
  Projection() = default;
  // Only, or all but, the paths.
  Projection(bool is_inclusive, std::vector<std::string> paths);

  bool shows_all() const { return shows_all_; }
  // Whether a top-level field is shown at least in part.
  bool shows(std::string_view field) const;
  // The document with what is shown.
  Json apply(const Json& document) const;

 private:
  bool shows_all_ = true;
  bool is_inclusive_ = false;
  std::vector<std::string> paths_;
};
Result<Projection> parse_projection(std::string_view text);

// Paths of references to replace by their documents: "cluster", and "backup_inst.cluster" for the
// reference inside the document that replaced backup_inst. A path comes before those below it. The
// caller leaves out what is no reference.
Result<std::vector<std::string>> parse_embedded(std::string_view text);

inline constexpr std::uint64_t kPageSizeMax = 1000;
// 1 for rubbish and 0, the absolute value of negatives.
std::uint64_t parse_page(std::string_view text);
// The resource's page size for rubbish and anything below 1; never above kPageSizeMax.
std::uint64_t parse_max_results(const Resource& resource, std::string_view text);

}  // namespace salvor::schema
