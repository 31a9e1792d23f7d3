// The generated pages must say what the tables say. UPDATE_SNAPSHOTS=1 writes them anew.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/dispatch.h"
#include "base/testing/snapshot.h"
#include "resources/all.h"
#include "schema/markdown.h"

namespace salvor::api {
namespace {

void expect_fresh(const std::string& name, const std::string& text) {
  testing::expect_snapshot(std::string(SALVOR_SOURCE_DIR) + "/docs/generated/" + name, text);
}

TEST(GeneratedDocs, OpenApiIsFresh) {
  expect_fresh("openapi.json", parse_json(openapi_text()).value().dump(2) + "\n");
}

TEST(GeneratedDocs, ResourcesPageIsFresh) {
  expect_fresh("resources.md", schema::markdown(resources::all()));
}

}  // namespace
}  // namespace salvor::api
