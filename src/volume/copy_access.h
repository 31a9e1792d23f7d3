// Where the copies of one cluster's volumes and objects are: an object store, and the repository in
// it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "objectstore/store.h"

namespace salvor::volume {

struct CopyAccess {
  std::unique_ptr<objectstore::Store> store;  // of the archives
  Json repository;                            // for a mover's order; holds secrets
  Json location;                              // of the recovery points: `backup_location`
  // Removes snapshots from the repository, and the data that nobody else needs, unless somebody
  // works on it now: then the next removal does. Those that are gone are no error.
  // Fails with denied when one of them is locked.
  std::function<Result<void>(Context&, const std::vector<std::string>& snapshots)> forget;
  // Locks the snapshots and all that they need until then. Null: nothing is locked in this store.
  std::function<Result<void>(Context&, const std::vector<std::string>& snapshots,
                             EpochSeconds until)>
      protect{};
};

}  // namespace salvor::volume
