#include "api/namespace_targets.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::api {
namespace {

const std::vector<std::string> kNamespaces{"db", "web"};

Json restore(const Json& fields) {
  Json body = {{"selection", {{"all_namespaces", true}}}};
  body.update(fields);
  return body;
}

TEST(NamespaceTargets, ArePrefixAndSuffixUnlessTheMapNamesThem) {
  EXPECT_EQ(namespace_issues(restore({{"namespaces_prefix", "a-"},
                                      {"namespaces_suffix", "-z"},
                                      {"namespaces_map", {{"db", "store"}}}}),
                             kNamespaces),
            Json::object());
}

TEST(NamespaceTargets, MustNotMeet) {
  const Json issues = namespace_issues(restore({{"namespaces_map", {{"web", "db"}}}}), kNamespaces);

  EXPECT_EQ(issues["namespaces_map"], "namespaces 'db' and 'web' would both become 'db'");
}

TEST(NamespaceTargets, MayBeExchanged) {
  EXPECT_TRUE(
      namespace_issues(restore({{"namespaces_map", {{"web", "db"}, {"db", "web"}}}}), kNamespaces)
          .empty());
}

TEST(NamespaceTargets, MustFitIntoALabel) {
  const Json long_suffix = restore({{"namespaces_suffix", std::string(61, 'a')}});

  EXPECT_TRUE(namespace_issues(long_suffix, {"db"}).empty());
  EXPECT_TRUE(namespace_issues(long_suffix, kNamespaces).contains("namespaces_suffix"));
}

TEST(NamespaceTargets, CountOnlyWhatIsSelected) {
  Json body = restore({{"namespaces_map", {{"web", "db"}}}});
  body["selection"] = {{"namespaces", {"web"}}};
  EXPECT_TRUE(namespace_issues(body, kNamespaces).empty());

  body["selection"] = {{"label_selector", {{"app", "x"}}}};
  EXPECT_FALSE(namespace_issues(body, kNamespaces).empty());
}

TEST(NamespaceTargets, NameOnlyTheFirstFewProblems) {
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back("ns" + std::to_string(i));
  Json body = restore({{"namespaces_prefix", std::string(63, 'a')}});

  EXPECT_EQ(namespace_issues(body, many)["namespaces_prefix"].size(), kNamespaceIssuesMax);
}

}  // namespace
}  // namespace salvor::api
