#include "kube/kubeconfig.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace salvor::kube {
namespace {

using testing::HasSubstr;
using testing::Not;

// "-----BEGIN CERTIFICATE-----\nx\n" and the same for a key.
constexpr const char* kCertificate = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCngK";
constexpr const char* kKey = "LS0tLS1CRUdJTiBLRVktLS0tLQp4Cg==";

std::string config(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: main\n"
         "clusters:\n- name: prod\n  cluster: {" +
         cluster + "}\nusers:\n- name: admin\n  user: {" + user +
         "}\ncontexts:\n- name: main\n  context: {cluster: prod, user: admin, namespace: shop}\n";
}

std::string with_user(const std::string& user) { return config("server: 'https://h:6443/'", user); }

Result<ClusterAccess> parse(const std::string& text, const KubeconfigPolicy& policy = {}) {
  return parse_kubeconfig(text, policy, "");
}

Error failure(const std::string& text, const KubeconfigPolicy& policy = {}) {
  auto parsed = parse(text, policy);
  if (!parsed.ok()) return parsed.error();
  ADD_FAILURE() << "was accepted: " << text;
  return {};
}

TEST(Kubeconfig, ReadsCertificatesInline) {
  const auto access = parse(config(
      std::string("server: 'https://h:6443', certificate-authority-data: ") + kCertificate,
      std::string("client-certificate-data: ") + kCertificate + ", client-key-data: " + kKey));

  ASSERT_TRUE(access.ok()) << access.error().describe();
  EXPECT_EQ(access->server, "https://h:6443");
  EXPECT_EQ(access->namespace_name, "shop");
  EXPECT_EQ(access->tls.ca_pem, "-----BEGIN CERTIFICATE-----\nx\n");
  EXPECT_EQ(access->tls.key_pem, "-----BEGIN KEY-----\nx\n");
}

TEST(Kubeconfig, ReadsATokenAndConnectionSettings) {
  const auto access =
      parse(config("server: 'https://h/prefix/', tls-server-name: api, proxy-url: 'http://p:1', "
                   "insecure-skip-tls-verify: true",
                   "token: abc"));

  ASSERT_TRUE(access.ok()) << access.error().describe();
  EXPECT_EQ(access->server, "https://h/prefix");
  EXPECT_EQ(access->tls.server_name, "api");
  EXPECT_EQ(access->proxy_url, "http://p:1");
  EXPECT_TRUE(access->tls.insecure_skip_verify);
  EXPECT_EQ(std::get<StaticToken>(access->identity).token, "abc");
}

TEST(Kubeconfig, ReadsJsonAsWell) {
  const auto access = parse(R"({"clusters":[{"name":"c","cluster":{"server":"https://h"}}],)"
                            R"("users":[{"name":"u","user":{"token":"12345"}}],)"
                            R"("contexts":[{"name":"m","context":{"cluster":"c","user":"u"}}]})");

  ASSERT_TRUE(access.ok()) << access.error().describe();
  EXPECT_EQ(std::get<StaticToken>(access->identity).token, "12345");
}

TEST(Kubeconfig, ListsContexts) {
  const auto all = list_contexts(with_user("token: abc"));

  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->current, "main");
  ASSERT_EQ(all->contexts.size(), 1U);
  EXPECT_EQ(all->contexts[0].cluster, "prod");
}

TEST(Kubeconfig, NamesTheContextsThereAre) {
  const auto access = parse_kubeconfig(with_user("token: abc"), {}, "other");

  ASSERT_FALSE(access.ok());
  EXPECT_THAT(access.error().message, HasSubstr("contexts[other] is missing"));
  EXPECT_THAT(access.error().hint, HasSubstr("main"));
}

TEST(Kubeconfig, NamesTheBrokenFieldButNotItsValue) {
  const Error bad =
      failure(with_user("client-certificate-data: 's3cret!', client-key-data: s3cret"));

  EXPECT_EQ(bad.code, ErrorCode::invalid);
  EXPECT_EQ(bad.message, "users[admin].user.client-certificate-data is not base64");
  EXPECT_THAT(bad.describe(), Not(HasSubstr("s3cret")));
}

TEST(Kubeconfig, DoesNotShowTextThatIsNoYaml) {
  const Error bad = failure("clusters: [\n token: s3cret");

  EXPECT_THAT(bad.message, HasSubstr("near line"));
  EXPECT_THAT(bad.describe(), Not(HasSubstr("s3cret")));
}

TEST(Kubeconfig, SaysWhenItIsNoKubeconfig) {
  EXPECT_THAT(failure("hello").message, HasSubstr("this is no kubeconfig"));
  EXPECT_THAT(failure("").message, HasSubstr("kubeconfig"));
  EXPECT_THAT(failure("[1, 2]").message, HasSubstr("this is no kubeconfig"));
}

TEST(Kubeconfig, NamesWhatIsMissingOrOfAWrongType) {
  const std::pair<std::string, std::string> expected[] = {
      {config("server: 'ftp://h'", "token: a"), "clusters[prod].cluster.server is not an http"},
      {config("", "token: a"), "clusters[prod].cluster.server is not an http"},
      {with_user("token: [a]"), "users[admin].user.token is not a string"},
      {config("server: 'https://h', insecure-skip-tls-verify: 'yes'", "token: a"),
       "clusters[prod].cluster.insecure-skip-tls-verify is not true or false"},
      {with_user(std::string("client-certificate-data: ") + kCertificate),
       "users[admin].user.client-key is missing"},
      {with_user("client-certificate-data: eHg=, client-key-data: eHg="),
       "users[admin].user.client-certificate is not PEM"},
      {with_user("exec: {apiVersion: client.authentication.k8s.io/v1}"), "command is missing"},
  };
  const KubeconfigPolicy all{.references = References::allowed};
  for (const auto& [text, message] : expected) {
    EXPECT_THAT(failure(text, all).message, HasSubstr(message)) << text;
  }
}

TEST(Kubeconfig, RefusesToActAsSomebodyElseThanItSays) {
  EXPECT_THAT(failure(with_user("as: root, token: a")).message, HasSubstr("impersonation"));
  EXPECT_THAT(failure(with_user("username: me, password: s3cret")).message,
              HasSubstr("basic authentication"));
  EXPECT_THAT(failure(with_user("auth-provider: {name: gcp}")).message,
              HasSubstr("users[admin].user.auth-provider"));
}

TEST(Kubeconfig, ForbidsFilesAndProgramsUnlessAllowed) {
  const std::string files[] = {
      config("server: 'https://h', certificate-authority: /etc/passwd", "token: a"),
      with_user("client-certificate: /etc/passwd, client-key: /etc/passwd"),
      with_user("tokenFile: /etc/passwd"),
      with_user("exec: {apiVersion: client.authentication.k8s.io/v1, command: rm}")};
  for (const std::string& text : files) {
    const Error refused = failure(text);
    EXPECT_EQ(refused.code, ErrorCode::denied) << text;
    EXPECT_THAT(refused.hint, HasSubstr("--flatten"));
  }
}

TEST(Kubeconfig, ReadsFilesRelativeToItsFolder) {
  const std::string folder = testing::TempDir() + "kubeconfig_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/ca.pem") << "-----BEGIN CERTIFICATE-----\n";

  const auto access =
      parse(config("server: 'https://h', certificate-authority: ca.pem", "tokenFile: token"),
            {.references = References::allowed, .folder = folder});

  ASSERT_TRUE(access.ok()) << access.error().describe();
  EXPECT_EQ(access->tls.ca_pem, "-----BEGIN CERTIFICATE-----\n");
  EXPECT_EQ(std::get<TokenFile>(access->identity).path, folder + "/token");
}

TEST(Kubeconfig, NamesAFileThatCannotBeRead) {
  const Error bad = failure(config("server: 'https://h', certificate-authority: none.pem", ""),
                            {.references = References::allowed, .folder = "/nowhere"});

  EXPECT_THAT(bad.message, HasSubstr("certificate-authority names /nowhere/none.pem"));
}

TEST(Kubeconfig, ReadsAnExecPlugin) {
  const auto access = parse(
      with_user("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: bin/get, args: "
                "[-c, '7'], env: [{name: PROFILE, value: prod}], provideClusterInfo: true}"),
      {.references = References::allowed, .folder = "/home/me/.kube"});

  ASSERT_TRUE(access.ok()) << access.error().describe();
  const auto& plugin = std::get<ExecPlugin>(access->identity);
  EXPECT_EQ(plugin.command, "/home/me/.kube/bin/get");
  EXPECT_THAT(plugin.arguments, testing::ElementsAre("-c", "7"));
  EXPECT_EQ(plugin.environment.at("PROFILE"), "prod");
  EXPECT_TRUE(plugin.wants_cluster_info);
}

TEST(Kubeconfig, RefusesAliasesDepthAndSize) {
  std::string deep = "clusters: ";
  for (int i = 0; i < 60; ++i) deep += '[';
  for (int i = 0; i < 60; ++i) deep += ']';

  EXPECT_THAT(failure("a: &a [1]\nclusters: [*a, *a]").message, HasSubstr("aliases"));
  EXPECT_THAT(failure(deep).message, HasSubstr("nested too deeply"));
  EXPECT_THAT(failure(std::string((1 << 20) + 1, ' ')).message, HasSubstr("larger than"));
}

}  // namespace
}  // namespace salvor::kube
