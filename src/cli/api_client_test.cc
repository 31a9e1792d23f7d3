#include "cli/api_client.h"

#include <gtest/gtest.h>

#include "cli/testing/fake_server.h"

namespace salvor::cli {
namespace {

using testing::FakeServer;
using testing::json_response;
using testing::refusal_response;

class Api : public ::testing::Test {
 protected:
  FakeServer server;
  Context context = background();
  ApiClient api = server.client(context);
};

std::vector<std::string> issues_of(const Error& failure) {
  std::vector<std::string> issues;
  for (const auto& [name, value] : failure.pairs) {
    if (name == "issue") issues.push_back(value);
  }
  return issues;
}

TEST_F(Api, ReadsAListOverSeveralPages) {
  for (int i = 0; i < 2500; ++i) server.add("kubenamespaces", {{"name", "n" + std::to_string(i)}});

  const Result<Listing> all = api.list("kubenamespaces", {});

  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->items.size(), 2500U);
  EXPECT_EQ(all->items[2499]["name"], "n2499");
  EXPECT_EQ(server.log.size(), 3U);
}

TEST_F(Api, ListsNoMoreThanTheLimitButTellsTheTotal) {
  for (int i = 0; i < 30; ++i) server.add("kubenamespaces", {{"name", "n" + std::to_string(i)}});

  const Result<Listing> some = api.list("kubenamespaces", {.limit = 10});

  ASSERT_TRUE(some.ok());
  EXPECT_EQ(some->items.size(), 10U);
  EXPECT_EQ(some->total, 30);
}

TEST_F(Api, FiltersAndSortsOnTheServer) {
  for (const char* name : {"a", "b", "c"}) {
    server.add("backupinstances", {{"name", name}, {"state", "READY"}, {"start_time", name[0]}});
  }
  server.at("backupinstances", server.all("backupinstances")[2]["_id"])["state"] = "PENDING";

  const Result<Listing> found =
      api.list("backupinstances", {.where = {{"state", "READY"}}, .sort = "-start_time"});

  ASSERT_EQ(found->items.size(), 2U);
  EXPECT_EQ(found->items[0]["name"], "b");
}

TEST_F(Api, StopsReadingWhenTheVisitorHasEnough) {
  for (int i = 0; i < 1500; ++i) server.add("kubenamespaces", {{"name", "n" + std::to_string(i)}});
  int seen = 0;

  ASSERT_TRUE(api.each("kubenamespaces", {}, [&](const Json&) { return ++seen < 3; }).ok());

  EXPECT_EQ(seen, 3);
  EXPECT_EQ(server.log.size(), 1U);
}

TEST_F(Api, GoesOnWhenTheServerGivesLessAPageThanWasAskedFor) {
  for (int page = 1; page <= 3; ++page) {
    Json items = Json::array();
    for (int i = 0; i < (page == 3 ? 1 : 2); ++i) items.push_back({{"name", "n"}});
    server.script({.beginning = "GET",
                   .response = json_response(
                       200, {{"_items", items}, {"_meta", {{"max_results", 2}, {"total", 5}}}})});
  }

  EXPECT_EQ(api.list("jobs", {})->items.size(), 5U);
  EXPECT_EQ(server.faults_left(), 0U);
}

TEST_F(Api, TellsIssuesFieldByField) {
  server.script({.beginning = "POST",
                 .response = refusal_response(
                     422, "Insertion failure",
                     {{"name", "required field"},
                      {"source", {{"namespaces", {{"1", {"must be of string type", "bad"}}}}}}})});

  const Result<Json> made = api.post("kubebackups", Json::object());

  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::invalid);
  EXPECT_EQ(issues_of(made.error()),
            (std::vector<std::string>{"name: required field",
                                      "source.namespaces.1: must be of string type",
                                      "source.namespaces.1: bad"}));
}

TEST_F(Api, SortsRefusalsByTheirStatus) {
  const std::map<int, ErrorCode> expected = {
      {400, ErrorCode::invalid},     {401, ErrorCode::denied},   {403, ErrorCode::denied},
      {404, ErrorCode::not_found},   {412, ErrorCode::conflict}, {428, ErrorCode::conflict},
      {429, ErrorCode::unavailable}, {500, ErrorCode::bug},      {502, ErrorCode::unavailable},
      {503, ErrorCode::unavailable}};
  for (const auto& [status, code] : expected) {
    const Error failure = refusal({.status = status, .headers = {}, .body = "<html>"});
    EXPECT_EQ(failure.code, code) << status;
    EXPECT_NE(failure.message.find(std::to_string(status)), std::string::npos);
  }
}

TEST_F(Api, UsesTheServersOwnWordsWhenThereAreAny) {
  EXPECT_EQ(refusal(refusal_response(404, "no such job")).message, "no such job");
}

TEST_F(Api, TakesNothingButTheApisAnswers) {
  for (const char* body : {"<html>hello</html>", "", "{"}) {
    server.script({.beginning = "GET",
                   .response = http::Response{.status = 200, .headers = {}, .body = body}});
    EXPECT_EQ(api.get("jobs/x").error().code, ErrorCode::corrupt) << body;
  }
  server.script({.beginning = "GET", .response = json_response(200, {{"_items", 5}})});
  EXPECT_EQ(api.list("jobs", {}).error().code, ErrorCode::corrupt);
  server.script({.beginning = "GET", .response = json_response(200, {{"_items", Json::array()}})});
  EXPECT_EQ(api.count("jobs", Json()).error().code, ErrorCode::corrupt);
}

TEST_F(Api, RemovesOnlyTheVersionThatItSaw) {
  const std::string id = server.add("kubebackups", {{"name", "b"}});

  EXPECT_EQ(api.remove("kubebackups/" + id, "stale").error().code, ErrorCode::conflict);
  EXPECT_TRUE(api.remove("kubebackups/" + id, text_at(server.at("kubebackups", id), "_etag")).ok());
  EXPECT_TRUE(server.all("kubebackups").empty());
}

TEST_F(Api, PassesOnWhatTheTransportSays) {
  server.script({.beginning = "GET", .failure = error(ErrorCode::unavailable, "refused")});

  EXPECT_EQ(api.get("jobs/x").error().message, "refused");
}

}  // namespace
}  // namespace salvor::cli
