#include "schema/resource.h"

#include <algorithm>

namespace salvor::schema {
namespace {

bool holds_hidden(const Shape& shape) {
  const auto is_or_holds = [](const Field& field) {
    return field.is_hidden() || holds_hidden(field.shape);
  };
  return std::any_of(shape.fields.begin(), shape.fields.end(), is_or_holds) ||
         std::any_of(shape.element.begin(), shape.element.end(), holds_hidden);
}

bool is_list_index(std::string_view part) {
  return !part.empty() &&
         std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct SplitPath {
  std::string_view head;
  std::string_view rest;  // empty when `head` was all
};

SplitPath split(std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return {path, {}};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

Place locate_in(const std::vector<Field>& fields, std::string_view path, Place place);

// Goes on below a shape; `path` is what is left of the whole path.
Place locate_below(const Shape& shape, std::string_view path, Place place) {
  if (path.empty()) {
    place.shape = &shape;
    place.is_hidden = place.is_hidden || holds_hidden(shape);
    return place;
  }
  switch (shape.type) {
    case Type::dict:
      return locate_in(shape.fields, path, place);
    case Type::map:
      place.field = nullptr;
      return locate_below(shape.element[0], {}, place);
    case Type::list: {
      const SplitPath parts = split(path);
      place.in_list = true;
      place.field = nullptr;
      return locate_below(shape.element[0], is_list_index(parts.head) ? parts.rest : path, place);
    }
    case Type::any:
      place.field = nullptr;
      place.shape = &shape;
      return place;
    case Type::string:
    case Type::integer:
    case Type::number:
    case Type::boolean:
    case Type::reference:
      break;
  }
  return {.is_hidden = place.is_hidden};
}

Place locate_in(const std::vector<Field>& fields, std::string_view path, Place place) {
  const SplitPath parts = split(path);
  const Field* field = find_field(fields, parts.head);
  if (field == nullptr) return {.is_hidden = place.is_hidden};
  place.field = field;
  place.is_hidden = place.is_hidden || field->is_hidden();
  return locate_below(field->shape, parts.rest, place);
}

// Calls `visit(path, field)` for each declared field, those of nested dicts after their own.
template <typename Visit>
void each_field(const std::vector<Field>& fields, const std::string& prefix, const Visit& visit) {
  for (const Field& field : fields) {
    visit(prefix + field.name, field);
    if (field.shape.type == Type::dict) {
      each_field(field.shape.fields, prefix + field.name + ".", visit);
    }
  }
}

void hide_in(const std::vector<Field>& fields, Json& object);

void hide_below(const Shape& shape, Json& value) {
  if (shape.type == Type::dict) hide_in(shape.fields, value);
  if (shape.element.empty() || !value.is_structured()) return;
  for (Json& item : value) hide_below(shape.element[0], item);
}

void hide_in(const std::vector<Field>& fields, Json& object) {
  if (!object.is_object()) return;
  for (const Field& field : fields) {
    if (field.is_hidden()) {
      object.erase(field.name);
    } else if (const auto found = object.find(field.name); found != object.end()) {
      hide_below(field.shape, *found);
    }
  }
}

void collect_references(const Shape& shape, const Json& value, const std::string& path,
                        std::vector<Reference>& out) {
  if (shape.type == Type::reference && value.is_string()) {
    out.push_back({path, shape.target, value.get<std::string>()});
  }
  for (const Field& field : shape.fields) {
    collect_references(field.shape, member(value, field.name), path + "." + field.name, out);
  }
  if (shape.element.empty() || !value.is_structured()) return;
  for (const auto& [key, item] : value.items()) {
    collect_references(shape.element[0], item, path + "." + key, out);
  }
}

void fill(const std::vector<Field>& fields, Json& object);

void fill_below(const Shape& shape, Json& value) {
  if (shape.type == Type::dict && value.is_object()) fill(shape.fields, value);
  if (shape.type == Type::list && value.is_array()) {
    for (Json& item : value) fill_below(shape.element[0], item);
  }
}

void fill(const std::vector<Field>& fields, Json& object) {
  for (const Field& field : fields) {
    const Json& present = member(object, field.name);
    const bool is_absent =
        present.is_null() && !(field.traits.has(nullable) && object.contains(field.name));
    if (is_absent && field.shape.default_value) object[field.name] = *field.shape.default_value;
    if (const auto found = object.find(field.name); found != object.end()) {
      fill_below(field.shape, *found);
    }
  }
}

}  // namespace

bool is_meta_field(std::string_view name) {
  return std::find(std::begin(kMetaFields), std::end(kMetaFields), name) != std::end(kMetaFields);
}

Place locate(const Resource& resource, std::string_view path) {
  return locate_in(resource.fields, path, {});
}

namespace {

bool in_an_index(const Resource& resource, const std::string& path) {
  return std::any_of(resource.indexes.begin(), resource.indexes.end(),
                     [&](const std::vector<std::string>& index) {
                       return std::find(index.begin(), index.end(), path) != index.end();
                     });
}

}  // namespace

std::vector<std::string> indexed_paths(const Resource& resource) {
  std::vector<std::string> paths;
  each_field(resource.fields, "", [&](const std::string& path, const Field& field) {
    const bool is_alone = field.traits.has(indexed) || field.traits.has(unique);
    if (is_alone || in_an_index(resource, path)) paths.push_back(path);
  });
  return paths;
}

void hide(const Resource& resource, Json& document) { hide_in(resource.fields, document); }

bool has_hidden_fields(const Resource& resource) {
  return std::any_of(resource.fields.begin(), resource.fields.end(), [](const Field& field) {
    return field.is_hidden() || holds_hidden(field.shape);
  });
}

std::vector<std::string> write_only_paths(const Resource& resource) {
  std::vector<std::string> paths;
  each_field(resource.fields, "", [&](const std::string& path, const Field& field) {
    if (field.traits.has(write_only)) paths.push_back(path);
  });
  return paths;
}

std::vector<Reference> references(const Resource& resource, const Json& document) {
  std::vector<Reference> found;
  for (const Field& field : resource.fields) {
    collect_references(field.shape, member(document, field.name), field.name, found);
  }
  return found;
}

Json with_defaults(const Resource& resource, Json document) {
  CHECK(document.is_object());
  fill(resource.fields, document);
  return document;
}

}  // namespace salvor::schema
