// A catalog that tests of the engine can wait on: after each commit the condition is looked at
// again, so that nobody sleeps.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "catalog/catalog.h"

namespace salvor::jobs::testing {

// Any thread may call. Borrows the catalog.
class WatchedCatalog final : public catalog::Catalog {
 public:
  explicit WatchedCatalog(catalog::Catalog& catalog) : catalog_(catalog) {}

  Result<catalog::Document> get(Context& context, const std::string& resource,
                                const std::string& id) override;
  Result<catalog::Page> find(Context& context, const std::string& resource,
                             const catalog::Query& query) override;
  Result<std::vector<catalog::Document>> commit(Context& context,
                                                const catalog::Transaction& transaction) override;

  // Waits until the condition holds, which is looked at now and after each commit.
  void wait_for(const std::function<bool()>& condition);
  // Finds that began so far: a dispatcher that looks for work looks by these.
  std::size_t finds() const;
  // Waits until that many more finds have begun.
  void wait_for_finds(std::size_t more);

 private:
  catalog::Catalog& catalog_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t commits_ = 0;
  std::size_t finds_ = 0;
};

}  // namespace salvor::jobs::testing
