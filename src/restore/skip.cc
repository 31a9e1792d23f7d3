#include "restore/skip.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/check.h"

namespace salvor::restore {
namespace {

const Json& metadata(const Json& object) { return member(object, "metadata"); }

std::string label(const Json& object, std::string_view name) {
  return text_at(member(metadata(object), "labels"), name);
}

std::string annotation(const Json& object, std::string_view name) {
  return text_at(member(metadata(object), "annotations"), name);
}

bool is_terminating(const Json& object) { return metadata(object).contains("deletionTimestamp"); }

// The reference of the owner that manages the object, or null.
const Json& controller_of(const Json& object) {
  static const Json none;
  const Json& owners = member(metadata(object), "ownerReferences");
  if (!owners.is_array()) return none;
  const auto found = std::find_if(owners.begin(), owners.end(), [](const Json& owner) {
    return member(owner, "controller") == true;
  });
  return found == owners.end() ? none : *found;
}

bool is_owned_by(const Json& object, std::string_view kind) {
  const Json& owners = member(metadata(object), "ownerReferences");
  return owners.is_array() && std::any_of(owners.begin(), owners.end(), [&](const Json& owner) {
           return text_at(owner, "kind") == kind;
         });
}

bool is_controlled(const Json& object) { return controller_of(object).is_object(); }

bool has_true_condition(const Json& object, std::string_view type) {
  const Json& conditions = member(member(object, "status"), "conditions");
  if (!conditions.is_array()) return false;
  return std::any_of(conditions.begin(), conditions.end(), [&](const Json& condition) {
    return text_at(condition, "type") == type && text_at(condition, "status") == "True";
  });
}

bool is_finished_job(const Json& object) {
  return has_true_condition(object, "Complete") || has_true_condition(object, "Failed") ||
         has_true_condition(object, "FailureTarget") ||
         has_true_condition(object, "SuccessCriteriaMet");
}

bool is_finished_pod(const Json& object) {
  const std::string phase = text_at(member(object, "status"), "phase");
  return phase == "Succeeded" || phase == "Failed";
}

bool is_mirror_pod(const Json& object) {
  return !annotation(object, "kubernetes.io/config.mirror").empty();
}

// Tokens that old clusters made for each account by themselves, known by their name. One that a
// user made has a name of his choice.
bool is_issued_token(const Json& object) {
  if (text_at(object, "type") == "kubernetes.io/dockercfg") {
    return !annotation(object, "openshift.io/internal-registry-auth-token.service-account")
                .empty() ||
           !annotation(object, "openshift.io/token-secret.name").empty();
  }
  if (text_at(object, "type") != "kubernetes.io/service-account-token") return false;
  return is_issued_name(annotation(object, "kubernetes.io/service-account.name"),
                        text_at(metadata(object), "name"));
}

bool is_bootstrap_token(const Json& object) {
  return text_at(object, "type") == "bootstrap.kubernetes.io/token";
}

// The Service through which pods reach the API server, and its endpoints.
bool is_api_server_service(const Json& object) {
  return text_at(metadata(object), "namespace") == "default" &&
         text_at(metadata(object), "name") == "kubernetes";
}

bool is_managed_slice(const Json& object) {
  const std::string manager = label(object, "endpointslice.kubernetes.io/managed-by");
  if (manager == "endpointslice-controller.k8s.io" ||
      manager == "endpointslicemirroring-controller.k8s.io") {
    return true;
  }
  // The API server keeps its own slice without naming a manager.
  return is_api_server_service(object);
}

bool is_mirrored_endpoints(const Json& object) {
  return !label(object, "endpoints.kubernetes.io/managed-by").empty() ||
         is_api_server_service(object);
}

bool is_root_certificate(const Json& object) {
  constexpr std::array names = {"kube-root-ca.crt", "openshift-service-ca.crt"};
  return std::find(names.begin(), names.end(), text_at(metadata(object), "name")) != names.end();
}

bool is_rbac_default(const Json& object) {
  return label(object, "kubernetes.io/bootstrapping") == "rbac-defaults";
}

bool is_automanaged_api(const Json& object) {
  return !label(object, "kube-aggregator.kubernetes.io/automanaged").empty();
}

bool is_leader_lock(const Json& object) {
  if (!annotation(object, "control-plane.alpha.kubernetes.io/leader").empty()) return true;
  return text_at(metadata(object), "name").ends_with("-lock") && is_owned_by(object, "Pod");
}

// The account that each namespace gets by itself, when nobody added anything to it.
bool is_plain_default_account(const Json& object) {
  if (text_at(metadata(object), "name") != "default") return false;
  const auto is_absent = [](const Json& value) { return value.is_null() || value.empty(); };
  for (const auto& [name, value] : object.items()) {
    const bool is_head = name == "apiVersion" || name == "kind" || name == "metadata";
    if (!is_head && !is_absent(value)) return false;
  }
  return is_absent(member(metadata(object), "labels")) &&
         is_absent(member(metadata(object), "annotations"));
}

bool is_pod_claim(const Json& object) { return text_at(controller_of(object), "kind") == "Pod"; }

bool is_system_class(const Json& object) {
  return text_at(metadata(object), "name").starts_with("system-");
}

bool is_scheduled_job(const Json& object) {
  return text_at(controller_of(object), "kind") == "CronJob";
}

bool is_default_flow(const Json& object) {
  return !annotation(object, "apf.kubernetes.io/autoupdate-spec").empty();
}

bool is_default_service_range(const Json& object) {
  return text_at(metadata(object), "name") == "kubernetes";
}

// https://olm.operatorframework.io/docs/advanced-tasks/operator-scoping-with-operatorgroups/
bool is_copied_operator(const Json& object) { return !label(object, "olm.copiedFrom").empty(); }

bool always(const Json&) { return true; }

struct SkipRow {
  Skip skip;
  std::string_view name;
  bool (*holds)(const Json& object);
  Reason reason;
};

constexpr auto kSkips = std::to_array<SkipRow>({
    {Skip::terminating, "terminating", is_terminating, Reason::terminating},
    {Skip::controlled, "controlled", is_controlled, Reason::controlled},
    {Skip::finished_job, "finished job", is_finished_job, Reason::finished},
    {Skip::finished_pod, "finished pod", is_finished_pod, Reason::finished},
    {Skip::mirror_pod, "mirror pod", is_mirror_pod, Reason::mirror_pod},
    {Skip::issued_token, "issued token", is_issued_token, Reason::token_secret},
    {Skip::bootstrap_token, "bootstrap token", is_bootstrap_token, Reason::cluster_state},
    {Skip::managed_slice, "managed slice", is_managed_slice, Reason::controller_made},
    {Skip::mirrored_endpoints, "managed endpoints", is_mirrored_endpoints, Reason::controller_made},
    {Skip::root_certificate, "root certificate", is_root_certificate, Reason::cluster_published},
    {Skip::rbac_default, "RBAC default", is_rbac_default, Reason::bootstrap},
    {Skip::api_server_service, "API server's service", is_api_server_service,
     Reason::cluster_state},
    {Skip::automanaged_api, "automanaged API", is_automanaged_api, Reason::bootstrap},
    {Skip::leader_lock, "leader lock", is_leader_lock, Reason::leader_lock},
    {Skip::always_cluster_state, "cluster state", always, Reason::cluster_state},
    {Skip::plain_default_account, "plain default account", is_plain_default_account,
     Reason::controller_made},
    {Skip::pod_claim, "claim of a pod", is_pod_claim, Reason::ephemeral_volume},
    {Skip::system_class, "system class", is_system_class, Reason::bootstrap},
    {Skip::scheduled_job, "job of a schedule", is_scheduled_job, Reason::controlled},
    {Skip::default_flow, "default flow", is_default_flow, Reason::bootstrap},
    {Skip::default_service_range, "default service range", is_default_service_range,
     Reason::bootstrap},
    {Skip::always_controllers_work, "controller's work", always, Reason::controller_made},
    {Skip::copied_operator, "copied operator", is_copied_operator, Reason::controller_made},
});

const SkipRow& row_of(Skip skip) {
  const SkipRow& row = kSkips[static_cast<std::size_t>(skip)];
  CHECK(row.skip == skip);
  return row;
}

}  // namespace

bool is_issued_name(const std::string& account, const std::string& name) {
  const auto is_random = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  for (const char* infix : {"-token-", "-dockercfg-"}) {
    const std::string prefix = account + infix;
    if (!name.starts_with(prefix) || name.size() != prefix.size() + 5) continue;
    return std::all_of(name.end() - 5, name.end(), is_random);
  }
  return false;
}

std::string_view to_string(Skip skip) { return row_of(skip).name; }

Reason reason_for(Skip skip) { return row_of(skip).reason; }

std::optional<Reason> skip_reason(Skip skip, const Json& object) {
  const SkipRow& row = row_of(skip);
  return row.holds(object) ? std::optional(row.reason) : std::nullopt;
}

std::optional<Reason> skip_reason(const Rule& rule, const Json& object) {
  for (const Rule* row : {&common_rule(), &rule}) {
    for (const Skip skip : row->skips) {
      if (const auto reason = skip_reason(skip, object)) return reason;
    }
  }
  return std::nullopt;
}

}  // namespace salvor::restore
