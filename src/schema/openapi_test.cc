#include "schema/openapi.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "schema/markdown.h"
#include "schema/testing/sample.h"

namespace salvor::schema {
namespace {

Json document() {
  static const Json made =
      openapi({.title = "T", .version = "1", .base_path = "/api/v1"}, {&sample_resource()});
  return made;
}

// Every "$ref" of the document, followed.
void check_references(const Json& whole, const Json& value) {
  if (value.is_object() && value.contains("$ref")) {
    const std::string target = value["$ref"];
    ASSERT_TRUE(target.starts_with("#/"));
    EXPECT_TRUE(whole.contains(Json::json_pointer(target.substr(1)))) << target;
  }
  if (!value.is_structured()) return;
  for (const Json& item : value) check_references(whole, item);
}

TEST(Openapi, HasAPathForEachCollectionItemAndAction) {
  const Json paths = document()["paths"];

  EXPECT_TRUE(paths["/api/v1/widgets"].contains("post"));
  EXPECT_TRUE(paths["/api/v1/widgets/{id}"].contains("patch"));
  EXPECT_TRUE(paths["/api/v1/widgets/{id}/action/run"].contains("post"));
  EXPECT_TRUE(paths["/api/v1/widgets/{id}/parts-list"].contains("get"));
}

TEST(Openapi, LeavesOutMethodsThatAreNotAllowed) {
  Resource readable = sample_resource();
  readable.methods = read_methods;

  const Json paths = openapi({.base_path = ""}, {&readable})["paths"];

  EXPECT_FALSE(paths["/widgets"].contains("post"));
  EXPECT_FALSE(paths["/widgets/{id}"].contains("put"));
  EXPECT_FALSE(paths["/widgets/{id}"].contains("delete"));
}

TEST(Openapi, RefersOnlyToWhatItHas) {
  const Json whole = document();

  check_references(whole, whole);
}

TEST(Openapi, ShowsNothingThatIsHidden) {
  const Json schemas = document()["components"]["schemas"];

  EXPECT_FALSE(schemas["Widget"]["properties"].contains("password"));
  EXPECT_FALSE(schemas["Widget"]["properties"].contains("lease"));
  EXPECT_FALSE(schemas["WidgetInput"]["properties"].contains("lease"));
  EXPECT_EQ(schemas["WidgetInput"]["properties"]["password"]["writeOnly"], true);
}

TEST(Openapi, TellsTheRulesOfFields) {
  const Json input = document()["components"]["schemas"]["WidgetInput"];

  EXPECT_EQ(input["required"], Json({"name"}));
  EXPECT_EQ(input["properties"]["name"]["maxLength"], 16);
  EXPECT_EQ(input["properties"]["state"]["enum"], Json({"PENDING", "READY"}));
  EXPECT_EQ(input["properties"]["state"]["default"], "PENDING");
  EXPECT_EQ(input["properties"]["size"]["maximum"], 100);
  EXPECT_EQ(input["properties"]["note"]["nullable"], true);
  EXPECT_EQ(input["properties"]["words"]["maxItems"], 4);
  EXPECT_EQ(input["properties"]["status"]["readOnly"], true);
  EXPECT_EQ(input["additionalProperties"], false);
}

TEST(Openapi, HasOperationsOfDifferentNames) {
  std::set<std::string> names;
  const Json paths = document()["paths"];
  for (const Json& path : paths) {
    for (const Json& operation : path) {
      if (!operation.is_object()) continue;
      EXPECT_TRUE(names.insert(operation["operationId"]).second) << operation["operationId"];
    }
  }
}

TEST(Markdown, ListsFieldsAndActions) {
  const std::string text = markdown({&sample_resource()});

  for (const char* line :
       {"## widgets", "Methods: GET, POST, PUT, PATCH, DELETE.",
        "| `name` | string (1 to 16) | required, unique | Its name. |",
        "| `state` | string: PENDING, READY | default `\"PENDING\"` | Its state. |",
        "| `place.floor` | integer (0 to ) | required | How high. |",
        "| `parts[].name` | string | required | Its name. |", "| `owner` | id of widgets |",
        "`POST /widgets/<id>/action/run`: Runs it.", "`GET /widgets/<id>/parts-list`"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

TEST(Markdown, LeavesOutWhatIsInternal) {
  const std::string text = markdown({&sample_resource()});

  EXPECT_EQ(text.find("lease"), std::string::npos);
  EXPECT_EQ(text.find("otp"), std::string::npos);
}

}  // namespace
}  // namespace salvor::schema
