// The stages and what a death in each comes to. The restore goes on from its saved plan, as any
// restore does; the looks are made again; a verdict that was noted stays, and the removal goes on.
#include "proof/drill_job.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "archive/seal.h"
#include "base/random.h"
#include "proof/drill_verdict.h"
#include "proof/evidence.h"
#include "proof/point_lists.h"
#include "schema/filter.h"
#include "volume/sandbox.h"

namespace salvor::proof {
namespace {

constexpr std::size_t kLinesShown = 20;
constexpr std::chrono::minutes kGoneWithin{10};
// After a failure or a cancel; the monitor of the cluster does what is left.
constexpr std::chrono::seconds kCleanUp{60};
constexpr const char* kItems = "kuberestoreitems";
constexpr const char* kPlanItems = "kuberestoreplanitems";

// The job's run as another room's job sees it: the same, with a document of its own.
class StageRun final : public jobs::JobRun {
 public:
  StageRun(jobs::JobRun& run, Json document) : run_(run), document_(std::move(document)) {}
  const std::string& id() const override { return run_.id(); }
  const Json& document() const override { return document_; }
  bool is_resumed() const override { return run_.is_resumed(); }
  Context& context() override { return run_.context(); }
  bool is_cancelled() const override { return run_.is_cancelled(); }
  Result<void> activity(const std::string& text) override { return run_.activity(text); }
  using JobRun::progress;
  Result<void> progress(const Json& fields, std::vector<catalog::Change> changes) override {
    return run_.progress(fields, std::move(changes));
  }
  Result<void> commit(std::vector<catalog::Change> changes) override {
    return run_.commit(std::move(changes));
  }

 private:
  jobs::JobRun& run_;
  const Json document_;
};

class DrillJob {
 public:
  DrillJob(const DrillPorts& ports, jobs::JobRun& run)
      : ports_(ports), run_(run), request_(drill_request_in(run.document())) {}

  jobs::JobEnd run() {
    auto ended = drill();
    if (ended.ok()) return *std::move(ended);
    const bool goes_on_later = context().stopped() && !run_.is_cancelled();
    if (!goes_on_later) clear_up();
    return failed(ended.error());
  }

 private:
  Context& context() { return run_.context(); }

  Result<jobs::JobEnd> drill();
  Result<void> look();
  Result<void> choose_namespaces();
  Result<bool> restore();
  Result<void> take_restored();
  Result<void> compare();
  Result<void> note_verdict();
  Result<void> remove_all();
  Result<jobs::JobEnd> finish();
  Result<void> remove_what_is_there(Context& cleaning);
  void clear_up();
  jobs::JobEnd failed(const Error& failure);

  Json stage_document(Purpose purpose) const {
    return {{"cluster", text_at(run_.document(), "cluster")},
            {"restore",
             restore_definition(text_at(point_, "_id"), facts_.sandboxes, request_, purpose)}};
  }
  std::vector<std::string> sandboxes() const {
    std::vector<std::string> names;
    for (const auto& [source, sandbox] : facts_.sandboxes) names.push_back(sandbox);
    return names;
  }
  catalog::Change drop_plan_rows() const {
    return catalog::RemoveAll{kPlanItems, schema::equals("plan_id", run_.id())};
  }

  const DrillPorts& ports_;
  jobs::JobRun& run_;
  const DrillRequest request_;
  EpochSeconds began_at_ = 0;
  Json point_;
  Json cluster_;
  std::unique_ptr<kube::Api> api_;
  Listed listed_;
  DrillFindings findings_;
  DrillFacts facts_;
  Json verdict_;
  std::vector<catalog::Change> unwritten_;  // the last of a restore that was cancelled
  std::string left_behind_;                 // what the removal left, for people
};

Result<jobs::JobEnd> DrillJob::drill() {
  began_at_ = context().clock.wall_seconds();
  const Json& job = run_.document();
  TRY(point_,
      load_document(context(), ports_.catalog, "backupinstances", text_at(job, "backup_inst")));
  TRY(cluster_, load_document(context(), ports_.catalog, "kubeclusters", text_at(job, "cluster")));
  TRY(api_, ports_.connect(context(), cluster_)
                .within("connecting to cluster " + text_at(cluster_, "name")));
  verdict_ = member(member(job, "drill"), "found");
  if (!verdict_.is_object()) TRY_VOID(look());
  TRY_VOID(remove_all());
  return finish();
}

Result<void> DrillJob::look() {
  if (text_at(point_, "state") != "READY")
    return error(ErrorCode::conflict, "the recovery point is not READY any more");
  TRY_VOID(choose_namespaces());
  const volume::Mark mark{volume::MarkedBy::job, run_.id()};
  for (const std::string& name : sandboxes()) {
    TRY_VOID(volume::ensure_sandbox(context(), *api_, name, mark).within("making a sandbox"));
  }
  TRY(const bool is_restored, restore());
  if (is_restored) {
    TRY_VOID(take_restored());
    TRY_VOID(compare());
    TRY_VOID(run_.activity("Waiting for volumes and workloads"));
    TRY(facts_.look, wait_for_life(context(), *api_, sandboxes(), request_.ready_within)
                         .within("looking at the sandboxes"));
    facts_.problems = findings_.problems(listed_);
    for (Problem& problem : problems_of(facts_.look, facts_.sandboxes, findings_, listed_))
      facts_.problems.push_back(std::move(problem));
  }
  return note_verdict();
}

Result<void> DrillJob::choose_namespaces() {
  TRY(const PointLists lists, load_lists(context(), ports_.catalog, point_));
  for (const std::string& name : request_.namespaces) {
    if (lists.listed.namespaces.contains(name)) continue;
    return error(ErrorCode::invalid, "the recovery point has no namespace " + name)
        .with_hint("salvor describe backupinstance lists what it has");
  }
  facts_.sandboxes =
      sandboxes_for(request_, lists.listed.namespaces, ports_.movers.namespace_name, run_.id());
  if (facts_.sandboxes.empty()) {
    return error(ErrorCode::invalid, "the recovery point has no namespace to drill")
        .with_hint("name one of them, if those of Kubernetes itself are meant");
  }
  facts_.left_out = left_out_of(member(point_, "resource_types"), request_);
  listed_ = restricted_to(lists.listed, facts_.sandboxes);
  if (!left_out_of({"persistentvolumeclaims"}, request_).empty()) listed_.claims.clear();
  return {};
}

// Whether there is something to look at. What the stored bytes say is damage; what cannot be
// reached fails it.
Result<bool> DrillJob::restore() {
  const archive::ArchiveSeal seal = archive::seal_in(point_);
  if (!seal.is_there()) {
    facts_.problems = {{Reason::archive_missing, "archive", "the recovery point names none"}};
    return false;
  }
  TRY_VOID(run_.activity("Restoring into " + std::to_string(facts_.sandboxes.size()) +
                         (facts_.sandboxes.size() == 1 ? " sandbox" : " sandboxes")));
  Json document = stage_document(Purpose::restore);
  document["plan"] = member(run_.document(), "plan");
  StageRun stage(run_, std::move(document));
  auto ended = ports_.restore(stage);
  if (ended.ok()) {
    if (context().stopped()) unwritten_ = std::move(ended->changes);
    TRY_VOID(context().check());
    TRY_VOID(run_.progress(ended->fields, std::move(ended->changes)));
    return true;
  }
  const ErrorCode code = ended.error().code;
  const bool is_damage =
      code == ErrorCode::corrupt || code == ErrorCode::not_found || code == ErrorCode::invalid;
  if (!is_damage) return ended.error();
  const Reason reason = code == ErrorCode::corrupt     ? Reason::archive_damaged
                        : code == ErrorCode::not_found ? Reason::archive_missing
                                                       : Reason::restore_refused;
  facts_.problems = {{reason, seal.describe(), ended.error().message}};
  return false;
}

Result<void> DrillJob::take_restored() {
  TRY_VOID(each_row(context(), ports_.catalog, kItems, "job_id", run_.id(),
                    [&](const catalog::Document& row) -> Result<void> {
                      findings_.add_restored(row.body());
                      return {};
                    }));
  if (!findings_.undecided().empty()) {
    return error(ErrorCode::unavailable, "not everything could be tried: " + findings_.undecided())
        .with_hint("see that the cluster is well, then drill again");
  }
  facts_.objects = findings_.objects();
  facts_.refused = findings_.refused();
  return {};
}

// The plan is made once more over what is there: nothing may be left to do.
Result<void> DrillJob::compare() {
  TRY_VOID(run_.activity("Comparing"));
  StageRun stage(run_, stage_document(Purpose::comparison));
  TRY(const jobs::JobEnd ended, ports_.plan(stage));
  TRY_VOID(each_row(context(), ports_.catalog, kPlanItems, "plan_id", run_.id(),
                    [&](const catalog::Document& row) -> Result<void> {
                      findings_.add_planned(row.body());
                      return {};
                    }));
  return run_.commit({drop_plan_rows()});
}

// From here on a run that goes on removes alone: what it would see is half gone.
Result<void> DrillJob::note_verdict() {
  verdict_ = verdict_of(facts_);
  if (!run_.is_resumed()) verdict_["seconds"] = context().clock.wall_seconds() - began_at_;
  for (std::size_t i = 0; i < std::min(facts_.problems.size(), kLinesShown); ++i) {
    const Problem& problem = facts_.problems[i];
    TRY_VOID(run_.activity("Error: " + problem.object + ": " + problem.message));
  }
  Json drill = member(run_.document(), "drill");
  drill["found"] = verdict_;
  return run_.progress({{"drill", drill}});
}

Result<void> DrillJob::remove_all() {
  TRY_VOID(run_.activity("Removing the sandboxes"));
  const auto removed =
      volume::remove_sandboxes(context(), *api_, ports_.movers, run_.id(), kGoneWithin);
  if (removed.ok()) return {};
  TRY_VOID(context().check());
  left_behind_ = removed.error().message + "; the server goes on removing it";
  return run_.activity("Warning: " + left_behind_);
}

Result<jobs::JobEnd> DrillJob::finish() {
  TRY(const SigningKey key, ports_.evidence_key().within("reading the key of evidence"));
  const EpochSeconds now = context().clock.wall_seconds();
  const std::string state = text_at(verdict_, "state");
  const Json place = {{"cluster", text_at(cluster_, "_id")},
                      {"cluster_name", text_at(cluster_, "name")}};
  Finding finding{"DRILL", run_.id(), began_at_, now, state, verdict_};
  finding.facts["target"] = place;
  const std::string evidence_id = new_object_id(now);
  Json shown = brief(verdict_);
  shown.update(place);
  shown.update({{"checked_at", now}, {"job_id", run_.id()}, {"evidence_id", evidence_id}});
  jobs::JobEnd end;
  const bool is_good = state == "PASSED" && left_behind_.empty();
  end.outcome = is_good ? jobs::Outcome::completed : jobs::Outcome::partial;
  end.message = message_of(verdict_) + (left_behind_.empty() ? "" : "; " + left_behind_);
  end.fields = {{"num_errors", verdict_["num_problems"]},
                {"num_warnings", left_behind_.empty() ? 0 : 1}};
  end.changes = evidence_changes(point_, finding, key, evidence_id);
  end.changes.emplace_back(catalog::Edit{"backupinstances", text_at(point_, "_id"), std::nullopt,
                                         catalog::Touch::server,
                                         [shown](const Json& stored) -> Result<Json> {
                                           Json body = stored;
                                           body["drill"] = shown;
                                           return body;
                                         }});
  return end;
}

// What an earlier run has made goes, too, when this one was stopped before it began.
Result<void> DrillJob::remove_what_is_there(Context& cleaning) {
  if (!api_ && !run_.is_resumed()) return {};
  if (!api_) {
    TRY(const Json cluster, load_document(cleaning, ports_.catalog, "kubeclusters",
                                          text_at(run_.document(), "cluster")));
    TRY(api_, ports_.connect(cleaning, cluster));
  }
  return volume::remove_sandboxes(cleaning, *api_, ports_.movers, run_.id(), kCleanUp);
}

// What stays now goes later: the monitor of the cluster looks for it.
void DrillJob::clear_up() {
  Context cleaning = context().stopped_by({}).within(kCleanUp);
  const auto cleared = remove_what_is_there(cleaning);
  if (cleared.ok()) return;
  context().log.warning("sandboxes of a drill could not be removed yet",
                        {{"job", run_.id()}, {"error", cleared.error().describe()}});
}

jobs::JobEnd DrillJob::failed(const Error& failure) {
  jobs::JobEnd end;
  const bool is_stop = failure.code == ErrorCode::cancelled;
  end.outcome = is_stop ? jobs::Outcome::cancelled : jobs::Outcome::failed;
  end.message =
      is_stop ? "The drill was cancelled" : "Nothing was found out: " + failure.describe();
  end.fields = {{"num_errors", is_stop ? 0 : 1}};
  end.changes = std::move(unwritten_);
  // What the restore did not come to has nothing to tell.
  end.changes.emplace_back(catalog::RemoveAll{
      kItems,
      schema::all_of({schema::equals("job_id", run_.id()), schema::equals("state", "PENDING")})});
  end.changes.emplace_back(drop_plan_rows());
  return end;
}

}  // namespace

jobs::JobKind drill_kind(DrillPorts ports) {
  auto shared =
      std::make_shared<const DrillPorts>(std::move(ports));  // one job's thread each, all read only
  return {"DRILL", [shared](jobs::JobRun& run) { return DrillJob(*shared, run).run(); }};
}

}  // namespace salvor::proof
