#include "api/removing.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "api/behaviour.h"
#include "api/preconditions.h"
#include "api/responses.h"
#include "api/stored_rules.h"

namespace salvor::api {
Result<http::Response> remove(Call& call) {
  const std::string& resource = call.resource().path;
  catalog::Catalog& catalog = call.parts.catalog;
  const Result<catalog::Document> document = catalog.get(call.context, resource, call.route.id);
  if (!document && document.error().code == ErrorCode::not_found) return no_content();
  if (!document) return document.error();

  const std::optional<std::string> etag = if_match(call.request.headers);
  if (etag && *etag != document->etag) return stale_etag();
  Removal removal;
  if (call.behaviour.remove) {
    TRY(removal, call.behaviour.remove(call.parts, call.context, *document));
  }
  if (!removal.keeps_document) {
    removal.changes.emplace_back(catalog::Remove{resource, call.route.id, etag});
  }
  auto committed = catalog.commit(call.context, {std::move(removal.changes)});
  if (!committed && committed.error().code == ErrorCode::not_found) return no_content();
  if (!committed) return commit_refused(std::move(committed).error(), Json());
  if (call.behaviour.written) call.behaviour.written(call.parts, call.route.id);
  return no_content();
}

}  // namespace salvor::api
