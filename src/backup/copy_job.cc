#include "backup/copy_job.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "archive/duplicate.h"
#include "backup/attempts.h"
#include "backup/copy_lock.h"
#include "backup/copy_rows.h"
#include "backup/retention.h"
#include "base/random.h"
#include "schema/filter.h"
#include "volume/snapshot_removal.h"

namespace salvor::backup {
namespace {

constexpr std::uint64_t kRowsMax = 1'000'000;
constexpr std::size_t kLinesShown = 20;
constexpr unsigned kVolumesAtOnce = 2;
constexpr std::chrono::seconds kCleanUp{30};
// Lists that clients look at without opening the archive.
constexpr const char* kInventories[] = {"kubenamespaces", "kubestorageclasses"};

archive::ArchiveSeal seal_of(const Json& point) {
  const Json& seal = member(point, "archive");
  return {text_at(seal, "name"), text_at(seal, "sha256"), member(seal, "size_bytes"),
          member(seal, "items")};
}

class CopyJob {
 public:
  CopyJob(const CopyPorts& ports, jobs::JobRun& run) : ports_(ports), run_(run) {}

  jobs::JobEnd run() {
    auto ended = copy();
    return ended.ok() ? *std::move(ended) : failed(ended.error());
  }

 private:
  struct Definition {
    Json copy;
    Json cluster;
    std::string object_store;
  };

  Result<jobs::JobEnd> copy();
  Result<Json> load(const std::string& resource, const std::string& id);
  Result<std::vector<catalog::Document>> rows(const char* resource, schema::Filter filter);
  Result<Definition> load_definition();
  Result<std::string> source_point(const Definition& definition);
  Result<std::string> newest_snapshot(const Definition& definition);
  Result<void> begin(const Definition& definition, const Json& source,
                     const volume::CopyAccess& access);
  Result<void> load_claims(const std::string& source);
  Result<void> copy_claims(const Definition& definition, kube::Api& api,
                           const volume::CopyAccess& access);
  Result<void> note(std::size_t index, const CopiedClaim& claim);
  Result<jobs::JobEnd> finish(const Definition& definition, const Json& source,
                              const archive::ArchiveSeal& seal);
  Result<void> add_rows(const std::string& source, std::vector<catalog::Change>& changes);
  jobs::JobEnd failed(const Error& failure);
  std::vector<std::string> copied_snapshots() const;
  void clear_up();
  void clear_cluster(Context& cleaning, Duration gone_within);
  Result<void> forget_copied(Context& cleaning);

  Context& context() { return run_.context(); }

  const CopyPorts& ports_;
  jobs::JobRun& run_;
  std::string point_;                      // the recovery point that is made
  std::vector<ClaimToCopy> claims_;        // of the source, that had a volume
  std::vector<CopiedClaim> copied_;        // beside them
  std::vector<std::string> progress_ids_;  // their rows
  std::unique_ptr<kube::Api> api_;
  std::optional<volume::CopyAccess> access_;
  Duration report_every_{};
  SteadyTime next_progress_{};
  EpochSeconds locked_until_ = 0;  // 0: nothing is locked
};

Result<jobs::JobEnd> CopyJob::copy() {
  TRY(const Definition definition, load_definition());
  TRY(const std::string source_id, source_point(definition));
  TRY(const Json source, load("backupinstances", source_id));
  TRY(access_,
      ports_.open_copies(context(), definition.object_store, text_at(definition.cluster, "_id"))
          .within("opening the object store"));
  const volume::CopyAccess& access = *access_;
  if (access.protect && expiry_of(run_.document(), 0) == 0) {
    return error(ErrorCode::invalid, "the object store is locked, and the copy has no retention")
        .with_hint("run it with retention.retainDays");
  }
  TRY_VOID(load_claims(source_id));
  TRY_VOID(begin(definition, source, access));
  TRY(api_, ports_.backup.connect(context(), definition.cluster)
                .within("connecting to cluster " + text_at(definition.cluster, "name")));
  TRY_VOID(copy_claims(definition, *api_, access));
  TRY_VOID(run_.activity("Copying objects"));
  TRY(const archive::ArchiveSeal seal,
      archive::duplicate(context(), ports_.backup.store, seal_of(source), *access.store,
                         archive_name(point_))
          .within("copying the archive"));
  if (access.protect) {
    TRY_VOID(run_.activity("Locking the copy"));
    locked_until_ = expiry_of(run_.document(), context().clock.wall_seconds());
    TRY_VOID(lock_copy(context(), access, archive_name(point_), copied_snapshots(), locked_until_));
  }
  return finish(definition, source, seal);
}

Result<Json> CopyJob::load(const std::string& resource, const std::string& id) {
  TRY(const catalog::Document document,
      ports_.backup.catalog.get(context(), resource, id).within("reading " + resource + "/" + id));
  Json body = document.body();
  body["_id"] = document.id;
  return body;
}

Result<std::vector<catalog::Document>> CopyJob::rows(const char* resource, schema::Filter filter) {
  catalog::Query query;
  query.filter = std::move(filter);
  query.limit = kRowsMax;
  query.count_total = false;
  TRY(catalog::Page page, ports_.backup.catalog.find(context(), resource, query));
  return std::move(page.documents);
}

Result<CopyJob::Definition> CopyJob::load_definition() {
  Definition definition;
  TRY(definition.copy, load("kubeoffloads", text_at(run_.document(), "offloaddef")));
  TRY(definition.cluster, load("kubeclusters", text_at(run_.document(), "cluster")));
  for (const Json* provider : {&member(definition.copy, "offload_provider"),
                               &member(definition.cluster, "backup_provider")}) {
    if (definition.object_store.empty()) {
      definition.object_store = text_at(*provider, "user_objectstore");
    }
  }
  if (!definition.object_store.empty()) return definition;
  return error(ErrorCode::invalid, "the copy names no object store")
      .with_hint("set offload_provider.user_objectstore");
}

// What an earlier run chose stays chosen.
Result<std::string> CopyJob::source_point(const Definition& definition) {
  const std::string chosen = text_at(member(run_.document(), "copy"), "source");
  if (!chosen.empty()) return chosen;
  std::string source = text_at(run_.document(), "backup_inst");
  if (member(run_.document(), "run_backup") == true) {
    jobs::JobEnd taken = run_backup(ports_.backup, run_);
    TRY_VOID(run_.commit(std::move(taken.changes)));
    if (taken.outcome != jobs::Outcome::completed && taken.outcome != jobs::Outcome::partial) {
      return error(
          taken.outcome == jobs::Outcome::cancelled ? ErrorCode::cancelled : ErrorCode::unavailable,
          taken.message);
    }
    TRY(const auto made,
        rows("backupinstances", schema::all_of({schema::equals("backup_job_id", run_.id()),
                                                schema::equals("state", "READY")})));
    if (made.empty()) return error(ErrorCode::not_found, "the new snapshot is gone already");
    source = made.front().id;
  }
  if (source.empty()) {
    TRY(source, newest_snapshot(definition));
  }
  TRY_VOID(run_.progress({{"backup_inst", source}, {"copy", {{"source", source}}}}));
  return source;
}

Result<std::string> CopyJob::newest_snapshot(const Definition& definition) {
  catalog::Query query;
  query.filter =
      schema::all_of({schema::equals("backupdef", text_at(definition.copy, "backupdef")),
                      schema::equals("state", "READY"), schema::equals("type", "SNAPSHOT")});
  query.sort = {{"start_time", true}};
  query.limit = 1;
  query.count_total = false;
  TRY(const catalog::Page page, ports_.backup.catalog.find(context(), "backupinstances", query));
  if (!page.documents.empty()) return page.documents.front().id;
  return error(ErrorCode::not_found, "the backup has no READY snapshot to copy")
      .with_hint("run the backup first, or this copy with run_backup");
}

Result<void> CopyJob::load_claims(const std::string& source) {
  TRY(const auto documents, rows("kubepvclaims", schema::equals("backupinst_id", source)));
  for (const catalog::Document& document : documents) {
    const Json row = document.body();
    if (had_volume(row)) claims_.push_back(claim_to_copy(row));
  }
  copied_.resize(claims_.size());
  return {};
}

// A resumed job finds its recovery point and its claims' rows, in the order of the claims.
Result<void> CopyJob::begin(const Definition& definition, const Json& source,
                            const volume::CopyAccess& access) {
  point_ = text_at(member(run_.document(), "copy"), "point");
  if (!point_.empty()) {
    TRY_VOID(run_.activity("Going on after a restart"));
    TRY(const auto documents, rows("kubepvcprogress", schema::equals("job_id", run_.id())));
    for (std::size_t i = 0; i < documents.size() && i < claims_.size(); ++i) {
      progress_ids_.push_back(documents[i].id);
      copied_[i] = copied_in(documents[i].body());
    }
    if (progress_ids_.size() == claims_.size()) return {};
    return error(ErrorCode::corrupt, "the rows of this job's volumes are gone");
  }
  const EpochSeconds now = context().clock.wall_seconds();
  point_ = new_object_id(now);
  Json point = pending_copy(source, run_.document(), now);
  point["offload_def"] = definition.copy["_id"];
  point["objectstore"] = definition.object_store;
  point["backup_location"] = access.location;
  point["backup_job_id"] = run_.id();
  std::vector<catalog::Change> changes = {
      catalog::Insert{"backupinstances", point_, std::move(point)}};
  for (std::size_t i = 0; i < claims_.size(); ++i) {
    progress_ids_.push_back(new_object_id(now));
    changes.emplace_back(catalog::Insert{"kubepvcprogress", progress_ids_.back(),
                                         progress_row(claims_[i], copied_[i], run_.id())});
  }
  Json fields = copy_progress(copied_);
  fields["copy"] = {{"source", text_at(source, "_id")}, {"point", point_}};
  fields["offload_backup_inst"] = point_;
  TRY_VOID(run_.activity("Copying " + text_at(source, "name")));
  return run_.progress(fields, std::move(changes));
}

Result<void> CopyJob::copy_claims(const Definition& definition, kube::Api& api,
                                  const volume::CopyAccess& access) {
  if (claims_.empty()) return {};
  TRY_VOID(run_.activity("Copying volumes"));
  TRY(const volume::TransferOptions options,
      volume::read_transfer_options(member(definition.copy, "options"), kVolumesAtOnce));
  report_every_ = options.report_every;
  const volume::MoverPlace place = options.in(ports_.movers);
  const CopyTask task{.job_id = run_.id(),
                      .point_id = point_,
                      .cluster_name = text_at(definition.cluster, "name"),
                      .claims = claims_,
                      .access = access,
                      .place = place,
                      .options = options};
  TRY_VOID(
      copy_volumes(context(), api, task, copied_,
                   [this](std::size_t i, const CopiedClaim& claim) { return note(i, claim); }));
  clear_cluster(context(), ports_.backup.snapshots_gone_within);
  return {};
}

Result<void> CopyJob::note(std::size_t index, const CopiedClaim& claim) {
  const SteadyTime now = context().clock.steady();
  const bool has_ended = claim.transfer.has_ended();
  if (!has_ended && now < next_progress_) return {};
  next_progress_ = now + report_every_;
  Json row = progress_row(claims_[index], claim, run_.id());
  const EpochSeconds time = context().clock.wall_seconds();
  if (has_ended) row["end_time"] = time;
  std::vector<catalog::Change> changes = {
      catalog::Edit{"kubepvcprogress", progress_ids_[index], std::nullopt, catalog::Touch::server,
                    [row, time](const Json& stored) -> Result<Json> {
                      Json body = stored;
                      body.update(row);
                      if (!body.contains("start_time")) body["start_time"] = time;
                      return body;
                    }}};
  return run_.progress(copy_progress(copied_), std::move(changes));
}

Result<void> CopyJob::add_rows(const std::string& source, std::vector<catalog::Change>& changes) {
  for (const char* inventory : kInventories) {
    TRY(const auto documents, rows(inventory, schema::equals("backupinst_id", source)));
    for (const catalog::Document& document : documents) {
      Json row = document.body();
      row["backupinst_id"] = point_;
      changes.emplace_back(catalog::Insert{inventory, "", std::move(row)});
    }
  }
  TRY(const auto documents, rows("kubepvclaims", schema::equals("backupinst_id", source)));
  std::size_t next = 0;
  for (const catalog::Document& document : documents) {
    const Json row = document.body();
    changes.emplace_back(
        catalog::Insert{"kubepvclaims", "",
                        copied_claim_row(row, point_, had_volume(row) ? &copied_[next] : nullptr)});
    if (had_volume(row)) ++next;
  }
  return {};
}

std::vector<std::string> CopyJob::copied_snapshots() const {
  std::vector<std::string> snapshots;
  for (const CopiedClaim& claim : copied_) {
    if (!claim.snapshot_id.empty()) snapshots.push_back(claim.snapshot_id);
  }
  return snapshots;
}

Result<jobs::JobEnd> CopyJob::finish(const Definition& definition, const Json& source,
                                     const archive::ArchiveSeal& seal) {
  const std::vector<std::string> problems = copy_problems(claims_, copied_);
  for (std::size_t i = 0; i < std::min(problems.size(), kLinesShown); ++i) {
    TRY_VOID(run_.activity("Error: " + problems[i]));
  }
  const EpochSeconds now = context().clock.wall_seconds();
  Json fields = copy_fields(seal, copied_, problems, now);
  const EpochSeconds expiry = expiry_of(run_.document(), now);
  if (expiry > 0) fields["expiry_timestamp"] = expiry;
  if (locked_until_ > 0) fields["status"] = {{"locked", true}};
  jobs::JobEnd end;
  end.outcome = problems.empty() ? jobs::Outcome::completed : jobs::Outcome::partial;
  end.message = text_at(fields, "message");
  end.fields = copy_progress(copied_);
  end.fields["num_errors"] = problems.size();
  TRY_VOID(add_rows(text_at(source, "_id"), end.changes));
  end.changes.emplace_back(catalog::Edit{"backupinstances", point_, std::nullopt,
                                         catalog::Touch::server,
                                         [fields](const Json& stored) -> Result<Json> {
                                           Json body = stored;
                                           body.update(fields);
                                           return body;
                                         }});
  // Only what is copied whole may go.
  if (problems.empty() && member(definition.copy, "delete_snapshots") != false) {
    end.changes.emplace_back(catalog::Insert{"jobs", new_object_id(now), removal_job(source, now)});
  }
  return end;
}

// No recovery point names it.
Result<void> CopyJob::forget_copied(Context& cleaning) {
  const std::vector<std::string> snapshots = copied_snapshots();
  return snapshots.empty() ? Result<void>() : access_->forget(cleaning, snapshots);
}

// An interrupted job keeps everything, as its end is not looked at, and the next run goes on.
jobs::JobEnd CopyJob::failed(const Error& failure) {
  const bool is_stop = failure.code == ErrorCode::cancelled;
  if (!is_stop || run_.is_cancelled()) clear_up();
  context().log.warning("a copy did not succeed",
                        {{"job", run_.id()}, {"error", failure.describe()}});
  jobs::JobEnd end;
  end.outcome = is_stop ? jobs::Outcome::cancelled : jobs::Outcome::failed;
  end.message = is_stop ? "Copy was cancelled" : "Copy failed: " + failure.describe();
  end.fields = {{"num_errors", is_stop ? 0 : 1}};
  end.changes.push_back(remove_pending(run_.id()));
  return end;
}

void CopyJob::clear_up() {
  if (api_ == nullptr) return;
  Context cleaning = context().stopped_by({}).within(kCleanUp);
  const Result<void> forgotten = forget_copied(cleaning);
  if (!forgotten.ok()) {
    context().log.warning("what a failed copy had saved is still in the repository",
                          {{"job", run_.id()}, {"error", forgotten.error().describe()}});
  }
  clear_cluster(cleaning, kCleanUp);
}

// What stays now goes later: the monitor of the cluster looks for it.
void CopyJob::clear_cluster(Context& cleaning, Duration gone_within) {
  const volume::Mark mark{volume::MarkedBy::copy, run_.id()};
  Result<void> cleared = volume::remove_movers(cleaning, *api_, ports_.movers, mark);
  if (cleared.ok()) {
    cleared = volume::remove_marked(cleaning, *api_, mark, volume::Fate::kept, gone_within);
  }
  if (cleared.ok()) return;
  context().log.warning("what a copy worked with could not be removed",
                        {{"job", run_.id()}, {"error", cleared.error().describe()}});
}

}  // namespace

jobs::JobKind copy_kind(CopyPorts ports) {
  auto shared =
      std::make_shared<const CopyPorts>(std::move(ports));  // one job's thread each, all read only
  return {"K8S_COPY", [shared](jobs::JobRun& run) { return CopyJob(*shared, run).run(); }};
}

}  // namespace salvor::backup
