// What a drill restores, and how: the definition that the restore on its way gets. Pure.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"

namespace salvor::proof {

// Sandboxes by the names of the namespaces that they are for.
using SandboxMap = std::map<std::string, std::string>;

struct DrillRequest {
  std::set<std::string> namespaces = {};      // empty: all but those of Kubernetes itself
  std::set<std::string> left_out_types = {};  // besides those that every drill leaves out
  std::chrono::seconds ready_within{300};
};

// From the job's field `drill`.
DrillRequest drill_request_in(const Json& job);

// The namespaces of the recovery point that are drilled. `movers`: a namespace that never is.
SandboxMap sandboxes_for(const DrillRequest& request, const std::set<std::string>& listed,
                         const std::string& movers, const std::string& job_id);

// Resource types that every drill leaves out, by plural or plural and group: what lets traffic in
// or out of the sandbox, and what has controllers outside of it act elsewhere.
const std::vector<std::string>& types_left_out();
// Of these types, those that the drill leaves out.
std::vector<std::string> left_out_of(const Json& resource_types, const DrillRequest& request);

// As a kuberestores document. For the comparison afterwards, what is there is held against what
// would be written; for the restore, nothing that is there is changed, but for the namespaces.
enum class Purpose { restore, comparison };
Json restore_definition(const std::string& point_id, const SandboxMap& sandboxes,
                        const DrillRequest& request, Purpose purpose);

}  // namespace salvor::proof
