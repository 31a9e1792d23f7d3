#include "restore/modifiers.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

const ModifierTarget kClaim{"persistentvolumeclaims", "bar", "mysql-data"};

Json claim() {
  return json(R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
      "metadata": {"name": "mysql-data", "namespace": "new-bar", "labels": {"foo": "bar", "test": "x"}},
      "spec": {"storageClassName": "premium", "resources": {"requests": {"storage": "1Gi"}}}})");
}

// The rules' text from "- conditions:" on.
Modifiers rules(const std::string& text) {
  auto parsed = Modifiers::parse("version: v1\nresourceModifierRules:\n" + text);
  EXPECT_TRUE(parsed.ok()) << parsed.error().describe();
  return std::move(parsed).value();
}

Json modified(const std::string& text, Json object = claim(), const ModifierTarget& at = kClaim) {
  const auto done = rules(text).apply(at, object);
  EXPECT_TRUE(done.ok()) << done.error().describe();
  return object;
}

// What Velero's documentation gives as its template.
constexpr const char* kTemplate = R"(
- conditions:
    groupResource: persistentvolumeclaims
    resourceNameRegex: "^mysql.*$"
    namespaces:
    - bar
    - foo
    labelSelector:
      matchLabels:
        foo: bar
  patches:
  - operation: replace
    path: "/spec/storageClassName"
    value: "standard"
  - operation: remove
    path: "/metadata/labels/test"
)";

TEST(Modifiers, TakeVelerosYaml) {
  const Json object = modified(kTemplate);

  EXPECT_EQ(object["spec"]["storageClassName"], "standard");
  EXPECT_EQ(object["metadata"]["labels"], json(R"({"foo": "bar"})"));
}

TEST(Modifiers, SayWhichRulesChangedSomething) {
  Json object = claim();

  EXPECT_EQ(rules(kTemplate).apply(kClaim, object).value(),
            std::vector<std::string>{"rule 1 (line 4)"});
}

TEST(Modifiers, LeaveAloneWhatTheirConditionsLeaveOut) {
  const std::pair<const char*, ModifierTarget> others[] = {
      {"type", {"secrets", "bar", "mysql-data"}},
      {"namespace", {"persistentvolumeclaims", "new-bar", "mysql-data"}},
      {"name", {"persistentvolumeclaims", "bar", "a-mysql"}}};
  for (const auto& [what, target] : others)
    EXPECT_EQ(modified(kTemplate, claim(), target), claim()) << what;
  Json unlabelled = claim();
  unlabelled["metadata"].erase("labels");
  EXPECT_EQ(modified(kTemplate, unlabelled), unlabelled);
}

TEST(Modifiers, ChooseTypesByPattern) {
  const std::pair<const char*, bool> rows[] = {{"*", true},
                                               {"deployments.apps", true},
                                               {"*.apps", true},
                                               {"deploy*.a?ps", true},
                                               {"deployments", false},
                                               {"*.batch", false},
                                               {"?", false},
                                               {"*s*s*s", false}};
  for (const auto& [pattern, fits] : rows) {
    const Json object = modified(std::string("- conditions: {groupResource: '") + pattern +
                                     "'}\n  mergePatches:\n  - patchData: '{\"x\": 1}'\n",
                                 Json::object(), {"deployments.apps", "", "a"});
    EXPECT_EQ(object.contains("x"), fits) << pattern;
  }
}

TEST(Modifiers, ChooseByLabelExpressions) {
  const auto fits = [](const std::string& expression) {
    return modified(
               "- conditions:\n    groupResource: '*'\n    labelSelector:\n"
               "      matchExpressions:\n      - " +
               expression + "\n  mergePatches:\n  - patchData: 'x: 1'\n")
        .contains("x");
  };
  EXPECT_TRUE(fits("{key: foo, operator: In, values: [baz, bar]}"));
  EXPECT_FALSE(fits("{key: foo, operator: NotIn, values: [bar]}"));
  EXPECT_TRUE(fits("{key: none, operator: NotIn, values: [bar]}"));
  EXPECT_TRUE(fits("{key: foo, operator: Exists}"));
  EXPECT_FALSE(fits("{key: foo, operator: DoesNotExist}"));
}

TEST(Modifiers, ChooseByFieldsAsTheyWereBeforeAllRules) {
  const auto rule = [](const std::string& from, const std::string& to) {
    return "- conditions:\n    groupResource: persistentvolumeclaims\n    matches:\n"
           "    - {path: /spec/storageClassName, value: " +
           from +
           "}\n  patches:\n"
           "  - {operation: replace, path: /spec/storageClassName, value: " +
           to + "}\n";
  };

  const Json object =
      modified(rule("premium", "middle") + rule("middle", "last") + rule("premium", "never"));

  EXPECT_EQ(object["spec"]["storageClassName"], "never");
}

TEST(Modifiers, ReadValuesAsVeleroDoes) {
  const auto value = [](const std::string& text) {
    return modified(
        "- conditions: {groupResource: '*'}\n"
        "  patches: [{operation: add, path: /x, value: " +
        text + "}]\n")["x"];
  };
  EXPECT_EQ(value("'3'"), 3);
  EXPECT_EQ(value("3"), 3);
  EXPECT_EQ(value("'true'"), true);
  EXPECT_EQ(value("'null'"), nullptr);
  EXPECT_EQ(value(R"('{"a": [1]}')"), json(R"({"a": [1]})"));
  EXPECT_EQ(value(R"('"3"')"), "3");
  EXPECT_EQ(value("plain"), "plain");
  EXPECT_EQ(value("''"), "");
}

TEST(Modifiers, PatchByMergeAndStrategically) {
  const ModifierTarget at{"deployments.apps", "bar", "web"};
  const Json web = json(R"({"kind": "Deployment", "spec": {"replicas": 2, "template": {"spec": {
      "containers": [{"name": "a", "image": "old"}, {"name": "b", "image": "b"}]}}}})");
  EXPECT_EQ(modified(R"(
- conditions: {groupResource: deployments.apps}
  mergePatches:
  - patchData: |
      spec:
        replicas: 5
        template: null
)",
                     web, at),
            json(R"({"kind": "Deployment", "spec": {"replicas": 5}})"));
  EXPECT_EQ(modified(R"(
- conditions: {groupResource: deployments.apps}
  strategicPatches:
  - patchData: |
      {"spec": {"template": {"spec": {"containers": [{"name": "a", "image": "new"}]}}}}
)",
                     web, at)["spec"]["template"]["spec"]["containers"],
            json(R"([{"name": "a", "image": "new"}, {"name": "b", "image": "b"}])"));
}

TEST(Modifiers, AreNotDoneWhenATestFails) {
  EXPECT_EQ(modified(R"(
- conditions: {groupResource: '*'}
  patches:
  - {operation: add, path: /x, value: y}
  - {operation: test, path: /spec/storageClassName, value: other}
)"),
            claim());
}

TEST(Modifiers, SayWhenAPatchDoesNotFit) {
  Json object = claim();
  const auto done = rules(R"(
- conditions: {groupResource: '*'}
  patches: [{operation: remove, path: /spec/none}]
)")
                        .apply(kClaim, object);

  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().message, "modifiers: rule 1 (line 4): key 'none' not found");
  EXPECT_EQ(object, claim());
}

TEST(Modifiers, MayNotMakeItAnotherObject) {
  for (const char* path : {"/metadata/name", "/metadata/namespace", "/kind", "/apiVersion"}) {
    Json object = claim();
    const auto done = rules(std::string("- conditions: {groupResource: '*'}\n"
                                        "  patches: [{operation: replace, path: ") +
                            path + ", value: other}]\n")
                          .apply(kClaim, object);
    EXPECT_FALSE(done.ok()) << path;
  }
}

TEST(Modifiers, OfNoTextAreNone) { EXPECT_TRUE(Modifiers::parse("")->empty()); }

TEST(Modifiers, NameTheRuleTheLineAndWhatIsWrong) {
  const std::string head = "version: v1\nresourceModifierRules:\n- ";
  const std::string good = "conditions: {groupResource: pods}\n  ";
  const std::pair<std::string, std::string> rows[] = {
      {"a: [", "no valid YAML near line 1"},
      {"version: v2\nresourceModifierRules: []",
       "the text: needs version: v1 and a list of resourceModifierRules"},
      {head + "patches: []", "rule 1 (line 3), conditions: must be a mapping"},
      {head + good + "conditons: {}", "rule 1 (line 3): has no field \"conditons\""},
      {head + good + "x: y", "rule 1 (line 3): has no field \"x\""},
      {head + good, "rule 1 (line 3): needs one of patches, mergePatches and strategicPatches"},
      {head + good + "patches: []\n  mergePatches: []",
       "rule 1 (line 3): needs one of patches, mergePatches and strategicPatches"},
      {head + "conditions: {}\n  patches: []",
       "rule 1 (line 3): conditions.groupResource is needed, such as deployments.apps"},
      {head + "conditions: {groupResource: pods, resourceNameRegex: '('}\n  patches: []",
       "missing ): ("},
      {head + good + "patches: [{operation: grow, path: /a}]",
       "rule 1 (line 3), patch 1: operation must be add, remove, replace, move, copy or test"},
      {head + good + "patches: [{operation: remove, path: a}]",
       "rule 1 (line 3), patch 1: path must begin with /"},
      {head + good + "mergePatches: [{patchData: '['}]",
       "rule 1 (line 3): patchData: no valid YAML near line 1"},
      {head + good + "mergePatches: [{patchData: '1'}]",
       "rule 1 (line 3): patchData must be a mapping"},
  };
  for (const auto& [text, message] : rows) {
    const auto parsed = Modifiers::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid);
    EXPECT_NE(parsed.error().describe().find(message), std::string::npos)
        << text << "\n"
        << parsed.error().describe();
  }
}

TEST(NamePattern, TakesTimeInLineWithTheName) {
  const NamePattern pattern = NamePattern::compile("^(a+)+$").value();

  EXPECT_TRUE(pattern.matches(std::string(200'000, 'a')));
  EXPECT_FALSE(pattern.matches(std::string(200'000, 'a') + "b"));
}

}  // namespace
}  // namespace salvor::restore
