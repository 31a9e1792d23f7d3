#include "restore/point_store.h"

namespace salvor::restore {

Result<PointStore> PointStore::open(const Ports& ports, Context& context, const CopyPlace& copies) {
  PointStore opened(ports.store);
  if (copies.object_store.empty()) return opened;
  if (!ports.open_copies) {
    return error(ErrorCode::invalid, "this server cannot open the object stores of copies");
  }
  TRY(opened.copies_, ports.open_copies(context, copies.object_store, copies.cluster)
                          .within("opening the object store of the copy"));
  return opened;
}

}  // namespace salvor::restore
