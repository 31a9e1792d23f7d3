#include "restore/plan_job.h"

#include "base/random.h"
#include "restore/inventory.h"
#include "restore/plan_inputs.h"
#include "restore/point_store.h"
#include "restore/preview.h"
#include "restore/request.h"

namespace salvor::restore {
namespace {

// How many rows are written in one transaction.
constexpr std::size_t kBatch = 1000;

class PlanJob {
 public:
  PlanJob(const Ports& ports, jobs::JobRun& run)
      : ports_(ports),
        run_(run),
        restore_(text_at(run.document(), "restoredef")),
        cluster_(text_at(run.document(), "cluster")) {}

  jobs::JobEnd run() {
    auto ended = plan();
    if (ended.ok()) return *std::move(ended);
    jobs::JobEnd end = end_with(ended.error());
    end.changes.emplace_back(drop_rows());
    return end;
  }

  Result<jobs::JobEnd> plan() {
    TRY_VOID(run_.activity("Planning"));
    TRY(const Request request, load_request(context(), ports_.catalog, run_.document()));
    TRY(const Json cluster, load(context(), ports_.catalog, "kubeclusters", cluster_));
    TRY(const Options options, parse_options(request.restore));
    TRY(const auto api, ports_.connect(context(), cluster));
    TRY(const PointStore source, PointStore::open(ports_, context(), request.copies));
    TRY(PlanInputs inputs, read_plan_inputs(context(), source.source(), request, options,
                                            ports_.scratch_folder, *api, ports_.patience));
    const Inventory& inventory = inputs.inventory;
    TRY(Preview made, preview(context(), *api, request, inventory, std::move(inputs.facts), options,
                              ports_.patience, ports_.scratch_folder));
    if (text_at(run_.document(), "dry_run") == "server") {
      TRY_VOID(run_.activity("Asking the API server"));
      const auto runner = ports_.make_runner(ports_.in_flight);
      TRY_VOID(ask_server(context(), *api, inventory, ports_.patience, *runner, made));
    }
    TRY_VOID(save_rows(made).within("saving the plan"));
    return end_of(request, made);
  }

 private:
  Context& context() { return run_.context(); }

  // The plan's id is the job's: rows that an earlier run left before it died go first.
  catalog::Change drop_rows() const {
    return catalog::RemoveAll{kPlanItems, schema::equals("plan_id", run_.id())};
  }

  Result<void> save_rows(const Preview& made) {
    const EpochSeconds now = context().clock.wall_seconds();
    std::vector<catalog::Change> changes;
    changes.emplace_back(drop_rows());
    for (const Step& step : made.plan.steps) {
      changes.emplace_back(
          catalog::Insert{kPlanItems, new_object_id(now),
                          preview_row(step, made.forecasts[step.number], run_.id())});
      if (changes.size() < kBatch) continue;
      TRY_VOID(run_.commit(std::exchange(changes, {})));
    }
    return run_.commit(std::move(changes));
  }

  jobs::JobEnd end_of(const Request& request, const Preview& made) {
    Json document = preview_document(made);
    document["restore_id"] = restore_;
    document["job_id"] = run_.id();
    document["cluster"] = cluster_;
    document["backup_inst"] = text_at(request.restore, "backup_inst");
    const std::size_t total = made.plan.steps.size();
    jobs::JobEnd end;
    end.outcome = total == 0 ? jobs::Outcome::skipped : jobs::Outcome::completed;
    end.message = total == 0 ? "nothing in the recovery point matches the selection"
                             : "planned " + counted(total, "item") + ", " +
                                   counted(made.checks.size(), "finding");
    end.fields = {{"num_total_resources", total}};
    end.changes.emplace_back(catalog::Insert{kPlans, run_.id(), std::move(document)});
    return end;
  }

  const Ports& ports_;
  jobs::JobRun& run_;
  const std::string restore_;
  const std::string cluster_;
};

}  // namespace

jobs::JobKind plan_kind(Ports ports) {
  auto shared =
      std::make_shared<const Ports>(std::move(ports));  // one job's thread each, all read only
  return {"RESTORE_PLAN", [shared](jobs::JobRun& run) { return PlanJob(*shared, run).run(); }};
}

Result<jobs::JobEnd> run_plan(const Ports& ports, jobs::JobRun& run) {
  return PlanJob(ports, run).plan();
}

}  // namespace salvor::restore
