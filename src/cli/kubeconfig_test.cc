#include "cli/kubeconfig.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "cli/yaml.h"

namespace salvor::cli {
namespace {

constexpr const char* kConfig = R"(
apiVersion: v1
kind: Config
current-context: prod
contexts:
- name: prod
  context: {cluster: prod-cluster, user: admin, namespace: shop}
- name: lab
  context: {cluster: lab-cluster, user: robot}
- name: cloud
  context: {cluster: lab-cluster, user: sso}
- name: broken
  context: {cluster: nowhere, user: robot}
clusters:
- name: prod-cluster
  cluster: {server: "https://10.0.0.1:6443", certificate-authority: pki/ca.crt}
- name: lab-cluster
  cluster: {server: "https://10.0.0.2:6443", certificate-authority-data: Q0E=}
users:
- name: admin
  user: {client-certificate: /etc/admin.crt, client-key: pki/admin.key}
- name: robot
  user: {tokenFile: robot.token}
- name: sso
  user: {exec: {command: aws}}
)";

Result<std::string> read(const std::string& path) {
  static const std::map<std::string, std::string> files = {
      {"/home/me/.kube/pki/ca.crt", "CA"},
      {"/etc/admin.crt", "\xfb\xff?"},
      {"/home/me/.kube/pki/admin.key", "KEY"},
      {"/home/me/.kube/robot.token", "t0ken\n"},
  };
  const auto found = files.find(path);
  if (found == files.end()) return error(ErrorCode::invalid, path + ": no such file");
  return found->second;
}

Result<std::string> contained(const std::string& context, const std::string& text = kConfig) {
  return self_contained_kubeconfig(text, context, "/home/me/.kube", read);
}

TEST(Kubeconfig, KeepsTheCurrentContextAloneAndPutsFilesInto) {
  const Result<std::string> text = contained("");

  ASSERT_TRUE(text.ok()) << text.error().describe();
  EXPECT_EQ(*parse_yaml(*text), *parse_yaml(R"(
apiVersion: v1
kind: Config
current-context: prod
contexts: [{name: prod, context: {cluster: prod-cluster, user: admin, namespace: shop}}]
clusters:
- name: prod-cluster
  cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: Q0E=}
users:
- name: admin
  user: {client-certificate-data: "+/8/", client-key-data: S0VZ}
)"));
}

TEST(Kubeconfig, ReadsATokenFromItsFile) {
  const Json config = *parse_yaml(*contained("lab"));

  EXPECT_EQ(config["users"][0]["user"], Json({{"token", "t0ken"}}));
  EXPECT_EQ(config["clusters"][0]["cluster"]["certificate-authority-data"], "Q0E=");
}

TEST(Kubeconfig, DataWinsOverAFile) {
  const Json config = *parse_yaml(*contained("c", R"(
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {certificate-authority: /gone, certificate-authority-data: Q0E=}}]
users: [{name: u, user: {token: abc, tokenFile: /gone}}]
)"));

  EXPECT_EQ(config["clusters"][0]["cluster"], Json({{"certificate-authority-data", "Q0E="}}));
  EXPECT_EQ(config["users"][0]["user"], Json({{"token", "abc"}}));
}

TEST(Kubeconfig, RefusesALoginThatOnlyWorksHere) {
  const Result<std::string> text = contained("cloud");

  ASSERT_FALSE(text.ok());
  EXPECT_NE(text.error().message.find("'sso'"), std::string::npos);
  EXPECT_NE(text.error().hint.find("service account"), std::string::npos);
}

TEST(Kubeconfig, NamesTheContextsThereAreWhenOneIsMissing) {
  const Result<std::string> text = contained("nope");

  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().message, "the kubeconfig has no context 'nope'");
  EXPECT_EQ(text.error().hint, "it has: prod, lab, cloud, broken");
}

TEST(Kubeconfig, TellsWhatAContextPointsAtInVain) {
  EXPECT_EQ(contained("broken").error().message, "the kubeconfig has no cluster 'nowhere'");
}

TEST(Kubeconfig, TellsAFileThatCannotBeRead) {
  const Result<std::string> text = contained("c", R"(
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {}}]
users: [{name: u, user: {client-key: gone.key}}]
)");

  ASSERT_FALSE(text.ok());
  EXPECT_NE(text.error().message.find("/home/me/.kube/gone.key"), std::string::npos);
}

TEST(Kubeconfig, RefusesWhatIsNoKubeconfig) {
  for (const char* text : {"", "[", "just words", "contexts: 5", "current-context: [a]"}) {
    EXPECT_EQ(contained("", text).error().code, ErrorCode::invalid) << text;
  }
}

}  // namespace
}  // namespace salvor::cli
