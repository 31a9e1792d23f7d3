#include "restore/rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <tuple>

#include "base/json.h"

namespace salvor::restore {
namespace {

std::vector<std::string> kinds_of(const Rule& rule) {
  std::istringstream words{std::string(rule.kinds)};
  std::vector<std::string> kinds;
  for (std::string word; words >> word;) kinds.push_back(word);
  return kinds;
}

std::vector<const Rule*> all_rows() {
  std::vector<const Rule*> rows = {&common_rule()};
  for (const Rule& rule : rules()) rows.push_back(&rule);
  return rows;
}

TEST(Rules, UseEachSkip) {
  std::set<Skip> used;
  for (const Rule* row : all_rows()) used.insert(row->skips.begin(), row->skips.end());

  for (int i = 0; i <= static_cast<int>(Skip::default_service_range); ++i)
    EXPECT_TRUE(used.contains(static_cast<Skip>(i))) << to_string(static_cast<Skip>(i));
}

TEST(Rules, UseEachEdit) {
  std::set<Edit> used;
  for (const Rule* row : all_rows()) used.insert(row->edits.begin(), row->edits.end());

  for (int i = 0; i <= static_cast<int>(Edit::ingress_hosts); ++i)
    EXPECT_TRUE(used.contains(static_cast<Edit>(i))) << to_string(static_cast<Edit>(i));
}

TEST(Rules, SpeakOfEachKindOnce) {
  std::set<std::string> seen;
  for (const Rule& rule : rules()) {
    for (const std::string& kind : kinds_of(rule)) EXPECT_TRUE(seen.insert(kind).second) << kind;
  }
}

TEST(Rules, EndWithTheRowForAllOthers) {
  const auto is_star = [](const Rule& rule) { return rule.kinds == "*"; };

  EXPECT_EQ(std::count_if(rules().begin(), rules().end(), is_star), 1);
  EXPECT_TRUE(is_star(rules().back()));
  EXPECT_EQ(&rule_for("things.example.com"), &rules().back());
}

TEST(Rules, AreFoundByTheWholeNameOfAKind) {
  EXPECT_EQ(rule_for("ingresses.networking.k8s.io").wave, Wave::exposure);
  EXPECT_EQ(rule_for("ingresses.example.com").kinds, "*");
  EXPECT_EQ(rule_for("ingresses").kinds, "*");
  EXPECT_EQ(rule_for("").kinds, "*");
  EXPECT_NE(rule_for("events").kinds, "*");
}

TEST(Rules, DropByJsonPointer) {
  for (const Rule* row : all_rows()) {
    for (const std::string_view pointer : row->drops) {
      EXPECT_FALSE(Json::json_pointer(std::string(pointer)).empty()) << pointer;
    }
  }
}

TEST(Rules, SayWhy) {
  for (const Rule* row : all_rows()) EXPECT_GT(row->why.size(), 20U) << row->kinds;
}

// A fact about one kind alone must not stand in a row of several.
TEST(Rules, AskTheClusterForOneKindARow) {
  for (const Rule& rule : rules()) {
    const bool asks = rule.copy_when_exists ||
                      std::count(rule.edits.begin(), rule.edits.end(), Edit::single_default_class);
    if (asks) {
      EXPECT_EQ(kinds_of(rule).size(), 1U) << rule.kinds;
    }
  }
}

TEST(Rules, PutWhatIsNeededFirst) {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"customresourcedefinitions.apiextensions.k8s.io", "namespaces"},
      {"namespaces", "resourcequotas"},
      {"priorityclasses.scheduling.k8s.io", "pods"},
      {"storageclasses.storage.k8s.io", "persistentvolumeclaims"},
      {"limitranges", "persistentvolumeclaims"},
      {"networkpolicies.networking.k8s.io", "pods"},
      {"serviceaccounts", "secrets"},
      {"roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"},
      {"clusterroles.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io"},
      {"secrets", "deployments.apps"},
      {"configmaps", "pods"},
      {"persistentvolumeclaims", "statefulsets.apps"},
      {"endpoints", "services"},
      {"endpointslices.discovery.k8s.io", "services"},
      {"services", "statefulsets.apps"},
      {"secrets", "things.example.com"},
      {"deployments.apps", "things.example.com"},
      {"deployments.apps", "ingresses.networking.k8s.io"},
      {"deployments.apps", "horizontalpodautoscalers.autoscaling"},
      {"things.example.com", "validatingwebhookconfigurations.admissionregistration.k8s.io"},
      {"services", "apiservices.apiregistration.k8s.io"},
  };
  for (const auto& [first, then] : pairs)
    EXPECT_LT(rule_for(first).wave, rule_for(then).wave) << first << " before " << then;
}

TEST(Rules, NameWavesSkipsAndEditsUniquely) {
  std::set<std::string_view> names;
  for (int i = 1; i <= static_cast<int>(Wave::pruning); ++i)
    EXPECT_TRUE(names.insert(to_string(static_cast<Wave>(i))).second);
  names.clear();
  for (int i = 0; i <= static_cast<int>(Skip::default_service_range); ++i)
    EXPECT_TRUE(names.insert(to_string(static_cast<Skip>(i))).second);
  names.clear();
  for (int i = 0; i <= static_cast<int>(Edit::ingress_hosts); ++i)
    EXPECT_TRUE(names.insert(to_string(static_cast<Edit>(i))).second);
}

}  // namespace
}  // namespace salvor::restore
