// No false alarms: recovery points of random applications that run, taken of the cluster that they
// are drilled in, each of which passes and leaves the cluster as it was. Others come with another
// --gtest_random_seed; `make soak-drill` tries 200.
#include <gtest/gtest.h>

#include <random>

#include "proof/testing/drill_world.h"

namespace salvor::proof {
namespace {

using restore::testing::definition;
using restore::testing::json;
using restore::testing::object;
using testing::DrillWorld;

constexpr unsigned kPoints = 20;

// One seed, one application; all of it is such as a cluster takes.
class Application {
 public:
  explicit Application(unsigned seed) : chance_(seed) {}

  // Puts it into the world's cluster, where controllers add what they add; then the recovery point
  // is what the namespaces hold.
  std::string back_up(DrillWorld& world) {
    world.cluster.seed(definition("example.com", "Widget"));
    world.cluster.settle();
    const unsigned spaces = 1 + below(3);
    for (unsigned i = 0; i < spaces; ++i) {
      space_ = std::string(1, static_cast<char>('a' + i)) + "-shop";
      world.cluster.seed(object("v1", "Namespace", "", space_,
                                {{"metadata", {{"labels", {{"team", one_in(2) ? "x" : "y"}}}}}}));
      for (unsigned left = 2 + below(14); left > 0; --left) add_something(world);
    }
    world.everything();
    std::vector<Json> taken;
    for (const Json& each : world.cluster.everything()) {
      const Json& metadata = each["metadata"];
      const std::string home =
          each["kind"] == "Namespace" ? text_at(metadata, "name") : text_at(metadata, "namespace");
      const bool is_cluster_scoped = text_at(metadata, "namespace").empty();
      if (home.ends_with("-shop") || (is_cluster_scoped && each["kind"] != "Namespace"))
        taken.push_back(each);
    }
    const std::string point = world.add_point(taken);
    for (const auto& [space, claim, row] : claims_)
      world.bench.add_claim_row(point, space, claim, row);
    return point;
  }

 private:
  struct Claim {
    std::string space, name;
    Json row;
  };

  unsigned below(unsigned bound) { return static_cast<unsigned>(chance_() % bound); }
  bool one_in(unsigned many) { return below(many) == 0; }
  std::string name(const char* stem) { return std::string(stem) + "-" + std::to_string(number_++); }

  Json workload() {
    const Json labels = {{"app", name("app")}};
    return {{"spec",
             {{"replicas", below(4)},
              {"selector", {{"matchLabels", labels}}},
              {"template",
               {{"metadata", {{"labels", labels}}},
                {"spec", {{"containers", {{{"name", "c"}, {"image", "i"}}}}}}}}}}};
  }

  Json service() {
    Json made = json(R"({"spec": {"ports": [{"port": 80}]}})");
    switch (below(5)) {
      case 0:
        made["spec"].update(json(R"({"type": "LoadBalancer", "loadBalancerClass": "cloud",
                                     "externalTrafficPolicy": "Local"})"));
        break;
      case 1:
        made["spec"]["type"] = "NodePort";
        made["spec"]["ports"][0]["nodePort"] = 30000 + number_++;
        break;
      case 2:
        made["spec"]["clusterIP"] = "None";
        break;
      case 3:
        made["spec"] = json(R"({"type": "ExternalName", "externalName": "db.example.com"})");
        break;
      default:
        made["metadata"]["annotations"]["external-dns.alpha.kubernetes.io/hostname"] = "a.b";
    }
    return made;
  }

  // Half of the claims have data; the others had no volume.
  void add_claim(DrillWorld& world) {
    const std::string claim = name("data");
    Json made = object("v1", "PersistentVolumeClaim", space_, claim,
                       json(R"({"spec": {"storageClassName": "fast",
                                "resources": {"requests": {"storage": "1Gi"}}}})"));
    Json row = testing::data_of_claim();
    if (one_in(2)) {
      made["spec"]["volumeName"] = "pv-of-" + claim;
      made["status"]["phase"] = "Bound";
      row["snapshot_handle"] = "snap-of-" + claim;
      world.storage.stored.insert("snap-of-" + claim);
    } else {
      world.storage.unbound.insert(claim);
      row = {{"phase", "Pending"}, {"pv_name", ""}, {"storage_class_name", "fast"}};
    }
    world.cluster.seed(made);
    claims_.push_back({space_, claim, row});
  }

  void add_something(DrillWorld& world) {
    if (one_in(6)) return add_claim(world);
    Json made = something();
    if (one_in(3)) made["metadata"]["labels"]["tier"] = one_in(2) ? "front" : "back";
    world.cluster.seed(made);
  }

  Json something() {
    const char* const kRbac = "rbac.authorization.k8s.io/v1";
    switch (below(16)) {
      case 0:
        return object("apps/v1", "Deployment", space_, name("web"), workload());
      case 1:
        return object("apps/v1", "StatefulSet", space_, name("db"), workload());
      case 2:
        return object("v1", "Pod", space_, name("pod"),
                      json(R"({"spec": {"nodeName": "n", "containers": [{"name": "c"}]}})"));
      case 3:
        return object("v1", "Service", space_, name("svc"), service());
      case 4:
        return object("batch/v1", "CronJob", space_, name("nightly"),
                      json(one_in(2) ? R"({"spec": {"schedule": "0 4 * * *"}})"
                                     : R"({"spec": {"schedule": "0 4 * * *", "suspend": true}})"));
      case 5:
        return object("batch/v1", "Job", space_, name("job"), job());
      case 6:
        return object("example.com/v1", "Widget", space_, name("widget"),
                      {{"spec", {{"size", below(9)}}},
                       {"metadata", {{"finalizers", {"example.com/clean"}}}}});
      case 7:
        return object(kRbac, "Role", space_, name("role"), json(R"({"rules": []})"));
      case 8:
        return object(
            kRbac, "RoleBinding", space_, name("binds"),
            {{"roleRef", {{"kind", "ClusterRole"}, {"name", "view"}}},
             {"subjects", {{{"kind", "ServiceAccount"}, {"name", "x"}, {"namespace", space_}}}}});
      case 9:
        return object("v1", "ServiceAccount", space_, name("account"));
      case 10:
        return object("networking.k8s.io/v1", one_in(2) ? "NetworkPolicy" : "Ingress", space_,
                      name("net"), json(R"({"spec": {}})"));
      case 11:
        return object("autoscaling/v2", "HorizontalPodAutoscaler", space_, name("hpa"),
                      json(R"({"spec": {"maxReplicas": 3}})"));
      case 12:
        return object("v1", one_in(2) ? "ResourceQuota" : "LimitRange", space_, name("limit"),
                      json(R"({"spec": {}})"));
      case 13:
        return object("policy/v1", "PodDisruptionBudget", space_, name("pdb"),
                      json(R"({"spec": {"minAvailable": 1}})"));
      case 14:
        return object("v1", "Secret", space_, name("secret"), json(R"({"data": {"a": "Yg=="}})"));
      default:
        return object("v1", "ConfigMap", space_, name("settings"),
                      {{"data", {{"host", "web." + space_ + ".svc"}}}});
    }
  }

  Json job() {
    Json made = json(R"({"spec": {"selector": {"matchLabels":
        {"batch.kubernetes.io/controller-uid": "old"}}, "template": {"metadata": {"labels":
        {"batch.kubernetes.io/controller-uid": "old"}}, "spec": {"containers": []}}}})");
    if (one_in(2))
      made["status"] = json(R"({"conditions": [{"type": "Complete", "status": "True"}]})");
    return made;
  }

  std::mt19937 chance_;
  unsigned number_ = 0;
  std::string space_;
  std::vector<Claim> claims_;
};

TEST(DrillGoodPoints, NoneOfThemRaisesAFalseAlarm) {
  unsigned objects = 0;
  const auto round = static_cast<unsigned>(::testing::UnitTest::GetInstance()->random_seed());
  for (unsigned seed = 1 + round * kPoints; seed <= (round + 1) * kPoints; ++seed) {
    DrillWorld world;
    const std::string point = Application(seed).back_up(world);
    const auto before = world.everything();
    const std::set<std::string> stored = world.storage.stored;

    const jobs::JobEnd end = world.run(world.add_job(point, {{"ready_timeout_seconds", 30}}));

    const Json told = world.told(point);
    ASSERT_EQ(end.outcome, jobs::Outcome::completed) << seed << end.message << told.dump(1);
    ASSERT_EQ(told["state"], "PASSED") << seed << told.dump(1);
    ASSERT_EQ(world.everything(), before) << seed;
    ASSERT_EQ(world.storage.stored, stored) << seed;
    objects += told["objects"].get<unsigned>();
  }
  EXPECT_GT(objects, kPoints * 10);
}

}  // namespace
}  // namespace salvor::proof
