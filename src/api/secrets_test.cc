#include "api/secrets.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "resources/all.h"

namespace salvor::api {
namespace {

const schema::Resource& stores() {
  static const schema::Resource resource{
      .path = "stores",
      .title = "Store",
      .doc = "",
      .fields = {
          {"password", schema::string(), schema::write_only, ""},
          {"credentials", schema::dict({{"secret_key", schema::string(), schema::write_only, ""}}),
           schema::optional, ""}}};
  return resource;
}

const Sealer& sealer() {
  static const Sealer one(std::string(32, 'k'));
  return one;
}

TEST(Secrets, AreSealedAtEveryDepth) {
  Json document = {{"password", "p"}, {"credentials", {{"secret_key", "s"}}}};

  seal_secrets(stores(), sealer(), document, nullptr);

  EXPECT_EQ(sealer().open(document["password"]).value(), "p");
  EXPECT_EQ(sealer().open(document["credentials"]["secret_key"]).value(), "s");
}

TEST(Secrets, ThatAreStoredAlreadyStayAsTheyAre) {
  const Json stored = {{"password", sealer().seal("p")}};
  Json document = stored;

  seal_secrets(stores(), sealer(), document, &stored);

  EXPECT_EQ(document, stored);
}

TEST(Secrets, ThatOnlyLookSealedAreSealed) {
  Json document = {{"password", "sealed:v1:abc"}};
  const Json stored = {{"password", sealer().seal("p")}};

  seal_secrets(stores(), sealer(), document, &stored);

  EXPECT_EQ(sealer().open(document["password"]).value(), "sealed:v1:abc");
}

TEST(Secrets, OfAnObjectStoreAreAllSealed) {
  const schema::Resource& resource = *resources::find("objectstores");
  const schema::Place place = schema::locate(resource, "s3provider.credentials");
  Json credentials = Json::object();
  for (const schema::Field& field : place.shape->fields) credentials[field.name] = "in the open";
  Json document = {{"s3provider", {{"credentials", credentials}}}};

  seal_secrets(resource, sealer(), document, nullptr);

  EXPECT_GE(credentials.size(), 3U);
  EXPECT_EQ(compact(document).find("in the open"), std::string::npos);
  for (const auto& [name, sealed] : document["s3provider"]["credentials"].items()) {
    EXPECT_EQ(sealer().open(sealed).value(), "in the open") << name;
  }
}

TEST(Secrets, AreNotInventedWhereThereAreNone) {
  Json document = {{"credentials", Json::object()}};

  seal_secrets(stores(), sealer(), document, nullptr);

  EXPECT_EQ(document, (Json{{"credentials", Json::object()}}));
}

}  // namespace
}  // namespace salvor::api
