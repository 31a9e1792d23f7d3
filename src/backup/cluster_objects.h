// The cluster-scoped objects of a backup that does not take the whole cluster.
#pragma once

#include <vector>

#include "backup/collection.h"
#include "backup/selection.h"
#include "base/context.h"
#include "kube/api.h"

namespace salvor::backup {

// The types in the order in which they can be asked for: a type stands behind those whose objects
// need it.
std::vector<const kube::ResourceType*> in_order_of_need(
    std::vector<const kube::ResourceType*> types);

// Adds the objects of one cluster-scoped type that the objects so far cannot do without: their
// namespaces, volumes and classes; the definitions of custom resources; bindings of service
// accounts and the roles of these; webhooks and aggregated APIs that call their services. Objects
// that are gone are noted in the log; a type that cannot be read becomes a problem. Fails when the
// backup cannot go on.
Result<void> add_needed(Context& context, kube::Api& api, const Selection& selection,
                        const kube::ResourceType& type, Collection& collection);

}  // namespace salvor::backup
