#include "backup/removal.h"

#include <nlohmann/json.hpp>

#include "archive/writer.h"
#include "schema/filter.h"
#include "volume/snapshot_removal.h"

namespace salvor::backup {
namespace {

constexpr const char* kInventories[] = {"kubenamespaces", "kubepvclaims", "kubestorageclasses",
                                        "kubeevidence"};

constexpr std::uint64_t kClaimsMax = 1'000'000;

// What a recovery point has of its claims' data.
struct StoredData {
  std::vector<volume::StoredSnapshot> snapshots;
  std::vector<std::string> copies;  // snapshots of the repository
};

Result<StoredData> data_of(Context& context, catalog::Catalog& catalog, const std::string& point) {
  catalog::Query query;
  query.filter = schema::equals("backupinst_id", point);
  query.limit = kClaimsMax;
  query.count_total = false;
  TRY(const catalog::Page page, catalog.find(context, "kubepvclaims", query));
  StoredData data;
  for (const catalog::Document& document : page.documents) {
    const Json claim = document.body();
    const std::string handle = text_at(claim, "snapshot_handle");
    const std::string copy = text_at(claim, "offload_recover_point_id");
    if (!handle.empty()) data.snapshots.push_back({text_at(claim, "driver"), handle});
    if (!copy.empty()) data.copies.push_back(copy);
  }
  return data;
}

// The snapshots in their storage, through the cluster that took them. Of a cluster that is not
// registered any more they stay where they are: nobody else can reach them.
Result<void> remove_snapshots(const Ports& ports, Context& context, const std::string& id,
                              const Json& point,
                              const std::vector<volume::StoredSnapshot>& snapshots) {
  if (snapshots.empty()) return {};
  const auto cluster = ports.catalog.get(context, "kubeclusters", text_at(point, "cluster"));
  if (!cluster.ok() && cluster.error().code == ErrorCode::not_found) return {};
  if (!cluster.ok()) return cluster.error();
  Json body = cluster->body();
  body["_id"] = cluster->id;
  TRY(const auto api, ports.connect(context, body));
  return volume::remove_snapshots(context, *api, {volume::MarkedBy::recovery_point, id}, snapshots,
                                  ports.snapshots_gone_within)
      .within("removing the snapshots of its volumes");
}

Result<void> remove_archive(Context& context, objectstore::Store& store,
                            const archive::ArchiveSeal& seal) {
  if (seal.name.empty()) return {};
  return archive::remove_backup(context, store, seal.name).within("removing archive " + seal.name);
}

// A copy whose object store is not registered any more is out of reach; its rows go.
Result<void> remove_copies(const CopyPorts& ports, Context& context, const Json& point,
                           StoredData data, const archive::ArchiveSeal& seal) {
  const auto opened =
      ports.open_copies(context, text_at(point, "objectstore"), text_at(point, "cluster"));
  if (!opened.ok() && opened.error().code == ErrorCode::not_found) return {};
  if (!opened.ok()) return Error(opened.error()).within("opening the object store");
  if (!seal.snapshot.empty()) data.copies.push_back(seal.snapshot);
  TRY_VOID(opened->forget(context, data.copies).within("removing its data"));
  return remove_archive(context, *opened->store, seal);
}

Result<void> remove_data(const CopyPorts& ports, Context& context, const std::string& id,
                         const Json& point) {
  const Ports& backup = ports.backup;
  TRY(StoredData data, data_of(context, backup.catalog, id));
  const archive::ArchiveSeal seal = archive::seal_in(point);
  if (text_at(point, "type") == "COPY")
    return remove_copies(ports, context, point, std::move(data), seal);
  TRY_VOID(remove_snapshots(backup, context, id, point, data.snapshots));
  return remove_archive(context, backup.store, seal);
}

Result<jobs::JobEnd> remove_point(const CopyPorts& ports, jobs::JobRun& run) {
  const std::string id = text_at(run.document(), "backup_inst");
  const auto point = ports.backup.catalog.get(run.context(), "backupinstances", id);
  if (!point.ok()) {
    if (point.error().code != ErrorCode::not_found) return point.error();
    return jobs::JobEnd{
        jobs::Outcome::completed, "the recovery point was gone already", Json::object(), {}};
  }
  const Json body = point->body();
  TRY_VOID(remove_data(ports, run.context(), id, body));
  jobs::JobEnd end{jobs::Outcome::completed,
                   "removed recovery point " + text_at(body, "name"),
                   Json::object(),
                   {}};
  for (const char* inventory : kInventories) {
    end.changes.emplace_back(catalog::RemoveAll{inventory, schema::equals("backupinst_id", id)});
  }
  end.changes.emplace_back(catalog::Remove{"backupinstances", id, std::nullopt});
  return end;
}

}  // namespace

jobs::JobKind removal_kind(CopyPorts ports) {
  return {"DELETE_BACKUP", [ports = std::move(ports)](jobs::JobRun& run) {
            auto end = remove_point(ports, run);
            if (end.ok()) return *std::move(end);
            const bool is_stop = end.error().code == ErrorCode::cancelled;
            return jobs::JobEnd{is_stop ? jobs::Outcome::cancelled : jobs::Outcome::failed,
                                end.error().describe(),
                                Json::object(),
                                {}};
          }};
}

}  // namespace salvor::backup
