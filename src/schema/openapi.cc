// Paths are made by one function an operation; what they share (parameters, errors, envelopes)
// stands once under `components` and is referred to.
#include "schema/openapi.h"

#include <nlohmann/json.hpp>

#include "schema/internal/json_schema.h"

namespace salvor::schema {
namespace {

Json pointer(const std::string& section, const std::string& name) {
  return {{"$ref", "#/components/" + section + "/" + name}};
}

Json parameter(const char* place, const char* name, const char* doc, Json shape, Json example) {
  Json out = {{"name", name}, {"in", place}, {"description", doc}, {"schema", std::move(shape)}};
  if (!example.is_null()) out["example"] = std::move(example);
  return out;
}

Json parameters() {
  const Json text = {{"type", "string"}};
  const Json whole = {{"type", "integer"}, {"minimum", 1}};
  return {
      {"id",
       {{"name", "id"},
        {"in", "path"},
        {"required", true},
        {"schema", {{"type", "string"}, {"pattern", "^[0-9a-f]{24}$"}}}}},
      {"where", parameter("query", "where", "MongoDB filter as JSON.", text, R"({"name": "x"})")},
      {"sort",
       parameter("query", "sort", "Fields, '-' before one for descending.", text, "-_created")},
      {"projection",
       parameter("query", "projection", "Fields to show, as JSON.", text, R"({"name": 1})")},
      {"embedded", parameter("query", "embedded", "References to replace by their documents.", text,
                             R"({"cluster": 1})")},
      {"page", parameter("query", "page", "From 1 up.", whole, Json())},
      {"max_results",
       parameter("query", "max_results", "Documents a page, 1000 at most.", whole, Json())},
      {"if_match", parameter("header", "If-Match", "The document's _etag.", text, Json())},
  };
}

Json error_schema() {
  const Json detail = {
      {"type", "object"},
      {"required", {"code", "message"}},
      {"properties", {{"code", {{"type", "integer"}}}, {"message", {{"type", "string"}}}}}};
  return {{"type", "object"},
          {"required", {"_status"}},
          {"properties",
           {{"_status", {{"type", "string"}, {"enum", {"ERR"}}}},
            {"_error", detail},
            {"_issues", {{"type", "object"}, {"description", "What is wrong, by field."}}}}}};
}

Json body_of(Json shape) {
  return {{"content", {{"application/json", {{"schema", std::move(shape)}}}}}};
}

Json answer(const char* doc, Json shape) {
  Json out = body_of(std::move(shape));
  out["description"] = doc;
  return out;
}

Json responses(const char* status, Json success) {
  return {{status, std::move(success)}, {"default", pointer("responses", "Error")}};
}

Json operation(const Resource& resource, const std::string& verb, const std::string& doc) {
  return {{"operationId", verb + "_" + resource.path},
          {"tags", {resource.path}},
          {"summary", doc},
          {"parameters", Json::array()}};
}

Json request_body(Json shape, const Json& example) {
  Json out = body_of(std::move(shape));
  out["required"] = true;
  if (!example.is_null()) out["content"]["application/json"]["example"] = example;
  return out;
}

// --- operations
// ------------------------------------------------------------------------------------

Json list_schema(const Resource& resource) {
  return {{"type", "object"},
          {"required", {"_items", "_meta"}},
          {"properties",
           {{"_items", {{"type", "array"}, {"items", pointer("schemas", resource.title)}}},
            {"_links", {{"type", "object"}}},
            {"_meta",
             {{"type", "object"},
              {"properties",
               {{"page", {{"type", "integer"}}},
                {"max_results", {{"type", "integer"}}},
                {"total", {{"type", "integer"}}}}}}}}}};
}

Json list_operation(const Resource& resource) {
  Json out = operation(resource, "list", "Lists " + resource.path + ".");
  for (const char* name : {"where", "sort", "projection", "embedded", "page", "max_results"}) {
    out["parameters"].push_back(pointer("parameters", name));
  }
  out["responses"] = responses("200", answer("A page.", list_schema(resource)));
  return out;
}

Json create_operation(const Resource& resource) {
  Json out = operation(resource, "create", "Makes a new one.");
  out["requestBody"] = request_body(pointer("schemas", resource.title + "Input"), resource.example);
  out["responses"] = responses("201", answer("Made.", pointer("schemas", resource.title)));
  return out;
}

Json read_operation(const Resource& resource) {
  Json out = operation(resource, "read", "Shows one.");
  for (const char* name : {"projection", "embedded"}) {
    out["parameters"].push_back(pointer("parameters", name));
  }
  out["responses"] = responses("200", answer("The document.", pointer("schemas", resource.title)));
  out["responses"]["304"] = {{"description", "Not changed."}};
  return out;
}

Json change_operation(const Resource& resource, const char* verb, const char* doc) {
  Json out = operation(resource, verb, doc);
  Json header = pointer("parameters", "if_match");
  out["parameters"].push_back(std::move(header));
  out["requestBody"] = request_body(pointer("schemas", resource.title + "Input"), Json());
  out["responses"] = responses("200", answer("Changed.", pointer("schemas", resource.title)));
  return out;
}

Json remove_operation(const Resource& resource) {
  Json out = operation(resource, "delete", "Removes one.");
  out["parameters"].push_back(pointer("parameters", "if_match"));
  out["responses"] = responses("204", {{"description", "Gone."}});
  return out;
}

Json action_operation(const Resource& resource, const Action& action) {
  std::string verb = action.name;
  for (char& c : verb) c = c == '-' ? '_' : c;
  Json out = operation(resource, verb, action.doc);
  if (!action.request.empty()) {
    out["requestBody"] = body_of(object_schema(action.request, SchemaUse::request));
  }
  out["responses"] = responses("200", answer("Done or begun.", {{"type", "object"}}));
  return out;
}

Json item_path(const Resource& resource) {
  Json path = {{"parameters", {pointer("parameters", "id")}}, {"get", read_operation(resource)}};
  if (resource.methods.change) {
    path["put"] = change_operation(resource, "replace", "Replaces one.");
    path["patch"] = change_operation(resource, "change", "Changes some of its fields.");
    // Half a document is a PATCH, so nothing is required of it.
    path["patch"]["requestBody"] = request_body({{"type", "object"}}, Json());
  }
  if (resource.methods.remove) path["delete"] = remove_operation(resource);
  return path;
}

void add_paths(Json& paths, const std::string& base, const Resource& resource) {
  const std::string collection = base + "/" + resource.path;
  paths[collection] = {{"get", list_operation(resource)}};
  if (resource.methods.create) paths[collection]["post"] = create_operation(resource);
  paths[collection + "/{id}"] = item_path(resource);
  for (const Action& action : resource.actions) {
    const std::string place =
        collection + "/{id}/" + (action.is_query ? "" : "action/") + action.name;
    paths[place] = {{"parameters", {pointer("parameters", "id")}},
                    {action.is_query ? "get" : "post", action_operation(resource, action)}};
  }
}

}  // namespace

Json openapi(const ApiDescription& description, const std::vector<const Resource*>& resources) {
  Json paths = Json::object();
  Json schemas = {{"Error", error_schema()}};
  for (const Resource* resource : resources) {
    add_paths(paths, description.base_path, *resource);
    schemas[resource->title] = document_schema(*resource);
    if (resource->methods.create || resource->methods.change) {
      schemas[resource->title + "Input"] = object_schema(resource->fields, SchemaUse::request);
    }
  }
  return {{"openapi", "3.0.3"},
          {"info", {{"title", description.title}, {"version", description.version}}},
          {"security", {{{"BearerAuth", Json::array()}}}},
          {"paths", std::move(paths)},
          {"components",
           {{"securitySchemes", {{"BearerAuth", {{"type", "http"}, {"scheme", "bearer"}}}}},
            {"parameters", parameters()},
            {"responses", {{"Error", answer("Refused or failed.", pointer("schemas", "Error"))}}},
            {"schemas", std::move(schemas)}}}};
}

}  // namespace salvor::schema
