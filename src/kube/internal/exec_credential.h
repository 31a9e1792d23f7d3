// The documents that exec plugins print and are given (client.authentication.k8s.io).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "kube/cluster_access.h"
#include "kube/internal/credentials.h"

namespace salvor::kube {

struct ExecAnswer {
  Credential credential;
  std::optional<EpochSeconds> expires;  // none: until the cluster refuses it
};

// Reads what the plugin printed. Fails with invalid, never quoting it.
Result<ExecAnswer> read_exec_credential(std::string_view printed, const std::string& api_version);

// The value of KUBERNETES_EXEC_INFO for a plugin.
std::string exec_info(const ExecPlugin& plugin, const ClusterAccess& access);

}  // namespace salvor::kube
