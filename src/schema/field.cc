#include "schema/field.h"

namespace salvor::schema {
namespace {

Shape shape_of(Type type) {
  Shape shape;
  shape.type = type;
  return shape;
}

}  // namespace

Shape Shape::by_default(Json value) && {
  default_value = std::move(value);
  return std::move(*this);
}

Shape Shape::one_of(std::vector<std::string> values) && {
  allowed = std::move(values);
  return std::move(*this);
}

Shape Shape::matching(Pattern of) && {
  pattern = of;
  return std::move(*this);
}

Shape Shape::at_most(std::int64_t bound) && {
  most = bound;
  return std::move(*this);
}

Shape string() { return shape_of(Type::string); }

Shape string(std::int64_t length_min, std::int64_t length_max) {
  Shape shape = string();
  shape.least = length_min;
  shape.most = length_max;
  return shape;
}

Shape integer() { return shape_of(Type::integer); }

Shape integer(std::int64_t least) {
  Shape shape = integer();
  shape.least = least;
  return shape;
}

Shape integer(std::int64_t least, std::int64_t most) { return integer(least).at_most(most); }

Shape number() { return shape_of(Type::number); }

Shape boolean() { return shape_of(Type::boolean); }

Shape reference(std::string resource) {
  Shape shape = shape_of(Type::reference);
  shape.target = std::move(resource);
  return shape;
}

Shape list(Shape element) {
  Shape shape = shape_of(Type::list);
  shape.element.push_back(std::move(element));
  return shape;
}

Shape dict(std::vector<Field> fields) {
  Shape shape = shape_of(Type::dict);
  shape.fields = std::move(fields);
  return shape;
}

Shape map(Shape value) {
  Shape shape = shape_of(Type::map);
  shape.element.push_back(std::move(value));
  return shape;
}

Shape any() { return shape_of(Type::any); }

const char* to_string(Type type) {
  switch (type) {
    case Type::string:
      return "string";
    case Type::integer:
      return "integer";
    case Type::number:
      return "number";
    case Type::boolean:
      return "boolean";
    case Type::reference:
      return "objectid";
    case Type::list:
      return "list";
    case Type::dict:
    case Type::map:
      return "dict";
    case Type::any:
      return "any";
  }
  return "";
}

const Field* find_field(const std::vector<Field>& fields, std::string_view name) {
  for (const Field& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace salvor::schema
