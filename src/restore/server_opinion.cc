#include "restore/server_opinion.h"

#include "restore/internal/attempt.h"
#include "restore/verdict.h"

namespace salvor::restore {
namespace {

constexpr const char* kNotAsked =
    "the API server was not asked: the namespace or the kind is not there yet";

bool can_be_asked(const Step& step, const ClusterFacts& facts) {
  const kube::ResourceType& type = step.type;
  const bool is_served = facts.discovery.find(type.group, type.version, type.resource) != nullptr;
  const auto space = facts.namespaces.find(step.target_namespace);
  const bool has_home = step.target_namespace.empty() || (space != facts.namespaces.end() &&
                                                          space->second == NamespaceState::active);
  return is_served && has_home;
}

class Opinion {
 public:
  Opinion(Context& context, kube::Api& api, const Inventory& inventory, const RenderContext& render,
          const Patience& patience)
      : context_(context), api_(api), inventory_(inventory), render_(render), patience_(patience) {}

  // Any thread.
  Outcome ask(const Step& step) const {
    Outcome outcome;
    const auto object = object_of(step, inventory_);
    if (!object.ok()) return outcome;
    const auto rendered = render(step, *object, {}, render_);
    if (!rendered.ok()) return outcome;
    std::vector<std::string> warnings;
    const auto made = patiently(context_, patience_, [&](Context& call) {
      return api_.create(call, step.type, step.target_namespace, compact(rendered->object),
                         {.dry_run = kube::DryRun::yes,
                          .field_manager = "salvor-plan",
                          .metadata_only = true,
                          .warnings = &warnings});
    });
    if (!made.ok()) {
      outcome.reason = judge(made.error()).reason;
      outcome.message = made.error().message;
      outcome.http_status = http_status_in(made.error());
      return outcome;
    }
    outcome.reason = Reason::created;
    for (const std::string& warning : warnings) {
      if (warning.starts_with(kUnknownField)) outcome.reason = Reason::fields_dropped;
      outcome.message +=
          (outcome.message.empty() ? "" : "; ") + ("the API server warns: " + warning);
    }
    return outcome;
  }

 private:
  Context& context_;
  kube::Api& api_;
  const Inventory& inventory_;
  const RenderContext& render_;
  const Patience& patience_;
};

// What is not there is not the object's fault: others of the plan will be there by then.
void correct(const Outcome& answer, Forecast& forecast) {
  const bool is_certain = answer.reason != Reason::planned && answer.reason != Reason::conflict &&
                          answer.reason != Reason::unreachable;
  if (!is_certain) return;
  forecast.reason = answer.reason;
  if (!answer.message.empty()) forecast.message = answer.message;
  forecast.unpredictable.clear();
}

}  // namespace

Result<void> ask_server(Context& context, kube::Api& api, const Plan& plan,
                        const Inventory& inventory, const ClusterFacts& facts,
                        const RenderContext& render, const Patience& patience, Runner& runner,
                        std::vector<Forecast>& forecasts) {
  const Opinion opinion(context, api, inventory, render, patience);
  std::size_t under_way = 0;
  const auto take_one = [&] {
    const auto [number, answer] = runner.wait();
    --under_way;
    correct(answer, forecasts[number]);
  };
  for (const Step& step : plan.steps) {
    Forecast& forecast = forecasts[step.number];
    if (forecast.reason != Reason::created || context.stopped()) continue;
    if (!can_be_asked(step, facts)) {
      if (forecast.unpredictable.empty()) forecast.unpredictable = kNotAsked;
      continue;
    }
    if (under_way == runner.capacity()) take_one();
    runner.start(step.number, [&opinion, &step] { return opinion.ask(step); });
    ++under_way;
  }
  while (under_way > 0) take_one();
  return context.check();
}

}  // namespace salvor::restore
