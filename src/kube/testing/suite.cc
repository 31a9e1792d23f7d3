#include "kube/testing/suite.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/clock.h"
#include "base/random.h"
#include "kube/http_api.h"
#include "kube/kubeconfig.h"
#include "kube/testing/fake_cluster.h"

namespace salvor::kube {
namespace {

std::unique_ptr<Api> connect_real(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const KubeconfigPolicy policy{.references = References::forbidden};
  auto access = parse_kubeconfig(text.str(), policy, "");
  if (!access.ok()) {
    ADD_FAILURE() << access.error().describe();
    return nullptr;
  }
  auto api = HttpApi::connect(std::move(access).value(), {.version = "test"});
  if (!api.ok()) {
    ADD_FAILURE() << api.error().describe();
    return nullptr;
  }
  return std::move(api).value();
}

}  // namespace

std::vector<ClusterUnderTest> clusters_under_test() {
  std::vector<ClusterUnderTest> clusters = {
      {"fake", [] { return std::make_unique<FakeCluster>(system_clock()); }}};
  if (const char* path = std::getenv("SALVOR_TEST_KUBECONFIG")) {
    clusters.push_back({"real", [file = std::string(path)] { return connect_real(file); }});
  }
  return clusters;
}

void ApiSuite::SetUp() {
  api = GetParam().connect();
  ASSERT_NE(api, nullptr);
  run_ = hex(random_bytes(4));
  auto found = api->discover(context);
  ASSERT_TRUE(found.ok()) << found.error().describe();
  discovery_ = std::move(found).value();
  config_maps = type("", "configmaps");
  namespaces = type("", "namespaces");
  space = make_namespace("suite");
}

void ApiSuite::TearDown() {
  if (!api) return;
  for (const auto& [kind, name] : leftovers_) {
    const auto removed = api->remove(context, kind, {"", name}, {});
    if (!removed.ok() && removed.error().code != ErrorCode::not_found) {
      ADD_FAILURE() << "cleaning up " << name << ": " << removed.error().describe();
    }
  }
}

ResourceType ApiSuite::type(const std::string& group, const std::string& resource) {
  const ResourceType* found = discovery_.find(group, resource);
  EXPECT_NE(found, nullptr) << resource << "." << group << " is not served";
  return found ? *found : ResourceType{};
}

void ApiSuite::eventually(const std::string& what, const std::function<bool()>& condition) {
  const Context patience = context.within(kPatience);
  while (!condition()) {
    ASSERT_TRUE(patience.wait(std::chrono::milliseconds(50)).ok()) << "never happened: " << what;
  }
}

Result<Json> ApiSuite::create(const Json& object, const WriteOptions& options) {
  const ResourceType* kind =
      discovery_.find_kind(text_at(object, "apiVersion"), text_at(object, "kind"));
  CHECK(kind != nullptr);
  return api->create(context, *kind, kind->namespaced ? space : "", compact(object), options);
}

Json ApiSuite::must_create(const Json& object) {
  auto created = create(object);
  if (created.ok()) return std::move(created).value();
  ADD_FAILURE() << created.error().describe();
  return Json::object();
}

bool ApiSuite::exists(const ResourceType& kind, const std::string& name) {
  return api->get(context, kind, {kind.namespaced ? space : "", name}).ok();
}

// Pods need the default service account, which a controller makes.
std::string ApiSuite::make_namespace(const std::string& suffix) {
  const std::string name = unique(suffix);
  must_create({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}});
  remove_later(namespaces, name);
  eventually("the default service account", [&] {
    return api->get(context, type("", "serviceaccounts"), {name, "default"}).ok();
  });
  return name;
}

void ApiSuite::remove_later(const ResourceType& kind, const std::string& name) {
  leftovers_.emplace_back(kind, name);
}

Json ApiSuite::config_map(const std::string& name, const std::string& value) const {
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata", {{"name", name}, {"labels", {{"app", name}}}}},
          {"data", {{"key", value}}}};
}

Json ApiSuite::pod(const std::string& name) const {
  const Json container = {{"name", "main"}, {"image", "example.invalid/none:1"}};
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", {{"name", name}}},
          {"spec", {{"containers", Json::array({container})}}}};
}

std::string refusal_of(const Error& failure) {
  return failure.fact("http_status") + " " + failure.fact("reason");
}

}  // namespace salvor::kube
