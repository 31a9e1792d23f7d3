#include "restore/field_changes.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

Json changes_of(const char* before, const char* after, const char* kind = "configmaps") {
  return to_json(field_changes(json(before), json(after), rule_for(kind)));
}

TEST(FieldChanges, AreNoneBetweenEqualObjects) {
  EXPECT_EQ(changes_of(R"({"a": [1, {"b": 2}]})", R"({"a": [1, {"b": 2}]})"), json("[]"));
}

TEST(FieldChanges, NameTheDeepestFieldThatDiffers) {
  EXPECT_EQ(changes_of(R"({"a": {"b": 1, "gone": true, "same": 0}, "l": [1, {"x": 1}]})",
                       R"({"a": {"b": 2, "same": 0}, "l": [1, {"x": 2}], "new/~": {"c": 3}})"),
            json(R"([{"path": "/a/b", "before": 1, "after": 2},
                     {"path": "/a/gone", "before": true},
                     {"path": "/l/1/x", "before": 1, "after": 2},
                     {"path": "/new~1~0", "after": {"c": 3}}])"));
}

TEST(FieldChanges, TakeListsOfOtherLengthsWhole) {
  EXPECT_EQ(changes_of(R"({"l": [1]})", R"({"l": [1, 2]})"),
            json(R"([{"path": "/l", "before": [1], "after": [1, 2]}])"));
}

TEST(FieldChanges, NeverShowWhatASecretHolds) {
  EXPECT_EQ(changes_of(R"({"data": {"p": "c2VjcmV0"}, "type": "a"})",
                       R"({"data": {"p": "b3RoZXI="}, "type": "b"})", "secrets"),
            json(R"j([{"path": "/data", "before": "(hidden)", "after": "(hidden)"},
                      {"path": "/type", "before": "a", "after": "b"}])j"));
  const std::string last = "kubectl.kubernetes.io/last-applied-configuration";
  const Json annotated = {{"metadata", {{"annotations", {{last, "c2VjcmV0"}, {"x", "y"}}}}}};
  for (const Json& before : {json("{}"), json(R"({"metadata": {}})")}) {
    const Json shown = to_json(field_changes(before, annotated, rule_for("secrets")));
    EXPECT_EQ(compact(shown).find("c2VjcmV0"), std::string::npos) << shown;
    EXPECT_NE(compact(shown).find("(hidden)"), std::string::npos) << shown;
  }
  const Json whole =
      to_json(field_changes(nullptr, json(R"({"data": {"p": "c2VjcmV0"}})"), rule_for("secrets")));
  EXPECT_EQ(whole, json(R"j([{"path": "", "after": {"data": "(hidden)"}}])j"));
}

TEST(FieldChanges, CutLongValuesBetweenCharacters) {
  const std::string umlauts = [] {
    std::string text = "x";
    for (int i = 0; i < 200; ++i) text += "ä";
    return text;
  }();

  const auto changes = field_changes(nullptr, Json(umlauts), rule_for("configmaps"));

  const std::string shown = changes.at(0).after.get<std::string>();
  EXPECT_EQ(shown, umlauts.substr(0, 199) + "…");
}

TEST(FieldChanges, CountWhatIsTooMuchToShow) {
  Json after = Json::object();
  for (int i = 0; i < 150; ++i) after["k" + std::to_string(i)] = i;

  const auto changes = field_changes(Json::object(), after, rule_for("configmaps"));

  EXPECT_EQ(changes.size(), kChangesMax + 1);
  EXPECT_EQ(changes.back().after, "and 50 changes more");
}

}  // namespace
}  // namespace salvor::restore
