// Steps that delete what a restored namespace has and the backup has not, for a restore that is
// asked to prune. Only reads the cluster.
#pragma once

#include "base/context.h"
#include "kube/api.h"
#include "restore/facts.h"
#include "restore/options.h"
#include "restore/patience.h"
#include "restore/plan.h"

namespace salvor::restore {

// Adds a step at the end of the plan for each object to delete: of the kinds and labels that the
// restore selects, in namespaces that it restores into. Never data (claims, volumes), never what a
// cluster or an owner makes by itself. Nothing unless options.prune. A kind that cannot be listed
// fails it.
Result<void> add_pruning(Context& context, kube::Api& api, const ClusterFacts& facts,
                         const Options& options, const Patience& patience, Plan& plan);

}  // namespace salvor::restore
