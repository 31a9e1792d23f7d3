#include "resources/internal/fields.h"

#include "schema/time_span_pattern.h"

namespace salvor::resources {

Field name_field(Traits more) {
  return {"name", string(1, 128), required | more, "Shown to people."};
}

Field tags_field() { return {"tags", map(any()), optional, "Keys and values of your own."}; }

Field owner_field() { return {"cc_user_email", string(), server_owned, "Who made it."}; }

Field hooks_field(std::string name, std::string doc) {
  return {std::move(name),
          list(dict({
              {"namespaces", list(string()), optional, "Where to run them; all if absent."},
              {"hooks", list(reference("kubehooks")).by_default(Json::array()), optional,
               "What to run."},
              {"template", boolean().by_default(false), optional,
               "Whether the hooks are the system's own templates."},
          })),
          optional, std::move(doc)};
}

Field retention_field(Traits traits) {
  return {"retention",
          dict({
              {"retainDays", integer(0), required, "Days to keep it."},
              {"numAlwaysRetain", integer(0, 30).by_default(0), optional,
               "How many of the newest to keep whatever their age."},
          }),
          traits, "How long recovery points are kept."};
}

Field run_retention_field() {
  return {"retention",
          dict({
              {"retainDays", integer(1).by_default(7), optional, "Days to keep it."},
              {"numAlwaysRetain", integer(0, 30).by_default(0), optional,
               "How many of the newest to keep whatever their age."},
          }),
          optional, "How long the recovery point is kept."};
}

Field transfer_stats_field() {
  return {"stats",
          dict({
              {"estimated_size", integer(0).by_default(0), optional, "Bytes expected."},
              {"estimated_number_of_files", integer(0).by_default(0), optional, "Files expected."},
              {"io_size", integer(0).by_default(0), optional, "Bytes read."},
              {"io_number_of_files", integer(0).by_default(0), optional, "Files read."},
              {"transferred_size", integer(0).by_default(0), optional, "Bytes moved."},
              {"transferred_number_of_files", integer(0).by_default(0), optional, "Files moved."},
          }),
          optional, "How much was moved."};
}

std::vector<Field> transfer_limits() {
  return {
      {"report_interval", string().matching(schema::time_span()), optional,
       "How often progress is reported, such as \"30s\"; every two seconds at most, as if absent."},
      {"upload_speed_limit", integer(0), optional,
       "Bytes a second that a data mover writes into the repository at most; 0 is no limit."},
      {"download_speed_limit", integer(0), optional,
       "Bytes a second that a data mover reads from the repository at most; 0 is no limit."},
      {"pvc_file_parallelism", integer(0), optional,
       "Threads of a data mover, each of which works on a file or a part of one; 0 is two."},
      {"total_file_parallelism", integer(0), optional,
       "Threads of all data movers together; there are never more movers than that."},
      {"pvc_parallelism", integer(0), optional,
       "Volumes at once. If absent, two of a copy and four of a restore."},
      {"mover_ready_timeout", string().matching(schema::time_span()), optional,
       "How long a data mover's pod may take to run, such as \"20m\"; its volume fails then with "
       "the pod's reason. If absent, ten minutes, and one when its image cannot be had."},
      {"max_mover_pvcs", integer(0), optional,
       "The most volumes of one data mover. Each has one, so any number is kept to."},
      {"mover_memory_limit", integer(0), optional, "MiB of memory of a data mover; 0 is 512."},
  };
}

Field provider_field(std::string name, std::string doc) {
  return {std::move(name),
          dict({
              {"type", string(), nullable, "Kind of storage."},
              {"region", string(), nullable, "Region of the storage."},
              {"user_objectstore", reference("objectstores"), nullable, "Storage of your own."},
          }),
          optional, std::move(doc)};
}

Field label_selector_field() {
  return {"label_selector", map(string()), optional,
          "Labels that objects must have. All keys must match; a value \"a,b\" matches a or b."};
}

Shape backup_source() {
  return dict({
      {"all_namespaces", boolean().by_default(false), optional,
       "All namespaces; `namespaces` is then ignored."},
      {"namespaces", list(string()), optional, "Names of the namespaces to take."},
      {"excluded_namespaces", list(string()), optional, "Names of namespaces to leave out."},
      label_selector_field(),
      {"included_resources", list(string()), optional,
       "Resource types to take, such as \"deployments\"; all if absent."},
      {"snapshotPersistentVolumes", boolean().by_default(true), optional,
       "Whether volumes are taken, too."},
      {"snapshot_longhorn", boolean(), optional,
       "Whether Longhorn volumes are snapshot by Longhorn."},
      {"include_unattached_pvcs", boolean(), optional, "Whether volumes no pod uses are taken."},
      {"csi_snapshot_timeout", integer(0), optional, "Seconds to wait for a CSI snapshot."},
  });
}

Field counter(std::string name, std::string doc) {
  return {std::move(name), integer(0), optional, std::move(doc)};
}

std::vector<Field> step_fields() {
  return {
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
      {"fill_order", integer(1), optional,
       "Of a claim that is filled from a copy: its turn, as `volume_order` and priorities say."},
      {"why", string(), optional, "The reason in words."},
  };
}

}  // namespace salvor::resources
