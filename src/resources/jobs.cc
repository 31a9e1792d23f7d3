#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

Field lease_field() {
  return {"lease",
          dict({
              {"holder", string(), optional, "The process that runs it."},
              {"epoch", integer(0), optional, "Grows with each new holder."},
              {"expires", integer(0), optional, "When another may take it."},
          }),
          internal, "Who runs the job; its writes are fenced by it."};
}

std::vector<Field> volume_counts() {
  return {
      {"total_pvs", integer(0).by_default(0), optional, "Volumes of the job."},
      {"pending_pvs", integer(0).by_default(0), optional, "Not yet begun."},
      {"active_pvs", integer(0).by_default(0), optional, "Under way."},
      {"completed_pvs", integer(0).by_default(0), optional, "Done."},
      {"failed_pvs", integer(0).by_default(0), optional, "Failed."},
  };
}

Field copy_progress_field() {
  std::vector<Field> progress = volume_counts();
  progress.push_back(transfer_stats_field());
  return {"kube_copy_progress", dict(std::move(progress)), optional, "Progress of copying."};
}

Field verify_progress_field() {
  std::vector<Field> progress = volume_counts();
  progress.push_back(transfer_stats_field());
  return {"kube_verify_progress", dict(std::move(progress)), optional, "Progress of verifying."};
}

Field snapshot_progress_field() {
  std::vector<Field> progress = volume_counts();
  progress.push_back({"skipped_pvs", integer(0).by_default(0), optional, "Left out."});
  return {"kube_snapshot_progress", dict(std::move(progress)), optional, "Progress of snapshots."};
}

Shape type_shape() {
  return string().one_of({"K8S_SNAP", "RESTORE", "RESTORE_PLAN", "RESTORE_UNDO", "K8S_COPY",
                          "DELETE_BACKUP", "VERIFY", "DRILL", "IMPORT_COPIES", "AWS_INVENTORY",
                          "CLOUD_INVENTORY", "AWSRDS_BACKUP", "AWSRDS_RESTORE",
                          "AWSRDS_BACKUP_DELETE", "AWSRDS_COPY", "AWSEKS_RESTORE", "KOPIACONDENSE",
                          "SECURITY_SCAN", "AGENT_UPDATE"});
}

Shape state_shape() {
  return string()
      .one_of({"UNKNOWN", "PENDING", "RUNNING", "COMPLETED", "PARTIAL", "FAILED", "SKIPPED",
               "CATALOG", "CANCELLING", "CANCELED"})
      .by_default("UNKNOWN");
}

std::vector<Field> fields() {
  return {
      name_field(indexed),
      owner_field(),
      tags_field(),
      {"type", type_shape(), required | indexed, "What the job does."},
      {"display_type", string(), optional, "What the job does, for people's lists."},
      {"display_name", string(), optional, "The job's name, for people's lists."},
      {"state", state_shape(), indexed, "Where it stands."},
      {"phase", string().one_of({"OFFLOAD_RUNNING", "OFFLOAD_COMPLETED", "OFFLOAD_PARTIAL"}),
       optional, "Where a copy stands."},
      {"start_time", integer(), indexed, "When it began, in seconds since 1970 UTC."},
      {"end_time", integer(), optional, "When it ended."},
      {"message", string(), optional, "What came of it, in one line."},
      {"activity", list(string()).by_default(Json::array()), optional, "What it did, in order."},
      {"cluster", reference("kubeclusters"), indexed, "The cluster it works on."},
      {"cluster_name", string(), optional, "Its name."},
      {"plan_hash", string(), optional, "Of the plan that a restore holds to."},
      {"dry_run", string(), optional, "How a plan asks the API server."},
      {"undo_of", reference("jobs"), optional, "The restore's job that it takes back."},
      {"backupdef", reference("kubebackups"), indexed, "The backup that it runs."},
      {"backupdef_name", string(), optional, "Its name."},
      {"restoredef", reference("kuberestores"), indexed, "The restore that it runs."},
      {"restoredef_name", string(), optional, "Its name."},
      {"offloaddef", reference("kubeoffloads"), indexed, "The copy that it runs."},
      {"offloaddef_name", string(), optional, "Its name."},
      {"backup_inst", reference("backupinstances"), indexed,
       "The recovery point that it makes, copies, restores, verifies, drills or removes."},
      {"objectstore", reference("objectstores"), optional, "Whose copies it imports."},
      {"offload_backup_inst", reference("backupinstances"), optional, "The copy that it makes."},
      {"copy", any(), internal, "What a copy has chosen: `source` and `point`."},
      {"run_backup", boolean(), internal, "Whether a copy takes a new snapshot first."},
      {"drill", any(), internal, "What a drill was asked for, and what it has found."},
      {"policy_id", reference("policies"), optional, "The policy that started it."},
      retention_field(optional),
      {"jobrunner", string(), optional, "Which worker runs it."},
      counter("num_total_resources", "Objects to work on."),
      counter("num_backup_resources", "Objects that were taken."),
      counter("num_restored_resources", "Objects that were restored."),
      counter("num_volume_snapshots_attempted", "Volumes to take."),
      counter("num_volume_snapshots_completed", "Volumes that were taken."),
      counter("num_total_snapshots", "Snapshots to copy."),
      counter("num_snapshot_offload_attempted", "Snapshots that were tried."),
      counter("num_snapshot_offload_completed", "Snapshots that were copied."),
      counter("num_errors", "Errors so far."),
      counter("num_warnings", "Warnings so far."),
      copy_progress_field(),
      snapshot_progress_field(),
      verify_progress_field(),
      lease_field(),
      {"plan", any(), internal, "What a restore's saved plan was made from."},
  };
}

}  // namespace

const Resource& jobs() {
  static const Resource resource{
      .path = "jobs",
      .title = "Job",
      .doc = "One run of a backup, a restore or another task. Made by the server.",
      .fields = fields(),
      .methods = read_methods,
      .indexes = {{"state", "start_time"},
                  {"backupdef", "start_time"},
                  {"restoredef", "start_time"},
                  {"cluster", "start_time"},
                  {"start_time"}},
      .actions = {{.name = "cancel",
                   .doc = "Asks a job to stop. One that has ended stays as it is."}},
  };
  return resource;
}

}  // namespace salvor::resources
