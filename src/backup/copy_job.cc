#include "backup/copy_job.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "backup/attempts.h"
#include "backup/copied_objects.h"
#include "backup/copy_rows.h"
#include "backup/copy_source.h"
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

// That a run before this one noted with the objects.
EpochSeconds expiry_in(const Json& job) {
  const Json& expiry = member(member(job, "copy"), "expiry");
  return expiry.is_number_integer() ? expiry.get<EpochSeconds>() : 0;
}

class CopyJob {
 public:
  CopyJob(const CopyPorts& ports, jobs::JobRun& run) : ports_(ports), run_(run) {}

  jobs::JobEnd run() {
    auto ended = copy();
    return ended.ok() ? *std::move(ended) : failed(ended.error());
  }

 private:
  Result<jobs::JobEnd> copy();
  Result<Json> load(const std::string& resource, const std::string& id);
  Result<std::vector<catalog::Document>> rows(const char* resource, schema::Filter filter);
  Result<void> begin(const CopyDefinition& definition, const Json& source,
                     const volume::CopyAccess& access);
  Result<void> load_claims(const std::string& source);
  Result<void> copy_claims(const CopyDefinition& definition, kube::Api& api,
                           const volume::CopyAccess& access);
  Result<void> note(std::size_t index, const CopiedClaim& claim);
  Result<void> copy_objects_of(const CopyDefinition& definition, const Json& source);
  Json ready_fields(const std::vector<std::string>& problems, EpochSeconds now) const;
  Result<jobs::JobEnd> finish(const CopyDefinition& definition, const Json& source);
  Result<std::vector<CatalogRows>> copied_rows(const std::string& source);
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
  archive::ArchiveSeal objects_;  // of the copy
  Duration report_every_{};
  SteadyTime next_progress_{};
  EpochSeconds expiry_ = 0;  // of the copy; 0: none
};

Result<jobs::JobEnd> CopyJob::copy() {
  TRY(const CopyDefinition definition, load_copy_definition(ports_.backup, run_));
  TRY(const std::string source_id, choose_copy_source(ports_.backup, run_, definition));
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
  if (objects_.snapshot.empty()) {
    TRY_VOID(copy_claims(definition, *api_, access));
    TRY_VOID(copy_objects_of(definition, source));
  }
  if (access.protect) {
    TRY_VOID(run_.activity("Locking the copy"));
    TRY_VOID(
        access.protect(context(), copied_snapshots(), expiry_).within("locking the copy's data"));
  }
  return finish(definition, source);
}

Result<Json> CopyJob::load(const std::string& resource, const std::string& id) {
  return load_document(context(), ports_.backup.catalog, resource, id);
}

Result<std::vector<catalog::Document>> CopyJob::rows(const char* resource, schema::Filter filter) {
  catalog::Query query;
  query.filter = std::move(filter);
  query.limit = kRowsMax;
  query.count_total = false;
  TRY(catalog::Page page, ports_.backup.catalog.find(context(), resource, query));
  return std::move(page.documents);
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
Result<void> CopyJob::begin(const CopyDefinition& definition, const Json& source,
                            const volume::CopyAccess& access) {
  point_ = text_at(member(run_.document(), "copy"), "point");
  if (!point_.empty()) {
    TRY_VOID(run_.activity("Going on after a restart"));
    objects_ = archive::seal_in(member(run_.document(), "copy"));
    expiry_ = expiry_in(run_.document());
    // The objects' snapshot says which volumes the copy has.
    const Failed failed = objects_.snapshot.empty() ? Failed::is_tried_again : Failed::stays_failed;
    TRY(const auto documents, rows("kubepvcprogress", schema::equals("job_id", run_.id())));
    for (std::size_t i = 0; i < documents.size() && i < claims_.size(); ++i) {
      progress_ids_.push_back(documents[i].id);
      copied_[i] = copied_in(documents[i].body(), failed);
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

Result<void> CopyJob::copy_claims(const CopyDefinition& definition, kube::Api& api,
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

// The copy knows what it is made of before it is READY, as that stands beside its objects.
Result<void> CopyJob::copy_objects_of(const CopyDefinition& definition, const Json& source) {
  TRY_VOID(run_.activity("Copying objects"));
  const std::string source_id = text_at(source, "_id");
  const archive::ArchiveSeal seal = archive::seal_in(source);
  const EpochSeconds now = context().clock.wall_seconds();
  expiry_ = expiry_of(run_.document(), now);
  objects_.items = seal.items;
  TRY(Json point, load("backupinstances", point_));
  point.update(ready_fields(copy_problems(claims_, copied_), now));
  TRY(std::vector<CatalogRows> rows, copied_rows(source_id));
  const ObjectsToCopy what{point_, text_at(definition.cluster, "name"), std::move(point),
                           std::move(rows)};
  TRY(objects_, copy_objects(context(), ports_.backup.store, seal, *access_, what)
                    .within("copying the objects"));
  return run_.progress({{"copy",
                         {{"source", source_id},
                          {"point", point_},
                          {"archive", to_json(objects_)},
                          {"expiry", expiry_}}}});
}

Result<std::vector<CatalogRows>> CopyJob::copied_rows(const std::string& source) {
  std::vector<CatalogRows> all;
  for (const char* inventory : kInventories) {
    TRY(const auto documents, rows(inventory, schema::equals("backupinst_id", source)));
    all.push_back({inventory, {}});
    for (const catalog::Document& document : documents) {
      all.back().rows.push_back(document.body());
      all.back().rows.back()["backupinst_id"] = point_;
    }
  }
  TRY(const auto documents, rows("kubepvclaims", schema::equals("backupinst_id", source)));
  all.push_back({"kubepvclaims", {}});
  std::size_t next = 0;
  for (const catalog::Document& document : documents) {
    const Json row = document.body();
    all.back().rows.push_back(
        copied_claim_row(row, point_, had_volume(row) ? &copied_[next] : nullptr));
    if (had_volume(row)) ++next;
  }
  return all;
}

std::vector<std::string> CopyJob::copied_snapshots() const {
  std::vector<std::string> snapshots;
  if (!objects_.snapshot.empty()) snapshots.push_back(objects_.snapshot);
  for (const CopiedClaim& claim : copied_) {
    if (!claim.snapshot_id.empty()) snapshots.push_back(claim.snapshot_id);
  }
  return snapshots;
}

// What makes the recovery point READY.
Json CopyJob::ready_fields(const std::vector<std::string>& problems, EpochSeconds now) const {
  Json fields = copy_fields(objects_, copied_, problems, now);
  if (expiry_ > 0) fields["expiry_timestamp"] = expiry_;
  if (access_->protect) fields["status"] = {{"locked", true}};
  return fields;
}

Result<jobs::JobEnd> CopyJob::finish(const CopyDefinition& definition, const Json& source) {
  const std::vector<std::string> problems = copy_problems(claims_, copied_);
  for (std::size_t i = 0; i < std::min(problems.size(), kLinesShown); ++i) {
    TRY_VOID(run_.activity("Error: " + problems[i]));
  }
  const EpochSeconds now = context().clock.wall_seconds();
  const Json fields = ready_fields(problems, now);
  jobs::JobEnd end;
  end.outcome = problems.empty() ? jobs::Outcome::completed : jobs::Outcome::partial;
  end.message = text_at(fields, "message");
  end.fields = copy_progress(copied_);
  end.fields["num_errors"] = problems.size();
  TRY(std::vector<CatalogRows> all, copied_rows(text_at(source, "_id")));
  for (CatalogRows& rows : all) {
    for (Json& row : rows.rows)
      end.changes.emplace_back(catalog::Insert{rows.resource, "", std::move(row)});
  }
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
