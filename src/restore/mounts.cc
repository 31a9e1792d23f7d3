#include "restore/mounts.h"

#include <map>

#include "restore/references.h"

namespace salvor::restore {
namespace {

// By namespace in the backup: the slow claims' names and steps.
using SlowClaims = std::map<std::string, std::map<std::string, StepNumber>>;

SlowClaims slow_claims(const std::vector<Step>& steps) {
  SlowClaims claims;
  for (const Step& step : steps) {
    if (step.action == Action::none || !step.takes_long()) continue;
    claims[step.source.namespace_name][step.source.name] = step.number;
  }
  return claims;
}

bool matches(const std::string& mounted, const std::string& claim) {
  if (!mounted.ends_with('*')) return mounted == claim;
  return claim.starts_with(std::string_view(mounted).substr(0, mounted.size() - 1));
}

bool needs(const Item& item, const Step& step, const std::string& claim) {
  if (step.wave == Wave::custom) return true;
  for (const std::string& mounted : item.mounts) {
    if (matches(mounted, claim)) return true;
  }
  return false;
}

}  // namespace

std::set<std::string> mounted_claims(const Json& object) {
  std::set<std::string> names;
  const Json& volumes = member(pod_spec_of(object), "volumes");
  if (volumes.is_array()) {
    for (const Json& volume : volumes) {
      const std::string name = text_at(member(volume, "persistentVolumeClaim"), "claimName");
      if (!name.empty()) names.insert(name);
    }
  }
  const Json& templates = member(member(object, "spec"), "volumeClaimTemplates");
  if (templates.is_array()) {
    const std::string owner = text_at(member(object, "metadata"), "name");
    for (const Json& claim : templates) {
      names.insert(text_at(member(claim, "metadata"), "name") + "-" + owner + "-*");
    }
  }
  return names;
}

void link_mounts(const std::vector<Item>& items, std::vector<Step>& steps) {
  const SlowClaims claims = slow_claims(steps);
  if (claims.empty()) return;
  for (Step& step : steps) {
    const auto home = claims.find(step.source.namespace_name);
    if (step.item < 0 || step.action == Action::none || home == claims.end()) continue;
    const Item& item = items[static_cast<std::size_t>(step.item)];
    for (const auto& [claim, number] : home->second) {
      if (number != step.number && needs(item, step, claim)) step.needs.push_back(number);
    }
  }
}

}  // namespace salvor::restore
