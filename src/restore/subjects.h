// The three forms in which RBAC names service accounts. Source: the Kubernetes documentation,
// "Using RBAC Authorization", referring to subjects.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/namespace_map.h"

namespace salvor::restore {

// The namespace that a subject speaks of, or nothing for users and groups of other kinds.
std::optional<std::string> namespace_of_subject(const Json& subject);

// The same subject for the mapped namespace; others come back as they are.
Json mapped_subject(const Json& subject, const NamespaceMap& namespaces);

}  // namespace salvor::restore
