#include "restore/ledger.h"

#include <algorithm>
#include <map>

#include "base/random.h"
#include "restore/undo_plan.h"

namespace salvor::restore {
namespace {

// How often outcomes become durable. Shorter costs the disk, longer costs the next run more
// looking.
constexpr std::size_t kBatch = 256;
constexpr std::chrono::milliseconds kBatchTime{250};
constexpr std::uint64_t kPage = 1000;

// How owner links stand in a row: [how, owner step, reference].
Json links_to_json(const std::vector<OwnerLink>& links) {
  Json list = Json::array();
  for (const OwnerLink& link : links)
    list.push_back({static_cast<int>(link.how), link.owner, link.reference});
  return list;
}

std::vector<OwnerLink> links_from_json(const Json& list) {
  std::vector<OwnerLink> links;
  for (const Json& link : list) {
    links.push_back({static_cast<OwnerLink::How>(link[0].get<int>()), link[1].get<StepNumber>(),
                     link[2].get<std::uint32_t>()});
  }
  return links;
}

// What only the executor needs of a step: the row's internal field `plan`.
Json internals(const Step& step, const Outcome& outcome) {
  Json plan = Json::object();
  plan["item"] = step.item;
  plan["needs"] = step.needs;
  plan["owners"] = links_to_json(step.owners);
  plan["namespaced"] = step.type.namespaced;
  plan["source"] = step.source.group_resource;
  plan["keeps_volume"] = step.keeps_volume;
  plan["from_copy"] = step.from_copy;
  plan["restores_status"] = step.restores_status;
  plan["says_nothing"] = step.says_nothing;
  if (step.data) plan["data"] = to_json(*step.data);
  plan["reason"] = row_of(step.reason).code;
  plan["message"] = step.message;
  plan["fenced"] = outcome.is_fenced;
  return plan;
}

Step step_from(const Json& fields) {
  const Json& plan = fields["plan"];
  Step step;
  step.number = fields["seq"].get<StepNumber>();
  step.item = plan["item"].get<std::int64_t>();
  step.type = {text_at(fields, "group"),       text_at(fields, "version"),
               text_at(fields, "resource"),    text_at(fields, "kind"),
               plan["namespaced"].get<bool>(), {}};
  step.source = {text_at(plan, "source"), text_at(fields, "source_namespace"),
                 text_at(fields, "source_name")};
  step.target_namespace = text_at(fields, "namespace");
  step.target_name = text_at(fields, "name");
  step.wave = static_cast<Wave>(fields["wave"].get<int>());
  step.action = action_of(text_at(fields, "action"));
  const Json& fill_order = member(fields, "fill_order");
  if (fill_order.is_number_unsigned()) step.fill_order = fill_order.get<std::uint32_t>();
  step.reason = reason_of(text_at(plan, "reason"));
  step.message = text_at(plan, "message");
  step.needs = plan["needs"].get<std::vector<StepNumber>>();
  step.owners = links_from_json(plan["owners"]);
  step.keeps_volume = plan["keeps_volume"].get<bool>();
  step.from_copy = member(plan, "from_copy") == true;
  step.restores_status = member(plan, "restores_status") == true;
  step.says_nothing = member(plan, "says_nothing") == true;
  const Json& data = member(plan, "data");
  if (data.is_object()) step.data = std::make_shared<const ClaimData>(claim_data_in(data));
  return step;
}

Outcome outcome_from(const Json& fields) {
  Outcome outcome;
  if (text_at(fields, "state") == "PENDING") return outcome;
  outcome.reason = reason_of(text_at(fields, "reason"));
  outcome.http_status = fields["http_status"].get<int>();
  outcome.message = text_at(fields, "message");
  outcome.uid = text_at(fields, "k8s_uid");
  outcome.attempts = fields["attempts"].get<std::uint32_t>();
  outcome.start_time = fields["start_time"].get<EpochSeconds>();
  outcome.end_time = fields["end_time"].get<EpochSeconds>();
  outcome.is_fenced = member(fields["plan"], "fenced") == true;
  return outcome;
}

}  // namespace

// Member by member: a braced list of this length would copy each value twice, at every item.
Json step_fields(const Step& step) {
  Json fields = Json::object();
  fields["seq"] = step.number;
  fields["wave"] = static_cast<int>(step.wave);
  fields["kind"] = step.type.kind;
  fields["group"] = step.type.group;
  fields["version"] = step.type.version;
  fields["resource"] = step.type.resource;
  fields["source_namespace"] = step.source.namespace_name;
  fields["source_name"] = step.source.name;
  fields["namespace"] = step.target_namespace;
  fields["name"] = step.target_name;
  fields["action"] = to_string(step.action);
  if (step.fill_order > 0) fields["fill_order"] = step.fill_order;
  const std::string_view undone = why_undone(step.action);
  fields["why"] = undone.empty() ? rule_for(step.source.group_resource).why : undone;
  return fields;
}

Json row(const Step& step, const Outcome& outcome, const LedgerIds& ids) {
  const ReasonRow& reason = row_of(outcome.is_open() ? step.reason : outcome.reason);
  Json fields = step_fields(step);
  fields["job_id"] = ids.job;
  if (!ids.restore.empty()) fields["restore_id"] = ids.restore;
  fields["cluster"] = ids.cluster;
  fields["reason"] = reason.code;
  fields["state"] = state_name(outcome.is_open() ? ReasonClass::open : reason.kind);
  fields["http_status"] = outcome.http_status;
  fields["message"] = outcome.message;
  fields["attempts"] = outcome.attempts;
  fields["plan"] = internals(step, outcome);
  if (outcome.is_open()) return fields;
  fields["hint"] = reason.hint;
  fields["start_time"] = outcome.start_time;
  fields["end_time"] = outcome.end_time;
  if (!outcome.uid.empty()) fields["k8s_uid"] = outcome.uid;
  return fields;
}

Result<void> insert_rows(jobs::JobRun& run, Ledger& ledger, const LedgerIds& ids) {
  const EpochSeconds now = run.context().clock.wall_seconds();
  std::vector<catalog::Change> changes;
  changes.reserve(kPage);
  changes.emplace_back(catalog::RemoveAll{kItems, schema::equals("job_id", ids.job)});
  ledger.row_ids.clear();
  ledger.outcomes = outcomes_before(ledger.plan, now);
  for (const Step& step : ledger.plan.steps) {
    ledger.row_ids.push_back(new_object_id(now));
    changes.emplace_back(catalog::Insert{kItems, ledger.row_ids.back(),
                                         row(step, ledger.outcomes[step.number], ids)});
    if (changes.size() < kPage) continue;
    TRY_VOID(run.commit(std::move(changes)));
    changes.clear();
    changes.reserve(kPage);
  }
  return run.commit(std::move(changes));
}

Result<Ledger> load_ledger(Context& context, catalog::Catalog& catalog, const std::string& job_id) {
  Ledger ledger;
  while (true) {
    TRY(const catalog::Page page,
        catalog.find(
            context, kItems,
            {.filter = schema::all_of({schema::equals("job_id", job_id),
                                       schema::greater_equal("seq", ledger.plan.steps.size())}),
             .sort = {{"seq", false}},
             .limit = kPage,
             .count_total = false}));
    for (const catalog::Document& document : page.documents) {
      const Json fields = document.body();
      if (fields["seq"] != ledger.plan.steps.size()) {
        return error(ErrorCode::corrupt, "the saved plan of job " + job_id + " has a gap")
            .with_hint("run the restore again");
      }
      ledger.plan.steps.push_back(step_from(fields));
      ledger.outcomes.push_back(outcome_from(fields));
      ledger.row_ids.push_back(document.id);
    }
    if (page.documents.size() < kPage) return ledger;
  }
}

std::vector<catalog::Change> close_rows(jobs::JobRun& run, const Ledger& ledger,
                                        std::vector<Outcome> outcomes, const LedgerIds& ids) {
  std::vector<catalog::Change> changes;
  for (const Step& step : ledger.plan.steps) {
    Outcome& outcome = outcomes[step.number];
    if (!outcome.is_open() && !outcome.is_fenced) continue;
    if (outcome.is_open()) {
      outcome.reason = Reason::cancelled;
      outcome.start_time = outcome.end_time = run.context().clock.wall_seconds();
    }
    changes.emplace_back(
        catalog::Replace{kItems, ledger.row_ids[step.number], row(step, outcome, ids)});
  }
  return changes;
}

Counts count(const std::vector<Outcome>& outcomes) {
  Counts counts;
  counts.total = outcomes.size();
  for (const Outcome& outcome : outcomes) {
    switch (row_of(outcome.reason).kind) {
      case ReasonClass::open:
        ++counts.open;
        break;
      case ReasonClass::done:
        ++counts.done;
        break;
      case ReasonClass::partial:
        ++counts.partial;
        break;
      case ReasonClass::kept:
        ++counts.kept;
        break;
      case ReasonClass::skipped:
        ++counts.skipped;
        break;
      case ReasonClass::failed:
        ++counts.failed;
        break;
    }
  }
  return counts;
}

jobs::Outcome end_of(const Counts& counts, bool is_cancelled) {
  if (counts.total == 0) return jobs::Outcome::skipped;
  if (counts.open > 0 && is_cancelled) return jobs::Outcome::cancelled;
  if (counts.failed + counts.partial + counts.open == 0) return jobs::Outcome::completed;
  return counts.done + counts.partial + counts.kept > 0 ? jobs::Outcome::partial
                                                        : jobs::Outcome::failed;
}

LedgerSink::LedgerSink(jobs::JobRun& run, const Ledger& ledger, LedgerIds ids)
    : run_(run),
      ledger_(ledger),
      ids_(std::move(ids)),
      counts_(count(ledger.outcomes)),
      flushed_(run.context().clock.steady()) {}

Result<void> LedgerSink::note(const Step& step, const Outcome& outcome) {
  waiting_.emplace_back(
      catalog::Replace{kItems, ledger_.row_ids[step.number], row(step, outcome, ids_)});
  if (row_of(outcome.reason).kind == ReasonClass::done) ++counts_.done;
  const bool is_due = run_.context().clock.steady() - flushed_ >= kBatchTime;
  return waiting_.size() >= kBatch || is_due ? flush() : Result<void>();
}

Result<void> LedgerSink::flush() {
  flushed_ = run_.context().clock.steady();
  if (waiting_.empty()) return {};
  return run_.progress({{"num_restored_resources", counts_.done}}, std::exchange(waiting_, {}));
}

}  // namespace salvor::restore
