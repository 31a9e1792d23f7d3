#include "restore/pruning.h"

#include <set>

#include "restore/live.h"
#include "restore/object_pages.h"
#include "restore/rules.h"
#include "restore/skip.h"

namespace salvor::restore {
namespace {

bool may_prune(const kube::ResourceType& type, const Options& options) {
  const Rule& rule = rule_for(type.group_resource());
  const bool is_data = rule.recreate == Recreate::never || rule.is_volume;
  return type.namespaced && type.can("list") && type.can("create") && type.can("delete") &&
         !is_data && rule.made_for.empty() && includes_type(options, type.group_resource());
}

bool is_left_alone(const kube::ResourceType& type, const Json& object, const Options& options) {
  const Json& metadata = member(object, "metadata");
  return !member(metadata, "ownerReferences").empty() ||
         skip_reason(rule_for(type.group_resource()), object) ||
         !matches(options.label_selector, member(metadata, "labels"));
}

class Pruning {
 public:
  Pruning(Context& context, kube::Api& api, const Options& options, const Patience& patience,
          Plan& plan)
      : context_(context), api_(api), options_(options), patience_(patience), plan_(plan) {
    for (const Step& step : plan.steps) {
      in_backup_.insert(target_of(step));
      if (step.item >= 0 && !step.target_namespace.empty()) spaces_.insert(step.target_namespace);
    }
  }

  Result<void> run(const ClusterFacts& facts) {
    for (const kube::ResourceType* type : facts.discovery.preferred_types()) {
      if (!may_prune(*type, options_)) continue;
      for (const std::string& space : spaces_) {
        if (facts.namespaces.contains(space)) TRY_VOID(look(*type, space));
      }
    }
    return {};
  }

 private:
  Result<void> look(const kube::ResourceType& type, const std::string& space) {
    return each_object(context_, patience_, api_, type, space,
                       [&](const Json& object) { consider(type, space, object); })
        .within("looking for what is to be pruned");
  }

  void consider(const kube::ResourceType& type, const std::string& space, const Json& object) {
    const std::string name = text_at(member(object, "metadata"), "name");
    if (in_backup_.contains({type.group_resource(), space, name})) return;
    if (is_left_alone(type, object, options_)) return;
    Step step;
    step.number = static_cast<StepNumber>(plan_.steps.size());
    step.type = type;
    step.type.verbs.clear();
    step.source = {type.group_resource(), "", ""};
    step.target_namespace = space;
    step.target_name = name;
    step.wave = Wave::pruning;
    step.action = Action::prune;
    plan_.steps.push_back(std::move(step));
  }

  Context& context_;
  kube::Api& api_;
  const Options& options_;
  const Patience& patience_;
  Plan& plan_;
  std::set<ObjectName> in_backup_;  // as they are named in the target
  std::set<std::string> spaces_;
};

}  // namespace

Result<void> add_pruning(Context& context, kube::Api& api, const ClusterFacts& facts,
                         const Options& options, const Patience& patience, Plan& plan) {
  if (!options.prune) return {};
  return Pruning(context, api, options, patience, plan).run(facts);
}

}  // namespace salvor::restore
