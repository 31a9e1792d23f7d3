// Which class a volume's snapshot is made with: the classes of a cluster, by driver.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/context.h"
#include "kube/api.h"

namespace salvor::volume {

class SnapshotClasses {
 public:
  // Of a driver with several, the one that is marked for backups as Velero's users do (the label
  // velero.io/csi-volumesnapshot-class=true) comes first, then the default, then the first by name.
  // A cluster without the snapshot API has none. Fails as the cluster does.
  static Result<SnapshotClasses> load(Context& context, kube::Api& api);

  // Null: snapshots of the driver's volumes cannot be made.
  const std::string* of_driver(const std::string& driver) const;
  bool has_api() const { return has_api_; }

 private:
  struct Best {
    int rank = 0;
    std::string name;
  };
  void add(const Json& snapshot_class);

  bool has_api_ = false;
  std::map<std::string, Best> by_driver_;
};

}  // namespace salvor::volume
