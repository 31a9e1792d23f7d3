// The URLs of a Kubernetes API.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kube/api.h"

namespace salvor::kube {

using Query = std::vector<std::pair<std::string, std::string>>;

// "/apis/apps/v1/namespaces/shop/deployments"; without a namespace (or for kinds that have none)
// all of the cluster's.
std::string collection_path(const ResourceType& type, const std::string& namespace_name);
std::string object_path(const ResourceType& type, const ObjectKey& key);

// The path with its parameters, escaped; those with an empty value are left out.
std::string target(const std::string& path, const Query& query);

}  // namespace salvor::kube
