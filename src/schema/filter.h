// Filters over documents with MongoDB's meaning: parsed from the `where` parameter of a request, or
// built by our own code. The catalog compiles them to its database's language; matches() below is
// the reference that every compiler is tested against.
//
// The parser reduces the operators to a small core: $ne, $nin and $not become none_of, $all becomes
// all_of equals, so that a compiler has few cases.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/result.h"
#include "schema/resource.h"

namespace salvor::schema {

enum class Test {
  equal,  // the operand; null also matches a missing field
  less,   // within one type: numbers, strings, booleans, dates
  less_equal,
  greater,
  greater_equal,
  in,       // any of the operand's elements; null as in equal
  exists,   // always with operand true; its opposite is a none_of
  modulo,   // operand [divisor, remainder]
  size,     // an array of that length
  type,     // operand: list of type names as $type takes them, such as "string"
  element,  // some element of an array matches parts[0]
};

// A value. Comparisons see a scalar and each element of an array alike; dotted paths go through
// arrays and take list indexes; at an object the whole rest of a path is tried as one key first.
// Strings on "_created" and "_updated" are RFC 1123 dates; other operands match nothing there.
struct Filter {
  enum class Kind { everything, all_of, any_of, none_of, test };

  Kind kind = Kind::everything;
  std::vector<Filter> parts;  // of all_of, any_of, none_of; one for Test::element
  std::string path;           // of a test; "" inside Test::element is the element itself
  Test test = Test::equal;
  Json operand;

  bool empty() const { return kind == Kind::everything; }
};

// Limits of a client's filter: hostile ones cost a parse and nothing more.
inline constexpr std::size_t kFilterBytesMax = 65536;
inline constexpr std::size_t kFilterDepthMax = 20;
inline constexpr std::size_t kFilterTestsMax = 300;

// The `where` of a request; blank text matches everything. Fails with invalid; the message is the
// text to send with 400. Fields that clients may not see are refused.
Result<Filter> parse_filter(const Resource& resource, std::string_view text);

Filter equals(std::string path, Json operand);
Filter differs(std::string path, Json operand);
Filter in(std::string path, std::vector<Json> operands);
Filter less(std::string path, Json operand);
Filter less_equal(std::string path, Json operand);
Filter greater(std::string path, Json operand);
Filter greater_equal(std::string path, Json operand);
Filter exists(std::string path);
Filter all_of(std::vector<Filter> parts);
Filter any_of(std::vector<Filter> parts);
Filter none_of(std::vector<Filter> parts);

// Whether a document matches; meta fields are members of it, dates in RFC 1123.
bool matches(const Filter& filter, const Json& document);

}  // namespace salvor::schema
