#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

Field location_field() {
  return {"backup_location",
          dict({
              {"backup_provider", string(), optional, "Kind of storage."},
              {"bucket_name", string(), optional, "Bucket."},
              {"region", string(), optional, "Region of the storage."},
              {"endpoint", string(), optional, "Address of the storage."},
              {"prefix", string(), optional, "Folder in the bucket."},
              {"backup_repo_prefix", string(), optional, "Folder of the volumes' data."},
              {"repo_password", string(), internal, "Key of the volumes' data."},
              {"backup_location_info", map(any()), optional, "More, by kind of storage."},
          }),
          optional, "Where its data is."};
}

Field archive_field() {
  return {"archive",
          dict({
              {"name", string(), optional, "Folder of the archive."},
              {"sha256", string(), optional, "Hash of the archive's bytes."},
              {"snapshot", string(), optional, "Snapshot of the repository that is the archive."},
              {"size_bytes", integer(0), required, "What the archive takes in its store."},
              {"items", integer(0), required, "Objects in it."},
          }),
          internal, "What a reader needs in order to trust the archive."};
}

Field status_field() {
  return {
      "status",
      dict({
          {"backup_size_set", boolean().by_default(false), optional, "Whether sizes are known."},
          {"s3_dir_deleted", boolean().by_default(false), optional, "Whether its data is gone."},
          {"deleted", boolean().by_default(false), optional, "Whether it is being removed."},
          {"locked", boolean().by_default(false), optional, "Whether it cannot be removed."},
      }),
      optional, "Marks of its life."};
}

Shape problem_shape() {
  return dict({{"reason", string(), optional, "What kind of damage it is."},
               {"object", string(), optional, "What is damaged, such as `volume shop/data`."},
               {"message", string(), optional, "What is wrong with it."},
               {"hinders", boolean(), optional, "Whether a restore is not whole because of it."}});
}

Field verification_field() {
  return {"verification",
          dict({
              {"state", string().one_of({"VERIFIED", "WEAKENED", "DAMAGED"}), optional,
               "WEAKENED can be restored, but what protects it is not as it was made."},
              {"checked_at", integer(), optional, "When, in seconds since 1970 UTC."},
              {"job_id", string(), optional, "The job that looked."},
              {"evidence_id", string(), optional, "Its signed proof, in `kubeevidence`."},
              {"objects", integer(0), optional, "Objects that were read."},
              {"volumes", integer(0), optional, "Volumes that were looked at."},
              {"blobs", integer(0), optional, "Chunks of volumes' data that were read."},
              {"bytes", integer(0), optional, "Bytes of the archive and of volumes' data."},
              {"num_problems", integer(0), optional, "What was found wrong."},
              {"problems", list(problem_shape()), optional, "The first 100 of it."},
          }),
          optional, "What the last `action/verify` found."};
}

Field drill_field() {
  const Shape workload =
      dict({{"object", string(), optional, "Such as `Deployment shop/web`."},
            {"state", string().one_of({"READY", "NOT_READY", "LEFT_OUT"}), optional,
             "LEFT_OUT: it is not meant to run in a sandbox."},
            {"message", string(), optional, "Why it is not ready, or left out."}});
  return {"drill",
          dict({
              {"state", string().one_of({"PASSED", "DOUBTFUL", "NOT_WHOLE"}), optional,
               "NOT_WHOLE: a restore into this cluster is not whole. DOUBTFUL: it is, but not "
               "everything could be tried or came to life."},
              {"checked_at", integer(), optional, "When, in seconds since 1970 UTC."},
              {"job_id", string(), optional, "The job that did it; its `kuberestoreitems` stay."},
              {"evidence_id", string(), optional, "Its signed proof, in `kubeevidence`."},
              {"cluster", reference("kubeclusters"), optional, "Where it was restored."},
              {"cluster_name", string(), optional, "Its name."},
              {"namespaces", list(string()), optional, "What was restored, the first 100."},
              {"left_out", list(string()), optional, "Resource types that were not."},
              {"seconds", integer(0), optional,
               "From the beginning until all was looked at; absent after a restart."},
              {"objects", integer(0), optional, "Objects that came back."},
              {"volumes", integer(0), optional, "Claims that got their volumes."},
              {"num_workloads", integer(0), optional, "Workloads that were looked at."},
              {"num_ready", integer(0), optional, "Those that became ready."},
              {"workloads", list(workload), optional, "The first 100 of them."},
              {"num_problems", integer(0), optional, "What was found wrong."},
              {"problems", list(problem_shape()), optional, "The first 100 of it."},
          }),
          optional, "What the last `action/drill` found."};
}

std::vector<Action> actions() {
  return {
      {.name = "verify",
       .doc = "Starts a job that reads all that a restore of it would need and holds it against "
              "checksums. `verify_jobid` of the answer names the job."},
      {.name = "drill",
       .doc = "Starts a job that restores it into sandboxes, looks at what came back, and removes "
              "all of it again. `drill_jobid` of the answer names the job.",
       .request = {{"cluster", reference("kubeclusters"), optional,
                    "Where to; the recovery point's own if absent."},
                   {"namespaces", list(string()), optional,
                    "Which of its namespaces; all but those of Kubernetes itself if absent."},
                   {"exclude_resource_types", list(string()), optional,
                    "Resource types to leave out besides those that every drill leaves out."},
                   {"ready_timeout_seconds", integer(0, 86400), optional,
                    "How long volumes and workloads may take; 300 if absent."}},
       .takes_any_body = true},
      {.name = "list-storage-classes",
       .doc = "Storage classes of the volumes in it, with their drivers.",
       .request = {{"namespaces", list(string()), optional,
                    "Only of volumes in these; all if empty or absent."}}},
      {.name = "resource-types",
       .doc = "Resource types that it holds and a restore can choose from.",
       .is_query = true},
  };
}

std::vector<Field> fields() {
  return {
      name_field(indexed),
      owner_field(),
      tags_field(),
      {"type", string().one_of({"SNAPSHOT", "COPY"}).by_default("SNAPSHOT"), optional,
       "With source_type, what kind of recovery point it is."},
      {"source_type", string().one_of({"kubernetes", "awsrds"}).by_default("kubernetes"), optional,
       "What was backed up."},
      {"state", string().one_of({"PENDING", "READY", "DELETING"}).by_default("PENDING"), indexed,
       "Only READY ones can be restored."},
      {"start_time", integer(), indexed, "When the backup began, in seconds since 1970 UTC."},
      {"end_time", integer(), optional, "When it ended."},
      {"expiry_timestamp", integer(), indexed, "When it may be removed."},
      {"cluster", reference("kubeclusters"), indexed, "The cluster that was backed up."},
      {"cluster_name", string(), optional, "Its name."},
      {"backupdef", reference("kubebackups"), indexed, "The definition that it was made by."},
      {"backupdef_name", string(), optional, "Its name."},
      {"backup_selection", backup_source(), optional, "The definition's `source` at that time."},
      {"resource_types", list(string()), optional, "Resource types that it holds."},
      {"offload_def", reference("kubeoffloads"), indexed, "The copy definition it was made by."},
      {"objectstore", reference("objectstores"), indexed, "Where a COPY is."},
      {"source_backupinst", reference("backupinstances"), indexed, "What a COPY was made from."},
      {"pv_count", integer(0).by_default(0), optional, "Volumes that can be restored from it."},
      counter("num_total_resources", "Objects that were selected."),
      counter("num_backup_resources", "Objects that were taken."),
      counter("num_volume_snapshots_attempted", "Volumes that were selected."),
      counter("num_volume_snapshots_completed", "Volumes that were taken."),
      counter("num_errors", "Errors of the backup."),
      counter("num_warnings", "Warnings of the backup."),
      {"message", string(), optional, "What came of the backup."},
      retention_field(optional),
      location_field(),
      archive_field(),
      {"backup_job_id", string(), indexed, "The job that made it."},
      {"offload_snapshot_job_id", string(), optional, "The job of its snapshot."},
      {"backup_storage_size", integer(0).by_default(0), optional, "Bytes stored."},
      {"protected_storage_size", integer(0).by_default(0), optional, "Bytes of its volumes."},
      {"total_snapshot_data", integer(0).by_default(0), optional, "Bytes in snapshots."},
      {"total_copy_data", integer(0).by_default(0), optional, "Bytes in copies."},
      {"kubeagent_info",
       dict({{"format_version", string(), optional, "Version of the archive's format."},
             {"phase", string(), optional, "What the backup was doing last."}}),
       optional, "What the agent says of it."},
      {"awsrds", map(any()), optional, "Of a backup of Amazon RDS."},
      {"awseks", map(any()), optional, "The EKS cluster it is of."},
      {"azure_aks", map(any()), optional, "The AKS cluster it is of."},
      {"cloudaccount", reference("cloudaccounts"), optional, "The account of that cluster."},
      verification_field(),
      {"verify_jobid", string(), optional, "The job of the last `action/verify`."},
      drill_field(),
      {"drill_jobid", string(), optional, "The job of the last `action/drill`."},
      status_field(),
  };
}

}  // namespace

const Resource& backup_instances() {
  static const Resource resource{
      .path = "backupinstances",
      .title = "Backupinstance",
      .doc = "A recovery point: what a backup took. Made by jobs.",
      .fields = fields(),
      .methods = {.create = false, .change = false, .remove = true},
      // "state" alone keeps the order of insertion, in which the list without a sort comes.
      .indexes = {{"state"},
                  {"state", "start_time"},
                  {"type", "source_type", "state"},
                  {"cluster", "state", "start_time"},
                  {"backupdef", "start_time"},
                  {"start_time"}},
      .actions = actions(),
  };
  return resource;
}

}  // namespace salvor::resources
