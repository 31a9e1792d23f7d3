// What a drill found, as the job notes it before it removes the sandboxes, as the recovery point
// shows it, and as it is signed. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "proof/drill_findings.h"
#include "proof/drill_request.h"
#include "proof/problem.h"
#include "proof/sandbox_look.h"

namespace salvor::proof {

// What is wrong with what was restored, by what was seen of it. Claims that the backup had unbound
// are as they were.
std::vector<Problem> problems_of(const SandboxLook& look, const SandboxMap& sandboxes,
                                 const DrillFindings& findings, const Listed& listed);

struct DrillFacts {
  SandboxMap sandboxes;
  std::vector<std::string> left_out;  // resource types
  std::uint64_t objects = 0;
  SandboxLook look;
  std::map<std::string, std::string> refused;  // pods by the sandbox
  std::vector<Problem> problems;
};

// With all its workloads.
Json verdict_of(const DrillFacts& facts);
// The verdict with the first of what may be many, for the recovery point.
Json brief(Json verdict);
// "41 objects, 2 volumes and 3 workloads came back"; else what is wrong.
std::string message_of(const Json& verdict);

}  // namespace salvor::proof
