#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

// No defaults: clients compare what they get with what they sent.
Field options_field() {
  std::vector<Field> options = transfer_limits();
  const std::vector<Field> more = {
      {"preserve_node_ports", boolean(), optional,
       "Kept and not looked at: a restore's `service_node_ports` says what becomes of them."},
      {"azure_files_restore_options",
       dict({
           {"method", string(), optional, "How Azure Files are restored, such as CSI_DRIVER."},
           {"pvc_restore_wait_seconds", integer(0), optional, "How long to wait for a volume."},
           {"check_file_restore_status_interval_seconds", integer(0), optional,
            "How often to look."},
       }),
       optional, "Of Azure Files. Kept and not looked at: they are restored as other volumes are."},
  };
  options.insert(options.end(), more.begin(), more.end());
  return {"options", dict(std::move(options)), optional, "Limits of moving volumes' data."};
}

Field status_field() {
  return {"status",
          dict({
                   {"state",
                    string().one_of({"PENDING", "FAILED", "JOB_CREATED"}).by_default("PENDING"),
                    optional, "JOB_CREATED once it was run."},
                   {"jobid", string(), optional, "The job of the last run."},
                   {"message", string(), optional, "Why the run could not start."},
                   {"last_job_run_time", integer(), optional, "When it was run last."},
               })
              .by_default(Json::object()),
          server_owned, "What the server knows of its runs."};
}

Action run_action() {
  return {.name = "run",
          .doc = "Starts a job that makes a copy. Answers the definition as it was before.",
          .request = {run_retention_field(),
                      {"runBackup", boolean(), optional,
                       "Whether a new snapshot is taken first; as `run_backup` says if absent."}}};
}

std::vector<Field> fields() {
  return {
      name_field(indexed),
      owner_field(),
      tags_field(),
      {"trigger_type", string().one_of({"SCHEDULED", "ADHOC"}).by_default("SCHEDULED"), optional,
       "Whether a policy starts it or only you."},
      {"backupdef", reference("kubebackups"), indexed,
       "The backup whose newest snapshot is copied. Needed unless `backup_inst` is given."},
      {"backup_inst", reference("backupinstances"), optional,
       "The one snapshot to copy, rather than the newest."},
      {"cluster", reference("kubeclusters"), indexed,
       "The cluster of the backup, which it is if "
       "absent."},
      {"policy", reference("policies"), optional, "When to run and how long to keep."},
      {"run_backup", boolean().by_default(false), optional,
       "Whether a run takes a new snapshot first and copies that."},
      {"delete_snapshots", boolean().by_default(true), optional,
       "Whether the snapshot is removed once it is copied."},
      {"pause", boolean().by_default(false), optional, "Whether its schedule rests."},
      provider_field("offload_provider",
                     "Where copies go; where the cluster's `backup_provider` says if absent."),
      options_field(),
      {"snapshot_longhorn", boolean(), optional,
       "Whether Longhorn volumes are snapshot by Longhorn."},
      status_field(),
  };
}

}  // namespace

const Resource& kube_offloads() {
  static const Resource resource{
      .path = "kubeoffloads",
      .title = "Kubeoffload",
      .doc = "What to copy of a backup's snapshots to storage of your own, and when.",
      .fields = fields(),
      .indexes = {{"cluster", "_updated"}, {"_updated"}, {"offload_provider.user_objectstore"}},
      .actions = {run_action()},
      .example = {{"name", "testcopy"},
                  {"trigger_type", "ADHOC"},
                  {"backupdef", "5f80d0a511556131dd9894e5"},
                  {"run_backup", true},
                  {"offload_provider", {{"user_objectstore", "5f80d0a8f281487d59c69f60"}}}},
  };
  return resource;
}

}  // namespace salvor::resources
