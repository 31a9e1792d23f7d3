#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

Field status_field() {
  return {"status",
          dict({
                   {"jobs",
                    list(dict({
                        {"jobid", string(), required, "The job."},
                        {"state", string(), optional, "Its state."},
                        {"message", string(), optional, "What came of it."},
                    })),
                    optional, "The last three runs, newest first."},
                   {"message", string(), optional, "What is wrong with the definition."},
                   {"last_job_run_time", integer(), optional, "When it ran last."},
               })
              .by_default(Json::object()),
          server_owned, "What the server knows of its runs."};
}

Action run_action() {
  return {
      .name = "run",
      .doc = "Starts a job that makes a recovery point. Answers the definition as it was before.",
      .request = {
          run_retention_field(),
          {"runBackup", boolean(), optional, "Taken for compatibility; a run always backs up."},
      }};
}

}  // namespace

const Resource& kube_backups() {
  static const Resource resource{
      .path = "kubebackups",
      .title = "Kubebackup",
      .doc = "What to back up of a cluster, and when.",
      .fields =
          {
              name_field(unique),
              owner_field(),
              tags_field(),
              {"cluster", reference("kubeclusters"), required | indexed, "The cluster to back up."},
              {"source", backup_source(), required, "What to take of it."},
              {"trigger_type", string().one_of({"SCHEDULED", "ADHOC"}).by_default("SCHEDULED"),
               optional, "Whether a policy starts it or only you."},
              {"policy", reference("policies"), optional, "When to run and how long to keep."},
              hooks_field("pre_hooks", "Commands to run in pods before."),
              hooks_field("post_hooks", "Commands to run in pods afterwards."),
              {"pause", boolean().by_default(false), optional, "Whether its schedule rests."},
              {"copydef", reference("kubeoffloads"), optional, "The definition of its copies."},
              {"copy_policy", reference("policies"), optional, "When copies are made."},
              {"migrationdef", string(), server_owned, "The migration that it belongs to."},
              status_field(),
          },
      .indexes = {{"cluster", "_updated"}, {"_updated"}},
      .actions = {run_action()},
      .example = {{"name", "testbackup"},
                  {"cluster", "5f80d09ff281487d59c69f5b"},
                  {"trigger_type", "ADHOC"},
                  {"source", {{"all_namespaces", true}}}},
  };
  return resource;
}

}  // namespace salvor::resources
