#include "proof/sandbox_look.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "volume/listing.h"
#include "volume/marked_objects.h"
#include "volume/marks.h"

namespace salvor::proof {
namespace {

constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::milliseconds kLongestPause{3000};
constexpr const char* kRefusedByPodSecurity = "violates PodSecurity";
constexpr const char* kSelectedNode = "volume.kubernetes.io/selected-node";

struct KindRow {
  kube::ResourceType type;
  Living (*judge)(const Json& object);
};

std::int64_t number_at(const Json& object, const char* name, std::int64_t otherwise = 0) {
  const Json& value = member(object, name);
  return value.is_number_integer() ? value.get<std::int64_t>() : otherwise;
}

Living named(const Json& object) {
  const kube::ObjectKey key = volume::key_of(object);
  return {key.namespace_name, text_at(object, "kind"), key.name};
}

Living left_out(const Json& object, std::string why) {
  Living living = named(object);
  living.readiness = Readiness::left_out;
  living.message = std::move(why);
  return living;
}

// Whether the controller has seen the object as it is now.
bool is_observed(const Json& object) {
  return number_at(member(object, "status"), "observedGeneration") >=
         number_at(member(object, "metadata"), "generation");
}

Living counted_as(const Json& object, std::int64_t ready, std::int64_t wanted) {
  Living living = named(object);
  const bool is_ready = wanted == 0 || (is_observed(object) && ready >= wanted);
  living.readiness = is_ready ? Readiness::ready : Readiness::waiting;
  if (!is_ready)
    living.message = std::to_string(ready) + " of " + std::to_string(wanted) + " pods are ready";
  return living;
}

Living judge_replicated(const Json& object) {
  const Json& spec = member(object, "spec");
  if (member(spec, "paused") == true) return left_out(object, "it is paused");
  return counted_as(object, number_at(member(object, "status"), "readyReplicas"),
                    number_at(spec, "replicas", 1));
}

Living judge_daemon_set(const Json& object) {
  const Json& status = member(object, "status");
  if (!is_observed(object) || !status.contains("desiredNumberScheduled")) {
    Living living = named(object);
    living.message = "its controller has not looked at it";
    return living;
  }
  return counted_as(object, number_at(status, "numberReady"),
                    number_at(status, "desiredNumberScheduled"));
}

const Json* condition_of(const Json& object, const char* type) {
  const Json& conditions = member(member(object, "status"), "conditions");
  if (!conditions.is_array()) return nullptr;
  for (const Json& condition : conditions) {
    if (text_at(condition, "type") == type) return &condition;
  }
  return nullptr;
}

bool is_true(const Json* condition) {
  return condition != nullptr && text_at(*condition, "status") == "True";
}

Living judge_job(const Json& object) {
  if (member(member(object, "spec"), "suspend") == true)
    return left_out(object, "a restore leaves it suspended");
  Living living = named(object);
  const Json& status = member(object, "status");
  if (is_true(condition_of(object, "Complete")) || number_at(status, "ready") > 0 ||
      number_at(status, "succeeded") > 0) {
    living.readiness = Readiness::ready;
    return living;
  }
  const Json* const failed = condition_of(object, "Failed");
  living.message = is_true(failed) ? text_at(*failed, "message") : "none of its pods is ready";
  return living;
}

Living judge_pod(const Json& object) {
  Living living = named(object);
  const bool is_ready = is_true(condition_of(object, "Ready")) ||
                        text_at(member(object, "status"), "phase") == "Succeeded";
  living.readiness = is_ready ? Readiness::ready : Readiness::waiting;
  if (!is_ready) living.message = obstacle_of(object);
  return living;
}

bool has_controller(const Json& object) {
  const Json& owners = member(member(object, "metadata"), "ownerReferences");
  return owners.is_array() && std::any_of(owners.begin(), owners.end(), [](const Json& owner) {
           return member(owner, "controller") == true;
         });
}

const std::vector<KindRow>& kinds() {
  static const std::vector<KindRow> rows = {
      {{"apps", "v1", "deployments", "Deployment", true}, judge_replicated},
      {{"apps", "v1", "statefulsets", "StatefulSet", true}, judge_replicated},
      {{"apps", "v1", "daemonsets", "DaemonSet", true}, judge_daemon_set},
      {{"batch", "v1", "jobs", "Job", true}, judge_job},
      {{"", "v1", "pods", "Pod", true}, judge_pod}};
  return rows;
}

const Json& pod_spec_of(const Json& object) {
  const Json& spec = member(object, "spec");
  const Json& in_template = member(member(spec, "template"), "spec");
  return in_template.is_null() ? spec : in_template;
}

std::string need_of_containers(const Json& containers) {
  if (!containers.is_array()) return "";
  for (const Json& container : containers) {
    if (member(member(container, "securityContext"), "privileged") == true)
      return "a privileged container";
    const Json& ports = member(container, "ports");
    if (!ports.is_array()) continue;
    for (const Json& port : ports) {
      if (number_at(port, "hostPort") != 0) return "a port of its node";
    }
  }
  return "";
}

std::string waiting_in(const Json& statuses) {
  if (!statuses.is_array()) return "";
  for (const Json& status : statuses) {
    const Json& waiting = member(member(status, "state"), "waiting");
    const Json& ended = member(member(status, "state"), "terminated");
    const std::string name = "container " + text_at(status, "name");
    if (waiting.is_object()) {
      const std::string said = text_at(waiting, "message");
      return name + " waits: " + text_at(waiting, "reason") + (said.empty() ? "" : ": " + said);
    }
    if (ended.is_object() && number_at(ended, "exitCode") != 0)
      return name + " ended with " + std::to_string(number_at(ended, "exitCode"));
  }
  return "";
}

// One look at all sandboxes.
class Look {
 public:
  Look(Context& context, kube::Api& api, const std::vector<std::string>& sandboxes)
      : context_(context), api_(api), sandboxes_(sandboxes) {}

  Result<SandboxLook> look() {
    SandboxLook seen;
    TRY_VOID(find_late_classes());
    for (const std::string& space : sandboxes_) {
      for (const KindRow& row : kinds()) TRY_VOID(look_at(row, space, seen));
      TRY_VOID(look_at_claims(space, seen));
    }
    return seen;
  }

  // Says why what waits is waiting.
  Result<void> explain(SandboxLook& seen) {
    for (const std::string& space : sandboxes_) {
      TRY(const std::vector<Json> pods,
          volume::list_all(context_, api_, kinds().back().type, {.namespace_name = space}));
      TRY(const std::vector<Json> events,
          volume::list_all(context_, api_, volume::event_type(), {.namespace_name = space}));
      for (std::vector<Living>* group : {&seen.workloads, &seen.claims}) {
        for (Living& living : *group) {
          if (living.namespace_name == space && living.readiness == Readiness::waiting)
            explain(living, pods, events);
        }
      }
    }
    return {};
  }

 private:
  Result<void> look_at(const KindRow& row, const std::string& space, SandboxLook& seen) {
    TRY(const std::vector<Json> objects,
        volume::list_all(context_, api_, row.type, {.namespace_name = space}));
    for (const Json& object : objects) {
      if (has_controller(object)) continue;
      const std::string need = need_of_node(pod_spec_of(object));
      seen.workloads.push_back(need.empty() ? row.judge(object)
                                            : left_out(object, "a sandbox refuses " + need));
    }
    return {};
  }

  Result<void> find_late_classes() {
    static const kube::ResourceType type{"storage.k8s.io", "v1", "storageclasses", "StorageClass",
                                         false};
    TRY(const std::vector<Json> classes, volume::list_all(context_, api_, type, {}));
    for (const Json& one : classes) {
      if (text_at(one, "volumeBindingMode") == "WaitForFirstConsumer")
        late_classes_.insert(volume::key_of(one).name);
    }
    return {};
  }

  Result<void> look_at_claims(const std::string& space, SandboxLook& seen) {
    TRY(const std::vector<Json> claims,
        volume::list_all(context_, api_, volume::claim_type(), {.namespace_name = space}));
    for (const Json& claim : claims) {
      Living living = named(claim);
      const std::string phase = text_at(member(claim, "status"), "phase");
      living.readiness = phase == "Bound" ? Readiness::ready : Readiness::waiting;
      if (phase != "Bound") living.message = "its phase is " + (phase.empty() ? "Pending" : phase);
      const bool is_unused =
          living.readiness == Readiness::waiting &&
          late_classes_.contains(text_at(member(claim, "spec"), "storageClassName")) &&
          text_at(member(member(claim, "metadata"), "annotations"), kSelectedNode).empty();
      (is_unused ? seen.unused_claims : seen.claims).push_back(std::move(living));
    }
    return {};
  }

  static bool is_of(const std::string& name, const Living& living) {
    return name == living.name || name.starts_with(living.name + "-");
  }

  static void explain(Living& living, const std::vector<Json>& pods,
                      const std::vector<Json>& events) {
    std::string why;
    for (const Json& pod : pods) {
      if (living.kind == kinds().back().type.kind || !is_of(volume::key_of(pod).name, living))
        continue;
      why = obstacle_of(pod);
      if (!why.empty()) break;
    }
    if (why.empty()) why = last_warning(living, events);
    if (why.find(kRefusedByPodSecurity) != std::string::npos)
      living.readiness = Readiness::left_out;
    if (!why.empty()) living.message += (living.message.empty() ? "" : "; ") + why;
  }

  static std::string last_warning(const Living& living, const std::vector<Json>& events) {
    std::string why;
    std::string newest;
    for (const Json& event : events) {
      const std::string name = text_at(member(event, "involvedObject"), "name");
      const std::string time = text_at(event, "lastTimestamp");
      if (text_at(event, "type") != "Warning" || !is_of(name, living) || time < newest) continue;
      newest = time;
      why = text_at(event, "message");
    }
    return why;
  }

  Context& context_;
  kube::Api& api_;
  const std::vector<std::string>& sandboxes_;
  std::set<std::string> late_classes_;
};

}  // namespace

Living judge_workload(const Json& object) {
  const std::string kind = text_at(object, "kind");
  for (const KindRow& row : kinds()) {
    if (row.type.kind == kind) return row.judge(object);
  }
  return named(object);
}

std::string need_of_node(const Json& pod_spec) {
  constexpr std::array kShared = {std::pair("hostNetwork", "its node's network"),
                                  std::pair("hostPID", "its node's processes"),
                                  std::pair("hostIPC", "its node's memory")};
  for (const auto& [field, what] : kShared) {
    if (member(pod_spec, field) == true) return what;
  }
  const Json& volumes = member(pod_spec, "volumes");
  if (volumes.is_array()) {
    for (const Json& volume : volumes) {
      if (member(volume, "hostPath").is_object()) return "a folder of its node";
    }
  }
  const std::string need = need_of_containers(member(pod_spec, "containers"));
  return need.empty() ? need_of_containers(member(pod_spec, "initContainers")) : need;
}

std::string obstacle_of(const Json& pod) {
  const Json& status = member(pod, "status");
  const Json* const scheduled = condition_of(pod, "PodScheduled");
  if (scheduled != nullptr && text_at(*scheduled, "status") == "False")
    return "it is not scheduled: " + text_at(*scheduled, "message");
  std::string why = waiting_in(member(status, "initContainerStatuses"));
  if (why.empty()) why = waiting_in(member(status, "containerStatuses"));
  if (!why.empty() || is_true(condition_of(pod, "Ready"))) return why;
  const Json* const ready = condition_of(pod, "Ready");
  return ready == nullptr ? "" : text_at(*ready, "message");
}

bool SandboxLook::is_settled() const {
  const auto waits = [](const Living& living) { return living.readiness == Readiness::waiting; };
  return std::none_of(workloads.begin(), workloads.end(), waits) &&
         std::none_of(claims.begin(), claims.end(), waits);
}

Result<SandboxLook> wait_for_life(Context& context, kube::Api& api,
                                  const std::vector<std::string>& sandboxes,
                                  Duration ready_within) {
  const SteadyTime give_up_at = context.clock.steady() + ready_within;
  Duration pause = kFirstPause;
  while (true) {
    Look look(context, api, sandboxes);
    TRY(SandboxLook seen, look.look());
    if (seen.is_settled()) return seen;
    if (context.clock.steady() >= give_up_at) {
      TRY_VOID(look.explain(seen));
      return seen;
    }
    TRY_VOID(context.wait(pause));
    pause = std::min<Duration>(pause * 2, kLongestPause);
  }
}

}  // namespace salvor::proof
