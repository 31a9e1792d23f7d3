#include "api/view.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::api {
namespace {

using schema::Resource;

catalog::Document document(const Json& body) {
  return {.id = "5f80d0a8f281487d59c69f5e",
          .etag = std::string(40, 'a'),
          .created = 1602277544,
          .updated = 1602277554,
          .text = wire_json(body)};
}

const Resource& things() {
  static const Resource resource{
      .path = "things",
      .title = "Thing",
      .doc = "",
      .fields = {{"name", schema::string(), schema::required, ""},
                 {"cluster", schema::reference("kubeclusters"), schema::optional, ""},
                 {"policies", schema::list(schema::reference("policies")), schema::optional, ""},
                 {"secret", schema::string(), schema::write_only, ""},
                 {"inside",
                  schema::dict({{"shown", schema::string(), schema::optional, ""},
                                {"hidden", schema::string(), schema::internal, ""}}),
                  schema::optional, ""}}};
  return resource;
}

const Resource& lists() {
  static const Resource resource{
      .path = "lists",
      .title = "List",
      .doc = "",
      .fields = {{"rows",
                  schema::list(schema::dict({{"shown", schema::string(), schema::optional, ""},
                                             {"hidden", schema::string(), schema::internal, ""}})),
                  schema::optional, ""}}};
  return resource;
}

TEST(View, CutsOutWhatIsHiddenAtEachDepth) {
  const View view(things());

  const std::string text = view.visible_text(
      document({{"name", "n"}, {"secret", "s"}, {"inside", {{"hidden", "h"}, {"shown", "x"}}}}));

  EXPECT_EQ(text, "{\"inside\": {\"shown\": \"x\"}, \"name\": \"n\"}");
}

TEST(View, CutsOutWhatIsHiddenInLists) {
  const View view(lists());

  const std::string text =
      view.visible_text(document({{"rows", {{{"hidden", "h"}, {"shown", "x"}}}}}));

  EXPECT_EQ(text, "{\"rows\": [{\"shown\": \"x\"}]}");
}

TEST(View, AgreesWithTheSchemaOnWhatIsHidden) {
  const View view(things());
  const Json bodies[] = {Json::object(),
                         {{"secret", "s"}},
                         {{"inside", Json::object()}, {"secret", "s"}},
                         {{"inside", {{"hidden", "h"}}}},
                         {{"inside", nullptr}, {"name", "\"}\\"}}};
  for (const Json& body : bodies) {
    Json expected = body;
    schema::hide(things(), expected);
    EXPECT_EQ(view.visible_text(document(body)), wire_json(expected)) << body;
  }
}

TEST(View, RelatesReferencesInTheOrderOfTheSchema) {
  const View view(things());

  EXPECT_EQ(view.related(R"({"policies": ["p1", "p2"], "cluster": "c1"})"),
            "{\"cluster\": {\"title\": \"Kubecluster\", \"href\": \"/v1/kubeclusters/c1\"}, "
            "\"policies\": [{\"title\": \"Policie\", \"href\": \"/v1/policies/p1\"}, "
            "{\"title\": \"Policie\", \"href\": \"/v1/policies/p2\"}]}");
}

TEST(View, RelatesNothingForNullsAndEmptyLists) {
  const View view(things());

  EXPECT_EQ(view.related(R"({"policies": [], "cluster": null})"), "");
}

TEST(View, PutsMetaFieldsAndLinksBehindTheFields) {
  const View view(things());

  EXPECT_EQ(view.item(document(Json::object()), "{}", "", ", \"x\": 1", ", \"y\": 2"),
            "{\"_id\": \"5f80d0a8f281487d59c69f5e\", "
            "\"_updated\": \"Fri, 09 Oct 2020 21:05:54 GMT\", "
            "\"_created\": \"Fri, 09 Oct 2020 21:05:44 GMT\", "
            "\"_etag\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", "
            "\"_links\": {\"self\": {\"title\": \"Thing\", "
            "\"href\": \"/v1/things/5f80d0a8f281487d59c69f5e\"}, \"x\": 1}, \"y\": 2}");
}

}  // namespace
}  // namespace salvor::api
