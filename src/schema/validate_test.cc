#include "schema/validate.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "schema/testing/sample.h"

namespace salvor::schema {
namespace {

const std::string kId = "5f80d0a8f281487d59c69f5e";

Json issues_of(const Json& body) { return validate(sample_resource(), body, Mode::create).issues; }

// What a widget named "a" becomes with some more of its fields.
Json stored_after(Json body) {
  body["name"] = "a";
  const Validated made = validate(sample_resource(), body, Mode::create);
  EXPECT_EQ(made.issues, Json::object());
  return made.document;
}

Validated patched(const Json& stored, const Json& body) {
  return validate(sample_resource(), body, Mode::patch, &stored);
}

Validated replaced(const Json& stored, const Json& body) {
  return validate(sample_resource(), body, Mode::replace, &stored);
}

TEST(Validate, PutsDefaults) {
  EXPECT_EQ(stored_after({}),
            (Json{{"name", "a"}, {"state", "PENDING"}, {"status", {{"state", "NEW"}}}}));
}

TEST(Validate, PutsDefaultsInsideDictsThatArePresent) {
  EXPECT_EQ(stored_after({{"place", {{"floor", 2}}}})["place"],
            (Json{{"floor", 2}, {"lit", true}}));
  EXPECT_EQ(stored_after({{"parts", {{{"name", "p"}}}}})["parts"][0]["weight"], 1);
}

TEST(Validate, ReportsAllIssuesAtOnce) {
  EXPECT_EQ(issues_of({{"nosuch", 1}, {"size", "x"}}), (Json{{"name", "required field"},
                                                             {"nosuch", "unknown field"},
                                                             {"size", "must be of integer type"}}));
}

TEST(Validate, NestsIssuesByFieldAndIndex) {
  EXPECT_EQ(issues_of({{"name", "a"},
                       {"words", {"x", 1}},
                       {"place", {{"zone", 5}}},
                       {"parts", {{{"name", "p"}, {"size", 1}}}}}),
            (Json{{"words", {{"1", "must be of string type"}}},
                  {"place", {{"zone", "must be of string type"}, {"floor", "required field"}}},
                  {"parts", {{"0", {{"size", "unknown field"}}}}}}));
}

TEST(Validate, HasTheTextOfEachRule) {
  EXPECT_EQ(issues_of({{"name", ""}})["name"], "min length is 1");
  EXPECT_EQ(issues_of({{"name", std::string(17, 'x')}})["name"], "max length is 16");
  EXPECT_EQ(issues_of({{"name", "a"}, {"state", "NOW"}})["state"], "unallowed value NOW");
  EXPECT_EQ(issues_of({{"name", "a"}, {"size", -1}})["size"], "min value is 0");
  EXPECT_EQ(issues_of({{"name", "a"}, {"size", 101}})["size"], "max value is 100");
  EXPECT_EQ(issues_of({{"name", "a"}, {"prefix", "-"}})["prefix"],
            "value does not match regex '^([a-z0-9][-a-z0-9]{0,62})?$'");
  EXPECT_EQ(issues_of({{"name", "a"}, {"owner", "x"}})["owner"], "must be of objectid type");
  EXPECT_EQ(issues_of({{"name", nullptr}})["name"], "null value not allowed");
  EXPECT_EQ(issues_of({{"name", "a"}, {"words", {"", "", "", "", ""}}})["words"],
            "max length is 4");
  EXPECT_EQ(issues_of({{"name", "a"}, {"origin", "x"}})["origin"], "field is read-only");
}

TEST(Validate, CountsCharactersAndNotBytes) {
  std::string name;
  for (int i = 0; i < 16; ++i) name += "ä";

  EXPECT_EQ(issues_of({{"name", name}}), Json::object());
}

TEST(Validate, SetsTwoTextsOfOneFieldSideBySide) {
  Json issues = Json::object();
  add_issue(issues, "a.b", "one");
  add_issue(issues, "a.b", "two");

  EXPECT_EQ(issues, (Json{{"a", {{"b", {"one", "two"}}}}}));
}

TEST(Validate, CoercesAsEveDoes) {
  const Json made = stored_after({{"ready", "true"},
                                  {"shiny", 0},
                                  {"size", "42"},
                                  {"weight", "1.5"},
                                  {"owner", "5F80D0A8F281487D59C69F5E"}});

  EXPECT_EQ(made["ready"], true);
  EXPECT_EQ(made["shiny"], false);
  EXPECT_EQ(made["size"], 42);
  EXPECT_EQ(made["weight"], 1.5);
  EXPECT_EQ(made["owner"], kId);
}

TEST(Validate, RefusesValuesThatAreNearlyOfTheType) {
  for (const Json& value :
       {Json(1.5), Json(true), Json("1x"), Json(""), Json(1e300), Json(std::uint64_t{1} << 63)}) {
    EXPECT_EQ(issues_of({{"name", "a"}, {"size", value}})["size"], "must be of integer type")
        << value;
  }
  for (const Json& value : {Json(2), Json("yes"), Json(1.0)}) {
    EXPECT_EQ(issues_of({{"name", "a"}, {"ready", value}})["ready"], "must be of boolean type")
        << value;
  }
}

TEST(Validate, SplitsDottedKeysInDictsAndKeepsThemInMaps) {
  const Json made = stored_after(
      {{"place.floor", 3}, {"labels", {{"app.kubernetes.io/name", "x"}}}, {"tags.a.b", 1}});

  EXPECT_EQ(made["place"]["floor"], 3);
  EXPECT_EQ(made["labels"], (Json{{"app.kubernetes.io/name", "x"}}));
  EXPECT_EQ(made["tags"], (Json{{"a.b", 1}}));
}

TEST(Validate, NamesTheWholeKeyOfAMapInIssues) {
  EXPECT_EQ(issues_of({{"name", "a"}, {"labels", {{"a.b", 1}}}})["labels"],
            (Json{{"a.b", "must be of string type"}}));
}

TEST(Validate, DropsWhatTheServerOwnsAndRefusesWhatIsInternal) {
  EXPECT_EQ(stored_after({{"status", {{"state", "HACKED"}}}})["status"]["state"], "NEW");
  EXPECT_EQ(issues_of({{"name", "a"}, {"lease", Json::object()}})["lease"], "unknown field");
}

TEST(Validate, RefusesMetaFields) {
  EXPECT_EQ(issues_of({{"name", "a"}, {"_etag", "x"}, {"_links", 1}}),
            (Json{{"_etag", "unknown field"}, {"_links", "unknown field"}}));
}

TEST(Validate, TakesTheBodysOwnId) {
  const Validated made = validate(sample_resource(), {{"name", "a"}, {"_id", kId}}, Mode::create);

  EXPECT_EQ(made.id, kId);
  EXPECT_FALSE(made.document.contains("_id"));
  EXPECT_EQ(issues_of({{"name", "a"}, {"_id", 7}})["_id"], "must be of objectid type");
}

TEST(Validate, CollectsReferencesForTheCaller) {
  const Validated made = validate(sample_resource(), {{"name", "a"}, {"owner", kId}}, Mode::create);

  ASSERT_EQ(made.references.size(), 1U);
  EXPECT_EQ(missing_reference_text(made.references[0]),
            "value '" + kId + "' must exist in resource 'widgets', field '_id'.");
}

TEST(Validate, RefusesWhatIsNoDocument) {
  EXPECT_EQ(issues_of(Json(1)),
            (Json{{"validation exception", "'1' is not a document, must be a dict"}}));
}

TEST(Validate, RefusesNullCharacters) {
  EXPECT_EQ(issues_of({{"name", std::string("a\0b", 3)}})["name"],
            "null characters are not allowed");
}

TEST(Validate, BoundsWhatHasNoBoundOfItsOwn) {
  EXPECT_EQ(issues_of({{"name", "a"}, {"note", std::string(65537, 'x')}})["note"],
            "max length is 65536");
  EXPECT_EQ(issues_of({{"name", "a"}, {"numbers", std::vector<int>(10001)}})["numbers"],
            "max length is 10000");
  Json many = Json::object();
  for (int i = 0; i < 10001; ++i) many[std::to_string(i)] = "";
  EXPECT_EQ(issues_of({{"name", "a"}, {"labels", many}})["labels"], "max length is 10000");
  EXPECT_TRUE(
      issues_of({{"name", "a"}, {"labels", {{std::string(1025, 'k'), ""}}}}).contains("labels"));
}

TEST(Patch, MergesObjectsAtEveryDepth) {
  const Json stored = stored_after({{"place", {{"floor", 1}, {"zone", "z"}}}, {"size", 1}});

  const Json made = patched(stored, {{"place", {{"floor", 2}}}}).document;

  EXPECT_EQ(made["place"], (Json{{"floor", 2}, {"zone", "z"}, {"lit", true}}));
  EXPECT_EQ(made["size"], 1);
}

TEST(Patch, ReplacesListsAndScalars) {
  const Json stored = stored_after({{"words", {"a", "b"}}, {"size", 1}});

  const Json made = patched(stored, {{"words", {"c"}}, {"size", 2}}).document;

  EXPECT_EQ(made["words"], Json({"c"}));
  EXPECT_EQ(made["size"], 2);
}

TEST(Patch, TakesAKeyOutOfAFreeMapByNull) {
  const Json stored = stored_after({{"labels", {{"a.b", "1"}, {"c", "2"}}}});

  const Json made = patched(stored, {{"labels", {{"a.b", nullptr}, {"d", "3"}}}}).document;

  EXPECT_EQ(made["labels"], (Json{{"c", "2"}, {"d", "3"}}));
}

TEST(Patch, KeepsEverythingElseAsItIsStored) {
  Json stored = stored_after({{"size", 1}});
  stored["lease"] = {{"expires", 5}};
  stored["status"] = {{"state", "OLD"}};
  stored["password"] = "sealed";

  EXPECT_EQ(patched(stored, Json::object()).document, stored);
}

TEST(Patch, RefusesNullOutsideOfMaps) {
  const Json stored = stored_after({{"owner", kId}});

  EXPECT_EQ(patched(stored, {{"owner", nullptr}}).issues["owner"], "null value not allowed");
}

TEST(Replace, RemovesWhatIsAbsentButNotWhatIsTheServers) {
  Json stored = stored_after({{"size", 1}, {"state", "READY"}});
  stored["lease"] = {{"expires", 5}};
  stored["status"] = {{"state", "OLD"}};
  stored["password"] = "sealed";
  stored["origin"] = "here";

  const Json made = replaced(stored, {{"name", "b"}, {"status", Json::object()}}).document;

  EXPECT_EQ(made, (Json{{"name", "b"},
                        {"state", "PENDING"},
                        {"lease", {{"expires", 5}}},
                        {"status", {{"state", "OLD"}}},
                        {"password", "sealed"},
                        {"origin", "here"}}));
}

TEST(Replace, ChecksRequiredFieldsAgain) {
  EXPECT_EQ(replaced(stored_after({}), Json::object()).issues["name"], "required field");
}

TEST(Replace, LetsAReadOnlyValueBeRepeated) {
  Json stored = stored_after({});
  stored["origin"] = "here";

  EXPECT_TRUE(replaced(stored, {{"name", "a"}, {"origin", "here"}}).ok());
  EXPECT_FALSE(replaced(stored, {{"name", "a"}, {"origin", "there"}}).ok());
}

TEST(ActionRequest, MayBeNothing) {
  const Action& run = sample_resource().actions[0];

  EXPECT_EQ(validate_request(run, Json()).document, (Json{{"times", 1}}));
  EXPECT_EQ(validate_request(run, {{"times", 0}}).issues["times"], "min value is 1");
  EXPECT_EQ(validate_request(run, {{"x", 0}}).issues["x"], "unknown field");
  EXPECT_FALSE(validate_request(run, Json::array()).ok());
}

TEST(NotUnique, NamesTheValue) { EXPECT_EQ(not_unique_text("a1"), "value 'a1' is not unique"); }

}  // namespace
}  // namespace salvor::schema
