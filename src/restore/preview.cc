#include "restore/preview.h"

#include <map>

#include "base/digest.h"
#include "base/random.h"
#include "restore/gather.h"
#include "restore/ledger.h"
#include "restore/live.h"
#include "restore/pruning.h"
#include "restore/server_opinion.h"
#include "restore/suggested_modifiers.h"

namespace salvor::restore {
namespace {

// Two plans are the same when they do the same with the same objects to the same end. What the
// definition and the recovery point say is in it too, so bodies need not be.
std::string hash_of(const Request& request, const Preview& made) {
  Json definition = request.restore;
  for (const char* name : {"_id", "name", "status", "tags", "owner"}) definition.erase(name);
  std::string text = compact(definition) + request.seal.sha256;
  for (const Step& step : made.plan.steps) {
    const Forecast& forecast = made.forecasts[step.number];
    text += "\n" + std::string(to_string(step.action)) + " " + step.source.group_resource + " " +
            step.type.version + " " + step.source.namespace_name + "/" + step.source.name + " " +
            step.target_namespace + "/" + step.target_name + " " +
            std::string(row_of(forecast.reason).code) + " " + forecast.change_digest;
  }
  return hex(sha256(text));
}

Result<std::vector<Forecast>> foretell_all(Context& context, const Preview& made,
                                           const Inventory& inventory, const LiveObjects& live,
                                           const ClusterFacts& facts) {
  std::vector<Forecast> forecasts;
  forecasts.reserve(made.plan.steps.size());
  for (const Step& step : made.plan.steps) {
    TRY_VOID(context.check());
    TRY(const std::optional<Json> there, live.find(step));
    const Result<Json> object =
        step.action == Action::none ? Result<Json>(Json()) : object_of(step, inventory);
    if (!object.ok()) {
      Forecast damaged;
      damaged.reason = Reason::damaged_item;
      damaged.message = object.error().message;
      forecasts.push_back(std::move(damaged));
      continue;
    }
    forecasts.push_back(foretell(step, *object, there.value_or(Json()), facts, made.render));
  }
  spread_failures(made.plan, forecasts);
  return forecasts;
}

// Those of the needs that the target does not have.
Result<std::map<ObjectName, std::size_t>> missing_in(Context& context, kube::Api& api,
                                                     std::map<ObjectName, std::size_t> needs,
                                                     const ClusterFacts& facts,
                                                     const Patience& patience) {
  std::set<std::string> kinds;
  for (const auto& [need, count] : needs) kinds.insert(need.group_resource);
  TRY(const std::set<ObjectName> there, gather_names(context, api, facts, kinds, patience));
  std::erase_if(needs, [&](const auto& need) { return there.contains(need.first); });
  return needs;
}

std::vector<FieldChange> shown(const std::vector<FreeText>& texts) {
  std::vector<FieldChange> changes;
  for (const FreeText& text : texts) {
    const ChangedLine line = text.is_encoded
                                 ? ChangedLine{std::string(kHidden), std::string(kHidden)}
                                 : changed_line(text);
    changes.push_back({text.path, line.before, line.after});
    if (changes.size() == kChangesMax) break;
  }
  return changes;
}

}  // namespace

Result<Preview> preview(Context& context, kube::Api& api, const Request& request,
                        const Inventory& inventory, ClusterFacts facts, const Options& options,
                        const Patience& patience, const std::string& scratch_folder) {
  Preview made;
  TRY(made.plan, make_plan(inventory.items, facts, options));
  TRY_VOID(add_pruning(context, api, facts, options, patience, made.plan));
  made.render = make_render_context(made.plan, facts, options);
  TRY_VOID(gather_for_show(context, api, made.plan, patience, facts));
  TRY(const LiveObjects live,
      gather_live(context, api, made.plan, facts, patience, scratch_folder));
  TRY(made.forecasts, foretell_all(context, made, inventory, live, facts));
  made.named = needs_outside(made.plan, inventory.items, options);
  TRY(made.missing, missing_in(context, api, made.named, facts, patience));
  made.checks = check_preview(made.plan, made.forecasts, facts, made.named, made.missing);
  made.suggested_modifiers = suggested_modifiers(text_at(request.restore, "modifiers"), made.plan,
                                                 made.forecasts, kModifierBytesMax);
  made.hash = hash_of(request, made);
  made.facts = std::move(facts);
  return made;
}

Result<void> ask_server(Context& context, kube::Api& api, const Inventory& inventory,
                        const Patience& patience, Runner& runner, Preview& made) {
  TRY_VOID(ask_server(context, api, made.plan, inventory, made.facts, made.render, patience, runner,
                      made.forecasts));
  spread_failures(made.plan, made.forecasts);
  made.checks = check_preview(made.plan, made.forecasts, made.facts, made.named, made.missing);
  return {};
}

Json preview_row(const Step& step, const Forecast& forecast, const std::string& plan_id) {
  const ReasonRow& reason = row_of(forecast.reason);
  Json fields = step_fields(step);
  fields["plan_id"] = plan_id;
  fields["reason"] = reason.code;
  fields["state"] = state_name(reason.kind);
  fields["message"] = forecast.message;
  fields["hint"] = reason.hint;
  fields["needs"] = step.needs;
  fields["predictable"] = forecast.unpredictable.empty();
  fields["unpredictable"] = forecast.unpredictable;
  fields["rewrites"] = to_json(forecast.rewrites);
  fields["diff"] = to_json(forecast.diff);
  fields["free_texts"] = to_json(shown(forecast.free_texts));
  return fields;
}

Json preview_document(const Preview& made) {
  std::map<std::string_view, std::size_t> actions;
  std::map<std::string_view, std::size_t> outcomes;
  std::size_t unpredictable = 0, free_texts = 0;
  for (const Step& step : made.plan.steps) {
    const Forecast& forecast = made.forecasts[step.number];
    ++actions[to_string(step.action)];
    ++outcomes[row_of(forecast.reason).code];
    if (!forecast.unpredictable.empty()) ++unpredictable;
    free_texts += forecast.free_texts.size();
  }
  Json document = Json::object();
  document["hash"] = made.hash;
  document["num_items"] = made.plan.steps.size();
  document["num_unpredictable"] = unpredictable;
  document["actions"] = Json::object();
  for (const auto& [name, count] : actions) document["actions"][std::string(name)] = count;
  document["outcomes"] = Json::object();
  for (const auto& [name, count] : outcomes) document["outcomes"][std::string(name)] = count;
  document["num_free_texts"] = free_texts;
  document["suggested_modifiers"] = made.suggested_modifiers;
  document["checks"] = to_json(made.checks);
  return document;
}

}  // namespace salvor::restore
