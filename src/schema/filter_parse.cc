// `where` text to a Filter. Three steps: the text is parsed as JSON within limits; all keys are
// held against the operators that exist; then one function an operator builds the filter. The texts
// of refusals are Eve's where Eve has one.
#include <cmath>
#include <limits>
#include <set>

#include "base/random.h"
#include "schema/filter.h"

namespace salvor::schema {
namespace {

constexpr const char* kUnreadable = "Unable to parse `where` clause";

Error refusal(std::string message) { return error(ErrorCode::invalid, std::move(message)); }

// --- which keys are operators
// ---------------------------------------------------------------------

const std::set<std::string_view> kBanned = {"$regex", "$where"};
// Known to Eve, without meaning here: full text, geography, bits and expressions.
const std::set<std::string_view> kUnsupported = {
    "$options",           "$text",          "$search",      "$language",   "$caseSensitive",
    "$geoWithin",         "$geoIntersects", "$near",        "$nearSphere", "$centerSphere",
    "$geometry",          "$maxDistance",   "$minDistance", "$box",        "$bitsAllClear",
    "$bitsAllSet",        "$bitsAnyClear",  "$bitsAnySet",  "$center",     "$expr",
    "$diacriticSensitive"};
const std::set<std::string_view> kSupported = {
    "$gt",  "$gte", "$in",  "$lt",  "$lte",    "$ne",   "$nin", "$eq",        "$or",
    "$and", "$not", "$nor", "$mod", "$exists", "$type", "$all", "$elemMatch", "$size"};

Result<void> check_key(const std::string& key) {
  if (key.empty()) return refusal(kUnreadable);
  if (key[0] != '$') return {};
  if (kBanned.contains(key)) {
    return refusal("Query contains operators banned in MONGO_QUERY_BLACKLIST");
  }
  if (kUnsupported.contains(key)) {
    return refusal("Query contains operators that are not supported here: " + key);
  }
  if (!kSupported.contains(key)) {
    return refusal("Query contains unknown or unsupported operators: " + key);
  }
  return {};
}

bool fits_64_bits(const Json& value) {
  if (value.is_number_unsigned()) {
    return value.get<std::uint64_t>() <=
           static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  }
  return !value.is_number_float() || std::abs(value.get<double>()) < 9223372036854775808.0;
}

// Keys and numbers at every depth; the depth itself was limited when the text was parsed.
Result<void> check_values(const Json& value) {
  if (!fits_64_bits(value)) return refusal("numbers in `where` must fit in 64 bits");
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) TRY_VOID(check_key(key));
  }
  if (!value.is_structured()) return {};
  for (const Json& item : value) TRY_VOID(check_values(item));
  return {};
}

// --- operands
// --------------------------------------------------------------------------------------

bool is_truthy(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value != 0;
  return !value.is_null();
}

bool is_operator_object(const Json& value) {
  return value.is_object() && !value.empty() && value.begin().key().starts_with('$');
}

// Ids are stored in lower case; one that is written in upper case finds them as well as an equal
// string.
void append_with_lower_id(std::vector<Json>& out, const Json& value) {
  out.push_back(value);
  if (!value.is_string()) return;
  std::string lower = value.get<std::string>();
  for (char& c : lower) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  if (value != lower && is_object_id(lower)) out.push_back(std::move(lower));
}

Filter equality(const std::string& path, const Json& operand) {
  std::vector<Json> values;
  append_with_lower_id(values, operand);
  return values.size() == 1 ? equals(path, operand) : in(path, std::move(values));
}

// --- the operators of a field
// ----------------------------------------------------------------------

class Parser {
 public:
  explicit Parser(const Resource& resource) : resource_(resource) {}
  Result<Filter> document(const Json& object);

 private:
  using Build = Result<Filter> (Parser::*)(const std::string& path, const Json& operand);
  static Build build_of(std::string_view name);

  Result<Filter> logical(std::string_view name, const Json& operand);
  Result<Filter> field(const std::string& path, const Json& condition);
  Result<Filter> operators(const std::string& path, const Json& object);
  Result<void> check_path(const std::string& path) const;

  Result<Filter> equal(const std::string& path, const Json& operand) {
    return equality(path, operand);
  }
  Result<Filter> not_equal(const std::string& path, const Json& operand) {
    return none_of({equality(path, operand)});
  }
  template <Test test>
  Result<Filter> compare(const std::string& path, const Json& operand);
  Result<Filter> any_in(const std::string& path, const Json& operand);
  Result<Filter> not_in(const std::string& path, const Json& operand);
  Result<Filter> all(const std::string& path, const Json& operand);
  Result<Filter> exist(const std::string& path, const Json& operand);
  Result<Filter> negation(const std::string& path, const Json& operand);
  Result<Filter> modulo(const std::string& path, const Json& operand);
  Result<Filter> size(const std::string& path, const Json& operand);
  Result<Filter> type(const std::string& path, const Json& operand);
  Result<Filter> element(const std::string& path, const Json& operand);

  const Resource& resource_;
  std::size_t tests_ = 0;
  bool in_element_ = false;  // paths inside $elemMatch start at an element, not at the document
};

Parser::Build Parser::build_of(std::string_view name) {
  struct Row {
    std::string_view name;
    Build build;
  };
  static const Row kRows[] = {
      {"$eq", &Parser::equal},
      {"$ne", &Parser::not_equal},
      {"$lt", &Parser::compare<Test::less>},
      {"$lte", &Parser::compare<Test::less_equal>},
      {"$gt", &Parser::compare<Test::greater>},
      {"$gte", &Parser::compare<Test::greater_equal>},
      {"$in", &Parser::any_in},
      {"$nin", &Parser::not_in},
      {"$all", &Parser::all},
      {"$exists", &Parser::exist},
      {"$not", &Parser::negation},
      {"$mod", &Parser::modulo},
      {"$size", &Parser::size},
      {"$type", &Parser::type},
      {"$elemMatch", &Parser::element},
  };
  for (const Row& row : kRows) {
    if (row.name == name) return row.build;
  }
  return nullptr;
}

Filter test_of(const std::string& path, Test test, Json operand) {
  Filter filter = equals(path, std::move(operand));
  filter.test = test;
  return filter;
}

Result<Filter> Parser::document(const Json& object) {
  std::vector<Filter> parts;
  for (const auto& [key, condition] : object.items()) {
    TRY(Filter part, key[0] == '$' ? logical(key, condition) : field(key, condition));
    parts.push_back(std::move(part));
  }
  return all_of(std::move(parts));
}

Result<Filter> Parser::logical(std::string_view name, const Json& operand) {
  const bool is_known = name == "$and" || name == "$or" || name == "$nor";
  if (!is_known || !operand.is_array() || operand.empty()) {
    return refusal(std::string(name) + (is_known ? " needs a list of conditions that is not empty"
                                                 : " must stand below a field"));
  }
  std::vector<Filter> parts;
  for (const Json& item : operand) {
    if (!item.is_object()) return refusal(std::string(name) + " takes only objects");
    TRY(Filter part, document(item));
    parts.push_back(std::move(part));
  }
  if (name == "$and") return all_of(std::move(parts));
  return name == "$or" ? any_of(std::move(parts)) : none_of(std::move(parts));
}

// A field that clients may not see must not be found by them either: comparisons would tell its
// value digit by digit.
Result<void> Parser::check_path(const std::string& path) const {
  if (in_element_ || !locate(resource_, path).is_hidden) return {};
  return refusal("filter on '" + path + "' not allowed");
}

Result<Filter> Parser::field(const std::string& path, const Json& condition) {
  TRY_VOID(check_path(path));
  if (is_operator_object(condition)) return operators(path, condition);
  if (++tests_ > kFilterTestsMax) {
    return refusal("`where` has more than " + std::to_string(kFilterTestsMax) + " conditions");
  }
  return equality(path, condition);
}

Result<Filter> Parser::operators(const std::string& path, const Json& object) {
  std::vector<Filter> parts;
  for (const auto& [name, operand] : object.items()) {
    if (++tests_ > kFilterTestsMax) {
      return refusal("`where` has more than " + std::to_string(kFilterTestsMax) + " conditions");
    }
    const Build build = build_of(name);
    if (build == nullptr) {
      return refusal(name[0] == '$' ? name + " cannot stand below a field" : kUnreadable);
    }
    TRY(Filter part, (this->*build)(path, operand));
    parts.push_back(std::move(part));
  }
  return all_of(std::move(parts));
}

template <Test test>
Result<Filter> Parser::compare(const std::string& path, const Json& operand) {
  if (operand.is_structured()) {
    return refusal("comparisons in `where` need a number, a string, a boolean or null");
  }
  return test_of(path, test, operand);
}

Result<Filter> Parser::any_in(const std::string& path, const Json& operand) {
  if (!operand.is_array()) return refusal("$in and $nin need a list");
  std::vector<Json> values;
  for (const Json& item : operand) append_with_lower_id(values, item);
  return in(path, std::move(values));
}

Result<Filter> Parser::not_in(const std::string& path, const Json& operand) {
  TRY(Filter inner, any_in(path, operand));
  return none_of({std::move(inner)});
}

Result<Filter> Parser::all(const std::string& path, const Json& operand) {
  if (!operand.is_array()) return refusal("$all needs a list");
  if (operand.empty()) return in(path, {});
  std::vector<Filter> parts;
  for (const Json& item : operand) {
    TRY(Filter part, field(path, item));
    parts.push_back(std::move(part));
  }
  return all_of(std::move(parts));
}

Result<Filter> Parser::exist(const std::string& path, const Json& operand) {
  Filter there = exists(path);
  if (is_truthy(operand)) return there;
  return none_of({std::move(there)});
}

Result<Filter> Parser::negation(const std::string& path, const Json& operand) {
  if (!is_operator_object(operand)) return refusal("$not needs an object of operators");
  TRY(Filter inner, operators(path, operand));
  return none_of({std::move(inner)});
}

Result<Filter> Parser::modulo(const std::string& path, const Json& operand) {
  const bool is_pair = operand.is_array() && operand.size() == 2 &&
                       operand[0].is_number_integer() && operand[1].is_number_integer() &&
                       operand[0] != 0;
  if (!is_pair) return refusal("$mod needs [divisor, remainder], two integers");
  return test_of(path, Test::modulo, operand);
}

Result<Filter> Parser::size(const std::string& path, const Json& operand) {
  if (!operand.is_number_integer() || operand < 0) {
    return refusal("$size needs an integer from 0 up");
  }
  return test_of(path, Test::size, operand);
}

// The numbers that MongoDB has for its types.
std::string type_name(const Json& operand) {
  if (operand.is_string()) return operand.get<std::string>();
  if (operand == 1) return "double";
  if (operand == 2) return "string";
  if (operand == 3) return "object";
  if (operand == 4) return "array";
  if (operand == 7) return "objectId";
  if (operand == 8) return "bool";
  if (operand == 9) return "date";
  if (operand == 10) return "null";
  if (operand == 16) return "int";
  if (operand == 18) return "long";
  return "";
}

Result<Filter> Parser::type(const std::string& path, const Json& operand) {
  static const std::set<std::string> kNames = {"double",   "string", "object", "array",
                                               "objectId", "bool",   "date",   "null",
                                               "int",      "long",   "number"};
  Json names = Json::array();
  for (const Json& item : operand.is_array() ? operand : Json::array({operand})) {
    const std::string name = type_name(item);
    if (!kNames.contains(name)) return refusal("$type does not know " + compact(item));
    names.push_back(name);
  }
  if (names.empty()) return refusal("$type needs a type");
  return test_of(path, Test::type, std::move(names));
}

Result<Filter> Parser::element(const std::string& path, const Json& operand) {
  if (!operand.is_object()) return refusal("$elemMatch needs an object");
  const bool is_of_values =
      is_operator_object(operand) && build_of(operand.begin().key()) != nullptr;
  const bool was_inside = std::exchange(in_element_, true);
  Result<Filter> inner = is_of_values ? operators("", operand) : document(operand);
  in_element_ = was_inside;
  if (!inner.ok()) return inner;
  Filter filter = test_of(path, Test::element, Json());
  filter.parts.push_back(std::move(inner).value());
  return filter;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Result<Filter> parse_filter(const Resource& resource, std::string_view text) {
  if (is_blank(text)) return Filter();
  if (text.size() > kFilterBytesMax) {
    return refusal("`where` is longer than " + std::to_string(kFilterBytesMax) + " bytes");
  }
  const Result<Json> parsed =
      parse_json(text, {.bytes = kFilterBytesMax, .depth = kFilterDepthMax});
  if (!parsed.ok() || !parsed->is_object()) {
    const bool is_json_like = text[text.find_first_not_of(" \t\r\n")] == '{';
    return refusal(is_json_like ? kUnreadable
                                : std::string(kUnreadable) +
                                      R"(: only JSON is read, such as {"state": "READY"})");
  }
  TRY_VOID(check_values(*parsed));
  return Parser(resource).document(*parsed);
}

}  // namespace salvor::schema
