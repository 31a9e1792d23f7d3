// Where a path leads to one scalar, which the declared fields tell, a test becomes a plain
// comparison that an index can serve: with the field's column, or with json_extract. A list of
// scalars becomes an EXISTS over its elements. Everything else (dicts as a whole, lists of dicts,
// free values, $size, $type, $mod, $elemMatch) is left to salvor_matches().
//
// NULL counts as "does not match" throughout; negations say IS NOT TRUE, so that it stays so.
#include "catalog/internal/sqlite_filter.h"

#include <optional>

#include "schema/date.h"

namespace salvor::catalog {
namespace {

using schema::Filter;
using schema::Test;
using schema::Type;

// Types that compare with each other.
enum class Bracket { text, number, boolean, date };

// A scalar that SQL can name: a column or a json_extract.
struct Operand {
  Sql sql;
  Bracket bracket;
};

std::optional<Bracket> bracket_of(Type type) {
  switch (type) {
    case Type::string:
    case Type::reference:
      return Bracket::text;
    case Type::integer:
    case Type::number:
      return Bracket::number;
    case Type::boolean:
      return Bracket::boolean;
    case Type::list:
    case Type::dict:
    case Type::map:
    case Type::any:
      break;
  }
  return std::nullopt;
}

// The operand's value for SQL; nothing when it is of another bracket, so that it never matches.
std::optional<SqlValue> value_in(Bracket bracket, const Json& operand) {
  switch (bracket) {
    case Bracket::text:
      if (operand.is_string()) return operand.get<std::string>();
      break;
    case Bracket::number:
      if (operand.is_number_float()) return operand.get<double>();
      if (operand.is_number()) return operand.get<std::int64_t>();
      break;
    case Bracket::boolean:
      if (operand.is_boolean()) return std::int64_t{operand.get<bool>() ? 1 : 0};
      break;
    case Bracket::date:
      if (!operand.is_string()) break;
      if (const auto seconds = schema::parse_rfc1123(operand.get_ref<const std::string&>())) {
        return *seconds;
      }
      break;
  }
  return std::nullopt;
}

Sql constant(bool value) { return {value ? "1" : "0", {}}; }

const char* comparison(Test test) {
  switch (test) {
    case Test::equal:
      return " = ";
    case Test::less:
      return " < ";
    case Test::less_equal:
      return " <= ";
    case Test::greater:
      return " > ";
    case Test::greater_equal:
      return " >= ";
    case Test::in:
    case Test::exists:
    case Test::modulo:
    case Test::size:
    case Test::type:
    case Test::element:
      break;
  }
  return nullptr;
}

bool includes_equal(Test test) {
  return test == Test::equal || test == Test::less_equal || test == Test::greater_equal;
}

// Whether the test matches what is not there.
bool matches_missing(const Filter& filter) { return schema::matches(filter, Json::object()); }

Sql null_test(const Operand& operand) {
  Sql sql = operand.sql;
  sql.text += " IS NULL";
  return sql;
}

Sql comparison_sql(const Operand& operand, const Filter& filter) {
  if (filter.operand.is_null()) {
    return includes_equal(filter.test) ? null_test(operand) : constant(false);
  }
  const std::optional<SqlValue> value = value_in(operand.bracket, filter.operand);
  if (!value) return constant(false);
  Sql sql = operand.sql;
  sql += {comparison(filter.test) + std::string("?"), {*value}};
  return sql;
}

// The operands travel as one JSON text, so that the statement is the same whatever their number.
Sql in_sql(const Operand& operand, const Filter& filter) {
  Json values = Json::array();
  bool has_null = false;
  for (const Json& item : filter.operand) {
    has_null = has_null || item.is_null();
    const std::optional<SqlValue> value = value_in(operand.bracket, item);
    if (!value) continue;
    // Dates and booleans stand in SQL as integers.
    if (const auto* integer = std::get_if<std::int64_t>(&*value)) {
      values.push_back(*integer);
    } else {
      values.push_back(item);
    }
  }
  Sql sql = operand.sql;
  sql += {" IN (SELECT value FROM json_each(?))", {wire_json(values)}};
  if (!has_null) return sql;
  sql.text = "(" + sql.text + " OR ";
  sql += null_test(operand);
  sql.text += ")";
  return sql;
}

// A test of one scalar, or nothing where SQL has no form of it.
std::optional<Sql> scalar_sql(const Operand& operand, const Filter& filter) {
  switch (filter.test) {
    case Test::equal:
    case Test::less:
    case Test::less_equal:
    case Test::greater:
    case Test::greater_equal:
      return comparison_sql(operand, filter);
    case Test::in:
      return in_sql(operand, filter);
    case Test::exists:
    case Test::modulo:
    case Test::size:
    case Test::type:
    case Test::element:
      break;
  }
  return std::nullopt;
}

// A key of a free map as a JSON path. SQLite 3.40 compares keys as they are written in the text, so
// one that is written with escapes cannot be named.
std::optional<std::string> map_key_path(const std::string& path) {
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == '"' || c == '\\') return std::nullopt;
  }
  return path;
}

// `path` leads to a value of a map that is a field of its own, such as
// "labels.app.kubernetes.io/x".
std::optional<Sql> map_value(const Table& table, const std::string& path) {
  const std::size_t dot = path.find('.');
  const schema::Field* field = schema::find_field(table.resource->fields, path.substr(0, dot));
  if (dot == std::string::npos || field == nullptr || field->shape.type != Type::map) return {};
  const auto key = map_key_path(path.substr(dot + 1));
  if (!key) return std::nullopt;
  return Sql{"json_extract(_doc, ?)", {"$." + field->name + ".\"" + *key + "\""}};
}

// The scalar at a path, if there can be only one.
std::optional<Operand> operand_at(const Table& table, const std::string& path) {
  if (path == "_id" || path == "_etag") return Operand{{path, {}}, Bracket::text};
  if (path == "_created" || path == "_updated") return Operand{{path, {}}, Bracket::date};
  const schema::Place place = schema::locate(*table.resource, path);
  if (place.shape == nullptr || place.in_list) return std::nullopt;
  const auto bracket = bracket_of(place.shape->type);
  if (!bracket) return std::nullopt;
  if (place.field == nullptr) {
    auto value = map_value(table, path);
    return value ? std::optional<Operand>({*std::move(value), *bracket}) : std::nullopt;
  }
  if (table.has_column(path)) return Operand{{identifier(path), {}}, *bracket};
  return Operand{{"json_extract(_doc, " + json_path(path) + ")", {}}, *bracket};
}

// A list of scalars right below dicts: any element may match; null also matches a list that is
// not there.
std::optional<Sql> list_sql(const std::string& path, const schema::Shape& list,
                            const Filter& filter) {
  const auto bracket = bracket_of(list.element[0].type);
  if (!bracket || matches_missing(filter) ||
      filter.operand.is_array() != (filter.test == Test::in)) {
    return std::nullopt;
  }
  if (filter.test == Test::in) {
    for (const Json& item : filter.operand) {
      if (item.is_structured()) return std::nullopt;
    }
  }
  auto element = scalar_sql({{"value", {}}, *bracket}, filter);
  if (!element) return std::nullopt;
  Sql sql{"EXISTS (SELECT 1 FROM json_each(_doc, " + json_path(path) + ") WHERE ", {}};
  sql += *element;
  sql.text += ")";
  return sql;
}

// A column cannot tell null from missing, so it serves only where null is not allowed.
Sql existence_sql(const Table& table, const std::string& path, const schema::Field& field,
                  const char* test) {
  if (table.has_column(path) && !field.traits.has(schema::nullable)) {
    return {identifier(path) + test, {}};
  }
  return {"json_type(_doc, " + json_path(path) + ")" + test, {}};
}

// "Has no such field", in a form that an index serves; nothing for other negations.
std::optional<Sql> absence_sql(const Table& table, const std::vector<Filter>& parts) {
  const Filter& only = parts.front();
  if (parts.size() != 1 || only.kind != Filter::Kind::test || only.test != Test::exists) return {};
  const schema::Place place = schema::locate(*table.resource, only.path);
  if (place.field == nullptr || place.in_list) return std::nullopt;
  return existence_sql(table, only.path, *place.field, " IS NULL");
}

Sql test_sql(const Table& table, const Filter& filter) {
  if (filter.test == Test::exists && schema::is_meta_field(filter.path)) return constant(true);
  if (const auto operand = operand_at(table, filter.path)) {
    if (auto sql = scalar_sql(*operand, filter)) return *std::move(sql);
    if (schema::is_meta_field(filter.path)) {
      // The same for every document, so one that has only the field tells all.
      const char* const sample = operand->bracket == Bracket::date ? "Thu, 01 Jan 1970 00:00:00 GMT"
                                                                   : "0123456789abcdef01234567";
      return constant(schema::matches(filter, Json{{filter.path, sample}}));
    }
  }
  const schema::Place place = schema::locate(*table.resource, filter.path);
  if (place.shape == nullptr) return constant(matches_missing(filter));
  if (place.shape->type == Type::list && !place.in_list && place.field != nullptr) {
    if (auto sql = list_sql(filter.path, *place.shape, filter)) return *std::move(sql);
  }
  if (filter.test == Test::exists && place.field != nullptr && !place.in_list) {
    return existence_sql(table, filter.path, *place.field, " IS NOT NULL");
  }
  return {"salvor_matches(_doc, ?)", {&filter}};
}

Sql joined(const Table& table, const std::vector<Filter>& parts, const char* word) {
  Sql sql{"(", {}};
  for (const Filter& part : parts) {
    if (&part != &parts.front()) sql.text += word;
    sql += where_clause(table, part);
  }
  sql.text += ")";
  return sql;
}

// --- sorting
// ---------------------------------------------------------------------------------------

std::string direction(const SortKey& key) { return key.descending ? " DESC" : " ASC"; }

// What a key sorts by; empty where all documents are alike.
Sql sort_term(const Table& table, const SortKey& key) {
  if (auto operand = operand_at(table, key.field)) {
    operand->sql.text += direction(key);
    return operand->sql;
  }
  const schema::Place place = schema::locate(*table.resource, key.field);
  if (place.shape == nullptr || place.in_list || place.field == nullptr) return {};
  const std::string path = json_path(key.field);
  if (place.shape->type == Type::list && bracket_of(place.shape->element[0].type)) {
    return {"(SELECT value FROM json_each(_doc, " + path + ") ORDER BY value" + direction(key) +
                " LIMIT 1)" + direction(key),
            {}};
  }
  return {"CASE json_type(_doc, " + path +
              ") WHEN 'integer' THEN 1 WHEN 'real' THEN 1 WHEN 'text' THEN 2 WHEN 'object' THEN 3 "
              "WHEN 'array' THEN 4 WHEN 'true' THEN 5 WHEN 'false' THEN 5 ELSE 0 END" +
              direction(key) + ", json_extract(_doc, " + path + ")" + direction(key),
          {}};
}

}  // namespace

Sql where_clause(const Table& table, const Filter& filter) {
  switch (filter.kind) {
    case Filter::Kind::everything:
      return constant(true);
    case Filter::Kind::all_of:
      return filter.parts.empty() ? constant(true) : joined(table, filter.parts, " AND ");
    case Filter::Kind::any_of:
      return filter.parts.empty() ? constant(false) : joined(table, filter.parts, " OR ");
    case Filter::Kind::none_of: {
      if (filter.parts.empty()) return constant(true);
      if (auto absent = absence_sql(table, filter.parts)) return *std::move(absent);
      Sql sql = joined(table, filter.parts, " OR ");
      sql.text = "(" + sql.text + " IS NOT TRUE)";
      return sql;
    }
    case Filter::Kind::test:
      return test_sql(table, filter);
  }
  return constant(false);
}

Sql order_clause(const Table& table, const std::vector<SortKey>& sort) {
  Sql sql;
  for (const SortKey& key : sort) {
    const Sql term = sort_term(table, key);
    if (term.text.empty()) continue;
    sql += term;
    sql.text += ", ";
  }
  sql.text += "_seq";
  return sql;
}

}  // namespace salvor::catalog
