#include "kube/in_cluster.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace salvor::kube {
namespace {

std::string mounted(const std::string& name) {
  std::string folder = testing::TempDir() + "in_cluster_" + name;
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/ca.crt") << "-----BEGIN CERTIFICATE-----\n";
  std::ofstream(folder + "/token") << "abc";
  std::ofstream(folder + "/namespace") << "backups";
  return folder;
}

TEST(InCluster, UsesTheMountedServiceAccount) {
  const std::string folder = mounted("whole");

  const auto access = in_cluster_access({.host = "10.96.0.1", .port = "443", .folder = folder});

  ASSERT_TRUE(access.ok()) << access.error().describe();
  EXPECT_EQ(access->server, "https://10.96.0.1:443");
  EXPECT_EQ(access->namespace_name, "backups");
  EXPECT_EQ(std::get<TokenFile>(access->identity).path, folder + "/token");
}

TEST(InCluster, WritesAnIpv6AddressInBrackets) {
  const auto access =
      in_cluster_access({.host = "fd00::1", .port = "443", .folder = mounted("six")});

  ASSERT_TRUE(access.ok());
  EXPECT_EQ(access->server, "https://[fd00::1]:443");
}

TEST(InCluster, SaysWhenThisIsNoPod) {
  const auto access = in_cluster_access({.host = "", .port = ""});

  ASSERT_FALSE(access.ok());
  EXPECT_EQ(access.error().code, ErrorCode::not_found);
  EXPECT_THAT(access.error().message, testing::HasSubstr("KUBERNETES_SERVICE_HOST"));
}

TEST(InCluster, SaysWhenNoServiceAccountIsMounted) {
  const auto access = in_cluster_access({.host = "h", .port = "1", .folder = "/nowhere"});

  ASSERT_FALSE(access.ok());
  EXPECT_THAT(access.error().hint, testing::HasSubstr("automountServiceAccountToken"));
}

}  // namespace
}  // namespace salvor::kube
