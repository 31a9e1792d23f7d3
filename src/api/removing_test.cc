#include "api/removing.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::Reply;
using testing::Server;

TEST(Removing, NeedsNoIfMatch) {
  Server server;
  const std::string id = server.cluster();

  const Reply reply = server.remove("kubeclusters/" + id);

  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.text, "");
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(server.get("kubeclusters/" + id).status, 404);
}

TEST(Removing, RefusesAStaleEtag) {
  Server server;
  const std::string path = "/api/v1/kubeclusters/" + server.cluster();
  const std::string etag = server.send("GET", path).header("ETag");

  EXPECT_EQ(server.send("DELETE", path, "", {{"If-Match", std::string(40, 'a')}}).status, 412);
  EXPECT_EQ(server.send("DELETE", path, "", {{"If-Match", etag}}).status, 204);
}

TEST(Removing, IsDoneAlreadyForAnUnknownId) {
  Server server;

  EXPECT_EQ(server.remove("kubeclusters/5f80d0a8f281487d59c69f5e").status, 204);
}

TEST(Removing, OfACollectionIsNotAllowed) {
  Server server;

  const Reply reply = server.remove("kubeclusters");

  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.header("Allow"), "GET, HEAD, POST, OPTIONS");
}

}  // namespace
}  // namespace salvor::api
