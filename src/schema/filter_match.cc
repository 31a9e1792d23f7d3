// MongoDB's meaning of a filter, on one document in memory. A test looks at candidates: what a path
// leads to, more than one where arrays stand on the way. A candidate may be missing, which null
// matches and which is not the same as none at all: {"a": []} has no candidate for "a.b".
// Source: https://www.mongodb.com/docs/manual/tutorial/query-array-of-documents/
#include <algorithm>
#include <functional>
#include <optional>

#include "base/random.h"
#include "schema/date.h"
#include "schema/filter.h"

namespace salvor::schema {
namespace {

// Gets a candidate, or null for a missing one; true ends the search.
using Accept = std::function<bool(const Json* candidate)>;
// Whether the elements of an array at the end of the path are candidates, too.
enum class Leaf { whole, expanded };

bool at_leaf(const Json& value, Leaf leaf, const Accept& accept) {
  if (leaf == Leaf::expanded && value.is_array()) {
    for (const Json& item : value) {
      if (accept(&item)) return true;
    }
  }
  return accept(&value);
}

struct Split {
  std::string_view head, rest;
  bool is_last;
};

Split split(std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return {path, {}, true};
  return {path.substr(0, dot), path.substr(dot + 1), false};
}

bool in_object(const Json& object, std::string_view path, Leaf leaf, const Accept& accept);
bool in_array(const Json& array, std::string_view path, Leaf leaf, const Accept& accept);

// Goes on from a value that a path has reached but not ended at.
bool below(const Json& value, std::string_view path, Leaf leaf, const Accept& accept) {
  if (value.is_object()) return in_object(value, path, leaf, accept);
  if (value.is_array()) return in_array(value, path, leaf, accept);
  return accept(nullptr);
}

bool in_object(const Json& object, std::string_view path, Leaf leaf, const Accept& accept) {
  if (const auto whole = object.find(path); whole != object.end()) {
    return at_leaf(*whole, leaf, accept);
  }
  const Split parts = split(path);
  const auto next = object.find(parts.head);
  if (parts.is_last || next == object.end()) return accept(nullptr);
  return below(*next, parts.rest, leaf, accept);
}

bool in_array(const Json& array, std::string_view path, Leaf leaf, const Accept& accept) {
  const Split parts = split(path);
  for (std::size_t i = 0; i < array.size(); ++i) {
    const Json& item = array[i];
    if (item.is_object() && in_object(item, path, leaf, accept)) return true;
    if (parts.head != std::to_string(i)) continue;
    if (parts.is_last) {
      if (accept(&item)) return true;
    } else if (item.is_structured() && below(item, parts.rest, leaf, accept)) {
      return true;
    }
  }
  return false;
}

bool any_candidate(const Json& document, std::string_view path, Leaf leaf, const Accept& accept) {
  if (path.empty()) return accept(&document);
  return document.is_object() && in_object(document, path, leaf, accept);
}

// --- comparing
// -------------------------------------------------------------------------------------

// Negative, zero, positive; nothing when the two are of different types. Numbers compare by value:
// long double holds every 64-bit integer and every double exactly.
std::optional<int> order(const Json& a, const Json& b) {
  const auto sign = [](const auto& x, const auto& y) { return x < y ? -1 : (y < x ? 1 : 0); };
  if (a.is_number() && b.is_number()) {
    const auto wide = [](const Json& value) {
      if (value.is_number_float()) return static_cast<long double>(value.get<double>());
      return static_cast<long double>(value.get<std::int64_t>());
    };
    return sign(wide(a), wide(b));
  }
  if (a.is_string() && b.is_string()) {
    return sign(a.get_ref<const std::string&>(), b.get_ref<const std::string&>());
  }
  if (a.is_boolean() && b.is_boolean()) return sign(a.get<bool>(), b.get<bool>());
  if (a.is_null() && b.is_null()) return 0;
  return std::nullopt;
}

bool equal(const Json* candidate, const Json& operand) {
  if (candidate == nullptr) return operand.is_null();
  if (const auto ordered = order(*candidate, operand)) return *ordered == 0;
  return candidate->is_structured() && *candidate == operand;
}

bool ordered_as(const Json* candidate, Test test, const Json& operand) {
  static const Json kNull;
  const std::optional<int> ordered = order(candidate == nullptr ? kNull : *candidate, operand);
  if (!ordered) return false;
  switch (test) {
    case Test::less:
      return *ordered < 0;
    case Test::less_equal:
      return *ordered <= 0;
    case Test::greater:
      return *ordered > 0;
    case Test::greater_equal:
      return *ordered >= 0;
    case Test::equal:
    case Test::in:
    case Test::exists:
    case Test::modulo:
    case Test::size:
    case Test::type:
    case Test::element:
      break;
  }
  return false;
}

bool has_remainder(const Json* candidate, const Json& operand) {
  if (candidate == nullptr || !candidate->is_number()) return false;
  const auto divisor = operand[0].get<std::int64_t>();
  // Dividing the least integer by -1 has no result; the remainder is zero all the same.
  const std::int64_t remainder = divisor == -1 ? 0 : candidate->get<std::int64_t>() % divisor;
  return remainder == operand[1].get<std::int64_t>();
}

bool is_of_type(const Json* candidate, const std::string& name) {
  if (candidate == nullptr) return false;
  const Json& value = *candidate;
  const bool is_integer = value.is_number_integer();
  const auto is_narrow = [&] {
    return value.get<std::int64_t>() == static_cast<std::int32_t>(value.get<std::int64_t>());
  };
  if (name == "number") return value.is_number();
  if (name == "double") return value.is_number_float();
  if (name == "int") return is_integer && is_narrow();
  if (name == "long") return is_integer && !is_narrow();
  if (name == "string") return value.is_string();
  if (name == "objectId") return value.is_string() && is_object_id(value.get<std::string>());
  if (name == "bool") return value.is_boolean();
  if (name == "object") return value.is_object();
  if (name == "array") return value.is_array();
  return name == "null" && value.is_null();
}

// --- tests
// -----------------------------------------------------------------------------------------

bool in_list(const Json* candidate, const Json& operands) {
  for (const Json& operand : operands) {
    if (equal(candidate, operand)) return true;
  }
  return false;
}

bool holds(const Filter& filter, const Json* candidate) {
  switch (filter.test) {
    case Test::equal:
      return equal(candidate, filter.operand);
    case Test::less:
    case Test::less_equal:
    case Test::greater:
    case Test::greater_equal:
      return ordered_as(candidate, filter.test, filter.operand);
    case Test::in:
      return in_list(candidate, filter.operand);
    case Test::exists:
      return candidate != nullptr;
    case Test::modulo:
      return has_remainder(candidate, filter.operand);
    case Test::size:
      return candidate != nullptr && candidate->is_array() &&
             candidate->size() == filter.operand.get<std::size_t>();
    case Test::type:
      return std::any_of(filter.operand.begin(), filter.operand.end(), [&](const Json& name) {
        return is_of_type(candidate, name.get_ref<const std::string&>());
      });
    case Test::element:
      return candidate != nullptr && candidate->is_array() &&
             std::any_of(candidate->begin(), candidate->end(),
                         [&](const Json& item) { return matches(filter.parts[0], item); });
  }
  return false;
}

const Json kDateType = "date";

// RFC 1123 text to seconds, other values to something that no date equals or is ordered to.
Json as_date(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value) out.push_back(as_date(item));
    return out;
  }
  const auto seconds =
      value.is_string() ? parse_rfc1123(value.get_ref<const std::string&>()) : std::nullopt;
  return seconds ? Json(*seconds) : Json();
}

bool is_date_path(std::string_view path) { return path == "_created" || path == "_updated"; }

bool date_holds(const Filter& filter, const Json& document) {
  const Json stored = as_date(member(document, filter.path));
  if (stored.is_null()) return false;
  switch (filter.test) {
    case Test::exists:
      return true;
    case Test::type:
      return in_list(&kDateType, filter.operand);
    case Test::modulo:
    case Test::size:
    case Test::element:
      return false;
    case Test::equal:
    case Test::in:
    case Test::less:
    case Test::less_equal:
    case Test::greater:
    case Test::greater_equal:
      break;
  }
  Filter dated = filter;
  dated.operand = as_date(filter.operand);
  return holds(dated, &stored);
}

bool test_holds(const Filter& filter, const Json& document) {
  if (is_date_path(filter.path)) return date_holds(filter, document);
  const bool takes_array = filter.test == Test::size || filter.test == Test::element;
  return any_candidate(document, filter.path, takes_array ? Leaf::whole : Leaf::expanded,
                       [&](const Json* candidate) { return holds(filter, candidate); });
}

}  // namespace

bool matches(const Filter& filter, const Json& document) {
  const auto part_matches = [&](const Filter& part) { return matches(part, document); };
  switch (filter.kind) {
    case Filter::Kind::everything:
      return true;
    case Filter::Kind::all_of:
      return std::all_of(filter.parts.begin(), filter.parts.end(), part_matches);
    case Filter::Kind::any_of:
      return std::any_of(filter.parts.begin(), filter.parts.end(), part_matches);
    case Filter::Kind::none_of:
      return std::none_of(filter.parts.begin(), filter.parts.end(), part_matches);
    case Filter::Kind::test:
      return test_holds(filter, document);
  }
  return false;
}

}  // namespace salvor::schema
