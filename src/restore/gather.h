// Reads the facts that the planner needs from a cluster. Writes nothing.
#pragma once

#include "base/context.h"
#include "kube/api.h"
#include "restore/facts.h"
#include "restore/patience.h"
#include "restore/plan.h"

namespace salvor::restore {

// What the account may not read is left empty only where the plan can do without; else it fails
// with denied and says which kind. A cluster that does not answer is waited for.
Result<ClusterFacts> gather_facts(Context& context, kube::Api& api, const Patience& patience = {});

// The objects of these kinds (group-resources) that the cluster has, all without a namespace.
Result<std::set<ObjectName>> gather_names(Context& context, kube::Api& api,
                                          const ClusterFacts& facts,
                                          const std::set<std::string>& kinds,
                                          const Patience& patience);

// Adds what a plan shows besides: the webhooks that will be asked, what the credentials may not do
// (asked with SelfSubjectAccessReviews, which change nothing), quotas, drivers, hosts, and the pod
// security of namespaces.
Result<void> gather_for_show(Context& context, kube::Api& api, const Plan& plan,
                             const Patience& patience, ClusterFacts& facts);

}  // namespace salvor::restore
