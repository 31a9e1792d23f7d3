#include "server/cluster_monitor.h"

#include "backup/leftovers.h"
#include "server/cluster_inventory.h"

namespace salvor::server {
namespace {

constexpr std::chrono::seconds kEvery{60};
constexpr std::chrono::seconds kPatience{20};  // for one look

catalog::Edit status_edit(const std::string& id, const Json& status) {
  return {"kubeclusters", id, std::nullopt, catalog::Touch::server,
          [status](const Json& stored) -> Result<Json> {
            Json cluster = stored;
            cluster["status"].update(status);
            return cluster;
          }};
}

}  // namespace

ClusterMonitor::ClusterMonitor(catalog::Catalog& catalog, Context context, Connect connect)
    : catalog_(catalog),
      context_(context),
      connect_(std::move(connect)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

ClusterMonitor::~ClusterMonitor() {
  thread_.request_stop();
  thread_.join();
}

void ClusterMonitor::look_at(const std::string& cluster_id) {
  {
    const std::lock_guard lock(mutex_);
    asked_.insert(cluster_id);
  }
  changed_.notify_all();
}

void ClusterMonitor::run(const std::stop_token& stop) {
  Context context = context_.stopped_by(stop);
  SteadyTime next = context.clock.steady();
  while (!stop.stop_requested()) {
    if (context.clock.steady() >= next) {
      look_at_all(context);
      next = context.clock.steady() + kEvery;
    }
    std::set<std::string> asked;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, stop, next, [&] { return !asked_.empty(); });
      asked.swap(asked_);
    }
    for (const std::string& id : asked) {
      const auto cluster = catalog_.get(context, "kubeclusters", id);
      if (cluster.ok()) look(context, *cluster);
    }
  }
}

void ClusterMonitor::look_at_all(Context& context) {
  const auto clusters =
      catalog_.find(context, "kubeclusters", {.limit = 1000, .count_total = false});
  if (!clusters.ok()) return;
  for (const catalog::Document& cluster : clusters->documents) {
    if (!context.stopped()) look(context, cluster);
  }
}

Result<std::uint64_t> ClusterMonitor::ready_points(Context& context,
                                                   const std::string& cluster_id) {
  TRY(const catalog::Page page,
      catalog_.find(context, "backupinstances",
                    {.filter = schema::all_of(
                         {schema::equals("cluster", cluster_id), schema::equals("state", "READY")}),
                     .limit = 1}));
  return page.total;
}

void ClusterMonitor::look(Context& context, const catalog::Document& document) {
  const Json cluster = document.body();
  if (text_at(cluster, "kubeconfig").empty() && member(cluster, "in_cluster") != true) return;
  Context patient = context.within(kPatience);
  const auto examine = [&]() -> Result<std::vector<catalog::Change>> {
    TRY(const auto api, connect_(patient, cluster));
    TRY(const kube::ServerVersion version, api->version(patient));
    TRY(auto changes, inventory_changes(patient, catalog_, *api, document.id));
    TRY(const std::uint64_t points, ready_points(patient, document.id));
    const auto removed = backup::remove_leftovers(patient, catalog_, *api);
    if (!removed.ok()) {
      context.log.warning("leftovers of jobs cannot be removed",
                          {{"cluster", document.id}, {"error", removed.error().describe()}});
    }
    const Json status = {{"state", "ACTIVE"},
                         {"num_recovery_points", points},
                         {"version", version.git_version},
                         {"message", ""},
                         {"updateTime", context.clock.wall_seconds()}};
    changes.emplace_back(status_edit(document.id, status));
    return changes;
  };
  auto changes = examine();
  if (context.stopped()) return;
  if (!changes.ok()) {
    context.log.warning("cluster cannot be reached", {{"cluster", text_at(cluster, "name")},
                                                      {"error", changes.error().describe()}});
    changes = std::vector<catalog::Change>{
        status_edit(document.id, {{"state", "PENDING"}, {"message", changes.error().describe()}})};
  }
  const auto written = catalog_.commit(context, {std::move(*changes)});
  // Deleted meanwhile: there is nothing to say about it any more.
  if (written.ok() || written.error().code == ErrorCode::not_found || context.stopped()) return;
  context.log.error("a cluster's state cannot be written", {{"error", written.error().describe()}});
}

}  // namespace salvor::server
