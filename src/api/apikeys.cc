#include <nlohmann/json.hpp>

#include "api/behaviour.h"
#include "api/credentials.h"
#include "api/problem.h"

namespace salvor::api {
namespace {

bool is_admin(const Json& key) { return text_at(key, "org_role") == "ADMIN"; }

Error last_admin() {
  return refusal(409,
                 "this is the last API key of an administrator; make another one first, or nobody "
                 "could manage keys any more");
}

// Makes a change depend on another ADMIN key that must still be there when it is committed. Of two
// clients that remove each other's key one wins.
Result<catalog::Change> another_admin(Context& context, catalog::Catalog& catalog,
                                      const std::string& id) {
  catalog::Query query;
  query.filter = schema::all_of({schema::equals("org_role", "ADMIN"), schema::differs("_id", id)});
  query.limit = 1;
  query.count_total = false;
  TRY(const catalog::Page page, catalog.find(context, "apikeys", query));
  if (page.documents.empty()) return last_admin();
  const auto check = [](const Json* stored) -> Result<void> {
    if (stored && is_admin(*stored)) return {};
    return last_admin();
  };
  return catalog::Change(catalog::Require{"apikeys", page.documents.front().id, check});
}

Result<Preparation> prepare(const Parts& parts, Context& context, const Draft& draft) {
  Preparation preparation;
  if (!draft.stored) {
    const std::string key = new_key();
    preparation.fill = {{"hash", key_hash(key)}, {"snippet", key_snippet(key)}};
    preparation.shown_once = {{"key", key}};
    return preparation;
  }
  if (is_admin(*draft.stored) && !is_admin(draft.document)) {
    TRY(catalog::Change guard, another_admin(context, parts.catalog, draft.id));
    preparation.guards.push_back(std::move(guard));
  }
  return preparation;
}

Result<Removal> remove(const Parts& parts, Context& context, const catalog::Document& document) {
  Removal removal;
  if (is_admin(document.body())) {
    TRY(catalog::Change guard, another_admin(context, parts.catalog, document.id));
    removal.changes.push_back(std::move(guard));
  }
  return removal;
}

}  // namespace

Behaviour api_keys() {
  return {.prepare = prepare, .remove = remove, .written = {}, .actions = {}, .is_admins = true};
}

}  // namespace salvor::api
