// The rows that clients list of a cluster as it is now, apart from those of its recovery points.
#pragma once

#include <string>
#include <vector>

#include "base/context.h"
#include "catalog/catalog.h"
#include "kube/api.h"

namespace salvor::server {

// Changes that replace the cluster's rows of kubenamespaces, kubestorageclasses and kubepvclaims by
// what is there now; none when nothing differs, so that ids stay as long as the objects do.
Result<std::vector<catalog::Change>> inventory_changes(Context& context, catalog::Catalog& catalog,
                                                       kube::Api& api,
                                                       const std::string& cluster_id);

}  // namespace salvor::server
