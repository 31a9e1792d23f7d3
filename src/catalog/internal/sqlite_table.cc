#include "catalog/internal/sqlite_table.h"

#include <algorithm>

namespace salvor::catalog {
namespace {

using schema::Type;

bool is_word(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
}

bool is_scalar(Type type) {
  return type == Type::string || type == Type::integer || type == Type::number ||
         type == Type::boolean || type == Type::reference;
}

bool leads_an_index(const schema::Resource& resource, const std::string& path) {
  return std::any_of(resource.indexes.begin(), resource.indexes.end(),
                     [&](const auto& columns) { return columns.front() == path; });
}

Index index_of(const schema::Resource& resource, std::vector<std::string> columns, bool is_unique) {
  std::string name = resource.path + (is_unique ? " unique" : " by");
  for (const std::string& column : columns) name += " " + column;
  return {std::move(name), std::move(columns), is_unique};
}

}  // namespace

bool Table::has_column(std::string_view path) const {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Column& column) { return column.path == path; });
}

std::string Table::name() const { return identifier(resource->path); }

Table table_of(const schema::Resource& resource) {
  Table table{.resource = &resource};
  for (const std::string& path : schema::indexed_paths(resource)) {
    const schema::Place place = schema::locate(resource, path);
    CHECK(place.shape != nullptr && !place.in_list && is_scalar(place.shape->type));
    CHECK(is_word(path) && path[0] != '_');
    table.columns.push_back({path, place.shape});
    const bool is_unique = place.field->traits.has(schema::unique);
    const bool is_alone = place.field->traits.has(schema::indexed);
    if (is_unique || (is_alone && !leads_an_index(resource, path))) {
      table.indexes.push_back(index_of(resource, {path}, is_unique));
    }
  }
  for (const auto& columns : resource.indexes) {
    for (const std::string& path : columns) {
      CHECK(table.has_column(path) || schema::is_meta_field(path));
    }
    table.indexes.push_back(index_of(resource, columns, false));
  }
  return table;
}

std::string identifier(std::string_view name) {
  CHECK(name.find('"') == std::string_view::npos);
  return '"' + std::string(name) + '"';
}

std::string json_path(std::string_view declared_path) {
  CHECK(is_word(declared_path));
  return "'$." + std::string(declared_path) + "'";
}

SqlValue column_value(const Column& column, const Json& document) {
  const Json* value = &document;
  std::string_view rest = column.path;
  while (!rest.empty()) {
    const std::size_t dot = rest.find('.');
    value = &member(*value, rest.substr(0, dot));
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
  }
  switch (column.shape->type) {
    case Type::string:
    case Type::reference:
      if (value->is_string()) return value->get<std::string>();
      break;
    case Type::integer:
      if (value->is_number_integer()) return value->get<std::int64_t>();
      break;
    case Type::number:
      if (value->is_number_integer()) return value->get<std::int64_t>();
      if (value->is_number()) return value->get<double>();
      break;
    case Type::boolean:
      if (value->is_boolean()) return std::int64_t{value->get<bool>() ? 1 : 0};
      break;
    case Type::list:
    case Type::dict:
    case Type::map:
    case Type::any:
      break;
  }
  return std::monostate();
}

std::string column_expression(const Column& column) {
  const std::string path = json_path(column.path);
  const std::string head = "CASE json_type(_doc, " + path + ")";
  const std::string value = "json_extract(_doc, " + path + ")";
  switch (column.shape->type) {
    case Type::string:
    case Type::reference:
      return head + " WHEN 'text' THEN " + value + " END";
    case Type::integer:
      return head + " WHEN 'integer' THEN " + value + " END";
    case Type::number:
      return head + " WHEN 'integer' THEN " + value + " WHEN 'real' THEN " + value + " END";
    case Type::boolean:
      return head + " WHEN 'true' THEN 1 WHEN 'false' THEN 0 END";
    case Type::list:
    case Type::dict:
    case Type::map:
    case Type::any:
      break;
  }
  return "NULL";
}

std::string column_type(const Column& column) {
  switch (column.shape->type) {
    case Type::string:
    case Type::reference:
      return "TEXT";
    case Type::integer:
    case Type::boolean:
      return "INTEGER";
    case Type::number:
    case Type::list:
    case Type::dict:
    case Type::map:
    case Type::any:
      break;
  }
  return "";
}

}  // namespace salvor::catalog
