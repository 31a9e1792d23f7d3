// Where the copies of one cluster's volumes and objects are: an object store, and the repository in
// it.
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "objectstore/store.h"

namespace salvor::volume {

struct CopyAccess {
  std::unique_ptr<objectstore::Store> store;  // of the archives
  Json repository;                            // for a mover's order; holds secrets
  Json location;                              // of the recovery points: `backup_location`
};

}  // namespace salvor::volume
