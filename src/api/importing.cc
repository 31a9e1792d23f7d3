#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "api/by_id.h"
#include "api/exchange.h"
#include "api/extended_json.h"
#include "api/problem.h"
#include "api/request_body.h"
#include "api/responses.h"
#include "resources/all.h"
#include "schema/validate.h"

namespace salvor::api {
namespace {

// Wrong documents that one answer names.
constexpr std::size_t kWrongMax = 20;

// One collection of the import.
struct Collection {
  const schema::Resource* resource;
  std::vector<Imported> documents;
  std::set<std::string> ids;
};
using Collections = std::map<std::string, Collection>;

enum class Existing { keep, replace };

bool is_asked(const http::Target& target, std::string_view name) {
  const std::string* value = target.find(name);
  return value && (*value == "true" || *value == "1");
}

// What is wrong with the whole import, as {"<resource>": {"<index>": {"<field>": "text"}}}.
class Wrongs {
 public:
  void add(const std::string& resource, std::size_t index, const Json& issues) {
    if (issues.empty() || ++count_ > kWrongMax) return;
    issues_[resource][std::to_string(index)] = issues;
  }
  Result<void> check() const {
    if (issues_.empty()) return {};
    return insertion_refused(issues_);
  }

 private:
  Json issues_ = Json::object();
  std::size_t count_ = 0;
};

Result<Collections> read_collections(const Json& body, EpochSeconds now) {
  Collections collections;
  Wrongs wrongs;
  for (const auto& [path, documents] : body.items()) {
    const schema::Resource* resource = resources::find(path);
    if (!resource) return insertion_refused({{path, "unknown resource"}});
    if (!documents.is_array()) return insertion_refused({{path, "must be of list type"}});
    const ExtendedReader reader(*resource);
    Collection& collection = collections[path];
    collection.resource = resource;
    for (std::size_t i = 0; i < documents.size(); ++i) {
      Imported one = reader.read(documents[i], now);
      if (!collection.ids.insert(one.document.id).second) {
        schema::add_issue(one.issues, "_id", "is the id of an earlier document, too");
      }
      wrongs.add(path, i, one.issues);
      collection.documents.push_back(std::move(one));
    }
  }
  TRY_VOID(wrongs.check());
  return collections;
}

// Of the references that the import does not satisfy itself, the ids that the catalog has.
Result<std::map<std::string, std::set<std::string>>> kept_targets(const Parts& parts,
                                                                  Context& context,
                                                                  const Collections& collections,
                                                                  Existing existing) {
  std::map<std::string, std::set<std::string>> wanted;
  for (const auto& [path, collection] : collections) {
    for (const Imported& one : collection.documents) {
      for (const schema::Reference& reference : one.references) {
        wanted[reference.resource].insert(reference.id);
      }
    }
  }
  std::map<std::string, std::set<std::string>> found;
  for (const auto& [path, ids] : wanted) {
    const bool is_emptied = existing == Existing::replace && collections.contains(path);
    if (is_emptied || !resources::find(path)) continue;
    TRY(const auto documents, documents_by_id(context, parts.catalog, path, ids));
    for (const catalog::Document& document : documents) found[path].insert(document.id);
  }
  return found;
}

Result<void> check_references(const Parts& parts, Context& context, const Collections& collections,
                              Existing existing) {
  TRY(auto targets, kept_targets(parts, context, collections, existing));
  for (const auto& [path, collection] : collections) {
    targets[path].insert(collection.ids.begin(), collection.ids.end());
  }
  Wrongs wrongs;
  for (const auto& [path, collection] : collections) {
    for (std::size_t i = 0; i < collection.documents.size(); ++i) {
      Json issues = Json::object();
      for (const schema::Reference& reference : collection.documents[i].references) {
        if (targets[reference.resource].contains(reference.id)) continue;
        schema::add_issue(issues, reference.field, schema::missing_reference_text(reference));
      }
      wrongs.add(path, i, issues);
    }
  }
  return wrongs.check();
}

bool can_administrate(const Json& key) {
  return text_at(key, "org_role") == "ADMIN" && !text_at(key, "hash").empty();
}

// An import must leave an administrator behind.
Result<void> check_keys(const Parts& parts, Context& context, const Collections& collections,
                        Existing existing) {
  const auto keys = collections.find("apikeys");
  if (keys == collections.end()) return {};
  for (const Imported& one : keys->second.documents) {
    if (can_administrate(one.body)) return {};
  }
  if (existing == Existing::keep) {
    const std::vector<Json> ids(keys->second.ids.begin(), keys->second.ids.end());
    catalog::Query query;
    query.limit = 1;
    query.count_total = false;
    query.filter = schema::all_of(
        {schema::equals("org_role", "ADMIN"), schema::none_of({schema::in("_id", ids)})});
    TRY(const catalog::Page page, parts.catalog.find(context, "apikeys", query));
    if (!page.documents.empty()) return {};
  }
  return insertion_refused({{"apikeys", "no key of an administrator would be left"}});
}

catalog::Transaction transaction_of(Collections& collections, Existing existing) {
  catalog::Transaction transaction;
  for (const auto& [path, collection] : collections) {
    if (existing == Existing::replace) {
      transaction.changes.emplace_back(catalog::RemoveAll{path, {}});
    }
  }
  for (auto& [path, collection] : collections) {
    for (Imported& one : collection.documents) {
      transaction.changes.emplace_back(catalog::Put{path, std::move(one.document)});
    }
  }
  return transaction;
}

void call_hooks(const Parts& parts, const Collections& collections) {
  if (parts.hooks.jobs_changed) parts.hooks.jobs_changed();
  const auto clusters = collections.find("kubeclusters");
  if (clusters == collections.end() || !parts.hooks.cluster_changed) return;
  for (const std::string& id : clusters->second.ids) parts.hooks.cluster_changed(id);
}

}  // namespace

Result<http::Response> import_catalog(const Parts& parts, Context& context,
                                      const http::Request& request, const http::Target& target) {
  const Existing existing = is_asked(target, "replace") ? Existing::replace : Existing::keep;
  TRY(const Json body, read_body(request));
  if (!body.is_object()) return refusal(400, "the body must be an object of collections");
  TRY(Collections collections, read_collections(body, parts.clock.wall_seconds()));
  if (!is_asked(target, "allow_missing")) {
    TRY_VOID(check_references(parts, context, collections, existing));
  }
  TRY_VOID(check_keys(parts, context, collections, existing));

  const auto committed = parts.catalog.commit(context, transaction_of(collections, existing));
  if (!committed && !committed.error().fact("field").empty()) {
    return refusal(409, "two documents would have the same '" + committed.error().fact("field") +
                            "': " + committed.error().message);
  }
  if (!committed) return committed.error();
  call_hooks(parts, collections);
  Json counts = Json::object();
  for (const auto& [path, collection] : collections) counts[path] = collection.documents.size();
  return json_response("{\"_status\": \"OK\", \"imported\": " + wire_json(counts) + "}");
}

}  // namespace salvor::api
