#include "volume/sandbox.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "volume/handed_volume.h"
#include "volume/testing/fake_movers.h"
#include "volume/testing/storage_world.h"

namespace salvor::volume {
namespace {

using testing::FakeMovers;
using ::testing::HasSubstr;
using testing::StorageWorld;

class SandboxTest : public StorageWorld {
 protected:
  SandboxTest() { cluster.seed(namespace_of(place.namespace_name)); }

  static Json namespace_of(const std::string& name) {
    return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
  }
  void make() {
    const Result<void> made = ensure_sandbox(context, cluster, name, job);
    ASSERT_TRUE(made.ok()) << made.error().describe();
  }
  Result<void> remove() {
    return remove_sandboxes(context, cluster, place, kJob, std::chrono::minutes(1));
  }
  // A volume bound to a claim in the sandbox.
  void add_volume(const std::string& volume, const std::string& created, bool is_provisioned) {
    Json annotations = Json::object();
    if (is_provisioned) annotations["pv.kubernetes.io/provisioned-by"] = "csi.example.com";
    cluster.seed(
        {{"apiVersion", "v1"},
         {"kind", "PersistentVolume"},
         {"metadata",
          {{"name", volume}, {"creationTimestamp", created}, {"annotations", annotations}}},
         {"spec",
          {{"persistentVolumeReclaimPolicy", "Retain"},
           {"claimRef", {{"namespace", name}, {"name", volume}}}}}});
  }
  // The provisioner: a volume goes whose policy is Delete and whose claim's namespace is gone.
  void delete_released() {
    cluster.on_request([this](const kube::FakeRequest& request) -> Result<void> {
      if (request.verb != kube::Verb::get) return {};
      const auto volume = cluster.peek("persistentvolumes", request.key);
      if (!volume || cluster.peek("namespaces", {"", name})) return {};
      if (text_at((*volume)["spec"], "persistentVolumeReclaimPolicy") != "Delete") return {};
      Context unstopped = context;
      return cluster.remove(unstopped, volume_type(), request.key, {});
    });
  }
  std::string policy_of(const std::string& volume) {
    const auto live = cluster.peek("persistentvolumes", {"", volume});
    return live ? text_at((*live)["spec"], "persistentVolumeReclaimPolicy") : "gone";
  }

  const MoverPlace place;
  const std::string name = sandbox_name(kJob, "shop");
};

TEST_F(SandboxTest, NamesBeginWithTheJobAndAreLabels) {
  EXPECT_EQ(sandbox_name(kJob, "shop"), "drill-59c69fff-shop");

  const std::string one = sandbox_name(kJob, std::string(62, 'a') + "b");
  const std::string other = sandbox_name(kJob, std::string(62, 'a') + "c");
  EXPECT_EQ(one.size(), 63U);
  EXPECT_NE(one, other);
  EXPECT_THAT(one, HasSubstr(sandbox_prefix(kJob)));
}

TEST_F(SandboxTest, IsClosedAndMadeOnce) {
  make();
  make();

  const Json policy =
      cluster.peek("networkpolicies.networking.k8s.io", {name, "salvor-drill"}).value();
  EXPECT_EQ(policy["spec"]["podSelector"], Json::object());
  EXPECT_EQ(policy["spec"]["policyTypes"], Json::array({"Ingress", "Egress"}));
  EXPECT_EQ(cluster.peek("namespaces", {"", name})
                ->at("metadata")
                .at("labels")
                .at("pod-security.kubernetes.io/enforce"),
            "baseline");
}

TEST_F(SandboxTest, OneOfSomebodyElseIsRefused) {
  cluster.seed(namespace_of(name));

  EXPECT_EQ(ensure_sandbox(context, cluster, name, job).error().code, ErrorCode::conflict);
}

TEST_F(SandboxTest, GoesWithWhatItHolds) {
  make();

  EXPECT_TRUE(remove().ok());

  EXPECT_FALSE(cluster.peek("namespaces", {"", name}));
  EXPECT_TRUE(remove().ok());
}

TEST_F(SandboxTest, ALabelAloneMakesNoSandbox) {
  Json restored = namespace_of("drill-00000000-shop");
  restored["metadata"]["labels"][kJobLabel] = kJob;
  cluster.seed(restored);

  EXPECT_TRUE(remove().ok());

  EXPECT_TRUE(cluster.peek("namespaces", {"", "drill-00000000-shop"}));
}

TEST_F(SandboxTest, VolumesThatWereMadeForItGoWhateverTheirClassKeeps) {
  make();
  add_volume("new", "2099-01-01T00:00:00Z", true);
  delete_released();

  EXPECT_TRUE(remove().ok());

  EXPECT_EQ(policy_of("new"), "gone");
}

TEST_F(SandboxTest, VolumesThatWereThereBeforeOrThatNobodyMadeStay) {
  make();
  add_volume("older", "1999-01-01T00:00:00Z", true);
  add_volume("static", "2099-01-01T00:00:00Z", false);
  delete_released();

  EXPECT_TRUE(remove().ok());

  EXPECT_EQ(policy_of("older"), "Retain");
  EXPECT_EQ(policy_of("static"), "Retain");
}

TEST_F(SandboxTest, SaysWhatIsStillThere) {
  make();
  add_volume("stuck", "2099-01-01T00:00:00Z", true);

  const Result<void> removed = remove();

  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(removed.error().code, ErrorCode::unavailable);
  EXPECT_EQ(removed.error().message, "persistent volume stuck is still being deleted");
}

}  // namespace
}  // namespace salvor::volume
