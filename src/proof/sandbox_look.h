// Looks whether what was restored into sandboxes comes to life: claims get their volumes, workloads
// become ready.
#pragma once

#include <string>
#include <vector>

#include "base/context.h"
#include "base/json.h"
#include "kube/api.h"

namespace salvor::proof {

enum class Readiness {
  ready,
  waiting,
  left_out,  // not meant to run here: suspended, paused, or its pods need their node's own
};

// A workload, or a claim.
struct Living {
  std::string namespace_name;  // the sandbox
  std::string kind;
  std::string name;
  Readiness readiness = Readiness::waiting;
  std::string message = {};  // why it is not ready

  // As "Deployment shop/web", when the namespace is called `source`.
  std::string object(const std::string& source) const { return kind + " " + source + "/" + name; }
};

// Of a Deployment, StatefulSet, DaemonSet, Job or Pod as the API server sends it.
Living judge_workload(const Json& object);
// Why pods of that spec cannot run in a sandbox, or "".
std::string need_of_node(const Json& pod_spec);
// Why a pod is not ready, or "" when nothing says so.
std::string obstacle_of(const Json& pod);

struct SandboxLook {
  std::vector<Living> workloads;
  std::vector<Living> claims;
  // Claims whose class binds them at their first pod, of which there is none.
  std::vector<Living> unused_claims;

  bool is_settled() const;
};

// Looks again until all are ready or the time is over; then what waits says why. Fails when the
// cluster cannot be reached.
Result<SandboxLook> wait_for_life(Context& context, kube::Api& api,
                                  const std::vector<std::string>& sandboxes, Duration ready_within);

}  // namespace salvor::proof
