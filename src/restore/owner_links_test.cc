#include "restore/owner_links.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::object;
using testing::owned_by;

// One step an object, in the order given, all to be made.
std::vector<Step> linked(const std::vector<Json>& objects) {
  const std::vector<Item> items = testing::items_of(objects);
  std::vector<Step> steps(items.size());
  for (const Item& item : items) {
    Step& step = steps[item.number];
    step.number = static_cast<StepNumber>(item.number);
    step.item = static_cast<std::int64_t>(item.number);
    step.source = item.object_name();
    step.target_namespace = item.name.namespace_name;
  }
  link_owners(items, steps);
  return steps;
}

const Json kA = object("v1", "Secret", "shop", "a");
const Json kB = object("v1", "Secret", "shop", "b");

using How = OwnerLink::How;

TEST(OwnerLinks, WaitForTheOwnersStep) {
  const auto steps = linked({owned_by(kA, kB), kB});

  ASSERT_EQ(steps[0].owners.size(), 1U);
  EXPECT_EQ(steps[0].owners[0].how, How::step);
  EXPECT_EQ(steps[0].owners[0].owner, 1U);
  EXPECT_EQ(steps[0].needs, std::vector<StepNumber>{1});
  EXPECT_TRUE(steps[1].needs.empty());
}

TEST(OwnerLinks, LookUpOwnersThatAreNotRestored) {
  const auto steps = linked({owned_by(kA, kB)});

  EXPECT_EQ(steps[0].owners.at(0).how, How::lookup);
  EXPECT_TRUE(steps[0].needs.empty());
}

TEST(OwnerLinks, LookUpOwnersWhoseUidIsUnknown) {
  Json nameless = kB;
  nameless["metadata"]["uid"] = "";

  EXPECT_EQ(linked({owned_by(kA, nameless), nameless})[0].owners.at(0).how, How::lookup);
}

TEST(OwnerLinks, DoNotCrossNamespaces) {
  const Json elsewhere = object("v1", "Secret", "blog", "b");

  EXPECT_EQ(linked({owned_by(kA, elsewhere), elsewhere})[0].owners.at(0).how, How::lookup);
}

TEST(OwnerLinks, MayLeadToTheCluster) {
  const Json role = object("rbac.authorization.k8s.io/v1", "ClusterRole", "", "r");

  EXPECT_EQ(linked({owned_by(kA, role), role})[0].owners.at(0).how, How::step);
  EXPECT_EQ(linked({owned_by(role, kA), kA})[0].owners.at(0).how, How::lookup);
}

TEST(OwnerLinks, KeepTheirPlaceInTheList) {
  const auto steps =
      linked({owned_by(owned_by(kA, object("v1", "Secret", "shop", "gone")), kB), kB});

  ASSERT_EQ(steps[0].owners.size(), 2U);
  EXPECT_EQ(steps[0].owners[0].how, How::lookup);
  EXPECT_EQ(steps[0].owners[1].how, How::step);
  EXPECT_EQ(steps[0].owners[1].reference, 1U);
}

TEST(OwnerLinks, ToOneselfIsLate) {
  const auto steps = linked({owned_by(kA, kA)});

  EXPECT_EQ(steps[0].owners.at(0).how, How::late);
  EXPECT_TRUE(steps[0].needs.empty());
}

TEST(OwnerLinks, BreakACircleAtTheSamePlaceInAnyOrder) {
  const Json a = owned_by(kA, kB);
  const Json b = owned_by(kB, kA);

  const auto forth = linked({a, b});
  const auto back = linked({b, a});

  EXPECT_EQ(forth[0].owners.at(0).how, back[1].owners.at(0).how);
  EXPECT_EQ(forth[1].owners.at(0).how, back[0].owners.at(0).how);
  EXPECT_NE(forth[0].owners.at(0).how, forth[1].owners.at(0).how);
}

TEST(OwnerLinks, LeaveOutOwnersThatTheirControllerAdds) {
  const Json set = object("apps/v1", "StatefulSet", "shop", "db");
  const Json claim = owned_by(object("v1", "PersistentVolumeClaim", "shop", "data"), set);

  EXPECT_TRUE(linked({claim, set})[0].owners.empty());
}

// A chain of owners is as deep as its users like; it must not cost the program its stack.
TEST(OwnerLinks, FollowAVeryDeepChain) {
  std::vector<Json> chain = {object("v1", "Secret", "shop", "s0")};
  for (int i = 1; i < 20000; ++i) {
    chain.push_back(
        owned_by(object("v1", "Secret", "shop", "s" + std::to_string(i)), chain.back()));
  }

  const auto steps = linked(chain);

  EXPECT_EQ(steps.back().needs, std::vector<StepNumber>{19998});
}

}  // namespace
}  // namespace salvor::restore
