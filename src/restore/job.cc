#include "restore/job.h"

#include <algorithm>

#include "restore/journal.h"
#include "restore/ledger.h"
#include "restore/plan_inputs.h"
#include "restore/point_store.h"
#include "restore/preview.h"
#include "restore/pruning.h"
#include "restore/render.h"
#include "restore/request.h"
#include "restore/saved_plan.h"
#include "restore/volume_progress.h"

namespace salvor::restore {
namespace {

constexpr unsigned kVolumesAtOnce = 4;
// For what must be done although the restore was told to stop, or cannot go on.
constexpr std::chrono::seconds kWrapUpTime{20};

std::string summary(const Counts& counts) {
  std::string text = "restored " + counted(counts.done, "object");
  if (counts.kept > 0) text += ", " + std::to_string(counts.kept) + " were there and left alone";
  if (counts.skipped > 0) text += ", " + std::to_string(counts.skipped) + " skipped";
  if (counts.partial > 0) text += ", " + std::to_string(counts.partial) + " not whole";
  if (counts.failed > 0) text += ", " + std::to_string(counts.failed) + " failed";
  if (counts.open > 0) text += ", " + std::to_string(counts.open) + " not begun";
  return text;
}

void mark_unreached(std::vector<Outcome>& outcomes, const Error& failure) {
  for (Outcome& outcome : outcomes) {
    if (outcome.is_open()) outcome = not_looked_for(failure);
    if (!outcome.is_fenced) continue;
    outcome.reason = Reason::conflict;
    outcome.message = "made, but still suspended: " + failure.message;
  }
}

class RestoreJob {
 public:
  RestoreJob(const Ports& ports, jobs::JobRun& run)
      : ports_(ports),
        run_(run),
        ids_{run.id(), text_at(run.document(), "restoredef"), text_at(run.document(), "cluster")} {}

  Result<jobs::JobEnd> run() {
    auto ended = restore();
    if (ended.ok()) return ended;
    const bool goes_on_later = context().stopped() && !run_.is_cancelled();
    if (goes_on_later || !is_planned_) return ended.error();
    return close(ended.error());
  }

  // Of a failure. Before the plan nothing was done, so rows of half a plan would only mislead.
  jobs::JobEnd end_without_a_report(const Error& failure) const {
    jobs::JobEnd end = end_with(failure);
    if (!is_planned_)
      end.changes.emplace_back(catalog::RemoveAll{kItems, schema::equals("job_id", ids_.job)});
    return end;
  }

 private:
  Context& context() { return run_.context(); }

  // The plan with its ledger, and what its steps are rendered with.
  struct Prepared {
    Ledger ledger;
    RenderContext render;
  };

  Result<jobs::JobEnd> restore() {
    const Json& saved = member(run_.document(), "plan");
    is_planned_ = saved.is_object();
    planned_at_ = text_at(saved, "planned_at");
    Request request = request_in(saved);
    if (!is_planned_) {
      TRY_VOID(run_.activity("Initiating restore process"));
      TRY(request, load_request(context(), ports_.catalog, run_.document()));
    }
    TRY(const Json cluster, load(context(), ports_.catalog, "kubeclusters", ids_.cluster));
    TRY(const Options options, parse_options(request.restore));
    TRY(const volume::TransferOptions transfer,
        volume::read_transfer_options(member(request.restore, "options"), kVolumesAtOnce));
    TRY(const auto api, ports_.connect(context(), cluster));
    TRY(const PointStore source, PointStore::open(ports_, context(), request.copies));
    if (is_planned_) {
      TRY(const Inventory inventory,
          unpack(context(), source.source(), request.seal, options, ports_.scratch_folder));
      TRY(Prepared prepared, go_on(saved, options));
      return execute_plan(prepared, inventory, *api, fill_ports(source, transfer));
    }
    TRY(PlanInputs inputs, read_plan_inputs(context(), source.source(), request, options,
                                            ports_.scratch_folder, *api, ports_.patience));
    TRY(Prepared prepared, plan_anew(request, inputs, *api, options));
    inputs.inventory.forget_items();
    return execute_plan(prepared, inputs.inventory, *api, fill_ports(source, transfer));
  }

  Result<Prepared> plan_anew(const Request& request, PlanInputs& inputs, kube::Api& api,
                             const Options& options) {
    TRY_VOID(run_.activity("Planning"));
    Ledger ledger;
    RenderContext render;
    TRY(std::tie(ledger.plan, render), planned(request, inputs, api, options));
    TRY_VOID(insert_rows(run_, ledger, ids_).within("saving the plan"));
    const std::size_t total = ledger.plan.steps.size();
    TRY_VOID(run_.commit({catalog::Edit{"jobs", ids_.job, std::nullopt, catalog::Touch::server,
                                        [saved = saved_plan(request, render),
                                         total](const Json& stored) -> Result<Json> {
                                          Json job = stored;
                                          job["plan"] = saved;
                                          job["num_total_resources"] = total;
                                          return job;
                                        }}})
                 .within("saving the plan"));
    is_planned_ = true;
    TRY_VOID(run_.activity("Restoring " + counted(total, "item")));
    return Prepared{std::move(ledger), std::move(render)};
  }

  // A run that holds to a plan makes it once more and compares.
  Result<std::pair<Plan, RenderContext>> planned(const Request& request, PlanInputs& inputs,
                                                 kube::Api& api, const Options& options) {
    const std::string hash = text_at(run_.document(), "plan_hash");
    const Inventory& inventory = inputs.inventory;
    if (hash.empty()) {
      const ClusterFacts& facts = inputs.facts;
      TRY(Plan plan, make_plan(inventory.items, facts, options));
      TRY_VOID(add_pruning(context(), api, facts, options, ports_.patience, plan));
      RenderContext render = make_render_context(plan, facts, options);
      return std::pair(std::move(plan), std::move(render));
    }
    TRY(Preview made, preview(context(), api, request, inventory, std::move(inputs.facts), options,
                              ports_.patience, ports_.scratch_folder));
    if (made.hash == hash) return std::pair(std::move(made.plan), std::move(made.render));
    return error(ErrorCode::invalid,
                 "the cluster, the definition or the recovery point has changed since the plan of "
                 "this hash was made, so nothing was done")
        .with_hint("make a new plan, look at it, and run the restore with its hash");
  }

  Result<Prepared> go_on(const Json& saved, const Options& options) {
    TRY(Ledger ledger, load_ledger(context(), ports_.catalog, ids_.job));
    RenderContext render = render_context_in(saved, options);
    ledger.plan.namespaces = render.namespaces;
    TRY_VOID(run_.activity("Going on after a restart with " +
                           counted(count(ledger.outcomes).open, "open item")));
    return Prepared{std::move(ledger), std::move(render)};
  }

  static jobs::JobEnd nothing_to_do() {
    return {jobs::Outcome::skipped,
            "nothing in the recovery point matches the selection",
            Json::object(),
            {}};
  }

  Result<jobs::JobEnd> execute_plan(Prepared& prepared, const Inventory& inventory, kube::Api& api,
                                    FillPorts fill) {
    Ledger& ledger = prepared.ledger;
    if (ledger.plan.steps.empty()) return nothing_to_do();
    planned_at_ = prepared.render.planned_at;
    TRY(const Journal journal, Journal::open(context(), ports_.catalog, ports_.sealer, run_.id()));
    VolumeProgress volumes(run_, ledger.plan);
    TRY_VOID(volumes.begin(ports_.catalog));
    fill.on_transfer = [&volumes, every = fill.options.report_every](
                           const Step& step, const volume::Transfer& transfer) {
      return volumes.note(step.number, transfer, every);
    };
    const std::size_t long_at_once = fill.options.volumes_at_once;
    Actor actor(api, prepared.render, run_.id(), ports_.patience, prior_states(journal),
                std::move(fill));
    const auto runner = ports_.make_runner(ports_.in_flight);
    LedgerSink sink(run_, ledger, ids_);
    const auto objects = [&](const Step& step) { return object_of(step, inventory); };
    TRY(auto outcomes, execute(context(), ledger.plan, std::move(ledger.outcomes),
                               {actor, *runner, objects, sink, long_at_once}));
    withdraw_sources(context(), actor, ledger.plan);
    return report(ledger, std::move(outcomes), volumes);
  }

  FillPorts fill_ports(const PointStore& source, const volume::TransferOptions& options) const {
    FillPorts fill{options.in(ports_.movers), source.repository(), options};
    const unsigned most = std::max(1U, ports_.in_flight / 2);
    fill.options.volumes_at_once = std::min(fill.options.volumes_at_once, most);
    return fill;
  }

  PriorStates prior_states(const Journal& journal) {
    return {[&](const Step& step, const Json& prior) { return journal.keep(run_, step, prior); },
            [&](const Step& step) -> Result<std::optional<Json>> {
              if (!journal.steps().contains(step.number)) return std::optional<Json>();
              TRY(Json prior, journal.prior(context(), step.number));
              return std::optional(std::move(prior));
            }};
  }

  // Ends a restore that was cancelled or cannot go on, from its saved rows alone.
  Result<jobs::JobEnd> close(const Error& failure) {
    Context at = context().stopped_by({}).within(kWrapUpTime);
    TRY(Ledger ledger, load_ledger(at, ports_.catalog, ids_.job));
    const auto api = connect_again(at);
    if (api.ok()) {
      RenderContext render;
      render.planned_at = planned_at_;
      Actor actor(**api, std::move(render), run_.id(), ports_.patience, {},
                  {.place = ports_.movers});
      const auto runner = ports_.make_runner(ports_.in_flight);
      LedgerSink sink(run_, ledger, ids_);
      TRY(ledger.outcomes,
          wrap_up(at, ledger.plan, ledger.outcomes, {actor, *runner, no_objects, sink}));
      withdraw_sources(at, actor, ledger.plan);
    } else {
      mark_unreached(ledger.outcomes, api.error());
    }
    VolumeProgress volumes(run_, ledger.plan);
    TRY_VOID(volumes.find(at, ports_.catalog));
    jobs::JobEnd end = report(ledger, ledger.outcomes, volumes);
    if (!run_.is_cancelled()) end.message = failure.describe() + "; " + end.message;
    return end;
  }

  // What is left, of claims without a pod or of a cluster that is away, goes later: the monitor of
  // the cluster looks for what ended jobs left there.
  static void withdraw_sources(Context& at, Actor& actor, const Plan& plan) {
    const bool has_data = std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
      return step.data && step.data->is_there();
    });
    if (!has_data) return;
    const Result<void> withdrawn = actor.withdraw_sources(at);
    if (!withdrawn.ok()) {
      at.log.warning("snapshots that claims were filled from are still offered",
                     {{"error", withdrawn.error().describe()}});
    }
  }

  Result<std::unique_ptr<kube::Api>> connect_again(Context& at) {
    TRY(const Json cluster, load(at, ports_.catalog, "kubeclusters", ids_.cluster));
    return ports_.connect(at, cluster);
  }

  static Result<Json> no_objects(const Step&) {
    return error(ErrorCode::bug, "nothing is written while wrapping up");
  }

  // Every item has its row, also those that nobody came to.
  jobs::JobEnd report(const Ledger& ledger, std::vector<Outcome> outcomes,
                      VolumeProgress& volumes) {
    const Counts counts = count(outcomes);
    jobs::JobEnd end;
    end.outcome = end_of(counts, run_.is_cancelled());
    end.message = summary(counts);
    end.fields = {{"num_total_resources", counts.total},
                  {"num_restored_resources", counts.done},
                  {"num_errors", counts.failed + counts.partial + counts.open},
                  {"num_warnings", counts.kept}};
    volumes.close(outcomes, end);
    for (catalog::Change& change : close_rows(run_, ledger, std::move(outcomes), ids_))
      end.changes.push_back(std::move(change));
    return end;
  }

  const Ports& ports_;
  jobs::JobRun& run_;
  const LedgerIds ids_;
  std::string planned_at_;
  bool is_planned_ = false;  // from here on the rows say what is to be done
};

}  // namespace

jobs::JobEnd end_with(const Error& failure) {
  const bool is_stop = failure.code == ErrorCode::cancelled;
  return {is_stop ? jobs::Outcome::cancelled : jobs::Outcome::failed,
          failure.describe(),
          {{"num_errors", is_stop ? 0 : 1}},
          {}};
}

jobs::JobKind restore_kind(Ports ports) {
  auto shared =
      std::make_shared<const Ports>(std::move(ports));  // one job's thread each, all read only
  return {"RESTORE", [shared](jobs::JobRun& run) {
            RestoreJob job(*shared, run);
            auto ended = job.run();
            return ended.ok() ? *std::move(ended) : job.end_without_a_report(ended.error());
          }};
}

Result<jobs::JobEnd> run_restore(const Ports& ports, jobs::JobRun& run) {
  return RestoreJob(ports, run).run();
}

}  // namespace salvor::restore
