// Where drills are tried out: recovery points, and a cluster with controllers and storage, whose
// log of writes is kept. In one header, as it stands on other rooms' testing libraries.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "jobs/lease_run.h"
#include "jobs/state.h"
#include "proof/drill_job.h"
#include "restore/plan_job.h"
#include "restore/testing/bench.h"
#include "restore/testing/objects.h"
#include "restore/testing/seeded_runner.h"
#include "volume/handed_volume.h"
#include "volume/marks.h"
#include "volume/testing/fake_movers.h"

namespace salvor::proof::testing {

using restore::testing::json;
using restore::testing::Life;
using restore::testing::MortalApi;
using restore::testing::MortalCatalog;
using restore::testing::object;

// An application with all that a drill has to treat apart.
inline std::vector<Json> shop() {
  const Json labels = {{"app", "web"}};
  return {
      object("v1", "Namespace", "", "shop"),
      object("storage.k8s.io/v1", "StorageClass", "", "fast",
             {{"provisioner", volume::testing::kDriver}}),
      object("rbac.authorization.k8s.io/v1", "ClusterRole", "", "reader", json(R"({"rules": []})")),
      object("scheduling.k8s.io/v1", "PriorityClass", "", "high", json(R"({"value": 7})")),
      object("v1", "ServiceAccount", "shop", "runner"),
      object("v1", "Secret", "shop", "password", json(R"({"data": {"p": "c2VjcmV0LXZhbHVl"}})")),
      object("v1", "ConfigMap", "shop", "settings", json(R"({"data": {"a": "b"}})")),
      object("v1", "PersistentVolumeClaim", "shop", "data",
             json(R"({"spec": {"storageClassName": "fast", "volumeName": "old",
                      "resources": {"requests": {"storage": "1Gi"}}}})")),
      object("apps/v1", "Deployment", "shop", "web",
             {{"spec",
               {{"replicas", 2},
                {"selector", {{"matchLabels", labels}}},
                {"template",
                 {{"metadata", {{"labels", labels}}},
                  {"spec", {{"containers", {{{"name", "c"}}}}}}}}}}}),
      object("v1", "Pod", "shop", "once", json(R"({"spec": {"containers": [{"name": "c"}]}})")),
      object("v1", "Service", "shop", "web",
             json(R"({"spec": {"type": "LoadBalancer", "clusterIP": "10.9.9.9",
                      "externalIPs": ["192.0.2.1"], "externalTrafficPolicy": "Local",
                      "healthCheckNodePort": 31000,
                      "ports": [{"port": 80, "nodePort": 30080}]}})")),
      object("batch/v1", "CronJob", "shop", "nightly",
             json(R"({"spec": {"schedule": "0 3 * * *"}})")),
      object("networking.k8s.io/v1", "Ingress", "shop", "web",
             json(R"({"spec": {"rules": [{"host": "shop.example.com"}]}})")),
      object("networking.k8s.io/v1", "NetworkPolicy", "shop", "open",
             json(R"({"spec": {"podSelector": {}, "egress": [{}]}})"))};
}

inline Json data_of_claim() {
  return {{"driver", volume::testing::kDriver},
          {"snapshot_handle", "snap-of-data"},
          {"restore_size", 2ULL << 30},  // more than the claim asks for
          {"storage_class_name", "fast"}};
}

class DrillWorld {
 public:
  DrillWorld() { settle_in(); }

  // A READY recovery point of these objects, listed as a backup lists them; its id.
  std::string add_point(const std::vector<Json>& objects) {
    const std::string point = bench.add_point(objects);
    std::set<std::string> types;
    for (const Json& each : objects) {
      types.insert(restore::testing::name_of(each).group_resource);
      if (each["kind"] == "Namespace") {
        insert("kubenamespaces", {{"name", each["metadata"]["name"]},
                                  {"backupinst_id", point},
                                  {"cluster_id", cluster_id}});
      }
    }
    bench.set_point(point, {{"cluster", cluster_id}, {"resource_types", types}});
    return point;
  }
  // The shop with the data of its claim.
  std::string add_shop() {
    const std::string point = add_point(shop());
    bench.add_claim_row(point, "shop", "data", data_of_claim());
    return point;
  }

  // The same as a copy, whose data comes back by movers.
  std::string add_copied_shop() {
    bench.movers.image = "salvor:test";
    const std::string point = add_point(shop());
    bench.add_claim_row(point, "shop", "data",
                        {{"storage_class_name", "fast"},
                         {"offload_recover_point_id", std::string(64, 'a')},
                         {"restore_size", 1ULL << 30}});
    bench.move_to_repository(point);
    return point;
  }

  std::string add_job(const std::string& point, const Json& asked = Json::object()) {
    return insert("jobs", {{"type", "DRILL"},
                           {"state", jobs::kPending},
                           {"backup_inst", point},
                           {"cluster", cluster_id},
                           {"drill", asked},
                           {"start_time", bench.clock.wall_seconds()}});
  }

  // Runs a job, or goes on with it, and writes its end, if the process lives to see it.
  jobs::JobEnd run(const std::string& id, Life& life) {
    const Json stored = bench.job(id);
    const jobs::Lease lease{"process", jobs::lease_in(stored).epoch + 1,
                            bench.clock.wall_seconds() + 60};
    const bool is_new = text_at(stored, "state") == jobs::kPending;
    bench.set_job(id, {{"lease", jobs::to_json(lease)},
                       {"state", is_new ? Json(jobs::kRunning) : stored["state"]}});
    MortalCatalog seen(*bench.catalog, life);
    jobs::LeaseRun leased(seen, bench.context, id, bench.job(id), lease, !is_new);
    if (text_at(stored, "state") == jobs::kCancelling) leased.stop(jobs::StopReason::cancelled);
    if (before) before(leased);
    const restore::Ports restoring = restore_ports(seen, life);
    const DrillPorts ports{seen,
                           restoring.connect,
                           bench.movers,
                           [this]() -> Result<SigningKey> { return key; },
                           [&](jobs::JobRun& run) { return restore::run_restore(restoring, run); },
                           [&](jobs::JobRun& run) { return restore::run_plan(restoring, run); }};
    jobs::JobEnd end = drill_kind(ports).run(leased);
    const Result<void> written = leased.finish(end);
    EXPECT_TRUE(written.ok() || life.is_dead());
    return end;
  }
  jobs::JobEnd run(const std::string& id) {
    Life immortal;
    return run(id, immortal);
  }

  // What the recovery point says of its last drill.
  Json told(const std::string& point) {
    return member(bench.catalog->get(bench.context, "backupinstances", point)->body(), "drill");
  }
  // As "OBJECT_GONE Secret shop/password".
  std::vector<std::string> found(const std::string& point) {
    std::vector<std::string> lines;
    const Json drill = told(point);
    for (const Json& problem : member(drill, "problems"))
      lines.push_back(text_at(problem, "reason") + " " + text_at(problem, "object"));
    return lines;
  }
  std::vector<Json> rows(const std::string& resource) {
    const auto page = bench.catalog->find(bench.context, resource, {.limit = 10000}).value();
    std::vector<Json> found;
    for (const catalog::Document& document : page.documents) found.push_back(document.body());
    return found;
  }
  // All that the cluster has, as "Namespace /shop".
  std::set<std::string> everything() {
    is_reacting_ = true;
    for (int round = 0; round < 3; ++round) {
      storage.settle();
      cluster.settle();
      delete_released();
    }
    std::set<std::string> names;
    for (const Json& each : cluster.everything()) {
      names.insert(text_at(each, "kind") + " " + text_at(each["metadata"], "namespace") + "/" +
                   text_at(each["metadata"], "name"));
    }
    is_reacting_ = false;
    return names;
  }

  std::string insert(const std::string& resource, const Json& body) {
    const auto written =
        bench.catalog->commit(bench.context, {{catalog::Insert{resource, "", body}}});
    EXPECT_TRUE(written.ok());
    return written->front().id;
  }

  restore::testing::Bench bench;
  kube::FakeCluster cluster{
      bench.clock,
      {.kinds = volume::testing::kinds_with_snapshots(), .workloads = kube::Workloads::running}};
  volume::testing::FakeSnapshotter storage{cluster};
  volume::testing::FakeMovers movers{cluster, storage};
  SigningKey key = SigningKey::make();
  std::string cluster_id;
  std::vector<kube::FakeRequest> writes;  // that reached the cluster
  // Called before a request that is not the storage's own.
  kube::RequestHook on_request;
  // Called before a job's kind begins, with what can stop it.
  std::function<void(jobs::LeaseRun&)> before;

 private:
  void settle_in() {
    cluster_id = insert("kubeclusters", {{"name", "one"}});
    cluster.seed(object("storage.k8s.io/v1", "CSIDriver", "", volume::testing::kDriver));
    cluster.seed(
        object("storage.k8s.io/v1", "StorageClass", "", "fast",
               {{"provisioner", volume::testing::kDriver}, {"volumeBindingMode", "Immediate"}}));
    cluster.seed(object("v1", "Namespace", "", bench.movers.namespace_name));
    storage.stored.insert("snap-of-data");
    cluster.on_request([this, react = movers.before({})](const kube::FakeRequest& request) {
      return asked(request, react);
    });
  }

  // The provisioner: volumes go whose claims are gone, where their policy says so.
  void delete_released() {
    for (const Json& volume : cluster.everything()) {
      const Json& spec = member(volume, "spec");
      const Json& claim = member(spec, "claimRef");
      const bool is_deletable = volume["kind"] == "PersistentVolume" && claim.is_object() &&
                                text_at(spec, "persistentVolumeReclaimPolicy") == "Delete";
      if (!is_deletable || cluster.peek("persistentvolumeclaims",
                                        {text_at(claim, "namespace"), text_at(claim, "name")}))
        continue;
      Context context = bench.context;
      const auto removed = cluster.remove(context, volume::volume_type(),
                                          {"", text_at(volume["metadata"], "name")}, {});
      EXPECT_TRUE(removed.ok()) << removed.error().describe();
    }
  }

  // The storage acts only before requests that it has to do with: its rounds look at everything.
  Result<void> asked(const kube::FakeRequest& request, const kube::RequestHook& react) {
    static const std::set<std::string> kinds = {"persistentvolumeclaims",
                                                "persistentvolumes",
                                                "volumesnapshots.snapshot.storage.k8s.io",
                                                "volumesnapshotcontents.snapshot.storage.k8s.io",
                                                "namespaces",
                                                "jobs.batch"};
    if (is_reacting_) return {};
    if (kinds.contains(request.group_resource)) {
      is_reacting_ = true;
      const Result<void> reacted = react(request);
      delete_released();
      is_reacting_ = false;
      TRY_VOID(reacted);
    }
    if (kube::writes(request.verb)) writes.push_back(request);
    return on_request ? on_request(request) : Result<void>();
  }

  restore::Ports restore_ports(catalog::Catalog& seen, Life& life) {
    restore::Ports ports{
        seen,
        *bench.store,
        bench.sealer,
        [this, &life](Context&, const Json&) -> Result<std::unique_ptr<kube::Api>> {
          return std::unique_ptr<kube::Api>(std::make_unique<MortalApi>(cluster, life));
        },
        bench.folder.file("."),
        4,
        {},
        restore::testing::seeded(1)};
    ports.movers = bench.movers;
    ports.open_copies = [this](Context&, const std::string&,
                               const std::string&) -> Result<volume::CopyAccess> {
      return bench.copies.open();
    };
    return ports;
  }

  bool is_reacting_ = false;
};

}  // namespace salvor::proof::testing
