// What controllers and single kinds do, as far as a restore runs into it.
#include <gmock/gmock.h>

#include "kube/testing/suite.h"

namespace salvor::kube {
namespace {

using testing::HasSubstr;

Json owned_by(Json object, const Json& owner) {
  const Json& metadata = member(owner, "metadata");
  object["metadata"]["ownerReferences"] =
      Json::array({{{"apiVersion", text_at(owner, "apiVersion")},
                    {"kind", text_at(owner, "kind")},
                    {"name", text_at(metadata, "name")},
                    {"uid", text_at(metadata, "uid")}}});
  return object;
}

Json service(const std::string& name, const std::string& service_type) {
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", {{"name", name}}},
          {"spec", {{"type", service_type}, {"ports", Json::array({{{"port", 80}}})}}}};
}

Json pod_template(const std::string& app) {
  const Json container = {{"name", "main"}, {"image", "example.invalid/none:1"}};
  return {{"metadata", {{"labels", {{"app", app}}}}},
          {"spec", {{"containers", Json::array({container})}, {"restartPolicy", "Never"}}}};
}

Json widgets(const std::string& group) {
  const Json schema = {
      {"openAPIV3Schema", {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}}};
  const Json version = {{"name", "v1"}, {"served", true}, {"storage", true}, {"schema", schema}};
  return {{"apiVersion", "apiextensions.k8s.io/v1"},
          {"kind", "CustomResourceDefinition"},
          {"metadata", {{"name", "widgets." + group}}},
          {"spec",
           {{"group", group},
            {"scope", "Namespaced"},
            {"names", {{"plural", "widgets"}, {"singular", "widget"}, {"kind", "Widget"}}},
            {"versions", Json::array({version})}}}};
}

TEST_P(ApiSuite, FurnishesANewNamespace) {
  eventually("kube-root-ca.crt", [&] { return exists(config_maps, "kube-root-ca.crt"); });

  const auto found = api->get(context, namespaces, {"", space});
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->at("status").at("phase"), "Active");
  EXPECT_EQ(found->at("metadata").at("labels").at("kubernetes.io/metadata.name"), space);
}

TEST_P(ApiSuite, EmptiesADyingNamespaceAndRemovesIt) {
  must_create(config_map("one"));

  ASSERT_TRUE(api->remove(context, namespaces, {"", space}, {}).ok());

  eventually("the end of the namespace", [&] { return !exists(namespaces, space); });
  EXPECT_FALSE(exists(config_maps, "one"));
}

TEST_P(ApiSuite, RefusesNewContentInADyingNamespace) {
  Json held = config_map("held");
  held["metadata"]["finalizers"] = Json::array({"example.com/hold"});
  must_create(held);
  ASSERT_TRUE(api->remove(context, namespaces, {"", space}, {}).ok());

  const auto created = create(config_map("one"));
  const auto again = api->remove(context, namespaces, {"", space}, {});

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::denied);
  EXPECT_EQ(refusal_of(created.error()), "403 Forbidden");
  EXPECT_THAT(created.error().message, HasSubstr("being terminated"));
  EXPECT_TRUE(again.ok()) << again.error().describe();
  EXPECT_TRUE(api->patch(context, config_maps, {space, "held"}, PatchKind::merge,
                         {{"metadata", {{"finalizers", nullptr}}}}, {})
                  .ok());
}

TEST_P(ApiSuite, CollectsWhatLostItsOwner) {
  const Json owner = must_create(config_map("owner"));
  must_create(owned_by(config_map("child"), owner));

  ASSERT_TRUE(api->remove(context, config_maps, {space, "owner"}, {}).ok());

  eventually("the child's end", [&] { return !exists(config_maps, "child"); });
}

TEST_P(ApiSuite, CollectsAnObjectWhoseOwnerNeverWas) {
  Json stranger = config_map("stranger");
  stranger["metadata"]["uid"] = "11111111-2222-3333-4444-555555555555";

  must_create(owned_by(config_map("child"), stranger));

  eventually("the child's end", [&] { return !exists(config_maps, "child"); });
}

TEST_P(ApiSuite, OrphansChildrenWhenAskedTo) {
  const Json owner = must_create(config_map("owner"));
  must_create(owned_by(config_map("child"), owner));

  const RemoveOptions orphaning{.propagation = Propagation::orphan};
  ASSERT_TRUE(api->remove(context, config_maps, {space, "owner"}, orphaning).ok());

  eventually("the owner's end", [&] { return !exists(config_maps, "owner"); });
  const auto child = api->get(context, config_maps, {space, "child"});
  ASSERT_TRUE(child.ok());
  EXPECT_TRUE(member(member(*child, "metadata"), "ownerReferences").empty());
}

TEST_P(ApiSuite, DeletesChildrenFirstInForeground) {
  const Json owner = must_create(config_map("owner"));
  must_create(owned_by(config_map("child"), owner));

  const RemoveOptions foreground{.propagation = Propagation::foreground};
  ASSERT_TRUE(api->remove(context, config_maps, {space, "owner"}, foreground).ok());

  eventually("the owner's end", [&] { return !exists(config_maps, "owner"); });
  EXPECT_FALSE(exists(config_maps, "child"));
}

TEST_P(ApiSuite, GivesAServiceAClusterIpOfItsOwn) {
  const Json first = must_create(service("first", "ClusterIP"));
  Json taken = service("second", "ClusterIP");
  taken["spec"]["clusterIP"] = first.at("spec").at("clusterIP");

  const auto second = create(taken);

  EXPECT_FALSE(text_at(first.at("spec"), "clusterIP").empty());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(refusal_of(second.error()), "422 Invalid");
  EXPECT_THAT(second.error().message, HasSubstr("already allocated"));
}

TEST_P(ApiSuite, GivesANodePortOnlyOnce) {
  const Json first = must_create(service("first", "NodePort"));
  Json taken = service("second", "NodePort");
  taken["spec"]["ports"][0]["nodePort"] = first.at("spec").at("ports").at(0).at("nodePort");

  const auto second = create(taken);

  ASSERT_FALSE(second.ok());
  EXPECT_EQ(refusal_of(second.error()), "422 Invalid");
  EXPECT_THAT(second.error().message, HasSubstr("provided port is already allocated"));
}

TEST_P(ApiSuite, RefusesAPodWithoutItsServiceAccount) {
  Json body = pod("one");
  body["spec"]["serviceAccountName"] = "robot";

  const auto created = create(body);

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(refusal_of(created.error()), "403 Forbidden");
  EXPECT_THAT(created.error().message, HasSubstr("serviceaccount \"robot\" not found"));
}

TEST_P(ApiSuite, RefusesAJobThatBringsItsSelector) {
  const Json labels = {{"controller-uid", "11111111-2222-3333-4444-555555555555"}};
  const Json body = {
      {"apiVersion", "batch/v1"},
      {"kind", "Job"},
      {"metadata", {{"name", "one"}}},
      {"spec", {{"selector", {{"matchLabels", labels}}}, {"template", pod_template("one")}}}};

  const auto created = create(body);

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(refusal_of(created.error()), "422 Invalid");
  EXPECT_THAT(created.error().message, HasSubstr("not auto-generated"));
}

TEST_P(ApiSuite, ServesACustomKindOnceItIsEstablished) {
  const std::string group = unique("suite") + ".example.com";
  must_create(widgets(group));
  remove_later(type("apiextensions.k8s.io", "customresourcedefinitions"), "widgets." + group);
  const ResourceType kind{
      .group = group, .version = "v1", .resource = "widgets", .kind = "Widget", .namespaced = true};
  eventually("the kind in the discovery", [&] {
    const auto found = api->discover(context);
    return found.ok() && found->find_kind(group + "/v1", "Widget") != nullptr;
  });
  const Json widget = {{"apiVersion", group + "/v1"},
                       {"kind", "Widget"},
                       {"metadata", {{"name", "one"}}},
                       {"spec", {{"size", 3}}}};

  // The new kind's storage may come up a moment after its discovery.
  eventually("a widget", [&] {
    return api->create(context, kind, space, compact(widget), {}).ok() || exists(kind, "one");
  });

  const auto stored = api->get(context, kind, {space, "one"});
  ASSERT_TRUE(stored.ok()) << stored.error().describe();
  EXPECT_EQ(stored->at("spec"), Json({{"size", 3}}));
}

TEST_P(ApiSuite, RefusesADefinitionOfAnotherName) {
  Json body = widgets("example.com");
  body["metadata"]["name"] = "gadgets.example.com";

  const auto created = create(body);

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(refusal_of(created.error()), "422 Invalid");
}

}  // namespace
}  // namespace salvor::kube
