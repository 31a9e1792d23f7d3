// A process that can die: after its last event, nothing that it asks of the cluster or the catalog
// happens any more. What is in memory is thrown away by the test, as the kernel would.
#pragma once

#include <atomic>
#include <cstddef>
#include <limits>

#include "catalog/catalog.h"
#include "kube/api.h"

namespace salvor::restore::testing {

// Counts what reaches the world outside. Any thread may call.
class Life {
 public:
  static constexpr std::size_t kForever = std::numeric_limits<std::size_t>::max();

  // Dies before event `last`, which counts from 0.
  explicit Life(std::size_t last = kForever) : last_(last) {}

  // Fails once dead.
  Result<void> event();
  void kill() { is_dead_ = true; }
  bool is_dead() const { return is_dead_; }
  std::size_t events() const { return events_; }

 private:
  const std::size_t last_;
  std::atomic<std::size_t> events_ = 0;
  std::atomic<bool> is_dead_ = false;
};

// The living process's view of a cluster; borrows both.
class MortalApi final : public kube::Api {
 public:
  MortalApi(kube::Api& api, Life& life) : api_(api), life_(life) {}

  Result<kube::ServerVersion> version(Context& context) override;
  Result<kube::Discovery> discover(Context& context) override;
  Result<kube::ListPage> list(Context& context, const kube::ResourceType& type,
                              const kube::ListOptions& options) override;
  Result<void> watch(Context& context, const kube::ResourceType& type,
                     const kube::ListOptions& options, const kube::WatchSink& sink) override;
  Result<Json> get(Context& context, const kube::ResourceType& type,
                   const kube::ObjectKey& key) override;
  Result<Json> create(Context& context, const kube::ResourceType& type,
                      const std::string& namespace_name, const std::string& body,
                      const kube::WriteOptions& options) override;
  Result<Json> patch(Context& context, const kube::ResourceType& type, const kube::ObjectKey& key,
                     kube::PatchKind kind, const Json& patch,
                     const kube::WriteOptions& options) override;
  Result<void> remove(Context& context, const kube::ResourceType& type, const kube::ObjectKey& key,
                      const kube::RemoveOptions& options) override;
  Result<std::string> pod_log(Context& context, const kube::ObjectKey& pod,
                              unsigned lines) override {
    TRY_VOID(life_.event());
    return api_.pod_log(context, pod, lines);
  }

 private:
  kube::Api& api_;
  Life& life_;
};

// The same of a catalog.
class MortalCatalog final : public catalog::Catalog {
 public:
  MortalCatalog(catalog::Catalog& catalog, Life& life) : catalog_(catalog), life_(life) {}

  Result<catalog::Document> get(Context& context, const std::string& resource,
                                const std::string& id) override;
  Result<catalog::Page> find(Context& context, const std::string& resource,
                             const catalog::Query& query) override;
  Result<std::vector<catalog::Document>> commit(Context& context,
                                                const catalog::Transaction& transaction) override;

 private:
  catalog::Catalog& catalog_;
  Life& life_;
};

}  // namespace salvor::restore::testing
