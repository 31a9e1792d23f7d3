#include "restore/mounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::json;
using testing::object;

TEST(MountedClaims, AreThoseOfPodsAndOfTemplates) {
  EXPECT_THAT(mounted_claims(object("v1", "Pod", "shop", "p", json(R"({"spec": {"containers": [],
                  "volumes": [{"name": "a", "persistentVolumeClaim": {"claimName": "data"}},
                              {"name": "b", "emptyDir": {}}]}})"))),
              ElementsAre("data"));
  EXPECT_THAT(mounted_claims(object("apps/v1", "StatefulSet", "shop", "web",
                                    json(R"({"spec": {"volumeClaimTemplates":
                                             [{"metadata": {"name": "disk"}}]}})"))),
              ElementsAre("disk-web-*"));
  EXPECT_THAT(mounted_claims(object("v1", "ConfigMap", "shop", "c")), IsEmpty());
}

class LinkMounts : public ::testing::Test {
 protected:
  StepNumber add(const std::string& kind, const std::string& name, Wave wave,
                 std::set<std::string> mounts = {}) {
    Item item;
    item.number = items.size();
    item.mounts = std::move(mounts);
    items.push_back(item);
    Step step;
    step.number = static_cast<StepNumber>(steps.size());
    step.item = static_cast<std::int64_t>(item.number);
    step.source = {kind, "shop", name};
    step.wave = wave;
    steps.push_back(step);
    return step.number;
  }
  StepNumber add_claim(const std::string& name, const std::string& copy) {
    const StepNumber number = add("persistentvolumeclaims", name, Wave::volumes);
    ClaimData data;
    data.copy = copy;
    if (copy.empty()) data.snapshot = {"driver", "handle"};
    steps[number].data = std::make_shared<const ClaimData>(data);
    return number;
  }

  std::vector<Item> items;
  std::vector<Step> steps;
};

TEST_F(LinkMounts, LetWorkloadsWaitForTheirOwnClaims) {
  const StepNumber data = add_claim("data", "a-copy");
  const StepNumber disk = add_claim("disk-web-0", "a-copy");
  const StepNumber pod = add("pods", "p", Wave::workloads, {"data"});
  const StepNumber set = add("statefulsets.apps", "web", Wave::workloads, {"disk-web-*"});
  const StepNumber other = add("deployments.apps", "d", Wave::workloads);
  const StepNumber custom = add("databases.example.com", "db", Wave::custom);

  link_mounts(items, steps);

  EXPECT_THAT(steps[pod].needs, ElementsAre(data));
  EXPECT_THAT(steps[set].needs, ElementsAre(disk));
  EXPECT_THAT(steps[other].needs, IsEmpty());
  EXPECT_THAT(steps[custom].needs, ElementsAre(data, disk));
  EXPECT_THAT(steps[data].needs, IsEmpty());
}

TEST_F(LinkMounts, WaitForNoSnapshot) {
  add_claim("data", "");
  const StepNumber pod = add("pods", "p", Wave::workloads, {"data"});

  link_mounts(items, steps);

  EXPECT_THAT(steps[pod].needs, IsEmpty());
}

}  // namespace
}  // namespace salvor::restore
