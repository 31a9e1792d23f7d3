#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

std::vector<Field> fields() {
  std::vector<Field> all = {
      {"job_id", reference("jobs"), required | indexed, "The job that restores it."},
      {"restore_id", reference("kuberestores"), indexed,
       "The restore's definition; a drill has none."},
      {"cluster", reference("kubeclusters"), optional, "Where it is restored."},
  };
  for (Field& field : step_fields()) all.push_back(std::move(field));
  const std::vector<Field> outcome = {
      {"reason", string(), optional, "Code of the reason for the action."},
      {"state", string().by_default("PENDING"), optional,
       "PENDING, DONE, PARTIAL (fields were dropped), KEPT (was there), SKIPPED or FAILED: what "
       "has come of it so far."},
      {"http_status", integer(), optional, "The cluster's last answer."},
      {"message", string(), optional, "What the cluster said, or what went wrong."},
      {"attempts", integer(0).by_default(0), optional, "How often it was tried."},
      {"start_time", integer(), optional, "When it was first tried."},
      {"end_time", integer(), optional, "When it was done with."},
      {"k8s_uid", string(), optional, "Its UID in the cluster."},
      {"hint", string(), optional, "What can be done about it."},
      {"plan", any(), internal, "What the executor needs to go on after a crash."},
  };
  all.insert(all.end(), outcome.begin(), outcome.end());
  return all;
}

}  // namespace

const Resource& kube_restore_items() {
  static const Resource resource{
      .path = "kuberestoreitems",
      .title = "Kuberestoreitem",
      .doc = "One object of a restore: what the plan does with it, why, and what has come of it.",
      .fields = fields(),
      .methods = read_methods,
      .indexes = {{"job_id", "seq"}, {"job_id", "state", "seq"}, {"restore_id", "seq"}},
  };
  return resource;
}

}  // namespace salvor::resources
