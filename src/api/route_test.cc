#include "api/route.h"

#include <gtest/gtest.h>

namespace salvor::api {
namespace {

const std::string kId = "5f80d0a8f281487d59c69f5e";

struct Case {
  std::string path;
  Place place;
};

TEST(Route, KnowsTheShapesOfPaths) {
  for (const Case& expected : {
           Case{"/api", Place::home},
           Case{"/api/", Place::home},
           Case{"/api/v1", Place::home},
           Case{"/api/v1/", Place::home},
           Case{"/api-docs", Place::documents},
           Case{"/api/v1/jobs", Place::collection},
           Case{"/api/v1/jobs/", Place::collection},
           Case{"/api/v1/jobs/" + kId, Place::item},
           Case{"/api/v1/jobs/" + kId + "/", Place::item},
           Case{"/api/v1/jobs/" + kId + "/action/cancel", Place::action},
           Case{"/api/v1/backupinstances/" + kId + "/resource-types", Place::part},
           Case{"/api/v1/catalog/export", Place::exchange},
           Case{"", Place::none},
           Case{"/", Place::none},
           Case{"/api/v2/jobs", Place::none},
           Case{"/apis", Place::none},
           Case{"/api/v1/jobs/xyz", Place::none},
           Case{"/api/v1/jobs/5F80D0A8F281487D59C69F5E", Place::none},
           Case{"/api/v1/jobs/" + kId + "/action/a/b", Place::none},
           Case{"/api/v1//jobs", Place::none},
       }) {
    EXPECT_EQ(find_route(expected.path).place, expected.place) << expected.path;
  }
}

TEST(Route, NamesTheResourceTheIdAndTheAction) {
  const Route route = find_route("/api/v1/kuberestores/" + kId + "/action/run");

  EXPECT_EQ(route.resource, "kuberestores");
  EXPECT_EQ(route.id, kId);
  EXPECT_EQ(route.name, "run");
}

TEST(MergedTarget, MergesRunsOfSlashesButNotThoseOfTheQuery) {
  EXPECT_EQ(merged_target("//api///v1/jobs?where={\"a\":\"//\"}"),
            "/api/v1/jobs?where={\"a\":\"//\"}");
  EXPECT_EQ(merged_target("/api/v1/jobs?x=//"), "");
}

}  // namespace
}  // namespace salvor::api
