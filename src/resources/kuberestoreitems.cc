#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

std::vector<Field> fields() {
  return {
      {"job_id", reference("jobs"), required | indexed, "The job that restores it."},
      {"restore_id", reference("kuberestores"), required | indexed, "The restore's definition."},
      {"cluster", reference("kubeclusters"), optional, "Where it is restored."},
      {"seq", integer(0), required, "Its place in the plan."},
      {"wave", integer(0), optional, "Items of one wave are restored side by side."},
      {"kind", string(), optional, "Its kind, such as Deployment."},
      {"group", string(), optional, "Its API group; empty for the core group."},
      {"version", string(), optional, "Its API version."},
      {"resource", string(), optional, "Its resource type, such as deployments."},
      {"source_namespace", string(), optional, "Its namespace in the backup."},
      {"source_name", string(), optional, "Its name in the backup."},
      {"namespace", string(), optional, "Its namespace in the cluster."},
      {"name", string(), optional, "Its name in the cluster."},
      {"action", string(), optional, "What the plan does with it, such as CREATE or SKIP."},
      {"reason", string(), optional, "Code of the reason for the action."},
      {"why", string(), optional, "The reason in words."},
      {"state", string().by_default("PENDING"), optional,
       "PENDING, DONE, PARTIAL (fields were dropped), KEPT (was there), SKIPPED or FAILED: what "
       "has "
       "come of it so far."},
      {"http_status", integer(), optional, "The cluster's last answer."},
      {"message", string(), optional, "What the cluster said, or what went wrong."},
      {"attempts", integer(0).by_default(0), optional, "How often it was tried."},
      {"start_time", integer(), optional, "When it was first tried."},
      {"end_time", integer(), optional, "When it was done with."},
      {"k8s_uid", string(), optional, "Its UID in the cluster."},
      {"hint", string(), optional, "What can be done about it."},
      {"plan", any(), internal, "What the executor needs to go on after a crash."},
  };
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
