// What a cluster serves, asked in two requests where it knows aggregated discovery (Kubernetes 1.26
// and later), else in one for each group version.
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
#pragma once

#include <string>

#include "kube/api.h"
#include "kube/internal/connection.h"

namespace salvor::kube {

Result<Discovery> discover_types(Context& context, Connection& connection);

// Adds an APIGroupDiscoveryList to what is known. Stale versions, those of aggregated APIs that did
// not answer, go to failed_groups.
void add_aggregated(const Json& list, Discovery& discovery);

// Adds an APIResourceList, whose groupVersion is given ("apps/v1", "v1").
void add_resources(const Json& list, const std::string& group_version, Discovery& discovery);

}  // namespace salvor::kube
