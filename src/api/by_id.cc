#include "api/by_id.h"

#include <iterator>
#include <utility>

#include "api/problem.h"

namespace salvor::api {
namespace {

constexpr std::size_t kIdsInOneQuery = 500;

}  // namespace

Result<std::vector<catalog::Document>> documents_by_id(Context& context, catalog::Catalog& catalog,
                                                       const std::string& resource,
                                                       const std::set<std::string>& ids) {
  std::vector<catalog::Document> documents;
  auto next = ids.begin();
  while (next != ids.end()) {
    std::vector<Json> some;
    for (; next != ids.end() && some.size() < kIdsInOneQuery; ++next) some.emplace_back(*next);
    catalog::Query query;
    query.limit = some.size();
    query.count_total = false;
    query.filter = schema::in("_id", std::move(some));
    TRY(catalog::Page page, catalog.find(context, resource, query));
    std::move(page.documents.begin(), page.documents.end(), std::back_inserter(documents));
  }
  return documents;
}

Result<catalog::Document> document_of_path(Context& context, catalog::Catalog& catalog,
                                           const std::string& resource, const std::string& id) {
  Result<catalog::Document> document = catalog.get(context, resource, id);
  if (!document && document.error().code == ErrorCode::not_found) return not_found();
  return document;
}

}  // namespace salvor::api
