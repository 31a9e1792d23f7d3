#include "schema/markdown.h"

#include <nlohmann/json.hpp>

namespace salvor::schema {
namespace {

std::string bounds(const Shape& shape) {
  if (!shape.least && !shape.most) return "";
  const auto text = [](const std::optional<std::int64_t>& bound) {
    return bound ? std::to_string(*bound) : std::string();
  };
  return " (" + text(shape.least) + " to " + text(shape.most) + ")";
}

std::string type_text(const Shape& shape) {
  switch (shape.type) {
    case Type::string: {
      std::string out = "string" + bounds(shape);
      for (const std::string& value : shape.allowed) {
        out += (&value == &shape.allowed.front() ? ": " : ", ") + value;
      }
      return out;
    }
    case Type::reference:
      return "id of " + shape.target;
    case Type::list:
      return "list of " + type_text(shape.element[0]);
    case Type::map:
      return "map to " + type_text(shape.element[0]);
    case Type::dict:
      return "object";
    case Type::integer:
    case Type::number:
    case Type::boolean:
    case Type::any:
      break;
  }
  return to_string(shape.type) + bounds(shape);
}

std::string notes(const Field& field) {
  std::string out;
  const auto add = [&out](const std::string& note) { out += (out.empty() ? "" : ", ") + note; };
  if (field.traits.has(required)) add("required");
  if (field.traits.has(unique)) add("unique");
  if (field.traits.has(nullable)) add("may be null");
  if (field.is_servers()) add("set by the server");
  if (field.traits.has(write_only)) add("never shown");
  if (field.shape.default_value) add("default `" + compact(*field.shape.default_value) + "`");
  return out;
}

// Fields of a dict, and of the dicts in a list, as rows of their own.
void add_rows(std::string& out, const std::vector<Field>& fields, const std::string& prefix) {
  for (const Field& field : fields) {
    if (field.traits.has(internal)) continue;
    const std::string path = prefix + field.name;
    out += "| `" + path + "` | " + type_text(field.shape) + " | " + notes(field) + " | " +
           field.doc + " |\n";
    const bool is_list = field.shape.type == Type::list;
    add_rows(out, is_list ? field.shape.element[0].fields : field.shape.fields,
             path + (is_list ? "[]." : "."));
  }
}

std::string methods_text(const Resource& resource) {
  std::string out = "GET";
  if (resource.methods.create) out += ", POST";
  if (resource.methods.change) out += ", PUT, PATCH";
  if (resource.methods.remove) out += ", DELETE";
  return out;
}

std::string table(const std::vector<Field>& fields) {
  std::string out = "| Field | Type | Notes | Meaning |\n| --- | --- | --- | --- |\n";
  add_rows(out, fields, "");
  return out;
}

std::string section(const Resource& resource) {
  std::string out = "## " + resource.path + "\n\n" + resource.doc +
                    "\n\nMethods: " + methods_text(resource) + ". A page has " +
                    std::to_string(resource.page_size) + " documents unless asked otherwise.\n\n" +
                    table(resource.fields);
  for (const Action& action : resource.actions) {
    out += "\n`" + std::string(action.is_query ? "GET /" : "POST /") + resource.path + "/<id>/" +
           (action.is_query ? "" : "action/") + action.name + "`: " + action.doc + "\n";
    if (!action.request.empty()) out += "\n" + table(action.request);
  }
  return out;
}

}  // namespace

std::string markdown(const std::vector<const Resource*>& resources) {
  std::string out =
      "# Resources\n\nEvery document has `_id`, `_etag`, `_created`, `_updated` and `_links` as "
      "well.\n";
  for (const Resource* resource : resources) out += "\n" + section(*resource);
  return out;
}

}  // namespace salvor::schema
