#include "proof/drill_verdict.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace salvor::proof {
namespace {

constexpr std::size_t kShown = 100;

const char* name_of(Readiness readiness) {
  switch (readiness) {
    case Readiness::ready:
      return "READY";
    case Readiness::waiting:
      return "NOT_READY";
    case Readiness::left_out:
      return "LEFT_OUT";
  }
  return "";
}

std::map<std::string, std::string> sources_of(const SandboxMap& sandboxes) {
  std::map<std::string, std::string> sources;
  for (const auto& [source, sandbox] : sandboxes) sources[sandbox] = source;
  return sources;
}

Json row_of(const Living& living, const std::string& source) {
  return {{"object", living.object(source)},
          {"state", name_of(living.readiness)},
          {"message", living.message}};
}

std::size_t count(const std::vector<Living>& group, Readiness readiness) {
  return static_cast<std::size_t>(
      std::count_if(group.begin(), group.end(),
                    [&](const Living& living) { return living.readiness == readiness; }));
}

std::string counted(const Json& count, const std::string& noun) {
  return std::to_string(count.get<std::uint64_t>()) + " " + noun + (count == 1 ? "" : "s");
}

void shorten(Json& list) {
  if (list.size() > kShown) list.erase(list.begin() + kShown, list.end());
}

}  // namespace

std::vector<Problem> problems_of(const SandboxLook& look, const SandboxMap& sandboxes,
                                 const DrillFindings& findings, const Listed& listed) {
  const auto sources = sources_of(sandboxes);
  std::vector<Problem> problems;
  const auto add_claim = [&](const Living& claim, Reason reason) {
    const std::string& source = sources.at(claim.namespace_name);
    const auto known = listed.claims.find(source + "/" + claim.name);
    const bool had_volume = known != listed.claims.end() && !known->second.volume.empty();
    if (!had_volume || !findings.has_restored(claim.object(source))) return;
    problems.push_back({reason, claim.object(source), claim.message});
  };
  for (const Living& claim : look.claims) {
    if (claim.readiness != Readiness::ready) add_claim(claim, Reason::claim_not_bound);
  }
  for (const Living& claim : look.unused_claims) add_claim(claim, Reason::claim_not_used);
  for (const Living& workload : look.workloads) {
    if (workload.readiness != Readiness::waiting) continue;
    problems.push_back({Reason::workload_not_ready,
                        workload.object(sources.at(workload.namespace_name)), workload.message});
  }
  return problems;
}

Json verdict_of(const DrillFacts& facts) {
  const auto sources = sources_of(facts.sandboxes);
  Json workloads = Json::array();
  for (const Living& workload : facts.look.workloads)
    workloads.push_back(row_of(workload, sources.at(workload.namespace_name)));
  for (const auto& [object, message] : facts.refused)
    workloads.push_back({{"object", object}, {"state", "LEFT_OUT"}, {"message", message}});
  Json problems = Json::array();
  for (const Problem& problem : facts.problems) problems.push_back(problem.to_json());
  Json namespaces = Json::array();
  for (const auto& [source, sandbox] : facts.sandboxes) namespaces.push_back(source);
  return {{"state", drill_state_of(facts.problems)},
          {"namespaces", std::move(namespaces)},
          {"left_out", facts.left_out},
          {"objects", facts.objects},
          {"volumes", count(facts.look.claims, Readiness::ready)},
          {"num_workloads", workloads.size()},
          {"num_ready", count(facts.look.workloads, Readiness::ready)},
          {"workloads", std::move(workloads)},
          {"num_problems", facts.problems.size()},
          {"problems", std::move(problems)}};
}

Json brief(Json verdict) {
  shorten(verdict["workloads"]);
  shorten(verdict["problems"]);
  shorten(verdict["namespaces"]);
  return verdict;
}

std::string message_of(const Json& verdict) {
  const Json& problems = member(verdict, "problems");
  if (!problems.empty()) {
    return text_at(verdict, "state") + ": " + text_at(problems[0], "object") + ": " +
           text_at(problems[0], "message");
  }
  return counted(verdict["objects"], "object") + ", " + counted(verdict["volumes"], "volume") +
         " and " + counted(verdict["num_ready"], "workload") + " came back";
}

}  // namespace salvor::proof
