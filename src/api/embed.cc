#include "api/embed.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "api/by_id.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

// What a client may ask for at once; more is ignored.
constexpr std::size_t kPathsMax = 16;

// The value at a dotted path of declared objects, or null.
Json* value_at(Json& document, std::string_view path) {
  Json* value = &document;
  while (true) {
    const std::size_t dot = path.find('.');
    if (!value->is_object()) return nullptr;
    const auto found = value->find(path.substr(0, dot));
    if (found == value->end()) return nullptr;
    value = &*found;
    if (dot == std::string_view::npos) return value;
    path.remove_prefix(dot + 1);
  }
}

// The resource that a path's references name, or null when there are none at this path.
const schema::Resource* target_of(const schema::Resource& resource, std::string_view path) {
  const schema::Place place = schema::locate(resource, path);
  if (!place.shape || place.is_hidden || place.in_list) return nullptr;
  const schema::Shape* shape = place.shape;
  if (shape->type == schema::Type::list) shape = &shape->element.front();
  return shape->type == schema::Type::reference ? resources::find(shape->target) : nullptr;
}

// The values at a path that `wanted` holds for, those of lists one by one.
std::vector<Json*> values_at(const std::vector<Json*>& documents, std::string_view path,
                             bool (Json::*wanted)() const noexcept) {
  std::vector<Json*> values;
  for (Json* document : documents) {
    Json* value = value_at(*document, path);
    if (!value) continue;
    if ((value->*wanted)()) values.push_back(value);
    if (!value->is_array()) continue;
    for (Json& element : *value) {
      if ((element.*wanted)()) values.push_back(&element);
    }
  }
  return values;
}

Result<void> replace(Context& context, catalog::Catalog& catalog, const schema::Resource& target,
                     const std::vector<Json*>& references) {
  std::set<std::string> ids;
  for (const Json* reference : references) ids.insert(reference->get_ref<const std::string&>());
  TRY(const auto found, documents_by_id(context, catalog, target.path, ids));
  std::map<std::string, Json> documents;
  for (const catalog::Document& document : found) {
    documents.emplace(document.id, visible_document(target, document));
  }
  for (Json* reference : references) {
    const auto document = documents.find(reference->get_ref<const std::string&>());
    if (document != documents.end()) *reference = document->second;
  }
  return {};
}

Result<void> embed_path(Context& context, catalog::Catalog& catalog,
                        const schema::Resource& resource, const std::vector<Json*>& documents,
                        std::string_view path) {
  if (const schema::Resource* target = target_of(resource, path)) {
    return replace(context, catalog, *target, values_at(documents, path, &Json::is_string));
  }
  // A second level: some shorter path is the reference, and its documents are there already.
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos;
       dot = path.find('.', dot + 1)) {
    const std::string_view first = path.substr(0, dot);
    const schema::Resource* target = target_of(resource, first);
    if (!target) continue;
    return embed_path(context, catalog, *target, values_at(documents, first, &Json::is_object),
                      path.substr(dot + 1));
  }
  return {};
}

}  // namespace

Json visible_document(const schema::Resource& resource, const catalog::Document& document) {
  Json value = document.body();
  schema::hide(resource, value);
  value["_id"] = document.id;
  value["_updated"] = rfc1123(document.updated);
  value["_created"] = rfc1123(document.created);
  value["_etag"] = document.etag;
  return value;
}

Result<void> embed(Context& context, catalog::Catalog& catalog, const schema::Resource& resource,
                   const std::vector<Json*>& documents, std::vector<std::string> paths) {
  std::stable_sort(paths.begin(), paths.end(), [](const std::string& a, const std::string& b) {
    return std::count(a.begin(), a.end(), '.') < std::count(b.begin(), b.end(), '.');
  });
  if (paths.size() > kPathsMax) paths.resize(kPathsMax);
  for (const std::string& path : paths) {
    TRY_VOID(embed_path(context, catalog, resource, documents, path));
  }
  return {};
}

}  // namespace salvor::api
