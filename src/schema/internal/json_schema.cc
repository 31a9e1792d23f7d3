#include "schema/internal/json_schema.h"

#include <nlohmann/json.hpp>

namespace salvor::schema {
namespace {

constexpr const char* kIdPattern = "^[0-9a-f]{24}$";

void set_bounds(Json& out, const Shape& shape, const char* least, const char* most) {
  if (shape.least) out[least] = *shape.least;
  if (shape.most) out[most] = *shape.most;
}

Json string_schema(const Shape& shape) {
  Json out = {{"type", "string"}};
  set_bounds(out, shape, "minLength", "maxLength");
  if (!shape.allowed.empty()) out["enum"] = shape.allowed;
  if (shape.pattern.regex != nullptr) out["pattern"] = shape.pattern.regex;
  return out;
}

Json number_schema(const Shape& shape) {
  Json out = {{"type", shape.type == Type::integer ? "integer" : "number"}};
  if (shape.type == Type::integer) out["format"] = "int64";
  set_bounds(out, shape, "minimum", "maximum");
  return out;
}

Json shape_schema(const Shape& shape, SchemaUse use) {
  switch (shape.type) {
    case Type::string:
      return string_schema(shape);
    case Type::integer:
    case Type::number:
      return number_schema(shape);
    case Type::boolean:
      return {{"type", "boolean"}};
    case Type::reference:
      return {{"type", "string"},
              {"pattern", kIdPattern},
              {"description", "The _id of one of " + shape.target + "."}};
    case Type::list: {
      Json out = {{"type", "array"}, {"items", shape_schema(shape.element[0], use)}};
      set_bounds(out, shape, "minItems", "maxItems");
      return out;
    }
    case Type::dict:
      return object_schema(shape.fields, use);
    case Type::map:
      return {{"type", "object"}, {"additionalProperties", shape_schema(shape.element[0], use)}};
    case Type::any:
      break;
  }
  return Json::object();
}

bool is_known(const Field& field, SchemaUse use) {
  if (field.traits.has(internal)) return false;
  return use == SchemaUse::request || !field.traits.has(write_only);
}

Json field_schema(const Field& field, SchemaUse use) {
  Json out = shape_schema(field.shape, use);
  out["description"] = field.doc;
  if (field.shape.default_value) out["default"] = *field.shape.default_value;
  if (field.traits.has(nullable)) out["nullable"] = true;
  if (field.is_servers()) out["readOnly"] = true;
  if (field.traits.has(write_only)) out["writeOnly"] = true;
  return out;
}

}  // namespace

Json object_schema(const std::vector<Field>& fields, SchemaUse use) {
  Json properties = Json::object();
  Json needed = Json::array();
  for (const Field& field : fields) {
    if (!is_known(field, use)) continue;
    properties[field.name] = field_schema(field, use);
    if (use == SchemaUse::request && field.traits.has(required) && !field.shape.default_value) {
      needed.push_back(field.name);
    }
  }
  Json out = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!needed.empty()) out["required"] = std::move(needed);
  if (use == SchemaUse::request) out["additionalProperties"] = false;
  return out;
}

Json document_schema(const Resource& resource) {
  Json out = object_schema(resource.fields, SchemaUse::answer);
  out["description"] = resource.doc;
  Json& properties = out["properties"];
  properties["_id"] = {{"type", "string"}, {"pattern", kIdPattern}};
  properties["_etag"] = {{"type", "string"}, {"description", "Changes with every write."}};
  properties["_created"] = {{"type", "string"}, {"description", "RFC 1123 date."}};
  properties["_updated"] = properties["_created"];
  properties["_links"] = {{"type", "object"}};
  properties["_status"] = {{"type", "string"}};
  return out;
}

}  // namespace salvor::schema
