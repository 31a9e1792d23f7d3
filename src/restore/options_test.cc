#include "restore/options.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;
using testing::options_of;

TEST(Options, ReadTheWholeRequest) {
  const Options options = options_of(json(R"({
      "selection": {"namespaces": ["shop", "blog"], "label_selector": {"app": "web, db"},
                    "include_resource_types": ["Secrets", "deployments.apps"],
                    "restorePersistentVolumes": false},
      "namespaces_map": {"shop": "new-shop"}, "namespaces_prefix": "a-", "namespaces_suffix": "-z",
      "storage_class_map": {"slow": "fast"}})"));

  EXPECT_EQ(options.namespaces, (std::set<std::string>{"blog", "shop"}));
  EXPECT_EQ(options.label_selector.at("app"), (std::set<std::string>{"db", "web"}));
  EXPECT_EQ(options.include_types, (std::set<std::string>{"secrets", "deployments.apps"}));
  EXPECT_EQ(options.volumes, Volumes::exclude);
  EXPECT_EQ(options.namespace_map.target_of("shop"), "new-shop");
  EXPECT_EQ(options.namespace_map.target_of("blog"), "a-blog-z");
  EXPECT_EQ(options.storage_class_map.at("slow"), "fast");
}

TEST(Options, ReadWhatIsLeftOutAndWhatIsNamed) {
  const Options options = options_of(json(R"({
      "selection": {"exclude_namespaces": ["a"], "exclude_resource_types": ["Events"],
                    "items": [{"resource_type": "Secrets", "namespace": "shop", "name": "Pass"}],
                    "cluster_scoped": "none"}})"));

  EXPECT_EQ(options.exclude_namespaces, std::set<std::string>{"a"});
  EXPECT_EQ(options.exclude_types, std::set<std::string>{"events"});
  EXPECT_EQ(options.items, (std::vector<ItemChoice>{{"secrets", "shop", "Pass"}}));
  EXPECT_EQ(options.cluster_scoped, ClusterScoped::none);
}

TEST(Options, AreModestWhenNothingIsSaid) {
  const Options options = options_of(json(R"({"selection": {}})"));

  EXPECT_TRUE(options.wants_whole_backup());
  EXPECT_EQ(options.volumes, Volumes::include);
  EXPECT_TRUE(options.namespace_map.is_identity());
}

TEST(Options, AllNamespacesWinOverAList) {
  const Json restore = json(R"({"selection": {"all_namespaces": true, "namespaces": ["shop"]}})");

  EXPECT_TRUE(options_of(restore).wants_whole_backup());
}

TEST(Options, TakeTheSeedsEmptyStringsForNothing) {
  const Options options = options_of(json(
      R"({"selection": {"all_namespaces": true}, "namespaces_prefix": "", "namespaces_suffix": ""})"));

  EXPECT_TRUE(options.namespace_map.is_identity());
}

TEST(Options, NameTheFieldThatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {R"({})", "selection must be an object"},
      {R"({"selection": {"namespaces": "shop"}})",
       "selection.namespaces must be a list of strings"},
      {R"({"selection": {"namespaces": [1]}})", "selection.namespaces must be a list of strings"},
      {R"({"selection": {"items": {}}})", "selection.items must be a list of objects"},
      {R"({"selection": {"items": [{"name": "a"}]}})",
       "selection.items[0] must be an object with resource_type and name"},
      {R"({"selection": {"cluster_scoped": "some"}})",
       "selection.cluster_scoped must be related, all or none"},
      {R"({"selection": {}, "namespaces_map": {"a": 1}})", "namespaces_map.a must be a string"},
      {R"({"selection": {}, "storage_class_map": []})",
       "storage_class_map must be an object of strings"},
  };
  for (const auto& [text, message] : wrong) {
    const auto options = parse_options(json(text));
    ASSERT_FALSE(options.ok()) << text;
    EXPECT_EQ(options.error().code, ErrorCode::invalid);
    EXPECT_EQ(options.error().message, message);
  }
}

TEST(LabelSelector, TakesAnyValueOfAKeyAndAllKeys) {
  const LabelSelector selector = {{"app", {"web", "db"}}, {"tier", {"front"}}};

  EXPECT_TRUE(matches(selector, json(R"({"app": "web", "tier": "front", "more": "x"})")));
  EXPECT_TRUE(matches(selector, json(R"({"app": "db", "tier": "front"})")));
  EXPECT_FALSE(matches(selector, json(R"({"app": "web"})")));
  EXPECT_FALSE(matches(selector, json(R"({"app": "cache", "tier": "front"})")));
  EXPECT_FALSE(matches(selector, json("null")));
}

TEST(LabelSelector, EmptyTakesEverything) { EXPECT_TRUE(matches({}, json("null"))); }

TEST(IncludedTypes, AreNamedByPluralAloneOrWithGroup) {
  Options options;
  EXPECT_TRUE(includes_type(options, "secrets"));

  options.include_types = {"secrets", "deployments.apps", "widgets"};
  EXPECT_TRUE(includes_type(options, "secrets"));
  EXPECT_TRUE(includes_type(options, "deployments.apps"));
  EXPECT_TRUE(includes_type(options, "widgets.example.com"));
  EXPECT_FALSE(includes_type(options, "configmaps"));
  EXPECT_FALSE(includes_type(options, "deployments.example.com"));
}

TEST(ExcludedTypes, WinOverIncludedOnes) {
  Options options;
  options.include_types = {"secrets", "configmaps"};
  options.exclude_types = {"secrets"};

  EXPECT_FALSE(includes_type(options, "secrets"));
  EXPECT_TRUE(includes_type(options, "configmaps"));
}

}  // namespace
}  // namespace salvor::restore
