#include "sim/random_world.h"

#include <string>

#include "restore/testing/objects.h"

namespace salvor::sim {
namespace {

using restore::testing::Controls;
using restore::testing::definition;
using restore::testing::json;
using restore::testing::object;
using restore::testing::owned_by;

constexpr const char* kRbac = "rbac.authorization.k8s.io/v1";

class Maker {
 public:
  Maker(std::uint64_t seed, Size size)
      : chance_(seed), objects_a_space_(size == Size::small ? 12 : 4 + chance_.below(22)) {
    const std::size_t spaces = size == Size::small ? 1 : 1 + chance_.below(3);
    for (std::size_t i = 0; i < spaces; ++i) spaces_.push_back(std::string(1, "abc"[i]) + "-shop");
  }

  World run() {
    add_cluster_objects();
    for (const std::string& space : spaces_) add_space(space);
    add_owners();
    chance_.shuffle(world_.backup);
    add_strangers();
    add_wishes();
    return std::move(world_);
  }

 private:
  void add(Json made) { world_.backup.push_back(std::move(made)); }
  std::string name(const char* stem) {
    return std::string(stem) + "-" + std::to_string(chance_.below(6));
  }
  Json labels() {
    return {{"app", chance_.of(kApps)}, {"tier", chance_.one_in(2) ? "front" : "back"}};
  }

  void add_cluster_objects() {
    add(definition("example.com", "Widget"));
    if (chance_.one_in(2)) add(definition("other.org", "Gadget", {"v1beta1", "v1"}));
    add(object("storage.k8s.io/v1", "StorageClass", "", "fast",
               json(R"({"provisioner": "csi.example.com"})")));
    add(object("storage.k8s.io/v1", "StorageClass", "", "slow",
               json(R"({"provisioner": "csi.example.com", "metadata": {"annotations":
                        {"storageclass.kubernetes.io/is-default-class": "true"}}})")));
    add(object("scheduling.k8s.io/v1", "PriorityClass", "", "high", json(R"({"value": 7})")));
    add(object("scheduling.k8s.io/v1", "PriorityClass", "", "system-node-critical"));
    add(object(kRbac, "ClusterRole", "", "reader", json(R"({"rules": []})")));
    for (const std::string& space : spaces_) {
      if (chance_.one_in(2)) add(binding(space + "-reads", space));
    }
    add(object("v1", "PersistentVolume", "", "pvc-1", json(R"({"metadata": {"annotations":
        {"pv.kubernetes.io/provisioned-by": "csi.example.com"}}, "spec": {}})")));
    if (chance_.one_in(2)) add(object("v1", "Node", "", "node-1"));
  }

  static Json binding(const std::string& name, const std::string& space) {
    return object(
        kRbac, "ClusterRoleBinding", "", name,
        {{"roleRef", {{"kind", "ClusterRole"}, {"name", "reader"}}},
         {"subjects", {{{"kind", "Group"}, {"name", "system:serviceaccounts:" + space}}}}});
  }

  void add_space(const std::string& space) {
    if (!chance_.one_in(5))
      add(object("v1", "Namespace", "", space, {{"metadata", {{"labels", labels()}}}}));
    add(object("v1", "ServiceAccount", space, "default",
               chance_.one_in(2) ? json(R"({"imagePullSecrets": [{"name": "registry"}]})")
                                 : Json::object()));
    add(object("v1", "ConfigMap", space, "kube-root-ca.crt"));
    std::vector<std::string> taken;
    for (std::size_t i = 0; i < objects_a_space_; ++i) {
      Json made = something(space);
      const std::string key = text_at(made, "kind") + text_at(made["metadata"], "name");
      if (std::find(taken.begin(), taken.end(), key) != taken.end()) continue;
      taken.push_back(key);
      if (chance_.one_in(3)) made["metadata"]["labels"].update(labels());
      if (chance_.one_in(25)) made["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
      add(std::move(made));
    }
  }

  Json something(const std::string& space) {
    switch (chance_.below(17)) {
      case 0:
        return object("v1", "Secret", space, name("secret"), json(R"({"data": {"a": "Yg=="}})"));
      case 1:
        return object("apps/v1", "Deployment", space, name("web"), workload());
      case 2:
        return service(space);
      case 3:
        return object("batch/v1", "CronJob", space, name("nightly"),
                      chance_.one_in(4)
                          ? json(R"({"spec": {"schedule": "0 4 * * *", "suspend": true}})")
                          : json(R"({"spec": {"schedule": "0 3 * * *"}})"));
      case 4:
        return job(space);
      case 5:
        return object("example.com/v1", "Widget", space, name("widget"));
      case 6:
        return object("other.org/v1", "Gadget", space, name("gadget"));
      case 7:
        return pod(space);
      case 8:
        return claim(space);
      case 9:
        return object("apps/v1", "StatefulSet", space, name("db"), workload());
      case 10:
        return object("v1", "ServiceAccount", space, name("account"));
      case 11:
        return object(
            kRbac, "RoleBinding", space, name("binds"),
            {{"roleRef", {{"kind", "ClusterRole"}, {"name", "reader"}}},
             {"subjects", {{{"kind", "ServiceAccount"}, {"name", "x"}, {"namespace", space}}}}});
      case 12:
        return object("networking.k8s.io/v1", "NetworkPolicy", space, name("policy"),
                      json(R"({"spec": {"podSelector": {}}})"));
      case 13:
        return object("coordination.k8s.io/v1", "Lease", space, name("leader"));
      case 14:
        return object("v1", "Endpoints", space, name("svc"), json(R"({"subsets": []})"));
      case 15:
        // Refused by every cluster: it has no selector.
        return object("apps/v1", "DaemonSet", space, name("broken"), json(R"({"spec": {}})"));
      default:
        return object("v1", "ConfigMap", space, name("settings"), json(R"({"data": {"a": "b"}})"));
    }
  }

  static Json workload() {
    return json(R"({"spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}},
                     "spec": {"containers": [{"name": "c"}], "priorityClassName": "high"}}}})");
  }

  Json service(const std::string& space) {
    Json made = object("v1", "Service", space, name("svc"),
                       json(R"({"spec": {"clusterIP": "10.9.9.9", "ports": [{"port": 80}]}})"));
    if (chance_.one_in(2)) made["spec"]["selector"] = {{"app", "web"}};
    if (chance_.one_in(3)) {
      made["spec"]["type"] = "NodePort";
      made["spec"]["ports"][0]["nodePort"] = 30500 + next_port_++;
    }
    return made;
  }

  Json job(const std::string& space) {
    Json made = object("batch/v1", "Job", space, name("job"), json(R"({"spec": {
        "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "old"}},
        "template": {"metadata": {"labels": {"controller-uid": "old"}}, "spec": {"containers": []}}}})"));
    if (chance_.one_in(2))
      made["status"] = json(R"({"conditions": [{"type": "Complete", "status": "True"}]})");
    return made;
  }

  Json pod(const std::string& space) {
    Json made = object("v1", "Pod", space, name("pod"),
                       json(R"({"metadata": {"generateName": "pod-"}, "spec": {"nodeName": "node-1",
                                "containers": [{"name": "c"}]}})"));
    if (chance_.one_in(4)) made["status"] = {{"phase", "Succeeded"}};
    return made;
  }

  // Half of them have a static volume of their own.
  Json claim(const std::string& space) {
    Json made = object("v1", "PersistentVolumeClaim", space, name("data"),
                       {{"spec", {{"storageClassName", chance_.one_in(2) ? "fast" : "slow"}}}});
    if (chance_.one_in(2)) return made;
    const std::string claim = made["metadata"]["name"];
    const std::string volume = space + "-" + claim;
    for (const Json& present : world_.backup) {
      if (text_at(present["metadata"], "name") == volume) return made;
    }
    made["spec"]["volumeName"] = volume;
    add(object("v1", "PersistentVolume", "", volume,
               {{"spec",
                 {{"csi", {{"volumeHandle", "disk-" + volume}}},
                  {"claimRef", {{"namespace", space}, {"name", claim}, {"uid", "old"}}}}}}));
    return made;
  }

  // Chains and circles of owners, some of which control; and owners that nobody brings.
  void add_owners() {
    for (std::size_t i = world_.backup.size() / 3; i > 0; --i) {
      Json& dependant = world_.backup[chance_.below(world_.backup.size())];
      const Json owner = world_.backup[chance_.below(world_.backup.size())];
      const std::string home = text_at(owner["metadata"], "namespace");
      const bool may_own = home.empty() || home == text_at(dependant["metadata"], "namespace");
      if (chance_.one_in(10)) {
        dependant = owned_by(dependant, object("v1", "ConfigMap", home, "nobody-brings-me"));
      } else if (may_own) {
        dependant = owned_by(dependant, owner, chance_.one_in(5) ? Controls::yes : Controls::no);
      }
    }
  }

  // What the API server asks of an object of that kind, and no backup here has.
  static Json own_content(const std::string& kind) {
    if (kind == "Service") return json(R"({"spec": {"ports": [{"port": 81}]}})");
    if (kind == "CronJob") return json(R"({"spec": {"schedule": "1 1 1 1 *"}})");
    if (kind == "RoleBinding")
      return json(R"({"roleRef": {"kind": "ClusterRole", "name": "reader"}, "subjects": []})");
    if (kind != "Deployment") return Json::object();
    Json made = workload();
    made["spec"]["replicas"] = 3;
    return made;
  }

  // What others have in the target under the names of the backup's, or make meanwhile.
  void add_strangers() {
    const std::vector<std::string> harmless = {"ConfigMap", "Secret",  "Deployment", "CronJob",
                                               "Widget",    "Service", "RoleBinding"};
    for (const Json& original : world_.backup) {
      const std::string kind = text_at(original, "kind");
      if (std::find(harmless.begin(), harmless.end(), kind) == harmless.end()) continue;
      if (!chance_.one_in(8)) continue;
      Json stranger = {{"apiVersion", original["apiVersion"]},
                       {"kind", kind},
                       {"metadata",
                        {{"name", original["metadata"]["name"]},
                         {"namespace", original["metadata"]["namespace"]},
                         {"labels", {{"made-by", "somebody-else"}}}}}};
      stranger.update(own_content(kind));
      const bool is_custom = kind == "Widget";
      (chance_.one_in(2) && !is_custom ? world_.present : world_.arriving).push_back(stranger);
    }
    if (chance_.one_in(3))
      world_.present.push_back(object("v1", "Service", "default", "takes-a-port", json(R"({"spec": {
          "type": "NodePort", "ports": [{"port": 80, "nodePort": 30500}]}})")));
    if (chance_.one_in(3)) world_.present.push_back(binding("a-shop-reads", "somebody"));
    if (chance_.one_in(3))
      world_.present.push_back(
          object("storage.k8s.io/v1", "StorageClass", "", "own",
                 json(R"({"provisioner": "csi.example.com", "metadata": {"annotations":
                   {"storageclass.kubernetes.io/is-default-class": "true"}}})")));
    world_.present.push_back(object("storage.k8s.io/v1", "StorageClass", "", "theirs",
                                    json(R"({"provisioner": "csi.example.com"})")));
  }

  void add_wishes() {
    Json selection = Json::object();
    if (chance_.one_in(2)) selection["all_namespaces"] = true;
    if (chance_.one_in(3)) selection["namespaces"] = {chance_.of(spaces_)};
    if (chance_.one_in(5)) selection["label_selector"] = {{"app", "web,db"}};
    if (chance_.one_in(8)) selection["include_resource_types"] = {"configmaps", "cronjobs.batch"};
    if (chance_.one_in(6)) selection["restorePersistentVolumes"] = false;
    world_.restore = {{"selection", selection}};
    if (chance_.one_in(3)) world_.restore["namespaces_prefix"] = "new-";
    if (chance_.one_in(4)) world_.restore["namespaces_map"] = {{"a-shop", "elsewhere"}};
    if (chance_.one_in(5)) world_.restore["storage_class_map"] = {{"slow", "theirs"}};
    if (chance_.one_in(2)) world_.restore["existing_policy"] = chance_.of(kPolicies);
  }

  static constexpr std::array<const char*, 5> kPolicies = {"keep", "merge", "replace", "recreate",
                                                           "fail"};
  static constexpr std::array<const char*, 4> kApps = {"web", "db", "cache", "web"};

  Chance chance_;
  const std::size_t objects_a_space_;
  std::vector<std::string> spaces_;
  int next_port_ = 0;
  World world_;
};

}  // namespace

World make_world(std::uint64_t seed, Size size) { return Maker(seed, size).run(); }

}  // namespace salvor::sim
