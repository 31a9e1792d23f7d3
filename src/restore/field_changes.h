// What differs between two objects, field by field, for people: a plan's diff. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/rules.h"

namespace salvor::restore {

struct FieldChange {
  std::string path;  // a JSON pointer
  Json before;       // null: was not there
  Json after;        // null: goes
  bool operator==(const FieldChange&) const = default;
};

inline constexpr std::size_t kChangesMax = 100;  // of one object; the last one says how many more
inline constexpr std::string_view kHidden = "(hidden)";
inline constexpr std::size_t kValueBytesMax = 200;  // longer values are cut

// By path, down to where both sides have the same kind of value. Values that the kind's row hides
// (of Secrets) read "(hidden)", those that are too long end in "…".
std::vector<FieldChange> field_changes(const Json& before, const Json& after, const Rule& rule);

// [{"path": …, "before": …, "after": …}], absent sides left out.
Json to_json(const std::vector<FieldChange>& changes);

}  // namespace salvor::restore
