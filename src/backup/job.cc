#include "backup/job.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "archive/writer.h"
#include "backup/attempts.h"
#include "backup/execute.h"
#include "backup/report.h"
#include "backup/retention.h"
#include "backup/volumes.h"
#include "base/random.h"
#include "kube/retried.h"
#include "volume/snapshot_removal.h"

namespace salvor::backup {
namespace {

constexpr std::chrono::seconds kProgressEvery{2};
constexpr std::size_t kLinesShown = 20;
// Cleaning up after a failure may not wait for a store that hangs.
constexpr std::chrono::seconds kCleanUp{30};

class BackupJob {
 public:
  BackupJob(const Ports& ports, jobs::JobRun& run) : ports_(ports), run_(run) {}

  jobs::JobEnd run();

 private:
  struct Definition {
    Json backup;
    Json cluster;
    Selection selection;
  };
  // The recovery point that this attempt makes.
  struct Point {
    std::string id;
    std::string archive;
    EpochSeconds start_time = 0;
  };

  struct Taken {
    Collection objects;
    VolumeReport volumes;
  };

  Result<jobs::JobEnd> back_up();
  Result<Json> load(const std::string& resource, const std::string& id);
  Result<Definition> load_definition();
  Result<Point> begin(const Definition& definition);
  Json pending_point(const Definition& definition, const Point& point) const;
  Result<jobs::JobEnd> make(const Definition& definition, const Point& point);
  Result<void> report_progress(std::uint64_t items);
  Result<void> tell(const char* kind, const std::vector<std::string>& lines);
  Result<VolumeReport> snapshot(const Definition& definition, const Point& point, kube::Api& api,
                                Inventory& inventory);
  jobs::JobEnd ready(const Definition& definition, const Point& point, const Taken& taken,
                     const archive::ArchiveSeal& seal,
                     const archive::BackupDescription& description) const;
  archive::BackupDescription describe(const Definition& definition, const Point& point,
                                      const kube::ServerVersion& version, const Taken& taken) const;
  jobs::JobEnd failed(const Error& failure);
  void remove_archive();
  void remove_own_snapshots();

  Context& context() { return run_.context(); }

  const Ports& ports_;
  jobs::JobRun& run_;
  std::string archive_;                      // of this attempt, once it may have begun
  std::unique_ptr<kube::Api> snapshot_api_;  // once snapshots may have begun
  SteadyTime next_progress_{};
};

jobs::JobEnd BackupJob::run() {
  Result<jobs::JobEnd> ended = back_up();
  return ended.ok() ? *std::move(ended) : failed(ended.error());
}

Result<jobs::JobEnd> BackupJob::back_up() {
  TRY(const Definition definition, load_definition());
  TRY(const Point point, begin(definition));
  return make(definition, point);
}

Result<Json> BackupJob::load(const std::string& resource, const std::string& id) {
  TRY(const catalog::Document document,
      ports_.catalog.get(context(), resource, id).within("reading " + resource + "/" + id));
  Json body = document.body();
  body["_id"] = document.id;
  return body;
}

Result<BackupJob::Definition> BackupJob::load_definition() {
  Definition definition;
  TRY(definition.backup, load("kubebackups", text_at(run_.document(), "backupdef")));
  TRY(definition.cluster, load("kubeclusters", text_at(run_.document(), "cluster")));
  TRY(definition.selection, parse_selection(member(definition.backup, "source")));
  definition.selection.own_namespace = ports_.own_namespace;
  return definition;
}

Result<BackupJob::Point> BackupJob::begin(const Definition& definition) {
  TRY_VOID(run_.activity(run_.is_resumed() ? "Beginning anew after a restart"
                                           : "Initiating backup process"));
  TRY_VOID(remove_archives(context(), ports_.catalog, ports_.store, run_.id())
               .within("removing what an earlier attempt left"));
  Point point;
  point.start_time = context().clock.wall_seconds();
  point.id = new_object_id(point.start_time);
  point.archive = archive_name(point.id);
  TRY_VOID(
      run_.commit({remove_pending(run_.id()), catalog::Insert{"backupinstances", point.id,
                                                              pending_point(definition, point)}}));
  archive_ = point.archive;
  TRY_VOID(run_.progress({{"backup_inst", point.id}}));
  return point;
}

Json BackupJob::pending_point(const Definition& definition, const Point& point) const {
  Json body = {{"name", "backupinst-" + std::to_string(point.start_time)},
               {"type", "SNAPSHOT"},
               {"source_type", "kubernetes"},
               {"state", "PENDING"},
               {"start_time", point.start_time},
               {"cluster", definition.cluster["_id"]},
               {"cluster_name", text_at(definition.cluster, "name")},
               {"backupdef", definition.backup["_id"]},
               {"backupdef_name", text_at(definition.backup, "name")},
               {"backup_selection", member(definition.backup, "source")},
               {"backup_job_id", run_.id()},
               {"pv_count", 0}};
  const Json& retention = member(run_.document(), "retention");
  if (retention.is_object()) body["retention"] = retention;
  return body;
}

Result<jobs::JobEnd> BackupJob::make(const Definition& definition, const Point& point) {
  const std::string cluster = "cluster " + text_at(definition.cluster, "name");
  TRY(std::unique_ptr<kube::Api> connected,
      ports_.connect(context(), definition.cluster).within("connecting to " + cluster));
  kube::Api& api = *connected;
  TRY(const kube::ServerVersion version, kube::retried(context(), [&] {
                                           return api.version(context());
                                         }).within("connecting to " + cluster));
  TRY_VOID(run_.activity("Connected to " + cluster + ", Kubernetes " + version.git_version));

  TRY_VOID(run_.activity("Backing up resources"));
  TRY(const std::unique_ptr<archive::Writer> writer,
      archive::Writer::create(context(), ports_.store, point.archive).within("writing the backup"));
  const auto progress = [this](std::uint64_t items) { return report_progress(items); };
  TRY(Collection objects, execute(context(), api, definition.selection, *writer, progress));
  snapshot_api_ = std::move(connected);
  TRY(VolumeReport volumes, snapshot(definition, point, api, objects.inventory()));
  const Taken taken{std::move(objects), std::move(volumes)};
  TRY_VOID(tell("Error: ", problems(taken.objects, taken.volumes)));
  TRY_VOID(tell("Warning: ", taken.volumes.warnings));

  const archive::BackupDescription description = describe(definition, point, version, taken);
  TRY(const archive::ArchiveSeal seal,
      writer->finish(context(), description).within("writing the backup"));
  TRY_VOID(run_.activity("Saved " + std::to_string(seal.items) + " objects in " +
                         std::to_string(seal.size_bytes) + " bytes"));
  return ready(definition, point, taken, seal, description);
}

Result<void> BackupJob::report_progress(std::uint64_t items) {
  const SteadyTime now = context().clock.steady();
  if (now < next_progress_) return {};
  next_progress_ = now + kProgressEvery;
  return run_.progress({{"num_backup_resources", items}});
}

Result<void> BackupJob::tell(const char* kind, const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < std::min(lines.size(), kLinesShown); ++i) {
    TRY_VOID(run_.activity(kind + lines[i]));
  }
  if (lines.size() <= kLinesShown) return {};
  return run_.activity(std::string(kind) + "and " + std::to_string(lines.size() - kLinesShown) +
                       " more");
}

Result<VolumeReport> BackupJob::snapshot(const Definition& definition, const Point& point,
                                         kube::Api& api, Inventory& inventory) {
  if (run_.is_resumed()) {
    TRY_VOID(volume::remove_marked(context(), api, {volume::MarkedBy::job, run_.id()},
                                   volume::Fate::deleted, ports_.snapshots_gone_within)
                 .within("removing the snapshots of an earlier attempt"));
  }
  const VolumeChoice choice = volume_choice(member(definition.backup, "source"));
  if (!choice.takes_snapshots || inventory.bound_claims().empty()) return VolumeReport{};
  TRY_VOID(run_.activity("Taking snapshots of volumes"));
  const auto progress = [&](const volume::TakeProgress& counts) {
    return run_.progress(progress_fields(counts));
  };
  return take_volumes(
      context(), api, inventory,
      {.job_id = run_.id(), .recovery_point_id = point.id, .ready_within = choice.ready_within},
      progress);
}

archive::BackupDescription BackupJob::describe(const Definition& definition, const Point& point,
                                               const kube::ServerVersion& version,
                                               const Taken& taken) const {
  const Selection& selection = definition.selection;
  archive::BackupDescription description;
  description.name = point.archive;
  description.start_time = point.start_time;
  description.end_time = run_.context().clock.wall_seconds();
  description.expiration = expiry_of(run_.document(), description.end_time);
  description.included_namespaces = {selection.namespaces.begin(), selection.namespaces.end()};
  description.label_selector = selection.labels;
  description.source_git_version = version.git_version;
  description.source_major = version.major;
  description.source_minor = version.minor;
  description.items = taken.objects.items();
  description.errors = problems(taken.objects, taken.volumes).size();
  description.warnings = taken.volumes.warnings.size();
  description.volume_info = taken.volumes.volume_info;
  return description;
}

jobs::JobEnd BackupJob::ready(const Definition& definition, const Point& point, const Taken& taken,
                              const archive::ArchiveSeal& seal,
                              const archive::BackupDescription& description) const {
  const auto& [objects, volumes] = taken;
  jobs::JobEnd end;
  const bool is_whole = problems(objects, volumes).empty();
  end.outcome = is_whole ? jobs::Outcome::completed : jobs::Outcome::partial;
  end.message = summary(objects, volumes);
  end.fields = counters(objects, volumes);
  const Json fields =
      ready_fields(objects, volumes, seal, description.end_time, description.expiration);
  end.changes = objects.inventory().rows(text_at(definition.cluster, "_id"), point.id);
  end.changes.emplace_back(catalog::Edit{"backupinstances",
                                         point.id,
                                         {},
                                         catalog::Touch::server,
                                         [fields](const Json& stored) -> Result<Json> {
                                           Json body = stored;
                                           body.update(fields);
                                           return body;
                                         }});
  return end;
}

// The writer removes what it wrote, unless the failure came after it was finished. An interrupted
// job keeps its PENDING point, as its end is not looked at, and the next run removes that.
jobs::JobEnd BackupJob::failed(const Error& failure) {
  remove_archive();
  remove_own_snapshots();
  const bool is_stop = failure.code == ErrorCode::cancelled;
  context().log.warning("a backup did not succeed",
                        {{"job", run_.id()}, {"error", failure.describe()}});
  jobs::JobEnd end;
  end.outcome = is_stop ? jobs::Outcome::cancelled : jobs::Outcome::failed;
  end.message = is_stop ? "Backup was cancelled" : "Backup failed: " + failure.describe();
  end.fields = {{"num_errors", is_stop ? 0 : 1}};
  end.changes.push_back(remove_pending(run_.id()));
  return end;
}

void BackupJob::remove_archive() {
  if (archive_.empty()) return;
  Context cleaning = context().stopped_by({});
  cleaning.deadline = std::nullopt;
  cleaning.deadline = cleaning.within(kCleanUp).deadline;
  const Result<void> removed = archive::remove_backup(cleaning, ports_.store, archive_);
  if (removed.ok()) return;
  context().log.warning("the archive of a failed backup could not be removed",
                        {{"archive", archive_}, {"error", removed.error().describe()}});
}

// What cannot be removed now stays marked with the job, which tells of it.
void BackupJob::remove_own_snapshots() {
  if (snapshot_api_ == nullptr) return;
  Context cleaning = context().stopped_by({}).within(kCleanUp);
  const Result<void> removed =
      volume::remove_marked(cleaning, *snapshot_api_, {volume::MarkedBy::job, run_.id()},
                            volume::Fate::deleted, kCleanUp);
  if (removed.ok()) return;
  context().log.warning("snapshots of a failed backup could not be removed",
                        {{"job", run_.id()}, {"error", removed.error().describe()}});
}

}  // namespace

jobs::JobEnd run_backup(const Ports& ports, jobs::JobRun& run) {
  return BackupJob(ports, run).run();
}

jobs::JobKind backup_kind(Ports ports) {
  return {"K8S_SNAP",
          [ports = std::move(ports)](jobs::JobRun& run) { return run_backup(ports, run); }};
}

}  // namespace salvor::backup
