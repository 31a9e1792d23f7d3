// Every field of every resource that clients write, given every kind of wrong value: the cases come
// from the tables of the resources, so a new field is covered when it is declared.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

using schema::Shape;
using schema::Type;
using testing::Reply;
using testing::Server;

const std::string kNowhere = "5f80d0a8f281487d59c69f5e";

std::vector<Json> wrong_values(const Shape& shape);

std::vector<Json> wrong_strings(const Shape& shape) {
  const auto most = static_cast<std::size_t>(shape.most.value_or(schema::kStringLengthMax));
  std::vector<Json> values = {12, true, Json::array(), Json::object(), std::string(most + 1, 'a')};
  if (shape.least.value_or(0) > 0) values.emplace_back("");
  if (!shape.allowed.empty()) values.emplace_back("NOSUCH");
  if (shape.pattern.regex) values.emplace_back("no! pattern");
  return values;
}

std::vector<Json> wrong_integers(const Shape& shape) {
  std::vector<Json> values = {"x", 1.5, Json::array(), Json::object()};
  if (shape.least) values.emplace_back(*shape.least - 1);
  if (shape.most) values.emplace_back(*shape.most + 1);
  return values;
}

std::vector<Json> wrong_dicts(const Shape& shape) {
  std::vector<Json> values = {1, "x", Json::array(), {{"nosuch", 1}}};
  for (const schema::Field& field : shape.fields) {
    if (field.is_servers()) continue;
    for (const Json& wrong : wrong_values(field.shape)) values.push_back({{field.name, wrong}});
  }
  return values;
}

std::vector<Json> wrong_values(const Shape& shape) {
  switch (shape.type) {
    case Type::string:
      return wrong_strings(shape);
    case Type::integer:
    case Type::number:
      return wrong_integers(shape);
    case Type::boolean:
      return {"maybe", 2, Json::array(), Json::object()};
    case Type::reference:
      return {"xyz", 1, kNowhere, Json::object()};
    case Type::dict:
      return wrong_dicts(shape);
    case Type::list: {
      std::vector<Json> values = {1, "x", Json::object()};
      for (const Json& one : wrong_values(shape.element[0])) values.push_back(Json::array({one}));
      return values;
    }
    case Type::map: {
      std::vector<Json> values = {1, "x", Json::array()};
      for (const Json& one : wrong_values(shape.element[0])) values.push_back({{"key", one}});
      return values;
    }
    case Type::any:
      return {};
  }
  return {};
}

class BadInputTest : public ::testing::TestWithParam<const char*> {
 protected:
  // A body that would be taken.
  Json good_body() {
    const std::string path = GetParam();
    if (path == "kubebackups") {
      return {{"name", "x"},
              {"cluster", cluster},
              {"trigger_type", "ADHOC"},
              {"source", {{"all_namespaces", true}}}};
    }
    if (path == "kuberestores") {
      return {{"name", "x"}, {"backup_inst", point}, {"selection", {{"all_namespaces", true}}}};
    }
    if (path == "kubeoffloads") {
      return {{"name", "x"}, {"trigger_type", "ADHOC"}, {"backup_inst", point}};
    }
    if (path == "objectstores") return resource.example;
    return {{"name", "x"}};
  }
  void expect_refused(const Json& body, const std::string& field) {
    expect_refused(server.post(GetParam(), body), body, field);
  }
  void expect_refused(const Reply& reply, const Json& body, const std::string& field) {
    EXPECT_EQ(reply.status, 422) << field << " " << compact(body).substr(0, 300);
    EXPECT_TRUE(reply.issues().contains(field)) << field << " " << reply.text.substr(0, 300);
  }

  Server server;
  std::string cluster = server.cluster();
  std::string point = server.recovery_point(cluster);
  const schema::Resource& resource = *resources::find(GetParam());
};

TEST_P(BadInputTest, TheGoodBodyIsTaken) {
  EXPECT_EQ(server.post(GetParam(), good_body()).status, 201);
}

TEST_P(BadInputTest, WrongValuesAreRefusedByName) {
  for (const schema::Field& field : resource.fields) {
    if (field.is_servers()) continue;
    for (const Json& wrong : wrong_values(field.shape)) {
      Json body = good_body();
      body[field.name] = wrong;
      expect_refused(body, field.name);
    }
  }
}

TEST_P(BadInputTest, WrongValuesAreRefusedByNameInAChangeToo) {
  const Reply made = server.post(GetParam(), good_body());
  const std::string path = std::string(GetParam()) + "/" + made.body["_id"].get<std::string>();
  const auto patch = [&](const Json& body) {
    return server.patch(path, body, made.body["_etag"].get<std::string>());
  };
  for (const schema::Field& field : resource.fields) {
    if (field.is_servers()) continue;
    for (const Json& wrong : wrong_values(field.shape)) {
      const Json body = {{field.name, wrong}};
      expect_refused(patch(body), body, field.name);
    }
  }
  expect_refused(patch({{"nosuch", 1}}), {{"nosuch", 1}}, "nosuch");
  EXPECT_EQ(server.get(path).body["_etag"], made.body["_etag"]);
}

TEST_P(BadInputTest, NullIsRefusedByNameUnlessThereIsADefault) {
  for (const schema::Field& field : resource.fields) {
    if (field.is_servers() || field.shape.default_value) continue;
    Json body = good_body();
    body[field.name] = nullptr;
    expect_refused(body, field.name);
  }
}

TEST_P(BadInputTest, MissingRequiredFieldsAreNamed) {
  for (const schema::Field& field : resource.fields) {
    if (!field.traits.has(schema::required)) continue;
    Json body = good_body();
    body.erase(field.name);
    expect_refused(body, field.name);
  }
}

TEST_P(BadInputTest, UnknownFieldsAreNamedAndTheServersOwnAreNotTaken) {
  Json body = good_body();
  body["nosuch"] = 1;
  expect_refused(body, "nosuch");
  for (const schema::Field& field : resource.fields) {
    if (!field.traits.has(schema::internal)) continue;
    Json inside = good_body();
    inside[field.name] = "x";
    expect_refused(inside, field.name);
  }
}

TEST_P(BadInputTest, NothingIsStoredOfWhatIsRefused) {
  const Json before = server.get(GetParam()).body["_meta"]["total"];
  Json body = good_body();
  body["nosuch"] = 1;

  server.post(GetParam(), body);
  server.post(GetParam(), Json::array({good_body(), body}));

  EXPECT_EQ(server.get(GetParam()).body["_meta"]["total"], before);
}

INSTANTIATE_TEST_SUITE_P(Resources, BadInputTest,
                         ::testing::Values("kubeclusters", "kubebackups", "kuberestores", "apikeys",
                                           "objectstores", "kubeoffloads"),
                         [](const auto& one) { return std::string(one.param); });

TEST(BadInput, EveryResourceThatClientsMakeIsCovered) {
  std::vector<std::string> made;
  for (const schema::Resource* resource : resources::all()) {
    if (resource->methods.create) made.push_back(resource->path);
  }
  EXPECT_EQ(made, (std::vector<std::string>{"kubeclusters", "kubebackups", "kuberestores",
                                            "apikeys", "objectstores", "kubeoffloads"}));
}

}  // namespace
}  // namespace salvor::api
