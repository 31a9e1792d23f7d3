#include "kube/internal/exec_credential.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::kube {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kV1 = "client.authentication.k8s.io/v1";

std::string printed(const std::string& status) {
  return std::string(R"({"kind":"ExecCredential","apiVersion":")") + kV1 + R"(","status":)" +
         status + "}";
}

std::string problem(const std::string& text) {
  const auto answer = read_exec_credential(text, kV1);
  return answer.ok() ? "" : answer.error().message;
}

TEST(ExecCredential, ReadsATokenAndItsEnd) {
  const auto answer = read_exec_credential(
      printed(R"({"token":"abc","expirationTimestamp":"2026-01-31T12:00:00Z"})"), kV1);

  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(answer->credential.token, "abc");
  EXPECT_EQ(answer->expires, 1769860800);
}

TEST(ExecCredential, ReadsACertificate) {
  const auto answer = read_exec_credential(
      printed(R"({"clientCertificateData":"CERT","clientKeyData":"KEY"})"), kV1);

  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(answer->credential.certificate_pem, "CERT");
  EXPECT_EQ(answer->expires, std::nullopt);
}

TEST(ExecCredential, SaysWhatIsWrongWithoutQuoting) {
  EXPECT_THAT(problem("s3cret"), HasSubstr("not JSON"));
  EXPECT_THAT(problem("s3cret"), Not(HasSubstr("s3cret")));
  EXPECT_THAT(problem(R"({"kind":"Other"})"), HasSubstr("kind"));
  EXPECT_THAT(problem(R"({"kind":"ExecCredential","apiVersion":"v9"})"), HasSubstr("apiVersion"));
  EXPECT_THAT(problem(printed("{}")), HasSubstr("neither a token"));
  EXPECT_THAT(problem(printed(R"({"clientKeyData":"KEY"})")), HasSubstr("come together"));
  EXPECT_THAT(problem(printed(R"({"token":"a","expirationTimestamp":"soon"})")),
              HasSubstr("RFC 3339"));
}

TEST(ExecCredential, TellsThePluginAboutTheCluster) {
  const ClusterAccess access{.server = "https://h"};
  const ExecPlugin plain{.api_version = kV1, .command = "get"};
  const ExecPlugin curious{.api_version = kV1, .command = "get", .wants_cluster_info = true};

  const auto without = parse_json(exec_info(plain, access));
  const auto with = parse_json(exec_info(curious, access));

  ASSERT_TRUE(without.ok() && with.ok());
  EXPECT_EQ(text_at(*without, "apiVersion"), kV1);
  EXPECT_FALSE(without->at("spec").contains("cluster"));
  EXPECT_EQ(with->at("spec").at("cluster").at("server"), "https://h");
}

}  // namespace
}  // namespace salvor::kube
