#include "schema/filter.h"

#include <gtest/gtest.h>

#include "schema/testing/sample.h"

namespace salvor::schema {
namespace {

// Whether a `where` finds a document.
bool finds(const std::string& where, const Json& document) {
  const Result<Filter> filter = parse_filter(sample_resource(), where);
  EXPECT_TRUE(filter.ok()) << where << ": " << filter.error().message;
  return filter.ok() && matches(*filter, document);
}

std::string refusal_of(const std::string& where) {
  const Result<Filter> filter = parse_filter(sample_resource(), where);
  return filter.ok() ? "" : filter.error().message;
}

TEST(Filter, OfBlankTextMatchesEverything) {
  const Result<Filter> filter = parse_filter(sample_resource(), " \n ");

  ASSERT_TRUE(filter.ok());
  EXPECT_TRUE(filter->empty());
  EXPECT_TRUE(finds("{}", {{"name", "a"}}));
}

TEST(Filter, TakesTheWhitespaceOfRealClients) {
  EXPECT_TRUE(finds("{\n    \"state\" :  \"READY\" }\n", {{"state", "READY"}}));
}

TEST(Filter, ComparesWithinOneType) {
  const Json document = {{"size", 5}, {"name", "b"}, {"ready", true}};

  EXPECT_TRUE(finds(R"({"size": {"$gt": 4, "$lte": 5.0}})", document));
  EXPECT_TRUE(finds(R"({"size": 5.0})", document));
  EXPECT_FALSE(finds(R"({"size": {"$gt": "4"}})", document));
  EXPECT_FALSE(finds(R"({"size": {"$lt": 5}})", document));
  EXPECT_TRUE(finds(R"({"name": {"$gte": "b"}})", document));
  EXPECT_TRUE(finds(R"({"ready": {"$gt": false}})", document));
  EXPECT_FALSE(finds(R"({"ready": 1})", document));
}

TEST(Filter, KeepsLargeIntegersExact) {
  const Json document = {{"size", 9007199254740993}};

  EXPECT_TRUE(finds(R"({"size": 9007199254740993})", document));
  EXPECT_FALSE(finds(R"({"size": 9007199254740992})", document));
  EXPECT_FALSE(finds(R"({"size": 9007199254740992.0})", document));
}

TEST(Filter, TakesNullForMissing) {
  EXPECT_TRUE(finds(R"({"note": null})", {{"name", "a"}}));
  EXPECT_TRUE(finds(R"({"note": null})", {{"note", nullptr}}));
  EXPECT_TRUE(finds(R"({"note": {"$in": [null, 1]}})", {{"name", "a"}}));
  EXPECT_TRUE(finds(R"({"note": {"$gte": null}})", {{"name", "a"}}));
  EXPECT_FALSE(finds(R"({"note": {"$gt": null}})", {{"name", "a"}}));
  EXPECT_TRUE(finds(R"({"nosuch": null})", {{"name", "a"}}));
  EXPECT_TRUE(finds(R"({"note": {"$exists": true}})", {{"note", nullptr}}));
  EXPECT_FALSE(finds(R"({"note": {"$ne": null}})", {{"note", nullptr}}));
}

TEST(Filter, LetsNegationsMatchMissingFields) {
  const Json document = {{"name", "a"}};

  EXPECT_TRUE(finds(R"({"size": {"$ne": 1}})", document));
  EXPECT_TRUE(finds(R"({"size": {"$nin": [1, 2]}})", document));
  EXPECT_TRUE(finds(R"({"size": {"$not": {"$gt": 1}}})", document));
  EXPECT_TRUE(finds(R"({"$nor": [{"size": 1}, {"name": "b"}]})", document));
  EXPECT_FALSE(finds(R"({"$nor": [{"size": 1}, {"name": "a"}]})", document));
}

TEST(Filter, CombinesConditions) {
  const Json document = {{"name", "a"}, {"size", 1}};

  EXPECT_TRUE(finds(R"({"$or": [{"name": "b"}, {"size": 1}]})", document));
  EXPECT_FALSE(finds(R"({"$and": [{"name": "b"}, {"size": 1}]})", document));
  EXPECT_FALSE(finds(R"({"name": "a", "size": 2})", document));
}

TEST(Filter, LooksIntoArrays) {
  const Json document = {{"words", {"x", "y"}}, {"numbers", {1, 10}}};

  EXPECT_TRUE(finds(R"({"words": "y"})", document));
  EXPECT_TRUE(finds(R"({"words": ["x", "y"]})", document));
  EXPECT_FALSE(finds(R"({"words": ["y", "x"]})", document));
  EXPECT_TRUE(finds(R"({"words": {"$all": ["y", "x"]}})", document));
  EXPECT_FALSE(finds(R"({"words": {"$all": []}})", document));
  EXPECT_TRUE(finds(R"({"words": {"$size": 2}})", document));
  EXPECT_TRUE(finds(R"({"words.1": "y"})", document));
  // Different elements may satisfy the two; $elemMatch asks for one.
  EXPECT_TRUE(finds(R"({"numbers": {"$gt": 5, "$lt": 3}})", document));
  EXPECT_FALSE(finds(R"({"numbers": {"$elemMatch": {"$gt": 5, "$lt": 8}}})", document));
  EXPECT_FALSE(finds(R"({"words": {"$ne": "x"}})", document));
}

TEST(Filter, FollowsPathsThroughArrays) {
  const Json document = {{"parts", {{{"name", "p"}, {"weight", 1}}, {{"name", "q"}}}}};

  EXPECT_TRUE(finds(R"({"parts.name": "q"})", document));
  EXPECT_TRUE(finds(R"({"parts.1.name": "q"})", document));
  EXPECT_FALSE(finds(R"({"parts.0.name": "q"})", document));
  EXPECT_TRUE(finds(R"({"parts.weight": null})", document));
  EXPECT_TRUE(finds(R"({"parts": {"$elemMatch": {"name": "p", "weight": 1}}})", document));
  EXPECT_FALSE(finds(R"({"parts": {"$elemMatch": {"name": "q", "weight": 1}}})", document));
  EXPECT_FALSE(finds(R"({"parts.name": null})", {{"parts", Json::array()}}));
}

TEST(Filter, FindsKeysWithDots) {
  const Json document = {{"labels", {{"app.kubernetes.io/name", "x"}}}};

  EXPECT_TRUE(finds(R"({"labels.app.kubernetes.io/name": "x"})", document));
  EXPECT_FALSE(finds(R"({"labels.app": "x"})", document));
}

TEST(Filter, ComparesWholeObjects) {
  const Json document = {{"place", {{"zone", "a"}, {"floor", 1}}}};

  EXPECT_TRUE(finds(R"({"place": {"floor": 1, "zone": "a"}})", document));
  EXPECT_FALSE(finds(R"({"place": {"zone": "a"}})", document));
  EXPECT_TRUE(finds(R"({"labels": {}})", {{"labels", Json::object()}}));
}

TEST(Filter, KnowsTypesAndRemainders) {
  const Json document = {{"size", 7}, {"weight", 1.5}, {"name", "a"}, {"words", {"a"}}};

  EXPECT_TRUE(finds(R"({"size": {"$mod": [5, 2]}})", document));
  EXPECT_FALSE(finds(R"({"name": {"$mod": [5, 2]}})", document));
  EXPECT_TRUE(finds(R"({"size": {"$type": "int"}})", document));
  EXPECT_TRUE(finds(R"({"size": {"$type": ["string", "number"]}})", document));
  EXPECT_TRUE(finds(R"({"weight": {"$type": 1}})", document));
  EXPECT_TRUE(finds(R"({"words": {"$type": "array"}})", document));
  EXPECT_FALSE(finds(R"({"note": {"$type": "null"}})", document));
}

TEST(Filter, TakesExistsByTruth) {
  EXPECT_TRUE(finds(R"({"size": {"$exists": "false"}})", {{"size", 1}}));
  EXPECT_FALSE(finds(R"({"size": {"$exists": 0}})", {{"size", 1}}));
}

TEST(Filter, FindsIdsInEitherCase) {
  const Json document = {{"owner", "5f80d0a8f281487d59c69f5e"},
                         {"note", "5F80D0A8F281487D59C69F5E"}};

  EXPECT_TRUE(finds(R"({"owner": "5F80D0A8F281487D59C69F5E"})", document));
  EXPECT_TRUE(finds(R"({"note": "5F80D0A8F281487D59C69F5E"})", document));
  EXPECT_TRUE(finds(R"({"owner": {"$in": ["5F80D0A8F281487D59C69F5E"]}})", document));
}

TEST(Filter, ComparesDatesAsDates) {
  const Json document = {{"_created", "Fri, 09 Oct 2020 21:05:44 GMT"}};

  EXPECT_TRUE(finds(R"({"_created": "Fri, 09 Oct 2020 21:05:44 GMT"})", document));
  EXPECT_TRUE(finds(R"({"_created": {"$lt": "Sat, 10 Oct 2020 00:00:00 GMT"}})", document));
  EXPECT_FALSE(finds(R"({"_created": {"$gt": "2019-01-01T00:00:00Z"}})", document));
  EXPECT_FALSE(finds(R"({"_created": {"$gt": 5}})", document));
  EXPECT_TRUE(finds(R"({"_created": {"$type": "date"}})", document));
}

TEST(FilterText, IsRefusedAsEveRefusesIt) {
  EXPECT_EQ(refusal_of(R"({"name": )"), "Unable to parse `where` clause");
  EXPECT_EQ(refusal_of(R"({"": 1})"), "Unable to parse `where` clause");
  EXPECT_EQ(refusal_of(R"({"name": {"$regex": "a"}})"),
            "Query contains operators banned in MONGO_QUERY_BLACKLIST");
  EXPECT_EQ(refusal_of(R"({"$or": [{"x": {"$where": "1"}}]})"),
            "Query contains operators banned in MONGO_QUERY_BLACKLIST");
  EXPECT_EQ(refusal_of(R"({"name": {"$foo": 1}})"),
            "Query contains unknown or unsupported operators: $foo");
  EXPECT_EQ(refusal_of(R"({"name": {"a": {"$oid": 1}}})"),
            "Query contains unknown or unsupported operators: $oid");
}

TEST(FilterText, OfPythonIsAnsweredWithTheJsonForm) {
  EXPECT_NE(refusal_of("state==\"READY\"").find(R"({"state": "READY"})"), std::string::npos);
}

TEST(FilterText, IsRefusedForEveryBadOperand) {
  for (const char* where : {R"({"$or": []})",
                            R"({"$or": {}})",
                            R"({"$and": [1]})",
                            R"({"size": {"$in": 1}})",
                            R"({"size": {"$nin": {}}})",
                            R"({"size": {"$all": 1}})",
                            R"({"size": {"$mod": [0, 1]}})",
                            R"({"size": {"$mod": [1]}})",
                            R"({"size": {"$size": -1}})",
                            R"({"size": {"$size": "1"}})",
                            R"({"size": {"$type": "nosuch"}})",
                            R"({"size": {"$type": []}})",
                            R"({"size": {"$not": 1}})",
                            R"({"size": {"$elemMatch": 1}})",
                            R"({"size": {"$gt": {"a": 1}}})",
                            R"({"size": {"$gt": 1, "b": 2}})",
                            R"({"size": {"$and": []}})",
                            R"({"$gt": 1})",
                            R"({"$not": {}})",
                            "[]",
                            "1",
                            "null",
                            R"({"size": NaN})",
                            R"({"size": 9223372036854775808})",
                            R"({"size": 1e300})",
                            R"({"$text": {"$search": "x"}})",
                            R"({"place": {"$near": 1}})"}) {
    EXPECT_NE(refusal_of(where), "") << where;
  }
}

TEST(FilterText, OnHiddenFieldsIsRefused) {
  for (const char* where : {R"({"password": {"$gt": "a"}})", R"({"lease.expires": 1})",
                            R"({"$or": [{"status.otp": "1"}]})", R"({"status": {"$ne": {}}})"}) {
    EXPECT_NE(refusal_of(where).find("not allowed"), std::string::npos) << where;
  }
}

TEST(FilterText, IsLimited) {
  std::string many = R"({"$or": [{"size": 0})";
  for (int i = 0; i < 300; ++i) many += R"(, {"size": 1})";
  std::string deep;
  for (int i = 0; i < 50; ++i) deep += R"({"$and": [)";

  EXPECT_NE(refusal_of(many + "]}"), "");
  EXPECT_NE(refusal_of(deep), "");
  EXPECT_NE(refusal_of("{\"name\": \"" + std::string(70000, 'x') + "\"}"), "");
}

}  // namespace
}  // namespace salvor::schema
