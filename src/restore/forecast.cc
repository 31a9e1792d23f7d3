#include "restore/forecast.h"

#include "base/digest.h"
#include "base/random.h"
#include "restore/conflict.h"
#include "restore/edits.h"
#include "restore/references.h"
#include "restore/schedule.h"

namespace salvor::restore {
namespace {

// What the rules and the mapping change, apart from what a server makes itself.
std::vector<FieldChange> rewrites_of(const Step& step, Json original, const Json& wanted) {
  drop_server_fields(original);
  for (Json* object : {&original}) {
    object->erase("status");
    (*object)["metadata"].erase("ownerReferences");
  }
  return field_changes(original, wanted, rule_for(step.source.group_resource));
}

void note_change(const Step& step, const Json& live, Json patch, Forecast& forecast) {
  patch["metadata"].erase("resourceVersion");
  Json after = live;
  after.merge_patch(patch);
  forecast.diff = field_changes(live, after, rule_for(step.source.group_resource));
  forecast.change_digest =
      hex(sha256(compact(Json::diff(live, after)) + compact(Json::diff(after, live))));
}

// A webhook may change or refuse what the API server itself would take.
std::string webhooks_of(const Step& step, const ClusterFacts& facts) {
  std::string names;
  for (const WebhookFact& webhook : facts.webhooks) {
    if (webhook.matches(step.type)) names += (names.empty() ? "" : ", ") + webhook.name;
  }
  return names.empty() ? "" : "admission webhooks may change or refuse it: " + names;
}

void meet(const Step& step, const Json& original, const Json& wanted, const Json& live,
          const RenderContext& context, Forecast& forecast) {
  if (step.makes_namespace() && member(live, "metadata").contains("deletionTimestamp")) {
    forecast.unpredictable = "the namespace is being deleted in the target; it is made when gone";
    return;
  }
  const Resolution resolution = resolve({step, original, wanted, live}, context);
  forecast.reason = resolution.reason;
  forecast.message = row_of(resolution.reason).meaning;
  const Difference& difference = resolution.difference;
  if (!difference.immutable.empty()) forecast.message += ": " + message_of(difference.immutable);
  if (difference.patch.is_null()) return;
  note_change(step, live, difference.patch, forecast);
}

// What a new object asks of the target.
void note_needs(const Step& step, const Json& object, const RenderContext& context,
                Forecast& forecast) {
  const std::string& kind = step.source.group_resource;
  forecast.demand = demand_of(kind, object);
  forecast.hosts = hosts_of(object);
  forecast.driver = text_at(object, "provisioner");
  if (forecast.driver.empty())
    forecast.driver = text_at(member(member(object, "spec"), "csi"), "driver");
  forecast.placement = placement_of(kind, object);
  forecast.cautions =
      cautions_for(kind, object, context.namespaces.renames(step.source.namespace_name));
}

// Whether the storage still has the snapshot shows only when it is used.
void foretell_data(const ClaimData& data, Forecast& forecast) {
  if (data.is_there()) {
    forecast.unpredictable = "its volume is made from a snapshot or a copy";
    if (data.missing.empty()) return;
    forecast.reason = Reason::volume_not_whole;
    forecast.message += "; " + data.missing;
  } else {
    forecast.reason = Reason::volume_empty;
  }
}

}  // namespace

Forecast foretell(const Step& step, const Json& original, const Json& live,
                  const ClusterFacts& facts, const RenderContext& context) {
  Forecast forecast;
  if (step.action == Action::none) {
    forecast.reason = step.reason;
    forecast.message = step.message;
    return forecast;
  }
  if (step.action == Action::prune) {
    forecast.reason = Reason::pruned;
    forecast.message = row_of(Reason::pruned).meaning;
    return forecast;
  }
  const Result<Rendered> rendered = render(step, original, {}, context);
  if (!rendered.ok()) {
    forecast.reason = Reason::modifier_failed;
    forecast.message = rendered.error().message;
    return forecast;
  }
  forecast.rewrites = rewrites_of(step, original, rendered->object);
  forecast.free_texts = free_texts(original, rendered->object, context.namespaces);
  forecast.message = message_of(rendered->notes);
  if (!live.is_null()) meet(step, original, rendered->object, live, context, forecast);
  if (live.is_null()) note_needs(step, rendered->object, context, forecast);
  if (live.is_null() && step.data) foretell_data(*step.data, forecast);
  const bool is_written = row_of(forecast.reason).kind == ReasonClass::done;
  if (live.is_null() && rule_for(step.source.group_resource).needs_backend)
    forecast.unpredictable = "it is made once the Service behind it has a ready endpoint";
  if (is_written && forecast.unpredictable.empty())
    forecast.unpredictable = webhooks_of(step, facts);
  return forecast;
}

void spread_failures(const Plan& plan, std::vector<Forecast>& forecasts) {
  Schedule schedule(plan, outcomes_before(plan, 0));
  while (!schedule.is_finished()) {
    for (const StepNumber number : schedule.take_ready(plan.steps.size())) {
      Outcome outcome;
      outcome.reason = forecasts[number].reason;
      schedule.finish(number, outcome);
    }
    for (const BlockedStep& blocked : schedule.take_blocked()) {
      const Outcome outcome = blocked_by(plan.steps[blocked.because_of]);
      forecasts[blocked.step].reason = outcome.reason;
      forecasts[blocked.step].message = outcome.message;
    }
  }
}

}  // namespace salvor::restore
