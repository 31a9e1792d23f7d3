// How the server reaches a registered cluster: opens the sealed kubeconfig and makes a client.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "base/context.h"
#include "base/json.h"
#include "base/seal.h"
#include "kube/api.h"
#include "kube/in_cluster.h"

namespace salvor::server {

using Connect = std::function<Result<std::unique_ptr<kube::Api>>(Context&, const Json& cluster)>;

// `cluster` is a kubeclusters document with its "_id". Sends nothing yet. Fails with invalid when
// the document says no way to reach it.
Connect connector(Sealer sealer, kube::InClusterPlace place);

// Whether a kubeconfig that came over the API can be used at all: it must stand alone.
Result<void> check_kubeconfig(const std::string& kubeconfig);

}  // namespace salvor::server
