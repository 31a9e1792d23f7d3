// A kubeconfig made fit to be sent to a server: one context, no references to local files.
// Format: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace salvor::cli {

using FileReader = std::function<Result<std::string>(const std::string& path)>;

// The kubeconfig `text` narrowed to `context_name` ("" is its current-context), with the contents
// of certificate and token files in place of their paths. Relative paths are taken from `folder`.
// Fails with invalid when the context, its cluster or its user is missing or a file cannot be read,
// and when the user logs in by a program (exec, auth-provider), which a server cannot run.
Result<std::string> self_contained_kubeconfig(const std::string& text,
                                              const std::string& context_name,
                                              const std::string& folder, const FileReader& read);

}  // namespace salvor::cli
