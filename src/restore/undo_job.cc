#include "restore/undo_job.h"

#include "restore/inventory.h"
#include "restore/journal.h"
#include "restore/ledger.h"
#include "restore/point_store.h"
#include "restore/saved_plan.h"
#include "restore/undo_actor.h"
#include "restore/undo_plan.h"

namespace salvor::restore {
namespace {

std::string summary(const Counts& counts) {
  std::string text = "took back " + counted(counts.done, "item");
  if (counts.skipped > 0) text += ", " + std::to_string(counts.skipped) + " were gone already";
  if (counts.kept > 0) text += ", " + std::to_string(counts.kept) + " left alone";
  if (counts.failed > 0) text += ", " + std::to_string(counts.failed) + " failed";
  if (counts.open > 0) text += ", " + std::to_string(counts.open) + " not begun";
  return text;
}

class UndoJob {
 public:
  UndoJob(const Ports& ports, jobs::JobRun& run)
      : ports_(ports),
        run_(run),
        undone_(text_at(run.document(), "undo_of")),
        ids_{run.id(), text_at(run.document(), "restoredef"), text_at(run.document(), "cluster")} {}

  jobs::JobEnd run() {
    auto ended = undo();
    if (ended.ok()) return *std::move(ended);
    const bool reports = run_.is_cancelled() && is_saved_;
    return reports ? report() : end_with(ended.error());
  }

 private:
  Context& context() { return run_.context(); }

  // What the restore left, and how to look at it.
  struct Done {
    Ledger ledger;
    Options options;
    RenderContext render;
    Inventory inventory;
    Journal journal;
  };

  Result<jobs::JobEnd> undo() {
    TRY(const Json job, load(context(), ports_.catalog, "jobs", undone_));
    TRY(const Json cluster, load(context(), ports_.catalog, "kubeclusters", ids_.cluster));
    if (!member(job, "plan").is_object()) return nothing_to_do();
    TRY_VOID(run_.activity("Reading what the restore did"));
    TRY(const Done done, read(member(job, "plan")));
    const UndoPlan undo =
        make_undo_plan(done.ledger.plan, done.ledger.outcomes, done.journal.steps());
    if (undo.plan.steps.empty()) return nothing_to_do();
    TRY_VOID(begin_or_go_on(undo.plan));
    is_saved_ = true;
    TRY(const auto api, ports_.connect(context(), cluster));
    TRY_VOID(execute(undo, done, *api));
    if (context().stopped()) return context().check().error();
    return report();
  }

  Result<Done> read(const Json& saved) {
    const Request request = request_in(saved);
    TRY(Options options, parse_options(request.restore));
    TRY(Ledger ledger, load_ledger(context(), ports_.catalog, undone_));
    TRY(const PointStore source, PointStore::open(ports_, context(), request.copies));
    TRY(Inventory inventory,
        unpack(context(), source.source(), request.seal, options, ports_.scratch_folder)
            .within("reading the recovery point, which tells what was changed since"));
    TRY(Journal journal, Journal::open(context(), ports_.catalog, ports_.sealer, undone_));
    RenderContext render = render_context_in(saved, options);
    return Done{std::move(ledger), std::move(options), std::move(render), std::move(inventory),
                std::move(journal)};
  }

  // The same restore has the same undo, so only the outcomes need to be read back.
  Result<void> begin_or_go_on(const Plan& plan) {
    TRY(ledger_, load_ledger(context(), ports_.catalog, ids_.job));
    if (ledger_.plan.steps.size() == plan.steps.size())
      return run_.activity("Going on with " + counted(count(ledger_.outcomes).open, "open item"));
    ledger_.plan = plan;
    TRY_VOID(insert_rows(run_, ledger_, ids_).within("saving the plan"));
    return run_.progress({{"num_total_resources", plan.steps.size()}});
  }

  Result<void> execute(const UndoPlan& undo, const Done& done, kube::Api& api) {
    UndoActor actor(api, done.render, restore_manager(undone_), restore_manager(ids_.job),
                    ports_.patience);
    const auto runner = ports_.make_runner(ports_.in_flight);
    LedgerSink sink(run_, ledger_, ids_);
    StepLoop loop(context(), ledger_.plan, ledger_.outcomes, *runner, sink, ports_.patience, 1);
    TRY_VOID(loop.run([&](const Step& step) {
      return
          [&, original = undo.originals[step.number]] { return act(actor, step, done, original); };
    }));
    return sink.flush();
  }

  Outcome act(UndoActor& actor, const Step& step, const Done& done, StepNumber number) {
    const Step& original = done.ledger.plan.steps[number];
    const auto damaged = [](const Error& failure) {
      Outcome outcome;
      outcome.reason = Reason::damaged_item;
      outcome.message = failure.message;
      return outcome;
    };
    const auto body = object_of(original, done.inventory);
    if (!body.ok()) return damaged(body.error());
    std::optional<Json> prior;
    if (done.journal.steps().contains(number)) {
      auto kept = done.journal.prior(context(), number);
      if (!kept.ok()) return damaged(kept.error());
      prior = *std::move(kept);
    }
    return actor.act(context(),
                     {step, original, done.ledger.outcomes[number], *body, std::move(prior)});
  }

  static jobs::JobEnd nothing_to_do() {
    return {jobs::Outcome::skipped, "the run has changed nothing", Json::object(), {}};
  }

  // What was left alone is not taken back: such an undo is a partial one.
  jobs::JobEnd report() {
    Counts counts = count(ledger_.outcomes);
    jobs::JobEnd end;
    end.message = summary(counts);
    end.fields = {{"num_total_resources", counts.total},
                  {"num_restored_resources", counts.done},
                  {"num_errors", counts.failed + counts.open},
                  {"num_warnings", counts.kept}};
    counts.partial += std::exchange(counts.kept, 0);
    end.outcome = end_of(counts, run_.is_cancelled());
    end.changes = close_rows(run_, ledger_, ledger_.outcomes, ids_);
    return end;
  }

  const Ports& ports_;
  jobs::JobRun& run_;
  const std::string undone_;  // the restore's job
  const LedgerIds ids_;
  Ledger ledger_;
  bool is_saved_ = false;  // all rows are there
};

}  // namespace

jobs::JobKind undo_kind(Ports ports) {
  auto shared =
      std::make_shared<const Ports>(std::move(ports));  // one job's thread each, all read only
  return {"RESTORE_UNDO", [shared](jobs::JobRun& run) { return UndoJob(*shared, run).run(); }};
}

}  // namespace salvor::restore
