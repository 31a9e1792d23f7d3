#include "api/methods.h"

#include <gtest/gtest.h>

#include "resources/all.h"

namespace salvor::api {
namespace {

const std::string kId = "5f80d0a8f281487d59c69f5e";

std::string allow(const std::string& path) {
  const Route route = find_route(path);
  return allow_header(allowed_methods(route, resources::find(route.resource)));
}

bool takes(const std::string& method, const std::string& path) {
  const Route route = find_route(path);
  return is_allowed(route, allowed_methods(route, resources::find(route.resource)), method);
}

TEST(Methods, AreThoseThatTheResourceDeclares) {
  EXPECT_EQ(allow("/api/v1/kuberestores"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(allow("/api/v1/jobs"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(allow("/api/v1/jobs/" + kId), "GET, HEAD, OPTIONS");
  EXPECT_EQ(allow("/api/v1/nosuch"), "");
  EXPECT_EQ(allow("/api/v1/jobs/" + kId + "/action/run"), "");
  EXPECT_EQ(allow("/api/v1/jobs/" + kId + "/action/cancel"), "POST, OPTIONS");
}

TEST(Methods, AnItemTakesAPostOnlyAsAnotherMethod) {
  EXPECT_FALSE(takes("POST", "/api/v1/kuberestores/" + kId));
  EXPECT_TRUE(takes("POST", "/api/v1/kuberestores"));
  EXPECT_TRUE(takes("PATCH", "/api/v1/kuberestores/" + kId));
}

TEST(Methods, OnlyAPostIsOverriddenAndOnlyByAWritingMethod) {
  EXPECT_EQ(effective_method("POST", "patch"), "PATCH");
  EXPECT_EQ(effective_method("POST", "DELETE"), "DELETE");
  EXPECT_EQ(effective_method("POST", "GET"), "POST");
  EXPECT_EQ(effective_method("POST", ""), "POST");
  EXPECT_EQ(effective_method("GET", "DELETE"), "GET");
}

}  // namespace
}  // namespace salvor::api
