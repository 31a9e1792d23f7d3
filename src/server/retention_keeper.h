// Looks once a minute for recovery points whose time is over, and orders their removal.
#pragma once

#include <functional>
#include <thread>

#include "base/context.h"
#include "catalog/catalog.h"

namespace salvor::server {

// Has a thread of its own, ended by the destructor.
class RetentionKeeper {
 public:
  // The catalog and what the context borrows must outlive it. `jobs_changed` is called on its
  // thread when there is work for the engine.
  RetentionKeeper(catalog::Catalog& catalog, Context context, std::function<void()> jobs_changed);

 private:
  void run(const std::stop_token& stop);

  catalog::Catalog& catalog_;
  Context context_;
  const std::function<void()> jobs_changed_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace salvor::server
