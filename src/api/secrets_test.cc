#include "api/secrets.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

TEST(Secrets, AreNotInventedWhereThereAreNone) {
  Json document = {{"credentials", Json::object()}};

  seal_secrets(stores(), sealer(), document, nullptr);

  EXPECT_EQ(document, (Json{{"credentials", Json::object()}}));
}

}  // namespace
}  // namespace salvor::api
