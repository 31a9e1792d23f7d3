// Looks at each registered cluster when it is added or changed and every minute: sets its state,
// and keeps the inventory that clients list (namespaces, storage classes, claims) as it is there
// now.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/context.h"
#include "catalog/catalog.h"
#include "server/connect.h"
#include "volume/movers.h"

namespace salvor::server {

// Has a thread of its own, ended by the destructor.
class ClusterMonitor {
 public:
  // The catalog and what the context borrows must outlive it.
  ClusterMonitor(catalog::Catalog& catalog, Context context, Connect connect,
                 volume::MoverPlace movers);
  ~ClusterMonitor();

  // Looks at this cluster soon. Any thread.
  void look_at(const std::string& cluster_id);

 private:
  void run(const std::stop_token& stop);
  void look_at_all(Context& context);
  void look(Context& context, const catalog::Document& cluster);
  Result<std::uint64_t> ready_points(Context& context, const std::string& cluster_id);

  catalog::Catalog& catalog_;
  Context context_;
  const Connect connect_;
  const volume::MoverPlace movers_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::string> asked_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace salvor::server
