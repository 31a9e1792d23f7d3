#include "api/reading.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::Reply;
using testing::Server;

std::vector<std::string> names_of(const Reply& reply) {
  std::vector<std::string> names;
  for (const Json& item : reply.body["_items"]) names.push_back(item["name"]);
  return names;
}

class ReadingTest : public ::testing::Test {
 protected:
  void make_namespaces(int count) {
    const std::string cluster = server.cluster();
    for (int i = 0; i < count; ++i) {
      server.insert("kubenamespaces",
                    {{"name", "ns" + std::to_string(i)}, {"cluster_id", cluster}});
    }
  }
  std::string href(const Reply& reply, const std::string& link) {
    return text_at(member(reply.body["_links"], link), "href");
  }
  Server server;
};

TEST_F(ReadingTest, ListHasTheEnvelopeOfTheGuide) {
  make_namespaces(1);

  const Reply reply = server.get("kubenamespaces");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(reply.header("X-Total-Count"), "1");
  EXPECT_EQ(reply.header("Last-Modified"), "Fri, 09 Oct 2020 21:05:44 GMT");
  EXPECT_EQ(reply.header("ETag"), "");
  EXPECT_TRUE(reply.text.starts_with("{\"_items\": [{"));
  EXPECT_EQ(reply.body["_links"], Json::parse(R"({
      "parent": {"title": "home", "href": "/"},
      "self": {"title": "/v1/kubenamespaces", "href": "v1/kubenamespaces"}})"));
  EXPECT_EQ(reply.body["_meta"], Json::parse(R"({"page": 1, "max_results": 25, "total": 1})"));
}

TEST_F(ReadingTest, EmptyListHasNoLastModifiedAndNoQueryInItsSelf) {
  const Reply reply = server.get("jobs?where={\"state\":\"RUNNING\"}&page=2");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["_items"], Json::array());
  EXPECT_EQ(reply.header("Last-Modified"), "");
  EXPECT_EQ(href(reply, "self"), "v1/jobs");
  EXPECT_EQ(href(reply, "prev"), "v1/jobs?where={\"state\":\"RUNNING\"}");
}

TEST_F(ReadingTest, PagesAreLinkedInEvesOrder) {
  make_namespaces(7);

  const Reply reply = server.get("kubenamespaces?page=2&max_results=2&pretty&sort=-name");

  EXPECT_EQ(names_of(reply), (std::vector<std::string>{"ns4", "ns3"}));
  EXPECT_EQ(href(reply, "self"), "v1/kubenamespaces?max_results=2&sort=-name&page=2&pretty=");
  EXPECT_EQ(href(reply, "next"), "v1/kubenamespaces?max_results=2&sort=-name&page=3&pretty=");
  EXPECT_EQ(href(reply, "last"), "v1/kubenamespaces?max_results=2&sort=-name&page=4&pretty=");
  EXPECT_EQ(href(reply, "prev"), "v1/kubenamespaces?max_results=2&sort=-name&pretty=");
  EXPECT_LT(reply.text.find("\"next\""), reply.text.find("\"last\""));
  EXPECT_LT(reply.text.find("\"last\""), reply.text.find("\"prev\""));
}

TEST_F(ReadingTest, PageBeyondTheEndIsEmptyAndKeepsTheTotal) {
  make_namespaces(3);

  const Reply reply = server.get("kubenamespaces?page=9");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["_items"].size(), 0U);
  EXPECT_EQ(reply.body["_meta"]["total"], 3);
  EXPECT_EQ(href(reply, "prev"), "v1/kubenamespaces?page=8");
  EXPECT_EQ(href(reply, "last"), "");
}

TEST_F(ReadingTest, RubbishNumbersAreTheDefaultsAndTheLimitIsShown) {
  make_namespaces(1);

  EXPECT_EQ(server.get("kubenamespaces?page=x&max_results=-3").body["_meta"],
            Json::parse(R"({"page": 1, "max_results": 25, "total": 1})"));
  EXPECT_EQ(server.get("kubenamespaces?page=-2").body["_meta"]["page"], 2);
  const Reply large = server.get("kubenamespaces?max_results=99999");
  EXPECT_EQ(large.body["_meta"]["max_results"], 1000);
  EXPECT_EQ(href(large, "self"), "v1/kubenamespaces?max_results=1000");
  EXPECT_EQ(server.get("kubenamespaces?page=99999999999999999999999").status, 200);
}

TEST_F(ReadingTest, ProjectionAndEmbeddedAreNotRepeatedInLinks) {
  make_namespaces(1);

  const Reply reply =
      server.get("kubenamespaces?projection={\"name\":1}&embedded={\"cluster_id\":1}&x=1&x=2");

  EXPECT_EQ(href(reply, "self"), "v1/kubenamespaces?x=1&x=2");
}

TEST_F(ReadingTest, ParametersMayBeEncodedOrRawAndSpreadOverLines) {
  make_namespaces(3);

  for (const char* where : {"{\"name\":\"ns1\"}", "%7B%22name%22%3A%22ns1%22%7D",
                            "{\n   \"name\":   \"ns1\"\n}", "{+\"name\"+:+\"ns1\"+}"}) {
    const Reply reply = server.get(std::string("kubenamespaces?where=") + where);
    EXPECT_EQ(names_of(reply), std::vector<std::string>{"ns1"}) << where;
  }
}

TEST_F(ReadingTest, BadParametersAre400AndNeverMore) {
  for (const char* query :
       {"where=[]", "where=1", "where=null", "where={", "where=state=='READY'",
        "where={\"name\":{\"$regex\":\"x\"}}", "where={\"$where\":\"1\"}",
        "where={\"name\":{\"$foo\":1}}", "where={\"$or\":[]}", "where={\"name\":{\"$in\":1}}",
        "where={\"\":1}", "where={\"n\":99999999999999999999999}", "sort=a b", "sort=-",
        "projection=x", "projection=[1]", "embedded=x", "embedded=[]"}) {
    const Reply reply = server.get(std::string("jobs?") + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.body["_error"]["code"], 400) << query;
    EXPECT_NE(reply.message(), "") << query;
  }
}

TEST_F(ReadingTest, ErrorsNameWhatCouldNotBeRead) {
  EXPECT_NE(server.get("jobs?where={").message().find("Unable to parse `where` clause"),
            std::string::npos);
  EXPECT_NE(server.get("jobs?embedded=x").message().find("Unable to parse `embedded` clause"),
            std::string::npos);
}

TEST_F(ReadingTest, ItemHasItsHeadersAndLinks) {
  const std::string cluster = server.cluster();
  const std::string id = server.recovery_point(cluster);

  const Reply reply = server.get("backupinstances/" + id + "?pretty");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("ETag"), '"' + reply.body["_etag"].get<std::string>() + '"');
  EXPECT_EQ(reply.header("Last-Modified"), "Fri, 09 Oct 2020 21:05:44 GMT");
  EXPECT_EQ(reply.body["_id"], id);
  EXPECT_EQ(
      reply.body["_links"],
      (Json{{"self", {{"title", "Backupinstance"}, {"href", "/v1/backupinstances/" + id}}},
            {"related",
             {{"cluster", {{"title", "Kubecluster"}, {"href", "/v1/kubeclusters/" + cluster}}}}},
            {"parent", {{"title", "home"}, {"href", "/"}}},
            {"collection",
             {{"title", "/v1/backupinstances"}, {"href", "v1/backupinstances?pretty="}}}}));
}

TEST_F(ReadingTest, ItemIsNotModifiedForItsOwnEtag) {
  const std::string id = server.cluster();
  const std::string etag = server.get("kubeclusters/" + id).header("ETag");

  const Reply reply =
      server.send("GET", "/api/v1/kubeclusters/" + id, "", {{"If-None-Match", etag}});

  EXPECT_EQ(reply.status, 304);
  EXPECT_EQ(reply.text, "");
  EXPECT_EQ(reply.header("ETag"), etag);
  EXPECT_EQ(reply.header("Last-Modified"), "");
}

TEST_F(ReadingTest, ListsIgnoreConditions) {
  make_namespaces(1);

  const Reply reply = server.send("GET", "/api/v1/kubenamespaces", "",
                                  {{"If-Modified-Since", "rubbish"}, {"If-None-Match", "*"}});

  EXPECT_EQ(reply.status, 200);
}

TEST_F(ReadingTest, UnknownMalformedAndUpperCaseIdsAre404) {
  const std::string text =
      "The requested URL was not found on the server. If you entered the URL manually please "
      "check your spelling and try again.";
  for (const char* id : {"5f80d0a8f281487d59c69f5e", "xyz", "5F80D0A8F281487D59C69F5E"}) {
    const Reply reply = server.get(std::string("jobs/") + id);
    EXPECT_EQ(reply.status, 404) << id;
    EXPECT_EQ(reply.body,
              (Json{{"_status", "ERR"}, {"_error", {{"code", 404}, {"message", text}}}}));
  }
}

TEST_F(ReadingTest, ProjectionKeepsMetaFieldsAndLinksFollowIt) {
  const std::string id = server.recovery_point(server.cluster());

  const Json some = server.get("backupinstances/" + id + "?projection={\"name\":1}").body;
  const Json rest = server.get("backupinstances/" + id + "?projection={\"name\":0}").body;

  EXPECT_EQ(some["name"], "backupinst-1602277544");
  EXPECT_FALSE(some.contains("state"));
  for (const char* name : {"_id", "_updated", "_created", "_etag", "_links"}) {
    EXPECT_TRUE(some.contains(name)) << name;
  }
  EXPECT_FALSE(some["_links"].contains("related"));
  EXPECT_FALSE(rest.contains("name"));
  EXPECT_TRUE(rest["_links"].contains("related"));
}

TEST_F(ReadingTest, EmbeddedReplacesTheIdAndKeepsTheLink) {
  const std::string cluster = server.cluster();
  const std::string id = server.recovery_point(cluster);

  const Reply reply = server.get("backupinstances?embedded={\"cluster\":1,\"nosuch\":1}");

  const Json& item = reply.body["_items"][0];
  EXPECT_EQ(item["_id"], id);
  EXPECT_EQ(item["cluster"]["_id"], cluster);
  EXPECT_EQ(item["cluster"]["name"], "testcluster");
  EXPECT_FALSE(item["cluster"].contains("_links"));
  EXPECT_EQ(item["_links"]["related"]["cluster"]["href"], "/v1/kubeclusters/" + cluster);
}

TEST_F(ReadingTest, EmbeddedGoesTwoLevelsDeep) {
  const std::string cluster = server.cluster();
  const std::string point = server.recovery_point(cluster);
  server.insert("kuberestores", {{"name", "r"},
                                 {"backup_inst", point},
                                 {"cluster", cluster},
                                 {"selection", {{"all_namespaces", true}}}});

  const Reply both =
      server.get("kuberestores?embedded={\"backup_inst.cluster\":1,\"backup_inst\":1}");
  const Reply alone = server.get("kuberestores?embedded={\"backup_inst.cluster\":1}");

  EXPECT_EQ(both.body["_items"][0]["backup_inst"]["cluster"]["name"], "testcluster");
  EXPECT_EQ(both.body["_items"][0]["cluster"], cluster);
  EXPECT_EQ(alone.body["_items"][0]["backup_inst"], point);
}

TEST_F(ReadingTest, EmbeddedLeavesReferencesToWhatIsGone) {
  server.insert("kubenamespaces", {{"name", "a"}, {"cluster_id", "5f80d09ff281487d59c69f5b"}});

  const Reply reply = server.get("kubenamespaces?embedded={\"cluster_id\":1}");

  EXPECT_EQ(reply.body["_items"][0]["cluster_id"], "5f80d09ff281487d59c69f5b");
}

TEST_F(ReadingTest, NothingHiddenIsShownFilteredOrSorted) {
  server.insert("kubeclusters",
                {{"name", "c"}, {"kubeconfig", "sealed:v1:x"}, {"status", {{"otp", "1234"}}}});

  const Reply list = server.get("kubeclusters");
  const Reply projected = server.get("kubeclusters?projection={\"kubeconfig\":1,\"status\":1}");
  const Reply filtered = server.get("apikeys?where={\"hash\":\"x\"}");

  EXPECT_EQ(list.text.find("kubeconfig"), std::string::npos);
  EXPECT_EQ(list.text.find("otp"), std::string::npos);
  EXPECT_EQ(projected.text.find("kubeconfig"), std::string::npos);
  EXPECT_EQ(projected.text.find("otp"), std::string::npos);
  EXPECT_EQ(server.get("apikeys").text.find("hash"), std::string::npos);
  EXPECT_EQ(filtered.status, 400);
}

TEST_F(ReadingTest, TextIsAsciiWithBlanksAfterSeparators) {
  server.insert("kubeclusters", {{"name", "caf\xc3\xa9"}});

  const Reply reply = server.get("kubeclusters");

  EXPECT_NE(reply.text.find("\"name\": \"caf\\u00e9\", "), std::string::npos) << reply.text;
}

}  // namespace
}  // namespace salvor::api
