// The flags that choose what of a cluster is meant, shared by backups and restores.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/command.h"

namespace salvor::cli {

// --namespace, --all-namespaces and --selector.
std::vector<Option> selection_options();

// The API's selection: {"all_namespaces": true} or {"namespaces": […]}, with a label_selector when
// one is asked for. Without either flag all namespaces are meant. Fails with a usage error when
// both are given or a selector is not of the form k=v[,v2].
Result<Json> selection_of(const Arguments& arguments);

// Values of a repeated flag such as --map a=b as one JSON object. Fails with a usage error when the
// form is wrong or a name comes twice; `form` is shown then.
Result<Json> map_of(const std::vector<std::string>& values, const std::string& form);

}  // namespace salvor::cli
