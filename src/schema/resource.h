// A REST resource: its fields and what may be done with it, declared once as a table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "schema/field.h"

namespace salvor::schema {

// Which methods a client may use. Reading is always allowed.
struct Methods {
  bool create = true;  // POST on the collection
  bool change = true;  // PUT and PATCH on an item
  bool remove = true;  // DELETE on an item
};
inline constexpr Methods all_methods{};
inline constexpr Methods read_methods{.create = false, .change = false, .remove = false};

// A call on one item that is none of the above: POST /<resource>/<id>/action/<name>, or with
// `is_query` GET /<resource>/<id>/<name>.
struct Action {
  std::string name;
  std::string doc;
  std::vector<Field> request = {};  // the body's fields; none: no body is needed
  bool is_query = false;
  // Its first users sent no body, or any: one that is not application/json is not looked at.
  bool takes_any_body = false;
};

struct Resource {
  std::string path;   // "kuberestores", also the catalog's table
  std::string title;  // "Kuberestore", of links
  std::string doc;
  std::vector<Field> fields;
  Methods methods = {};
  std::uint64_t page_size = 25;  // of a list that asks for none
  // Indexes over several fields, each a list of fields (a column is kept of each) or "_created",
  // "_updated".
  std::vector<std::vector<std::string>> indexes = {};
  std::vector<Action> actions = {};
  Json example = Json();  // a POST body, for the OpenAPI document
};

// Fields that every document has besides its own; clients cannot set them.
inline constexpr std::string_view kMetaFields[] = {"_id", "_created", "_updated", "_etag"};

// Whether `name` is a meta field.
bool is_meta_field(std::string_view name);

// What stands at a dotted path. Inside a map the whole rest of the path is one key.
struct Place {
  const Shape* shape = nullptr;  // null: no such field is declared
  bool is_hidden = false;        // it, something above it or something in it is not for clients
  bool in_list = false;          // a list stands above it
  const Field* field = nullptr;  // null for a map's value
};
Place locate(const Resource& resource, std::string_view path);

// Paths of all fields that the catalog keeps a column for, such as "state" and "lease.expires".
std::vector<std::string> indexed_paths(const Resource& resource);

// Removes what clients may not see: internal and write_only fields, at any depth.
void hide(const Resource& resource, Json& document);
// Whether hide() has anything to remove in any document of this resource.
bool has_hidden_fields(const Resource& resource);

// Paths of write_only strings, which must be sealed before they are stored.
std::vector<std::string> write_only_paths(const Resource& resource);

// One reference that a document holds; `field` is its path, list indexes included: "hooks.0".
struct Reference {
  std::string field;
  std::string resource;
  std::string id;
};
// All references that are set in a document, in the fields' declared order.
std::vector<Reference> references(const Resource& resource, const Json& document);

// Puts the declared defaults where a document that the server itself makes has nothing.
Json with_defaults(const Resource& resource, Json document);

}  // namespace salvor::schema
