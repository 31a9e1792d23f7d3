// The kinds a fake cluster serves, with the few facts about each that its API server acts on.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "kube/api.h"

namespace salvor::kube {

// What a kind's objects may be named.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names
enum class NameRule { subdomain, label, service_label, path_segment };

struct FakeKind {
  ResourceType type;
  NameRule names = NameRule::subdomain;
  bool has_status = false;  // `status` belongs to controllers: dropped from what users write
};

// The built-in kinds of a current cluster, each group's preferred version first.
std::vector<FakeKind> default_kinds();

// The kinds that a CustomResourceDefinition describes: one for each version it serves.
std::vector<FakeKind> kinds_of(const Json& definition);

// The rule that the name breaks, in the API server's words, or "".
std::string broken_name_rule(NameRule rule, const std::string& name);

}  // namespace salvor::kube
