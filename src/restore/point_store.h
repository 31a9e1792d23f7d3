// Where a recovery point's objects are read from: the server's own store, or that of its copies.
#pragma once

#include <optional>

#include "archive/reader.h"
#include "restore/job.h"
#include "restore/request.h"
#include "volume/copy_access.h"

namespace salvor::restore {

// Borrows the ports' store.
class PointStore {
 public:
  // Fails as Ports::open_copies does.
  static Result<PointStore> open(const Ports& ports, Context& context, const CopyPlace& copies);

  archive::Source source() const {
    return copies_ ? archive::Source(*copies_->store, copies_->read_files) : archive::Source(own_);
  }
  // For movers; null when the point has no copies.
  Json repository() const { return copies_ ? copies_->repository : Json(); }

 private:
  explicit PointStore(objectstore::Store& own) : own_(own) {}

  objectstore::Store& own_;
  std::optional<volume::CopyAccess> copies_;
};

}  // namespace salvor::restore
