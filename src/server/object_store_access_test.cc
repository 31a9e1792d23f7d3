#include "server/object_store_access.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::server {
namespace {

const Sealer& sealer() {
  static const Sealer one(std::string(32, 'k'));
  return one;
}

Json stored() {
  return {{"name", "s"},
          {"provider_type", "aws"},
          {"bucket_name", "backups"},
          {"region", "eu-1"},
          {"prefix", "/web/daily/"},
          {"path_style", false},
          {"ca_certificate", "PEM"},
          {"skip_tls_certificate_validation", true},
          {"s3provider",
           {{"endpoint", "http://10.0.0.1:9000/"},
            {"credentials",
             {{"access_key", sealer().seal("id")},
              {"secret_key", sealer().seal("secret")},
              {"session_token", sealer().seal("token")}}}}}};
}

TEST(ObjectStoreAccess, IsWhatTheDocumentSays) {
  const auto access = object_store_access(stored(), sealer());

  ASSERT_TRUE(access.ok()) << access.error().describe();
  EXPECT_EQ(access->endpoint, "http://10.0.0.1:9000");
  EXPECT_EQ(access->bucket, "backups");
  EXPECT_EQ(access->prefix, "web/daily");
  EXPECT_EQ(access->region, "eu-1");
  EXPECT_EQ(access->access_key, "id");
  EXPECT_EQ(access->secret_key, "secret");
  EXPECT_EQ(access->session_token, "token");
  EXPECT_EQ(access->ca_pem, "PEM");
  EXPECT_FALSE(access->path_style);
  EXPECT_TRUE(access->insecure_skip_verify);
}

TEST(ObjectStoreAccess, FillsInWhatIsLeftOut) {
  Json document = stored();
  for (const char* name :
       {"region", "prefix", "path_style", "ca_certificate", "skip_tls_certificate_validation"}) {
    document.erase(name);
  }
  document["s3provider"]["endpoint"] = "s3.example.com";
  document["s3provider"]["credentials"].erase("session_token");

  const auto access = object_store_access(document, sealer());

  ASSERT_TRUE(access.ok()) << access.error().describe();
  EXPECT_EQ(access->endpoint, "https://s3.example.com");
  EXPECT_EQ(access->prefix, "");
  EXPECT_EQ(access->session_token, "");
  EXPECT_TRUE(access->path_style);
  EXPECT_FALSE(access->insecure_skip_verify);
}

TEST(ObjectStoreAccess, NamesWhatIsMissing) {
  for (const char* pointer :
       {"/bucket_name", "/s3provider/endpoint", "/s3provider/credentials/access_key",
        "/s3provider/credentials/secret_key"}) {
    const Json::json_pointer place(pointer);
    Json document = stored();
    document[place.parent_pointer()].erase(place.back());

    const auto access = object_store_access(document, sealer());

    ASSERT_FALSE(access.ok()) << pointer;
    EXPECT_EQ(access.error().code, ErrorCode::invalid);
    EXPECT_NE(access.error().describe().find(place.back()), std::string::npos);
    EXPECT_NE(access.error().describe().find("object store s"), std::string::npos);
  }
}

TEST(ObjectStoreAccess, RefusesKeysThatItCannotOpenWithoutShowingThem) {
  Json document = stored();
  document["s3provider"]["credentials"]["secret_key"] = "in the open";
  const auto plain = object_store_access(document, sealer());
  const auto foreign = object_store_access(stored(), Sealer(std::string(32, 'x')));

  for (const auto* refused : {&plain, &foreign}) {
    ASSERT_FALSE(refused->ok());
    EXPECT_EQ(refused->error().code, ErrorCode::corrupt);
    EXPECT_EQ(refused->error().describe().find("in the open"), std::string::npos);
  }
}

TEST(ObjectStoreAccess, RefusesOtherProviders) {
  Json document = stored();
  document["provider_type"] = "azure";

  EXPECT_NE(object_store_access(document, sealer()).error().message.find("azure"),
            std::string::npos);
}

}  // namespace
}  // namespace salvor::server
