// The store that a recovery point's archive is read from: the server's own, or that of its copies.
#pragma once

#include <optional>

#include "restore/job.h"
#include "restore/request.h"
#include "volume/copy_access.h"

namespace salvor::restore {

// Borrows the ports' store.
class PointStore {
 public:
  // Fails as Ports::open_copies does.
  static Result<PointStore> open(const Ports& ports, Context& context, const CopyPlace& copies);

  objectstore::Store& store() const { return copies_ ? *copies_->store : own_; }
  // For movers; null when the point has no copies.
  Json repository() const { return copies_ ? copies_->repository : Json(); }

 private:
  explicit PointStore(objectstore::Store& own) : own_(own) {}

  objectstore::Store& own_;
  std::optional<volume::CopyAccess> copies_;
};

}  // namespace salvor::restore
