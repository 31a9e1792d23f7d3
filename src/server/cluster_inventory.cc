#include "server/cluster_inventory.h"

#include <functional>
#include <map>

#include <nlohmann/json.hpp>

namespace salvor::server {
namespace {

// One listed resource: how an object of the cluster becomes a row, and what tells rows apart.
struct Listing {
  const char* resource;  // REST resource
  const char* group;
  const char* plural;  // of the Kubernetes kind
  Json (*row)(const Json& object);
};

void set_if(Json& row, const char* name, const Json& value) {
  if (!value.is_null()) row[name] = value;
}

Json namespace_row(const Json& object) {
  return {{"name", text_at(member(object, "metadata"), "name")},
          {"k8s_uid", text_at(member(object, "metadata"), "uid")}};
}

Json storage_class_row(const Json& object) {
  const Json& metadata = member(object, "metadata");
  Json row = namespace_row(object);
  set_if(row, "provisioner", member(object, "provisioner"));
  set_if(row, "parameters", member(object, "parameters"));
  set_if(row, "reclaim_policy", member(object, "reclaimPolicy"));
  set_if(row, "mount_options", member(object, "mountOptions"));
  set_if(row, "volume_binding_mode", member(object, "volumeBindingMode"));
  set_if(row, "labels", member(metadata, "labels"));
  set_if(row, "annotations", member(metadata, "annotations"));
  row["allow_volume_expansion"] = member(object, "allowVolumeExpansion") == true;
  return row;
}

Json claim_row(const Json& object) {
  const Json& spec = member(object, "spec");
  Json row = namespace_row(object);
  row["namespace_name"] = text_at(member(object, "metadata"), "namespace");
  row["snapshot_taken"] = false;
  set_if(row, "storage_class_name", member(spec, "storageClassName"));
  set_if(row, "pv_name", member(spec, "volumeName"));
  set_if(row, "volume_mode", member(spec, "volumeMode"));
  set_if(row, "phase", member(member(object, "status"), "phase"));
  return row;
}

constexpr Listing kListings[] = {
    {"kubenamespaces", "", "namespaces", namespace_row},
    {"kubestorageclasses", "storage.k8s.io", "storageclasses", storage_class_row},
    {"kubepvclaims", "", "persistentvolumeclaims", claim_row},
};

using Rows = std::map<std::string, Json>;  // by the object's uid

Result<Rows> rows_in_cluster(Context& context, kube::Api& api, const kube::Discovery& discovery,
                             const Listing& listing, const std::string& cluster_id) {
  Rows rows;
  const kube::ResourceType* type = discovery.find(listing.group, listing.plural);
  if (type == nullptr) return rows;
  kube::ListOptions options;
  do {
    TRY(const kube::ListPage page, api.list(context, *type, options));
    for (const std::string& text : page.items) {
      TRY(const Json object, parse_json(text));
      Json row = listing.row(object);
      row["cluster_id"] = cluster_id;
      const std::string uid = text_at(row, "k8s_uid");
      rows[uid] = std::move(row);
    }
    options.continue_token = page.continue_token;
  } while (!options.continue_token.empty());
  return rows;
}

schema::Filter rows_of(const std::string& cluster_id) {
  return schema::all_of({schema::equals("cluster_id", cluster_id),
                         schema::none_of({schema::exists("backupinst_id")})});
}

// Compares with what the catalog has, so that an unchanged object keeps its row.
Result<void> append_differences(Context& context, catalog::Catalog& catalog, const Listing& listing,
                                const std::string& cluster_id, Rows rows,
                                std::vector<catalog::Change>& changes) {
  std::uint64_t skip = 0;
  while (true) {
    TRY(const catalog::Page page,
        catalog.find(
            context, listing.resource,
            {.filter = rows_of(cluster_id), .skip = skip, .limit = 1000, .count_total = false}));
    for (const catalog::Document& stored : page.documents) {
      const Json body = stored.body();
      const auto live = rows.find(text_at(body, "k8s_uid"));
      if (live != rows.end() && live->second == body) {
        rows.erase(live);
      } else {
        changes.push_back(catalog::Remove{listing.resource, stored.id, std::nullopt});
      }
    }
    if (page.documents.size() < 1000) break;
    skip += page.documents.size();
  }
  for (auto& [uid, row] : rows)
    changes.push_back(catalog::Insert{listing.resource, "", std::move(row)});
  return {};
}

}  // namespace

Result<std::vector<catalog::Change>> inventory_changes(Context& context, catalog::Catalog& catalog,
                                                       kube::Api& api,
                                                       const std::string& cluster_id) {
  std::vector<catalog::Change> changes;
  TRY(const kube::Discovery discovery, api.discover(context));
  for (const Listing& listing : kListings) {
    TRY(Rows rows, rows_in_cluster(context, api, discovery, listing, cluster_id));
    TRY_VOID(append_differences(context, catalog, listing, cluster_id, std::move(rows), changes));
  }
  return changes;
}

}  // namespace salvor::server
