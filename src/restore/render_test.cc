#include "restore/render.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;
using testing::object;

Step step(const std::string& group_resource, const std::string& name,
          Action action = Action::create) {
  Step made;
  made.source = {group_resource, "shop", name};
  made.target_name = name;
  made.target_namespace = "new-shop";
  made.action = action;
  return made;
}

const RenderContext kMoved{NamespaceMap({{"shop", "new-shop"}}, "", ""), {}, {}, {}};

TEST(Render, MakesTheBodyForTheTarget) {
  const Rendered rendered =
      render(step("configmaps", "a"),
             object("v1", "ConfigMap", "shop", "a", json(R"({"data": {"k": "v"}})")), {}, kMoved)
          .value();

  EXPECT_EQ(rendered.object, json(R"({"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": "v"},
                                      "metadata": {"name": "a", "namespace": "new-shop"}})"));
  EXPECT_TRUE(rendered.notes.empty());
}

const Json kOwned = testing::owned_by(
    testing::owned_by(object("v1", "ConfigMap", "shop", "a"), object("v1", "Secret", "shop", "x"),
                      testing::Controls::yes),
    object("v1", "Secret", "shop", "y"));

TEST(Render, LinksOnlyKnownOwnersByTheirNewUid) {
  const Json body =
      render(step("configmaps", "a"), kOwned, {{0, "new-uid"}}, kMoved).value().object;

  EXPECT_EQ(body["metadata"]["ownerReferences"],
            json(R"([{"apiVersion": "v1", "kind": "Secret", "name": "x", "uid": "new-uid",
                      "controller": true}])"));
}

TEST(Render, LeavesNoReferencesWhenNoOwnerIsKnown) {
  EXPECT_FALSE(render(step("configmaps", "a"), kOwned, {}, kMoved)
                   .value()
                   .object["metadata"]
                   .contains("ownerReferences"));
}

TEST(Render, IgnoresALinkToAReferenceThatIsNotThere) {
  EXPECT_TRUE(owner_references(kOwned, {{7, "uid"}}).empty());
  EXPECT_TRUE(
      owner_references(json(R"({"metadata": {"ownerReferences": 7}})"), {{0, "uid"}}).empty());
}

TEST(Render, NamesAnOwnerAsTheTargetDoes) {
  const Json references = owner_references(kOwned, {{1, "new-uid", "renamed"}});

  EXPECT_EQ(references[0]["name"], "renamed");
  EXPECT_EQ(references[0]["uid"], "new-uid");
}

TEST(Render, NamesAnOwnersVersionWhereItIsAnother) {
  const Json references = owner_references(kOwned, {{0, "new-uid", "x", "v2"}});

  EXPECT_EQ(references[0]["apiVersion"], "v2");
}

TEST(Render, GivesACopyItsNameAndTheRenamedAccountsOnly) {
  Step copy = step("clusterrolebindings.rbac.authorization.k8s.io", "reads", Action::copy);
  copy.target_name = "reads-new-shop";
  const Json body = render(copy, json(R"({"metadata": {"name": "reads"}, "subjects": [
      {"kind": "ServiceAccount", "namespace": "shop", "name": "cart"},
      {"kind": "ServiceAccount", "namespace": "blog", "name": "cart"},
      {"kind": "User", "name": "alice"}]})"),
                           {}, kMoved)
                        .value()
                        .object;

  EXPECT_EQ(body, json(R"({"metadata": {"name": "reads-new-shop"}, "subjects": [
      {"kind": "ServiceAccount", "namespace": "new-shop", "name": "cart"}]})"));
}

TEST(RenderContext, KnowsGroupsOfTheTargetAndOfThePlan) {
  Plan plan;
  plan.steps.resize(2);
  plan.steps[0].type.group = "example.com";
  plan.steps[1].type.group = "skipped.org";
  plan.steps[1].action = Action::none;
  ClusterFacts facts;
  facts.discovery.types = {{"apps", "v1", "deployments", "Deployment", true, {}},
                           {"", "v1", "pods", "Pod", true, {}}};

  EXPECT_EQ(make_render_context(plan, facts, {}).known_groups,
            (std::set<std::string>{"apps", "example.com"}));
}

TEST(BareNamespace, HasANameAndNothingElse) {
  EXPECT_EQ(bare_namespace("shop"),
            json(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})"));
}

}  // namespace
}  // namespace salvor::restore
