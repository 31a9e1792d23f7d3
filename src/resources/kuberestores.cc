#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

Shape chosen_item() {
  return dict({
      {"resource_type", string(1, 253), required, "Such as \"secrets\" or \"deployments.apps\"."},
      {"namespace", string(0, 63), optional,
       "In the backup; absent or \"\" for an object without."},
      {"name", string(1, 253), required, "In the backup."},
  });
}

Field selection_field() {
  return {"selection",
          dict({
              {"all_namespaces", boolean().by_default(false), optional,
               "All namespaces of the recovery point; `namespaces` is then ignored."},
              {"namespaces", list(string()), optional, "Names of the namespaces to restore."},
              label_selector_field(),
              {"restorePersistentVolumes", boolean().by_default(true), optional,
               "Whether volumes that were backed up are restored, too."},
              {"include_resource_types", list(string()), optional,
               "Resource types to restore, such as \"deployments\"; all if absent."},
              {"exclude_namespaces", list(string()), optional,
               "Namespaces to leave out; wins over all that includes them."},
              {"exclude_resource_types", list(string()), optional,
               "Resource types to leave out, even where other objects need them."},
              {"items", list(chosen_item()), optional,
               "Single objects to restore, with what they need; nothing else then."},
              {"cluster_scoped", string().one_of({"related", "all", "none"}), optional,
               "Which objects without a namespace: those that the others need, all, or none. If "
               "absent, all with all namespaces, else related."},
          }),
          required, "What to restore."};
}

Field options_field() {
  return {"options", dict(transfer_limits()), optional, "Limits of moving volumes' data."};
}

Field volume_order_field() {
  return {"volume_order",
          list(dict({
              {"namespace", string(0, 63), optional, "In the backup."},
              {"claim", string(0, 253), optional, "Its name; all of the namespace if absent."},
              label_selector_field(),
          })),
          optional,
          "Claims whose volumes are filled from a copy first, in this order. All others come "
          "after them: those with the higher number in the annotation `salvor.io/restore-priority` "
          "first, which is else the priority of the pods that mount them."};
}

Field status_field() {
  return {"status",
          dict({
                   {"state",
                    string().one_of({"PENDING", "FAILED", "JOB_CREATED"}).by_default("PENDING"),
                    optional, "JOB_CREATED once it was run."},
                   {"source_cluster", string(), optional, "The cluster the recovery point is of."},
                   {"jobid", string(), optional, "The job of the last run."},
                   {"plan_jobid", string(), optional,
                    "The job of the last plan; the plan has the same id."},
                   {"undo_jobid", string(), optional, "The job of the last undo."},
                   {"message", string(), optional, "Why the run could not start."},
                   {"last_job_run_time", integer(), optional, "When it was run last."},
               })
              .by_default(Json::object()),
          server_owned, "What the server knows of its runs."};
}

constexpr std::int64_t kModifiersMax = 1 << 20;

std::vector<std::string> existing_policies() {
  return {"keep", "merge", "replace", "recreate", "fail"};
}

std::vector<Field> fields() {
  return {
      name_field(indexed),
      owner_field(),
      tags_field(),
      {"backup_inst", reference("backupinstances"), required | indexed,
       "The recovery point to restore from."},
      {"cluster", reference("kubeclusters"), indexed,
       "Where to restore; the cluster of the backup if absent."},
      {"source_cluster", string(), server_owned | indexed, "The cluster the recovery point is of."},
      selection_field(),
      {"namespaces_prefix", string().matching(dns_label_start()), optional,
       "Put before the name of each restored namespace that `namespaces_map` does not name."},
      {"namespaces_suffix", string().matching(dns_label_end()), optional,
       "Put after the name of each restored namespace that `namespaces_map` does not name."},
      {"namespaces_map", map(string().matching(dns_label())), optional,
       "Namespaces in the backup to namespaces in the cluster."},
      {"storage_class_map", map(string().matching(dns_subdomain())), optional,
       "Storage classes in the backup to storage classes in the cluster, whose drivers are CSI."},
      volume_order_field(),
      {"existing_policy", string().one_of(existing_policies()), optional,
       "What becomes of an object that is in the cluster already: keep, which holds if this is "
       "absent, leaves it alone; merge adds "
       "what it lacks and keeps its own values; replace makes it like the backup's; recreate does "
       "too, and deletes and makes it anew where a field cannot be changed; fail fails the item."},
      {"existing_policies", map(string().one_of(existing_policies())), optional,
       "Resource types to such policies, which win. Types that only others need, and definitions "
       "and volumes of the cluster, follow no other."},
      {"service_node_ports", string().one_of({"keep_if_free", "fresh", "keep"}), optional,
       "Node ports of Services: kept where they are free, which holds if this is absent; given "
       "anew; or kept, and the Service fails where they are taken."},
      {"service_cluster_ips", string().one_of({"fresh", "keep_if_free"}), optional,
       "Addresses of Services inside the cluster: given anew, which holds if this is absent, or "
       "kept where they are free."},
      {"finalizers", string().one_of({"by_owner", "keep", "drop"}), optional,
       "by_owner, which holds if this is absent, keeps a finalizer whose owner the cluster has."},
      {"gitops_marks", string().one_of({"keep", "strip"}), optional,
       "What tells Argo CD and Flux that an object is theirs: kept, with its namespace mapped, or "
       "left out."},
      {"prune", boolean(), optional,
       "Whether objects of the selected kinds and labels that a restored namespace has and the "
       "recovery point has not are deleted. Claims never are."},
      {"status_resource_types", list(string()), optional,
       "Resource types whose status is restored, too."},
      {"modifiers", string(0, kModifiersMax), optional,
       "Rewrites of what is restored, in the YAML of Velero's resource modifiers. They run last."},
      hooks_field("pre_hooks", "Commands to run in pods before."),
      hooks_field("post_hooks", "Commands to run in restored pods."),
      options_field(),
      {"migrationdef", string(), server_owned, "The migration that it belongs to."},
      status_field(),
  };
}

}  // namespace

const Resource& kube_restores() {
  static const Resource resource{
      .path = "kuberestores",
      .title = "Kuberestore",
      .doc = "A request to bring a recovery point back. Defining one does nothing until it is run.",
      .fields = fields(),
      .indexes = {{"cluster", "_updated"}, {"source_cluster", "_updated"}, {"_updated"}},
      .actions = {{.name = "run",
                   .doc = "Starts a job that restores. Answers the definition with its new status.",
                   .request = {{"plan_hash", string(64, 64), optional,
                                "Of a plan: do exactly that, or nothing if the cluster or the "
                                "definition has changed since."}},
                   .takes_any_body = true},
                  {.name = "plan",
                   .doc = "Starts a job that makes a plan, a kuberestoreplans document with its "
                          "items; nothing is changed. Answers the definition with its new "
                          "status.",
                   .request = {{"dry_run", string().one_of({"server"}), optional,
                                "server also asks the API server what it would say to each object "
                                "that would be made, by dry runs."}},
                   .takes_any_body = true},
                  {.name = "undo",
                   .doc = "Starts a job that takes a run back: what it made is removed, what it "
                          "changed is made as it was, where nobody has changed it since. Answers "
                          "the definition with its new status.",
                   .request = {{"job_id", string(24, 24), optional,
                                "The run's job; the last one if absent."}}}},
      .example = {{"name", "testrestore"},
                  {"backup_inst", "5f835618ceeabae22999d468"},
                  {"namespaces_map", {{"kube-system", "new-kube-system"}}},
                  {"namespaces_prefix", "abc-"},
                  {"namespaces_suffix", "-def"},
                  {"selection", {{"all_namespaces", true}}}},
  };
  return resource;
}

}  // namespace salvor::resources
