// kubeconfig files, as kubectl reads them.
// https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kube/cluster_access.h"

namespace salvor::kube {

// Whether a kubeconfig may name files of this machine and programs to run. One that came over the
// API must be self-contained: whoever sends it could otherwise read our files and run our programs.
enum class References { forbidden, allowed };

struct KubeconfigPolicy {
  References references = References::forbidden;
  std::string folder = {};  // the kubeconfig's own: relative paths are resolved against it
};

struct KubeconfigContext {
  std::string name;
  std::string cluster;
  std::string user;
  std::string namespace_name;
};

// The contexts of a kubeconfig and the one that is used when nobody asks for another.
struct KubeconfigContexts {
  std::string current;
  std::vector<KubeconfigContext> contexts;
};

// Errors of both name the field ("users[admin].user.client-key-data is not base64") and never show
// a value. Fails with invalid for what cannot be used, denied for what the policy forbids.
// YAML or JSON of at most 1 MiB, without YAML aliases.
Result<KubeconfigContexts> list_contexts(std::string_view text);

// The access of one context; "" means the current one, or the only one. Reads the files it names
// (certificates and keys now, tokens when they are used), if the policy allows it.
Result<ClusterAccess> parse_kubeconfig(std::string_view text, const KubeconfigPolicy& policy,
                                       const std::string& context_name);

}  // namespace salvor::kube
