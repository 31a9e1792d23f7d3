#include "backup/selection.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::backup {
namespace {

kube::ResourceType type(const std::string& group, const std::string& resource) {
  return {group, "v1", resource, "Kind", true, {"list", "get", "create"}};
}

Selection parsed(const Json& source) { return parse_selection(source).value(); }

TEST(Selection, TakesAllNamespacesAndThenIgnoresTheList) {
  const Selection selection = parsed({{"all_namespaces", true}, {"namespaces", {"shop"}}});

  EXPECT_TRUE(selection.takes_namespace("other"));
  EXPECT_TRUE(selection.is_whole_cluster());
  EXPECT_EQ(selection.list_scopes(), std::vector<std::string>{""});
}

TEST(Selection, TakesTheNamedNamespaces) {
  const Selection selection = parsed({{"namespaces", {"shop", "web"}}});

  EXPECT_TRUE(selection.takes_namespace("shop"));
  EXPECT_FALSE(selection.takes_namespace("other"));
  EXPECT_FALSE(selection.is_whole_cluster());
  EXPECT_EQ(selection.list_scopes(), (std::vector<std::string>{"shop", "web"}));
}

TEST(Selection, ExcludesFromEither) {
  EXPECT_FALSE(
      parsed({{"all_namespaces", true}, {"excluded_namespaces", {"a"}}}).takes_namespace("a"));
  const Selection named = parsed({{"namespaces", {"a", "b"}}, {"excluded_namespaces", {"a"}}});
  EXPECT_FALSE(named.takes_namespace("a"));
  EXPECT_EQ(named.list_scopes(), std::vector<std::string>{"b"});
}

TEST(Selection, ListsTheWholeClusterForManyNamespaces) {
  Json names = Json::array();
  for (int i = 0; i < 9; ++i) names.push_back("ns-" + std::to_string(i));

  EXPECT_EQ(parsed({{"namespaces", names}}).list_scopes(), std::vector<std::string>{""});
}

TEST(Selection, ChoosesFromAllNamespacesWhenOnlyNarrowed) {
  EXPECT_TRUE(parsed({{"label_selector", {{"app", "web"}}}}).all_namespaces);
  EXPECT_TRUE(parsed({{"included_resources", {"secrets"}}}).all_namespaces);
  EXPECT_TRUE(parsed({{"excluded_namespaces", {"kube-system"}}}).all_namespaces);
}

TEST(Selection, RefusesToSelectNothing) {
  for (const Json& source : {Json::object(), Json({{"all_namespaces", false}}),
                             Json({{"namespaces", Json::array()}}), Json()}) {
    EXPECT_EQ(parse_selection(source).error().code, ErrorCode::invalid) << source.dump();
  }
}

TEST(Selection, WritesLabelsInKubernetesSyntax) {
  EXPECT_EQ(parsed({{"label_selector", {{"tier", "front"}, {"app", "nginx, wordpress"}}}})
                .label_selector(),
            "app in (nginx,wordpress),tier in (front)");
  EXPECT_EQ(parsed({{"all_namespaces", true}}).label_selector(), "");
  EXPECT_EQ(parsed({{"label_selector", {{"example.com/app", ""}}}}).label_selector(),
            "example.com/app in ()");
}

TEST(Selection, RefusesLabelsThatWouldChangeTheSelector) {
  for (const Json& labels :
       {Json({{"app", "a) , b notin (c"}}), Json({{"app in (x),y", "a"}}), Json({{"", "a"}}),
        Json({{"app", 7}}), Json({{"app", std::string(64, 'a')}}), Json({{"a/b/c", "x"}})}) {
    EXPECT_EQ(parse_selection({{"label_selector", labels}}).error().code, ErrorCode::invalid)
        << labels.dump();
  }
}

TEST(Selection, KnowsTypesByPlainAndByFullName) {
  const Selection selection =
      parsed({{"included_resources", {"Secrets", "deployments.apps", "widgets.example.com"}}});

  EXPECT_TRUE(selection.takes_type(type("", "secrets")));
  EXPECT_TRUE(selection.takes_type(type("apps", "deployments")));
  EXPECT_TRUE(selection.takes_type(type("example.com", "widgets")));
  EXPECT_FALSE(selection.takes_type(type("other.com", "widgets")));
  EXPECT_FALSE(selection.takes_type(type("", "pods")));
}

TEST(Skipping, LeavesTheClustersOwnStateOut) {
  for (const auto& [group, resource] :
       {std::pair("", "events"), std::pair("events.k8s.io", "events"), std::pair("", "nodes"),
        std::pair("coordination.k8s.io", "leases"), std::pair("storage.k8s.io", "csinodes"),
        std::pair("storage.k8s.io", "volumeattachments"), std::pair("metrics.k8s.io", "pods")}) {
    EXPECT_NE(reason_to_skip(type(group, resource)), "") << group << " " << resource;
  }
}

TEST(Skipping, KeepsWhatUsersMake) {
  for (const auto& [group, resource] :
       {std::pair("", "endpoints"), std::pair("discovery.k8s.io", "endpointslices"),
        std::pair("", "pods"), std::pair("apps", "replicasets"),
        std::pair("storage.k8s.io", "storageclasses"), std::pair("example.com", "nodes"),
        std::pair("networking.k8s.io", "ingresses")}) {
    EXPECT_EQ(reason_to_skip(type(group, resource)), "") << group << " " << resource;
  }
}

TEST(Skipping, NeedsTheVerbsOfARestore) {
  kube::ResourceType review = type("authorization.k8s.io", "subjectaccessreviews");
  review.verbs = {"create"};

  EXPECT_FALSE(is_restorable(review));
  EXPECT_TRUE(is_restorable(type("", "pods")));
}

}  // namespace
}  // namespace salvor::backup
