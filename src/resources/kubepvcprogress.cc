#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

std::vector<Field> fields() {
  return {
      {"name", string(), required, "The claim's name."},
      {"namespace", string(), required, "The claim's namespace."},
      {"job_id", reference("jobs"), required | indexed, "The job that works on it."},
      {"state",
       string()
           .one_of({"PENDING", "ACTIVE", "COMPLETED", "FAILED", "SKIPPED"})
           .by_default("PENDING"),
       optional, "Where it stands."},
      {"start_time", integer(), optional, "When it began, in seconds since 1970 UTC."},
      {"end_time", integer(), optional, "When it ended."},
      {"message", string(), optional, "What came of it."},
      transfer_stats_field(),
      {"blobs", integer(0), optional, "Chunks of its data that were read and are what was saved."},
      {"problems", list(string()), optional, "What is wrong with its data, the first lines."},
      {"op_type", string().one_of({"SNAP", "COPY", "RESTORE", "VERIFY"}), optional,
       "What is done with the volume."},
      {"snapshot_id", string(), internal,
       "What was saved, in the repository; a resumed job reads it."},
      {"num_missing_files", integer(0), optional, "Files that could not be read whole."},
      {"missing_files", list(string()), optional, "The first of them, each with its reason."},
      {"snapshot_progress_percentage", integer(0, 100), optional, "How far its snapshot is."},
  };
}

}  // namespace

const Resource& kube_pvc_progress() {
  static const Resource resource{
      .path = "kubepvcprogress",
      .title = "Kubepvcprogre",
      .doc = "How far a job is with the volume of one claim.",
      .fields = fields(),
      .methods = read_methods,
      .indexes = {{"job_id"}},
  };
  return resource;
}

}  // namespace salvor::resources
