// What a restore would call the namespaces of a recovery point, and whether a cluster can have
// namespaces of these names. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace salvor::api {

// The issues of a restore's namespaces_map, namespaces_prefix and namespaces_suffix, applied to
// those of the recovery point's namespaces that its `selection` takes: each result must be a DNS
// label, and no two namespaces may become one. At most kNamespaceIssuesMax, by field name.
inline constexpr std::size_t kNamespaceIssuesMax = 5;
Json namespace_issues(const Json& restore, const std::vector<std::string>& namespaces);

}  // namespace salvor::api
