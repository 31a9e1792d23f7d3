#include "backup/removal.h"

#include <nlohmann/json.hpp>

#include "archive/writer.h"
#include "schema/filter.h"
#include "volume/snapshot_removal.h"

namespace salvor::backup {
namespace {

constexpr const char* kInventories[] = {"kubenamespaces", "kubepvclaims", "kubestorageclasses"};

constexpr std::uint64_t kClaimsMax = 1'000'000;

Result<std::vector<volume::StoredSnapshot>> snapshots_of(Context& context,
                                                         catalog::Catalog& catalog,
                                                         const std::string& point) {
  catalog::Query query;
  query.filter = schema::all_of({schema::equals("backupinst_id", point)});
  query.limit = kClaimsMax;
  query.count_total = false;
  TRY(const catalog::Page page, catalog.find(context, "kubepvclaims", query));
  std::vector<volume::StoredSnapshot> snapshots;
  for (const catalog::Document& document : page.documents) {
    const Json claim = document.body();
    const std::string handle = text_at(claim, "snapshot_handle");
    if (!handle.empty()) snapshots.push_back({text_at(claim, "driver"), handle});
  }
  return snapshots;
}

// The snapshots in their storage, through the cluster that took them. Of a cluster that is not
// registered any more they stay where they are: nobody else can reach them.
Result<void> remove_volumes(const Ports& ports, Context& context, const std::string& id,
                            const Json& point) {
  TRY(const auto snapshots, snapshots_of(context, ports.catalog, id));
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

Result<jobs::JobEnd> remove_point(const Ports& ports, jobs::JobRun& run) {
  const std::string id = text_at(run.document(), "backup_inst");
  const auto point = ports.catalog.get(run.context(), "backupinstances", id);
  if (!point.ok()) {
    if (point.error().code != ErrorCode::not_found) return point.error();
    return jobs::JobEnd{
        jobs::Outcome::completed, "the recovery point was gone already", Json::object(), {}};
  }
  const Json body = point->body();
  TRY_VOID(remove_volumes(ports, run.context(), id, body));
  const std::string archive_name = text_at(member(body, "archive"), "name");
  if (!archive_name.empty()) {
    TRY_VOID(archive::remove_backup(run.context(), ports.store, archive_name)
                 .within("removing archive " + archive_name));
  }
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

jobs::JobKind removal_kind(Ports ports) {
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
