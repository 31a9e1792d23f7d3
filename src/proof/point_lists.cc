#include "proof/point_lists.h"

#include <nlohmann/json.hpp>

#include "schema/filter.h"

namespace salvor::proof {
namespace {

constexpr std::uint64_t kRowsAtOnce = 1000;

// Whether a backup's `source` leaves nothing of the cluster out.
bool takes_everything(const Json& source) {
  return member(source, "all_namespaces") == true &&
         member(source, "excluded_namespaces").empty() &&
         member(source, "label_selector").empty() && member(source, "included_resources").empty();
}

}  // namespace

Result<PointLists> load_lists(Context& context, catalog::Catalog& catalog, const Json& point) {
  PointLists lists;
  const std::string id = text_at(point, "_id");
  TRY_VOID(each_row(context, catalog, "kubenamespaces", "backupinst_id", id,
                    [&](const catalog::Document& row) -> Result<void> {
                      lists.listed.namespaces.insert(text_at(row.body(), "name"));
                      return {};
                    }));
  TRY_VOID(each_row(context, catalog, "kubepvclaims", "backupinst_id", id,
                    [&](const catalog::Document& row) -> Result<void> {
                      lists.claims.push_back(row.body());
                      return {};
                    }));
  for (const Json& claim : lists.claims) {
    lists.listed.claims[text_at(claim, "namespace_name") + "/" + text_at(claim, "name")] = {
        text_at(claim, "storage_class_name"), text_at(claim, "pv_name")};
  }
  lists.listed.is_whole_cluster = takes_everything(member(point, "backup_selection"));
  return lists;
}

Result<Json> load_document(Context& context, catalog::Catalog& catalog, const std::string& resource,
                           const std::string& id) {
  TRY(const catalog::Document document,
      catalog.get(context, resource, id).within("reading " + resource + "/" + id));
  Json body = document.body();
  body["_id"] = document.id;
  return body;
}

Result<void> each_row(Context& context, catalog::Catalog& catalog, const std::string& resource,
                      const std::string& field, const std::string& value, const OnRow& visit) {
  catalog::Query query;
  query.filter = schema::equals(field, value);
  query.limit = kRowsAtOnce;
  query.count_total = false;
  while (true) {
    TRY(const catalog::Page page, catalog.find(context, resource, query));
    for (const catalog::Document& row : page.documents) TRY_VOID(visit(row));
    if (page.documents.size() < kRowsAtOnce) return {};
    query.skip += kRowsAtOnce;
  }
}

}  // namespace salvor::proof
