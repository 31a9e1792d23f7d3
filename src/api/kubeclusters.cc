#include <nlohmann/json.hpp>

#include "api/behaviour.h"
#include "api/job_documents.h"
#include "schema/validate.h"

namespace salvor::api {
namespace {

// The kubeconfig that this request brings, rather than the sealed one that is stored.
std::string fresh_kubeconfig(const Draft& draft) {
  const std::string given = text_at(draft.document, "kubeconfig");
  const bool is_stored = draft.stored && text_at(*draft.stored, "kubeconfig") == given;
  return is_stored ? std::string() : given;
}

bool is_in_cluster(const Draft& draft) { return member(draft.document, "in_cluster") == true; }

// A cluster with a way to reach it is REGISTERED and the monitor finds out the rest; one without
// waits for it.
std::string first_state(bool is_reachable) { return is_reachable ? "REGISTERED" : "PENDING"; }

Result<Preparation> prepare(const Parts& parts, Context&, const Draft& draft) {
  Preparation preparation;
  const std::string kubeconfig = fresh_kubeconfig(draft);
  if (!kubeconfig.empty() && is_in_cluster(draft)) {
    schema::add_issue(preparation.issues, "kubeconfig",
                      "cannot be given together with in_cluster: a cluster has one way to it");
  }
  if (!kubeconfig.empty() && parts.hooks.check_kubeconfig) {
    const Result<void> checked = parts.hooks.check_kubeconfig(kubeconfig);
    if (!checked) {
      schema::add_issue(preparation.issues, "kubeconfig", checked.error().describe());
    }
  }
  // The way chosen now replaces the one before.
  if (kubeconfig.empty() && is_in_cluster(draft)) preparation.fill["kubeconfig"] = nullptr;

  const bool is_reachable = !kubeconfig.empty() || is_in_cluster(draft);
  const bool was_pending =
      draft.stored && text_at(member(*draft.stored, "status"), "state") == "PENDING";
  if (!draft.stored || (was_pending && is_reachable)) {
    preparation.fill["status"] = {{"state", first_state(is_reachable)}};
  }
  return preparation;
}

Result<Removal> remove(const Parts&, Context&, const catalog::Document& document) {
  Removal removal;
  removal.changes.emplace_back(
      catalog::RequireNone{"jobs", active_jobs(schema::equals("cluster", document.id))});
  return removal;
}

void written(const Parts& parts, const std::string& id) {
  if (parts.hooks.cluster_changed) parts.hooks.cluster_changed(id);
}

}  // namespace

Behaviour kube_clusters() {
  return {.prepare = prepare, .remove = remove, .written = written, .actions = {}};
}

}  // namespace salvor::api
