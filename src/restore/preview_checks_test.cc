#include "restore/preview_checks.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::all_of_it;
using testing::bare_facts;
using testing::items_of;
using testing::json;
using testing::object;
using testing::options_of;
using testing::step_for;

struct Made {
  std::vector<Item> items;
  Plan plan;
  std::vector<Forecast> forecasts;
};

Made made_of(const std::vector<Json>& objects, const ClusterFacts& facts = bare_facts(),
             const Options& options = all_of_it()) {
  Made made{items_of(objects, options), {}, {}};
  made.plan = make_plan(made.items, facts, options).value();
  made.forecasts.resize(made.plan.steps.size());
  for (const Step& step : made.plan.steps) {
    if (step.action == Action::none) made.forecasts[step.number].reason = step.reason;
  }
  return made;
}

// "WARNING check subject: message"
std::vector<std::string> texts_of(const Made& made, const ClusterFacts& facts,
                                  const std::map<ObjectName, std::size_t>& missing = {}) {
  std::vector<std::string> texts;
  for (const Json& check :
       to_json(check_preview(made.plan, made.forecasts, facts, missing, missing)))
    texts.push_back(text_at(check, "level") + " " + text_at(check, "check") + " " +
                    text_at(check, "subject") + ": " + text_at(check, "message"));
  return texts;
}

const Json kShop = object("v1", "Namespace", "", "shop");
const Json kWeb = object("apps/v1", "Deployment", "shop", "web", json(R"({"spec": {"template": {
    "spec": {"containers": [], "priorityClassName": "high"}}}})"));
const Json kClaim = object("v1", "PersistentVolumeClaim", "shop", "data",
                           json(R"({"spec": {"storageClassName": "fast", "volumeName": "pv-1"}})"));

using Needs = std::map<ObjectName, std::size_t>;
const ObjectName kHigh{"priorityclasses.scheduling.k8s.io", "", "high"};
const ObjectName kFast{"storageclasses.storage.k8s.io", "", "fast"};

TEST(PlanChecks, FindNothingToSayOfAQuietPlan) {
  EXPECT_TRUE(texts_of(made_of({kShop}), bare_facts()).empty());
}

// The claim's volume is to come from this data.
Made with_data(const ClaimData& data, const ClusterFacts& facts,
               const Options& options = all_of_it()) {
  Made made{items_of({kShop, kClaim}, options), {}, {}};
  attach({{"shop/data", data}}, made.items);
  made.plan = make_plan(made.items, facts, options).value();
  made.forecasts.resize(made.plan.steps.size());
  return made;
}

TEST(PlanChecks, TellWhichVolumesNoClassOfTheTargetCanMake) {
  ClusterFacts facts = bare_facts();
  const Made made = with_data({.copy = "a-copy"}, facts);

  const auto checks = to_json(check_preview(made.plan, made.forecasts, facts, {}, {}));

  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0]["level"], "ERROR");
  EXPECT_EQ(checks[0]["check"], "volumes");
  EXPECT_EQ(checks[0]["subject"], "shop/data");
  EXPECT_EQ(checks[0]["message"], "the target has no storage class fast");
  EXPECT_NE(text_at(checks[0], "hint").find("storage_class_map"), std::string::npos);
  EXPECT_EQ(step_for(made.plan, "PersistentVolumeClaim", "data").reason, Reason::class_missing);

  facts.storage_classes["plain"] = {"plain.csi.example", false};
  const Options mapped = options_of(
      {{"selection", {{"all_namespaces", true}}}, {"storage_class_map", {{"fast", "plain"}}}});
  EXPECT_TRUE(texts_of(with_data({.copy = "a-copy"}, facts, mapped), facts).empty());
}

TEST(PlanChecks, TellToUseACopyWhereTheSnapshotsDriverIsNot) {
  const ClusterFacts facts = bare_facts();
  const Made made = with_data({.snapshot = {"disk.csi.example", "handle"}}, facts);

  const auto checks = to_json(check_preview(made.plan, made.forecasts, facts, {}, {}));

  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0]["check"], "volumes");
  EXPECT_NE(text_at(checks[0], "hint").find("type COPY"), std::string::npos);
}

TEST(PlanChecks, KnowWhatIsNeededFromOutside) {
  const Made made = made_of({kShop, kWeb, kClaim});

  EXPECT_EQ(needs_outside(made.plan, made.items, all_of_it()), (Needs{{kHigh, 1}, {kFast, 1}}));
}

TEST(PlanChecks, DoNotMissWhatThePlanBringsOrMapsTo) {
  const Options mapped = options_of(
      json(R"({"selection": {"all_namespaces": true}, "storage_class_map": {"fast": "theirs"}})"));
  ClusterFacts facts = bare_facts();
  facts.storage_classes["theirs"] = {"csi.example.com", false};
  const Made made =
      made_of({kShop, kWeb, kClaim, object("scheduling.k8s.io/v1", "PriorityClass", "", "high")},
              facts, mapped);

  EXPECT_EQ(needs_outside(made.plan, made.items, mapped),
            (Needs{{{kFast.group_resource, "", "theirs"}, 1}}));
}

TEST(PlanChecks, NameWhatIsMissing) {
  EXPECT_EQ(texts_of(made_of({kShop}), bare_facts(), {{kHigh, 2}}),
            std::vector<std::string>{"WARNING missing priorityclasses.scheduling.k8s.io high: is "
                                     "named by 2 items and neither in the target nor restored"});
}

TEST(PlanChecks, PutErrorsFirst) {
  ClusterFacts facts = bare_facts();
  facts.denied = {{"create", "secrets", "shop"}};
  facts.pod_security = {{"shop", "restricted"}, {"other", "restricted"}};
  facts.webhooks = {{"gate", true, {{{"apps"}, {"*"}, {"deployments"}}}}, {"idle", true, {}}};
  facts.namespaces["shop"] = NamespaceState::terminating;
  const Made made = made_of({kShop, kWeb, object("example.com/v1", "Widget", "shop", "w")}, facts);

  const std::vector<std::string> texts = texts_of(made, facts);

  ASSERT_EQ(texts.size(), 5U);
  EXPECT_EQ(texts[0],
            "ERROR versions widgets.example.com: 1 item: the target does not serve "
            "widgets.example.com in version v1");
  EXPECT_EQ(texts[1],
            "ERROR access secrets: the cluster's credentials may not create secrets in namespace "
            "shop");
  EXPECT_EQ(texts[2],
            "WARNING namespaces shop: is being deleted in the target; the restore waits for its "
            "end");
  EXPECT_EQ(texts[3].substr(0, 25), "WARNING pod_security shop");
  EXPECT_EQ(texts[4],
            "WARNING webhooks gate: may change or refuse 1 item, and refuses them while it is "
            "down");
}

TEST(PlanChecks, SumWhatQuotasLeave) {
  ClusterFacts facts = bare_facts();
  facts.quotas["shop"] = {{"compute", {{"count/deployments.apps", 0}, {"pods", 1}}}};
  Made made = made_of({kShop, kWeb}, facts);
  for (const Step& step : made.plan.steps) {
    if (step.source.name != "web") continue;
    made.forecasts[step.number].demand = {{{"count/deployments.apps", 1}}, {{"pods", 2}}};
  }

  const std::vector<std::string> texts = texts_of(made, facts);

  EXPECT_EQ(texts,
            (std::vector<std::string>{
                "ERROR quotas shop/compute: leaves 0 of count/deployments.apps, and 1 are "
                "asked for",
                "WARNING quotas shop/compute: leaves 1 of pods, and 2 are asked for with the "
                "pods of workloads"}));
}

TEST(PlanChecks, FindDriversThatAreNotThere) {
  ClusterFacts facts = bare_facts();
  facts.storage_classes["fast"] = {"csi.example.com", false};
  const Made made = made_of({kShop}, facts);

  std::vector<std::string> texts;
  for (const Json& check :
       to_json(check_preview(made.plan, made.forecasts, facts, {{kFast, 2}}, {})))
    texts.push_back(text_at(check, "check") + " " + text_at(check, "subject"));
  EXPECT_EQ(texts, std::vector<std::string>{"csi_drivers csi.example.com"});

  facts.csi_drivers = {"csi.example.com"};
  EXPECT_TRUE(check_preview(made.plan, made.forecasts, facts, {{kFast, 2}}, {}).empty());
}

TEST(PlanChecks, FindWhoHasAHost) {
  ClusterFacts facts = bare_facts();
  facts.hosts = {{"shop.example.com", "Ingress old/web"}, {"mine", "Namespace /shop"}};
  Made made = made_of({kShop}, facts);
  made.forecasts[0].hosts = {"shop.example.com", "mine", "free"};

  EXPECT_EQ(texts_of(made, facts),
            std::vector<std::string>{"WARNING hosts shop.example.com: Namespace /shop asks for it, "
                                     "and Ingress old/web has it in the target"});
}

TEST(PlanChecks, TellOfTextsAndCautions) {
  Made made = made_of({kShop});
  made.forecasts[0].free_texts = {{"/data/a", "b", "c"}};
  made.forecasts[0].cautions =
      cautions_for("sealedsecrets.bitnami.com",
                   json(R"({"metadata": {"namespace": "shop", "name": "key"}})"), true);

  const std::vector<std::string> texts = texts_of(made, bare_facts());

  ASSERT_EQ(texts.size(), 2U);
  EXPECT_TRUE(texts[0].starts_with("ERROR sealed namespaces: 1 item are sealed")) << texts[0];
  EXPECT_TRUE(texts[0].ends_with("another: shop/key")) << texts[0];
  EXPECT_EQ(texts[1], "WARNING free_texts 1 item: 1 text name old namespaces and stay as they are");
}

TEST(PlanChecks, NameAFewOfManySubjects) {
  Made made = made_of({kShop});
  const auto in_app = [](const std::string& name) {
    return cautions_for(
        "configmaps", {{"metadata", {{"labels", {{"argocd.argoproj.io/instance", name}}}}}}, false);
  };
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    for (const FoundCaution& found : in_app(name)) made.forecasts[0].cautions.push_back(found);
  }

  const std::vector<std::string> texts = texts_of(made, bare_facts());

  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(texts[0].ends_with(": a, b, c and 2 more")) << texts[0];
}

NodeFact node(const Json& labels, const Json& taints = Json::array()) {
  return {"n", labels, taints};
}

TEST(PlanChecks, FindNodesThatAreNotThere) {
  Made made = made_of({kShop});
  made.forecasts[0].placement = Placement();
  made.forecasts[0].placement->selector = {{"disk", "fast"}, {"zone", "a"}};
  ClusterFacts facts = bare_facts();
  facts.nodes = {node({{"disk", "fast"}, {"zone", "b"}})};

  EXPECT_EQ(texts_of(made, facts),
            std::vector<std::string>{
                "WARNING nodes disk=fast,zone=a: no node of the target has such labels, and the "
                "pods of 1 item can be nowhere else"});

  facts.nodes.push_back(node({{"disk", "fast"}, {"zone", "a"}, {"more", ""}}));
  EXPECT_EQ(texts_of(made, facts), std::vector<std::string>());
}

TEST(PlanChecks, FindThatEachNodeHasATaint) {
  Made made = made_of({kShop});
  made.forecasts[0].placement = Placement();
  ClusterFacts facts = bare_facts();
  EXPECT_EQ(texts_of(made, facts), std::vector<std::string>());  // who may list no nodes sees none

  facts.nodes = {node({}, {{{"key", "dedicated"}, {"value", "x"}, {"effect", "NoSchedule"}}})};
  EXPECT_EQ(texts_of(made, facts),
            std::vector<std::string>{"WARNING nodes taints: each node of the target that would do "
                                     "has a taint, and the pods of 1 item can be nowhere else"});

  made.forecasts[0].placement->tolerations = {{{"operator", "Exists"}}};
  EXPECT_EQ(texts_of(made, facts), std::vector<std::string>());
}

}  // namespace
}  // namespace salvor::restore
