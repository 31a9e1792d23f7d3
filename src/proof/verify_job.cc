#include "proof/verify_job.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "proof/archive_look.h"
#include "proof/evidence.h"
#include "proof/point_lists.h"
#include "proof/snapshot_look.h"
#include "proof/verify_rows.h"

namespace salvor::proof {
namespace {

constexpr std::size_t kProblemsKept = 100;
constexpr std::size_t kLinesShown = 20;
constexpr std::chrono::seconds kProgressEvery{2};
constexpr std::chrono::seconds kCleanUp{30};

std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

class VerifyJob {
 public:
  VerifyJob(const Ports& ports, jobs::JobRun& run) : ports_(ports), run_(run) {}

  jobs::JobEnd run() {
    auto ended = verify();
    // Whoever goes on finds by name what this has made.
    const bool is_interrupted =
        !ended.ok() && ended.error().code == ErrorCode::cancelled && !run_.is_cancelled();
    if (!is_interrupted) clear_up();
    return ended.ok() ? *std::move(ended) : failed(ended.error());
  }

 private:
  Result<jobs::JobEnd> verify();
  Result<Json> load(const char* resource, const std::string& id) {
    return load_document(context(), ports_.catalog, resource, id);
  }
  Result<void> load_lists();
  Result<void> begin_rows();
  Result<void> look_at_objects();
  Result<void> look_at_copies();
  Result<void> look_at_cluster();
  Result<void> note(VerifiedVolume& volume);
  Result<jobs::JobEnd> finish();
  std::vector<Problem> all_problems() const;
  Json facts_of(const std::vector<Problem>& problems) const;
  jobs::JobEnd failed(const Error& failure) const;
  void clear_up();

  Context& context() { return run_.context(); }
  archive::Source source() const {
    return copies_ ? archive::Source(*copies_->store, copies_->read_files)
                   : archive::Source(ports_.store);
  }

  const Ports& ports_;
  jobs::JobRun& run_;
  EpochSeconds began_at_ = 0;
  Json point_;
  std::optional<volume::CopyAccess> copies_;
  std::unique_ptr<kube::Api> api_;
  Listed listed_;
  std::vector<VerifiedVolume> volumes_;
  ArchiveLook archive_;
  SteadyTime next_progress_{};
};

Result<jobs::JobEnd> VerifyJob::verify() {
  began_at_ = context().clock.wall_seconds();
  TRY(point_, load("backupinstances", text_at(run_.document(), "backup_inst")));
  if (text_at(point_, "state") != "READY")
    return error(ErrorCode::conflict, "the recovery point is not READY any more");
  if (text_at(point_, "type") == "COPY") {
    TRY(copies_,
        ports_.open_copies(context(), text_at(point_, "objectstore"), text_at(point_, "cluster"))
            .within("opening the object store"));
  }
  TRY_VOID(load_lists());
  TRY_VOID(begin_rows());
  TRY_VOID(look_at_objects());
  TRY_VOID(look_at_copies());
  TRY_VOID(look_at_cluster());
  return finish();
}

Result<void> VerifyJob::load_lists() {
  TRY(PointLists lists, proof::load_lists(context(), ports_.catalog, point_));
  listed_ = std::move(lists.listed);
  volumes_ = volumes_of(lists.claims);
  return {};
}

Result<void> VerifyJob::begin_rows() {
  std::map<std::string, catalog::Document> earlier;
  TRY_VOID(each_row(context(), ports_.catalog, "kubepvcprogress", "job_id", run_.id(),
                    [&](const catalog::Document& row) -> Result<void> {
                      const Json body = row.body();
                      earlier[text_at(body, "namespace") + "/" + text_at(body, "name")] = row;
                      return {};
                    }));
  std::vector<catalog::Change> changes;
  const EpochSeconds now = context().clock.wall_seconds();
  for (VerifiedVolume& volume : volumes_) {
    const auto found = earlier.find(volume.namespace_name + "/" + volume.name);
    if (found != earlier.end()) {
      volume.row_id = found->second.id;
      take_row(volume, found->second.body());
      continue;
    }
    volume.row_id = new_object_id(now);
    Json row = progress_row(volume, run_.id());
    row["start_time"] = now;
    changes.emplace_back(catalog::Insert{"kubepvcprogress", volume.row_id, std::move(row)});
  }
  return run_.progress(verify_progress(volumes_), std::move(changes));
}

Result<void> VerifyJob::look_at_objects() {
  TRY_VOID(run_.activity("Reading the objects"));
  TRY(archive_, look_at_archive(context(), source(), archive::seal_in(point_), listed_)
                    .within("reading the objects"));
  return run_.progress({{"num_total_resources", archive_.objects}});
}

Result<void> VerifyJob::look_at_copies() {
  if (!copies_) return {};
  std::vector<std::string> snapshots;
  std::vector<VerifiedVolume*> read;
  for (VerifiedVolume& volume : volumes_) {
    if (volume.copy.empty() || volume.has_ended()) continue;
    snapshots.push_back(volume.copy);
    read.push_back(&volume);
  }
  if (snapshots.empty()) return {};
  TRY_VOID(run_.activity("Reading the data of " + counted(snapshots.size(), "volume")));
  return copies_
      ->check(context(), snapshots,
              [&](std::size_t i, const volume::CopyCheck& check) -> Result<void> {
                take_copy_check(*read[i], check);
                return note(*read[i]);
              })
      .within("reading the volumes' data");
}

Result<void> VerifyJob::look_at_cluster() {
  if (copies_) return {};
  std::vector<SnapshotToLookAt> snapshots;
  std::vector<VerifiedVolume*> looked;
  for (VerifiedVolume& volume : volumes_) {
    if (volume.snapshot.handle.empty()) continue;
    snapshots.push_back({volume.object(), volume.snapshot});
    looked.push_back(&volume);
  }
  if (snapshots.empty()) return {};
  TRY_VOID(run_.activity("Looking at " + counted(snapshots.size(), "snapshot")));
  TRY(const Json cluster, load("kubeclusters", text_at(point_, "cluster")));
  TRY(api_, ports_.connect(context(), cluster)
                .within("connecting to cluster " + text_at(cluster, "name")));
  const SnapshotTask task{text_at(point_, "_id"), run_.id(), ports_.movers};
  return look_at_snapshots(context(), *api_, task, snapshots,
                           [&](std::size_t i, std::vector<Problem> problems) -> Result<void> {
                             take_problems(*looked[i], std::move(problems));
                             return note(*looked[i]);
                           })
      .within("looking at the snapshots");
}

Result<void> VerifyJob::note(VerifiedVolume& volume) {
  const SteadyTime now = context().clock.steady();
  if (!volume.has_ended() && now < next_progress_) return {};
  next_progress_ = now + kProgressEvery;
  Json row = progress_row(volume, run_.id());
  if (volume.has_ended()) row["end_time"] = context().clock.wall_seconds();
  return run_.progress(
      verify_progress(volumes_),
      {catalog::Edit{"kubepvcprogress", volume.row_id, std::nullopt, catalog::Touch::server,
                     [row](const Json& stored) -> Result<Json> {
                       Json body = stored;
                       body.update(row);
                       return body;
                     }}});
}

std::vector<Problem> VerifyJob::all_problems() const {
  std::vector<Problem> problems = archive_.problems;
  for (const VerifiedVolume& volume : volumes_) {
    problems.insert(problems.end(), volume.problems.begin(), volume.problems.end());
  }
  return problems;
}

// What is told of it, on the recovery point and in the evidence.
Json VerifyJob::facts_of(const std::vector<Problem>& problems) const {
  std::uint64_t looked_at = 0;
  std::uint64_t blobs = 0;
  std::uint64_t bytes = archive_.bytes;
  for (const VerifiedVolume& volume : volumes_) {
    looked_at += volume.state == VolumeState::skipped ? 0 : 1;
    blobs += volume.read.blobs;
    bytes += volume.read.bytes;
  }
  Json kept = Json::array();
  for (const Problem& problem : problems) {
    if (kept.size() < kProblemsKept) kept.push_back(problem.to_json());
  }
  return {{"objects", archive_.objects},
          {"volumes", looked_at},
          {"blobs", blobs},
          {"bytes", bytes},
          {"problems", std::move(kept)},
          {"num_problems", problems.size()}};
}

Result<jobs::JobEnd> VerifyJob::finish() {
  const std::vector<Problem> problems = all_problems();
  for (std::size_t i = 0; i < std::min(problems.size(), kLinesShown); ++i) {
    TRY_VOID(run_.activity("Error: " + problems[i].object + ": " + problems[i].message));
  }
  TRY(const SigningKey key, ports_.evidence_key().within("reading the key of evidence"));
  const EpochSeconds now = context().clock.wall_seconds();
  const std::string state = state_of(problems);
  Json verification = facts_of(problems);
  Finding finding{"VERIFY", run_.id(), began_at_, now, state, verification};
  for (const VerifiedVolume& volume : volumes_) {
    finding.facts["volume_rows"].push_back(evidence_row(volume));
  }
  const std::string evidence_id = new_object_id(now);
  verification.update(
      {{"state", state}, {"checked_at", now}, {"job_id", run_.id()}, {"evidence_id", evidence_id}});
  jobs::JobEnd end;
  end.outcome = problems.empty() ? jobs::Outcome::completed : jobs::Outcome::partial;
  end.message = problems.empty()
                    ? counted(archive_.objects, "object") + " and " +
                          counted(verification["volumes"], "volume") + " can be restored"
                    : state + ": " + problems.front().object + ": " + problems.front().message;
  end.fields = {{"num_errors", problems.size()}};
  end.changes = evidence_changes(point_, finding, key, evidence_id);
  end.changes.emplace_back(catalog::Edit{"backupinstances", text_at(point_, "_id"), std::nullopt,
                                         catalog::Touch::server,
                                         [verification](const Json& stored) -> Result<Json> {
                                           Json body = stored;
                                           body["verification"] = verification;
                                           return body;
                                         }});
  return end;
}

jobs::JobEnd VerifyJob::failed(const Error& failure) const {
  jobs::JobEnd end;
  const bool is_stop = failure.code == ErrorCode::cancelled;
  end.outcome = is_stop ? jobs::Outcome::cancelled : jobs::Outcome::failed;
  end.message =
      is_stop ? "Verifying was cancelled" : "Nothing was found out: " + failure.describe();
  end.fields = {{"num_errors", is_stop ? 0 : 1}};
  return end;
}

// What stays now goes later: the monitor of the cluster looks for it.
void VerifyJob::clear_up() {
  if (!api_) return;
  Context cleaning = context().stopped_by({}).within(kCleanUp);
  const auto cleared = volume::remove_marked(cleaning, *api_, {volume::MarkedBy::job, run_.id()},
                                             volume::Fate::kept, kCleanUp);
  if (cleared.ok()) return;
  context().log.warning("what a verification worked with could not be removed",
                        {{"job", run_.id()}, {"error", cleared.error().describe()}});
}

}  // namespace

jobs::JobKind verify_kind(Ports ports) {
  auto shared =
      std::make_shared<const Ports>(std::move(ports));  // one job's thread each, all read only
  return {"VERIFY", [shared](jobs::JobRun& run) { return VerifyJob(*shared, run).run(); }};
}

}  // namespace salvor::proof
