#include "api/api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

using testing::Reply;
using testing::Server;

const http::Headers kNobody{{"Authorization", "Bearer nobody"}};

TEST(Api, HomeListsTheResourcesAtEachOfItsPaths) {
  Server server;
  for (const char* path : {"/api", "/api/", "/api/v1", "/api/v1/"}) {
    const Reply reply = server.send("GET", path);
    EXPECT_EQ(reply.status, 200) << path;
    const Json& children = reply.body["_links"]["child"];
    EXPECT_EQ(children.size(), resources::all().size());
    EXPECT_EQ(children[0], (Json{{"href", "/v1/kubeclusters"}, {"title", "/v1/kubeclusters"}}));
  }
}

TEST(Api, DocumentsNeedNoKey) {
  Server server;

  const Reply reply = server.send("GET", "/api-docs", "", kNobody);

  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body["openapi"].get<std::string>().starts_with("3.0"));
}

TEST(Api, UnknownPathsAre404BeforeTheKeyIsLookedAt) {
  Server server;
  for (const char* path :
       {"/", "/api/v2", "/api/v1/policies", "/api/v1/kubemigrations", "/api/v1/nosuch",
        "/api/v1/jobs/x/y/z", "/api/v1/jobs/5f80d0a8f281487d59c69f5e/action/nosuch",
        "/api/v1/catalog/nosuch"}) {
    const Reply reply = server.send("GET", path, "", kNobody);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_EQ(reply.body["_error"]["code"], 404) << path;
  }
}

TEST(Api, WrongMethodsAre405BeforeTheKeyIsLookedAt) {
  Server server;
  const std::string id = "5f80d0a8f281487d59c69f5e";
  struct Case {
    std::string method;
    std::string path;
    std::string allow;
  };
  for (const Case& expected :
       {Case{"POST", "/api/v1/jobs", "GET, HEAD, OPTIONS"},
        Case{"PATCH", "/api/v1/jobs/" + id, "GET, HEAD, OPTIONS"},
        Case{"DELETE", "/api/v1/kuberestores", "GET, HEAD, POST, OPTIONS"},
        Case{"TRACE", "/api/v1/kuberestores/" + id, "GET, HEAD, POST, OPTIONS, PATCH, PUT, DELETE"},
        Case{"PUT", "/api/v1/backupinstances/" + id, "GET, HEAD, POST, OPTIONS, DELETE"},
        Case{"GET", "/api/v1/kuberestores/" + id + "/action/run", "POST, OPTIONS"},
        Case{"POST", "/api/v1/backupinstances/" + id + "/resource-types", "GET, HEAD, OPTIONS"},
        Case{"GET", "/api/v1/catalog/import", "POST, OPTIONS"}}) {
    const Reply reply = server.send(expected.method, expected.path, "", kNobody);
    EXPECT_EQ(reply.status, 405) << expected.path;
    EXPECT_EQ(reply.header("Allow"), expected.allow) << expected.path;
    EXPECT_EQ(reply.message(), "The method is not allowed for the requested URL.");
  }
}

TEST(Api, OptionsNeedNoKeyAndNameTheMethods) {
  Server server;

  const Reply known = server.send("OPTIONS", "/api/v1/kuberestores", "", kNobody);
  const Reply unknown = server.send("OPTIONS", "/api/v1/nosuch", "", kNobody);

  EXPECT_EQ(known.status, 200);
  EXPECT_EQ(known.text, "");
  EXPECT_EQ(known.header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_TRUE(known.header("Content-Type").starts_with("text/html"));
  EXPECT_EQ(unknown.status, 200);
  EXPECT_EQ(unknown.header("Allow"), "");
}

TEST(Api, DoubledSlashesAreRedirected) {
  Server server;

  const Reply reply = server.send("GET", "/api/v1//jobs?page=2", "", kNobody);

  EXPECT_EQ(reply.status, 308);
  EXPECT_EQ(reply.header("Location"), "/api/v1/jobs?page=2");
}

TEST(Api, HeadHasTheHeadersOfGet) {
  Server server;
  const std::string path = "/api/v1/kubeclusters/" + server.cluster();

  const Reply get = server.send("GET", path);
  const Reply head = server.send("HEAD", path);

  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers, get.headers);
}

TEST(Api, UnknownAcceptHeadersAreAnsweredWithJson) {
  Server server;

  const Reply reply = server.send("GET", "/api/v1/jobs", "", {{"Accept", "application/xml"}});

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
}

TEST(Api, RefusalsOfTheEdgeHaveTheSameForm) {
  const http::Response response = refusal_body(413, "too large");

  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.body,
            "{\"_status\": \"ERR\", \"_error\": {\"code\": 413, \"message\": \"too large\"}}");
}

TEST(Cors, IsOffUnlessOriginsAreAllowed) {
  Server server;

  const Reply reply =
      server.send("GET", "/api/v1/jobs", "", {{"Origin", "https://page.example.org"}});

  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "");
  EXPECT_FALSE(reply.headers.contains("Access-Control-Allow-Origin"));
}

TEST(Cors, IsOnEveryAnswerToAnAllowedOrigin) {
  Server server({.base_url = "", .cors_origins = {"https://page.example.org"}});
  for (const char* path : {"/api/v1/jobs", "/api/v1/nosuch"}) {
    for (const char* key : {"", "Bearer nobody"}) {
      http::Headers headers{{"Origin", "https://page.example.org"}};
      if (*key) headers.emplace("Authorization", key);
      const Reply reply = server.send("GET", path, "", headers);
      EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "https://page.example.org");
    }
  }
}

TEST(Cors, PreflightNamesTheMethodsAndStrangersGetAnEmptyHeader) {
  Server server({.base_url = "", .cors_origins = {"https://page.example.org"}});

  const Reply preflight =
      server.send("OPTIONS", "/api/v1/jobs", "",
                  {{"Origin", "https://page.example.org"}, {"Authorization", "Bearer nobody"}});
  const Reply stranger =
      server.send("GET", "/api/v1/jobs", "", {{"Origin", "https://evil.example.org"}});

  EXPECT_EQ(preflight.status, 200);
  EXPECT_EQ(preflight.header("Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(preflight.header("Access-Control-Max-Age"), "21600");
  EXPECT_TRUE(stranger.headers.contains("Access-Control-Allow-Origin"));
  EXPECT_EQ(stranger.header("Access-Control-Allow-Origin"), "");
}

}  // namespace
}  // namespace salvor::api
