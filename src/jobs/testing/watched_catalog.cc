#include "jobs/testing/watched_catalog.h"

namespace salvor::jobs::testing {

Result<catalog::Document> WatchedCatalog::get(Context& context, const std::string& resource,
                                              const std::string& id) {
  return catalog_.get(context, resource, id);
}

Result<catalog::Page> WatchedCatalog::find(Context& context, const std::string& resource,
                                           const catalog::Query& query) {
  {
    const std::lock_guard lock(mutex_);
    ++finds_;
  }
  changed_.notify_all();
  return catalog_.find(context, resource, query);
}

Result<std::vector<catalog::Document>> WatchedCatalog::commit(
    Context& context, const catalog::Transaction& transaction) {
  auto committed = catalog_.commit(context, transaction);
  {
    const std::lock_guard lock(mutex_);
    ++commits_;
  }
  changed_.notify_all();
  return committed;
}

void WatchedCatalog::wait_for(const std::function<bool()>& condition) {
  while (true) {
    std::size_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = commits_;
    }
    if (condition()) return;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return commits_ != seen; });
  }
}

std::size_t WatchedCatalog::finds() const {
  const std::lock_guard lock(mutex_);
  return finds_;
}

void WatchedCatalog::wait_for_finds(std::size_t more) {
  std::unique_lock lock(mutex_);
  const std::size_t wanted = finds_ + more;
  changed_.wait(lock, [&] { return finds_ >= wanted; });
}

}  // namespace salvor::jobs::testing
