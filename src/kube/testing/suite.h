// The conformance suite of kube::Api: what holds for a real control plane holds for the fake. Tests
// are in suite_*_test.cc, each run once for every cluster in clusters_under_test().
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/context.h"
#include "kube/api.h"

namespace salvor::kube {

struct ClusterUnderTest {
  std::string name;  // "fake" or "real"
  std::function<std::unique_ptr<Api>()> connect;
};

inline void PrintTo(const ClusterUnderTest& cluster, std::ostream* output) {
  *output << cluster.name;
}

// The fake, and the control plane of the kubeconfig that the environment variable
// SALVOR_TEST_KUBECONFIG names, when it is set: this is the one place that looks.
std::vector<ClusterUnderTest> clusters_under_test();

// How long a real control plane may take for what its controllers do.
inline constexpr std::chrono::seconds kPatience{60};

// One namespace of its own for each test, deleted after it. On a real cluster several runs may go
// on at the same time, so names carry a random part.
class ApiSuite : public testing::TestWithParam<ClusterUnderTest> {
 protected:
  void SetUp() override;
  void TearDown() override;

  ResourceType type(const std::string& group, const std::string& resource);
  // Waits until the condition holds; fails the test when it does not in kPatience.
  void eventually(const std::string& what, const std::function<bool()>& condition);

  Result<Json> create(const Json& object, const WriteOptions& options = {});
  // The same, where failing would make the rest of the test pointless.
  Json must_create(const Json& object);
  bool exists(const ResourceType& kind, const std::string& name);
  std::string make_namespace(const std::string& suffix);
  void remove_later(const ResourceType& kind, const std::string& name);
  std::string unique(const std::string& stem) const { return stem + "-" + run_; }

  Json config_map(const std::string& name, const std::string& value = "one") const;
  Json pod(const std::string& name) const;

  Context context = background();
  std::unique_ptr<Api> api;
  std::string space;  // the test's own namespace
  ResourceType config_maps;
  ResourceType namespaces;

 private:
  std::string run_;
  Discovery discovery_;
  std::vector<std::pair<ResourceType, std::string>> leftovers_;
};

// The facts that errors carry, as "404 NotFound".
std::string refusal_of(const Error& failure);

}  // namespace salvor::kube
