#include "restore/live.h"

#include <set>

#include "archive/head.h"
#include "restore/object_pages.h"

namespace salvor::restore {
namespace {

// Up to so many namespaces are listed one by one, more in one list of the whole cluster.
constexpr std::size_t kSingleListsMax = 4;

// A kind in the version that the plan writes, with what the plan makes of it.
struct Wanted {
  kube::ResourceType type;
  std::string group_resource;
  std::set<kube::ObjectKey> keys;
  std::set<std::string> namespaces;
};

std::map<std::string, Wanted> wanted_in(const Plan& plan, const ClusterFacts& facts) {
  std::map<std::string, Wanted> kinds;
  for (const Step& step : plan.steps) {
    const kube::ResourceType& type = step.type;
    if (step.action == Action::none) continue;
    if (facts.discovery.find(type.group, type.version, type.resource) == nullptr) continue;
    if (type.namespaced && !facts.namespaces.contains(step.target_namespace)) continue;
    Wanted& wanted = kinds[step.source.group_resource + " " + type.version];
    wanted.type = type;
    wanted.group_resource = step.source.group_resource;
    wanted.keys.insert({step.target_namespace, step.target_name});
    if (type.namespaced) wanted.namespaces.insert(step.target_namespace);
  }
  return kinds;
}

class Gathering {
 public:
  Gathering(Context& context, kube::Api& api, const Patience& patience, LiveObjects& live)
      : context_(context), api_(api), patience_(patience), live_(live) {}

  Result<void> gather(const Wanted& wanted) {
    const bool one_by_one = wanted.type.namespaced && wanted.namespaces.size() <= kSingleListsMax;
    if (!one_by_one) return list(wanted, "");
    for (const std::string& name : wanted.namespaces) TRY_VOID(list(wanted, name));
    return {};
  }

 private:
  Result<void> list(const Wanted& wanted, const std::string& namespace_name) {
    return each_text(context_, patience_, api_, wanted.type, namespace_name,
                     [&](const std::string& text) { return take(wanted, text); })
        .within("looking at the target");
  }

  Result<void> take(const Wanted& wanted, const std::string& text) {
    TRY(const archive::ObjectHead head, archive::read_head(text));
    if (!wanted.keys.contains({head.namespace_name, head.name})) return {};
    return live_.add({wanted.group_resource, head.namespace_name, head.name}, text);
  }

  Context& context_;
  kube::Api& api_;
  const Patience& patience_;
  LiveObjects& live_;
};

}  // namespace

ObjectName target_of(const Step& step) {
  return {step.source.group_resource, step.target_namespace, step.target_name};
}

Result<void> LiveObjects::add(const ObjectName& name, std::string_view json) {
  TRY(const std::size_t number, spool_.append(json));
  numbers_[name] = number;
  return {};
}

Result<std::optional<Json>> LiveObjects::find(const Step& step) const {
  const auto found = numbers_.find(target_of(step));
  if (found == numbers_.end()) return std::optional<Json>();
  TRY(const std::string text, spool_.load(found->second));
  TRY(Json object, parse_json(text));
  return std::optional<Json>(std::move(object));
}

Result<LiveObjects> gather_live(Context& context, kube::Api& api, const Plan& plan,
                                const ClusterFacts& facts, const Patience& patience,
                                const std::string& scratch_folder) {
  TRY(archive::Spool spool, archive::Spool::create(scratch_folder));
  LiveObjects live(std::move(spool));
  Gathering gathering(context, api, patience, live);
  for (const auto& [name, wanted] : wanted_in(plan, facts)) TRY_VOID(gathering.gather(wanted));
  return live;
}

}  // namespace salvor::restore
