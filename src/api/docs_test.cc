// The generated pages must say what the tables say. UPDATE_SNAPSHOTS=1 writes them anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/dispatch.h"
#include "resources/all.h"
#include "schema/markdown.h"

namespace salvor::api {
namespace {

void expect_fresh(const std::string& name, const std::string& text) {
  const std::string file = std::string(SALVOR_SOURCE_DIR) + "/docs/generated/" + name;
  if (std::getenv("UPDATE_SNAPSHOTS") != nullptr) std::ofstream(file) << text;
  std::ostringstream stored;
  stored << std::ifstream(file).rdbuf();
  EXPECT_TRUE(stored.str() == text)
      << file << " is stale; run this test with UPDATE_SNAPSHOTS=1 and read the difference";
}

TEST(GeneratedDocs, OpenApiIsFresh) {
  expect_fresh("openapi.json", parse_json(openapi_text()).value().dump(2) + "\n");
}

TEST(GeneratedDocs, ResourcesPageIsFresh) {
  expect_fresh("resources.md", schema::markdown(resources::all()));
}

}  // namespace
}  // namespace salvor::api
