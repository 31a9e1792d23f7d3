#include "restore/job.h"

#include <atomic>

#include "archive/reader.h"
#include "archive/spool.h"
#include "restore/gather.h"
#include "restore/ledger.h"
#include "restore/render.h"
#include "restore/scan.h"

namespace salvor::restore {
namespace {

// The backup, unpacked: bodies in a scratch file, what the planner needs in memory.
struct Inventory {
  archive::Spool spool;
  std::vector<Item> items;
};

// What the plan was made from, kept in the job's internal field `plan`, so that a later run does
// the same even when the definition has been changed meanwhile.
struct Request {
  Json restore;
  Json cluster;
  archive::ArchiveSeal seal;
};

archive::ArchiveSeal seal_in(const Json& point) {
  const Json& seal = member(point, "archive");
  return {text_at(seal, "name"), text_at(seal, "sha256"),
          seal.value("size_bytes", std::uint64_t{0}), seal.value("items", std::uint64_t{0})};
}

std::string counted(std::size_t number, const char* one, const char* many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

std::string summary(const Counts& counts) {
  std::string text = "restored " + counted(counts.done, "object", "objects");
  if (counts.kept > 0) text += ", " + std::to_string(counts.kept) + " were there and left alone";
  if (counts.skipped > 0) text += ", " + std::to_string(counts.skipped) + " skipped";
  if (counts.failed > 0) text += ", " + std::to_string(counts.failed) + " failed";
  if (counts.open > 0) text += ", " + std::to_string(counts.open) + " not begun";
  return text;
}

// The job's end is a function of the rows alone.
jobs::Outcome outcome_for(const Counts& counts, bool is_cancelled) {
  if (counts.open > 0) return is_cancelled ? jobs::Outcome::cancelled : jobs::Outcome::partial;
  if (counts.total == 0) return jobs::Outcome::skipped;
  if (counts.failed == 0) return jobs::Outcome::completed;
  return counts.done + counts.kept > 0 ? jobs::Outcome::partial : jobs::Outcome::failed;
}

jobs::JobEnd end_with(const Error& failure) {
  const bool is_stop = failure.code == ErrorCode::cancelled;
  return {is_stop ? jobs::Outcome::cancelled : jobs::Outcome::failed,
          failure.describe(),
          {{"num_errors", is_stop ? 0 : 1}},
          {}};
}

class RestoreJob {
 public:
  RestoreJob(const Ports& ports, jobs::JobRun& run)
      : ports_(ports),
        run_(run),
        ids_{run.id(), text_at(run.document(), "restoredef"), text_at(run.document(), "cluster")} {}

  jobs::JobEnd run() {
    auto ended = restore();
    return ended.ok() ? *std::move(ended) : end_with(ended.error());
  }

 private:
  Context& context() { return run_.context(); }

  Result<jobs::JobEnd> restore() {
    const Json& saved = member(run_.document(), "plan");
    Request request{member(saved, "restore"), {}, seal_in(saved)};
    if (saved.is_null()) {
      TRY(request, load_request());
    }
    TRY(request.cluster, load("kubeclusters", ids_.cluster));
    TRY(const Options options, parse_options(request.restore));
    TRY(Inventory inventory, unpack(request.seal, options));
    TRY(const auto api, ports_.connect(context(), request.cluster));
    TRY(const ClusterFacts facts, gather_facts(context(), *api));
    TRY(Ledger ledger,
        saved.is_null() ? plan_anew(request, inventory, facts, options) : go_on(saved));
    if (ledger.plan.steps.empty()) return nothing_to_do();
    return execute_plan(std::move(ledger), inventory, *api,
                        make_render_context(ledger.plan, facts, options));
  }

  Result<Json> load(const std::string& resource, const std::string& id) {
    TRY(const catalog::Document document,
        ports_.catalog.get(context(), resource, id).within("reading " + resource + "/" + id));
    Json body = document.body();
    body["_id"] = document.id;
    return body;
  }

  Result<Request> load_request() {
    TRY_VOID(run_.activity("Initiating restore process"));
    Request request;
    TRY(request.restore, load("kuberestores", ids_.restore));
    TRY(const Json point, load("backupinstances", text_at(request.restore, "backup_inst")));
    request.seal = seal_in(point);
    if (text_at(point, "state") != "READY" || request.seal.name.empty()) {
      return error(ErrorCode::invalid, "recovery point " + text_at(point, "name") + " is not READY")
          .with_hint("choose one whose state is READY");
    }
    return request;
  }

  // Nothing is done with what was read before the whole archive has been checked against its seal.
  Result<Inventory> unpack(const archive::ArchiveSeal& seal, const Options& options) {
    TRY(archive::Spool spool, archive::Spool::create(ports_.scratch_folder));
    Inventory inventory{std::move(spool), {}};
    const auto keep = [&](const archive::ItemName& name, std::string_view text) -> Result<void> {
      TRY(const Json object, parse_json(text));
      inventory.items.push_back(scan(name, object, options));
      TRY(inventory.items.back().number, inventory.spool.append(text));
      return {};
    };
    TRY_VOID(archive::read_items(context(), ports_.store, seal, keep)
                 .within("reading recovery point " + seal.name));
    return inventory;
  }

  Result<Ledger> plan_anew(const Request& request, const Inventory& inventory,
                           const ClusterFacts& facts, const Options& options) {
    TRY_VOID(run_.activity("Planning"));
    Ledger ledger;
    TRY(ledger.plan, make_plan(inventory.items, facts, options));
    std::vector<catalog::Change> changes =
        rows_to_insert(ledger, ids_, context().clock.wall_seconds());
    const Json saved = {{"restore", request.restore},
                        {"namespaces", ledger.plan.namespaces.entries()},
                        {"archive",
                         {{"name", request.seal.name},
                          {"sha256", request.seal.sha256},
                          {"size_bytes", request.seal.size_bytes},
                          {"items", request.seal.items}}}};
    const std::size_t total = ledger.plan.steps.size();
    changes.push_back(catalog::Edit{"jobs", ids_.job, std::nullopt, catalog::Touch::server,
                                    [saved, total](const Json& stored) -> Result<Json> {
                                      Json job = stored;
                                      job["plan"] = saved;
                                      job["num_total_resources"] = total;
                                      return job;
                                    }});
    TRY_VOID(run_.commit(std::move(changes)).within("saving the plan"));
    TRY_VOID(run_.activity("Restoring " + counted(total, "item", "items")));
    return ledger;
  }

  Result<Ledger> go_on(const Json& saved) {
    TRY(Ledger ledger, load_ledger(context(), ports_.catalog, ids_.job));
    ledger.plan.namespaces =
        NamespaceMap(member(saved, "namespaces").get<std::map<std::string, std::string>>(), "", "");
    TRY_VOID(run_.activity("Going on after a restart with " +
                           counted(count(ledger.outcomes).open, "open item", "open items")));
    return ledger;
  }

  static jobs::JobEnd nothing_to_do() {
    return {jobs::Outcome::skipped,
            "nothing in the recovery point matches the selection",
            Json::object(),
            {}};
  }

  Result<jobs::JobEnd> execute_plan(Ledger ledger, const Inventory& inventory, kube::Api& api,
                                    RenderContext render) {
    Actor actor(api, std::move(render), "salvor-" + ids_.job, ports_.patience);
    PoolRunner runner(ports_.in_flight);
    LedgerSink sink(run_, ledger, ids_);
    const auto bodies = [&](std::int64_t item) {
      return inventory.spool.load(static_cast<std::size_t>(item));
    };
    TRY(const auto outcomes,
        execute(context(), ledger.plan, ledger.outcomes, {actor, runner, bodies, sink}));
    return report(ledger, outcomes);
  }

  jobs::JobEnd report(const Ledger& ledger, std::vector<Outcome> outcomes) {
    const Counts counts = count(outcomes);
    jobs::JobEnd end;
    end.outcome = outcome_for(counts, run_.is_cancelled());
    end.message = summary(counts);
    end.fields = {{"num_total_resources", counts.total},
                  {"num_restored_resources", counts.done},
                  {"num_errors", counts.failed},
                  {"num_warnings", counts.kept}};
    if (!run_.is_cancelled()) return end;
    for (const Step& step : ledger.plan.steps) {
      Outcome& outcome = outcomes[step.number];
      if (row_of(outcome.reason).kind != ReasonClass::open && outcome.reason != Reason::cancelled)
        continue;
      outcome.reason = Reason::cancelled;
      outcome.start_time = outcome.end_time = context().clock.wall_seconds();
      end.changes.push_back(catalog::Edit{
          kItems, ledger.row_ids[step.number], std::nullopt, catalog::Touch::server,
          [fields = row(step, outcome, ids_)](const Json&) -> Result<Json> { return fields; }});
    }
    return end;
  }

  const Ports& ports_;
  jobs::JobRun& run_;
  const LedgerIds ids_;
};

}  // namespace

jobs::JobKind restore_kind(Ports ports) {
  auto shared =
      std::make_shared<const Ports>(std::move(ports));  // one job's thread each, all read only
  return {"RESTORE", [shared](jobs::JobRun& run) { return RestoreJob(*shared, run).run(); }};
}

}  // namespace salvor::restore
