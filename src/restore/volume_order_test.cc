#include "restore/volume_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "restore/testing/bench.h"
#include "restore/testing/objects.h"
#include "volume/testing/fake_movers.h"

namespace salvor::restore {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using testing::json;
using testing::object;
using testing::options_of;

Json claim(const std::string& space, const std::string& name, const Json& metadata = {}) {
  Json made = object("v1", "PersistentVolumeClaim", space, name,
                     json(R"({"spec": {"storageClassName": "fast",
                                       "resources": {"requests": {"storage": "1Gi"}}}})"));
  if (metadata.is_object()) made["metadata"].update(metadata);
  return made;
}
Json with_priority(const std::string& priority) {
  return {{"annotations", {{kRestorePriority, priority}}}};
}
Json labelled(const std::string& tier) { return {{"labels", {{"tier", tier}}}}; }

Json priority_class(const std::string& name, int value) {
  return object("scheduling.k8s.io/v1", "PriorityClass", "", name, {{"value", value}});
}

Json deployment(const std::string& name, const std::string& mounted,
                const std::string& priority = "") {
  Json pods = {
      {"containers", Json::array({{{"name", "c"}, {"image", "i"}}})},
      {"volumes",
       Json::array({{{"name", "v"}, {"persistentVolumeClaim", {{"claimName", mounted}}}}})}};
  if (!priority.empty()) pods["priorityClassName"] = priority;
  return object(
      "apps/v1", "Deployment", "shop", name,
      {{"spec",
        {{"selector", {{"matchLabels", {{"app", name}}}}},
         {"template", {{"metadata", {{"labels", {{"app", name}}}}}, {"spec", std::move(pods)}}}}}});
}

// The claims of these objects in the order in which a plan fills them.
std::vector<std::string> order_of(std::vector<Json> objects, const Json& volume_order = {}) {
  Json restore = {{"selection", {{"all_namespaces", true}}}};
  if (!volume_order.is_null()) restore["volume_order"] = volume_order;
  const Options options = options_of(restore);
  for (const char* space : {"shop", "blog"})
    objects.push_back(object("v1", "Namespace", "", space));
  std::vector<Item> items = testing::items_of(objects, options);
  ClaimsData data;
  for (const Item& item : items) {
    if (item.kind == "PersistentVolumeClaim")
      data[item.name.namespace_name + "/" + item.name.name] = {.copy = "a-copy"};
  }
  attach(data, items);
  ClusterFacts facts = testing::bare_facts();
  facts.storage_classes["fast"] = {"disk.csi.example", false};
  std::vector<std::string> order;
  const Plan plan = make_plan(items, facts, options).value();
  for (const Step& step : plan.steps) {
    if (step.fill_order == 0) continue;
    EXPECT_EQ(step.fill_order, order.size() + 1);
    order.push_back(step.target_namespace + "/" + step.target_name);
  }
  return order;
}

TEST(VolumeOrder, IsThatOfTheArchiveWhereNobodySaysAnything) {
  EXPECT_THAT(order_of({claim("shop", "b"), claim("shop", "a"), claim("blog", "c")}),
              ElementsAre("shop/b", "shop/a", "blog/c"));
}

TEST(VolumeOrder, FollowsTheRestore) {
  EXPECT_THAT(order_of({claim("shop", "a"), claim("blog", "a"), claim("shop", "orders"),
                        claim("shop", "gold", labelled("gold")), claim("blog", "b")},
                       json(R"([{"namespace": "shop", "claim": "orders"},
                        {"label_selector": {"tier": "gold,silver"}}, {"namespace": "blog"}])")),
              ElementsAre("shop/orders", "shop/gold", "blog/a", "blog/b", "shop/a"));
}

TEST(VolumeOrder, FollowsThePriorityOfClaims) {
  EXPECT_THAT(order_of({claim("shop", "low", with_priority("-5")), claim("shop", "none"),
                        claim("shop", "words", with_priority("soon")),
                        claim("shop", "high", with_priority("100"))}),
              ElementsAre("shop/high", "shop/none", "shop/words", "shop/low"));
}

TEST(VolumeOrder, FollowsThePriorityOfPodsWhereClaimsHaveNone) {
  EXPECT_THAT(order_of({priority_class("high", 1000), priority_class("low", -10),
                        claim("shop", "plain"), claim("shop", "batch"), claim("shop", "db"),
                        claim("shop", "own", with_priority("1")),
                        deployment("batch", "batch", "low"), deployment("db", "db", "high"),
                        deployment("also", "own", "high"), deployment("beside", "db", "low")}),
              ElementsAre("shop/db", "shop/own", "shop/plain", "shop/batch"));
}

TEST(VolumeOrder, OfTheRestoreWinsOverPriorities) {
  EXPECT_THAT(order_of({claim("shop", "high", with_priority("100")), claim("shop", "a"),
                        claim("shop", "b", with_priority("3"))},
                       json(R"([{"namespace": "shop", "claim": "a"}])")),
              ElementsAre("shop/a", "shop/high", "shop/b"));
}

TEST(VolumeOrder, ThatChoosesNothingIsRefused) {
  const auto message = [](const std::string& order) {
    const auto parsed = parse_volume_order({{"volume_order", json(order)}});
    return parsed.ok() ? "" : parsed.error().message;
  };
  EXPECT_EQ(message("{}"), "volume_order must be a list of objects");
  EXPECT_EQ(message(R"([{"namespace": "a"}, {}])"),
            "volume_order[1] must have namespace, claim or label_selector");
  EXPECT_EQ(message(R"([{"claim": "a"}])"), "volume_order[0] must have the namespace of its claim");
}

// A restore of many claims from a copy, each with a workload that mounts it.
class ManyVolumes : public ::testing::Test {
 protected:
  // The fake storage looks at all objects at each request: more volumes take minutes.
  static constexpr int kCount = 25;

  ManyVolumes() {
    bench.movers = {.image = "salvor:test"};
    target.seed(object(
        "storage.k8s.io/v1", "StorageClass", "", "fast",
        Json{{"provisioner", volume::testing::kDriver}, {"volumeBindingMode", "Immediate"}}));
  }

  static std::string name(int i) { return "data-" + std::to_string(100 + i); }
  static std::string copy(int i) {
    return std::string(61, 'c') + std::to_string(100 + i);  // as ids of snapshots are
  }

  std::string add_job(const Json& restore) {
    std::vector<Json> objects = {object("v1", "Namespace", "", "shop")};
    for (int i = 0; i < kCount; ++i) objects.push_back(claim("shop", name(i)));
    for (int i = 0; i < kCount; ++i) objects.push_back(deployment("web-" + name(i), name(i)));
    const std::string point = bench.add_point(objects);
    for (int i = 0; i < kCount; ++i) {
      bench.add_claim_row(point, "shop", name(i),
                          {{"offload_recover_point_id", copy(i)}, {"restore_size", 1 << 30}});
    }
    bench.set_point(point, {{"type", "COPY"}, {"objectstore", "5f80d0a8f281487d59c69f60"}});
    return bench.add_job(bench.add_restore(point, restore));
  }

  Bench bench;
  kube::FakeCluster target{bench.clock, {.kinds = volume::testing::kinds_with_snapshots()}};
  volume::testing::FakeSnapshotter storage{target};
  volume::testing::FakeMovers movers{target, storage};
};

TEST_F(ManyVolumes, AreFilledAsAskedAndTheirWorkloadsDoNotWaitForTheRest) {
  Json order = Json::array();
  std::vector<std::string> expected;
  for (int i = kCount; i-- > 0;) {
    order.push_back({{"namespace", "shop"}, {"claim", name(i)}});
    expected.push_back(copy(i));
  }
  bool was_ready = false;
  std::size_t workloads = 0;
  movers.report = [&, usual = movers.report](const Json& asked) {
    if (asked["restore"]["snapshot"] == copy(0)) {
      was_ready = target.peek("deployments.apps", {"shop", "web-" + name(kCount - 1)}).has_value();
      for (const Json& object : target.everything()) workloads += object["kind"] == "Deployment";
    }
    return usual(asked);
  };
  const std::string job = add_job({{"volume_order", order}, {"options", {{"pvc_parallelism", 1}}}});

  bench.run(job, target, {.in_flight = 8});

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED") << bench.job(job)["message"];
  std::vector<std::string> filled;
  for (const Json& done : movers.done) filled.push_back(done["restore"]["snapshot"]);
  EXPECT_EQ(filled, expected);
  EXPECT_TRUE(was_ready) << bench.row(job, "Deployment", "web-" + name(kCount - 1));
  EXPECT_GE(workloads, 15U);
  EXPECT_EQ(bench.row(job, "PersistentVolumeClaim", name(kCount - 1))["fill_order"], 1);
  EXPECT_EQ(bench.job(job)["kube_copy_progress"]["completed_pvs"], kCount);
}

}  // namespace
}  // namespace salvor::restore
