// Makes the body that a step writes: the backup's object after the rule row's drops and edits, with
// its owners' new uids. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/facts.h"
#include "restore/plan.h"

namespace salvor::restore {

// What all steps of a restore share.
struct RenderContext {
  NamespaceMap namespaces;
  std::map<std::string, std::string> storage_class_map;
  std::set<std::string> known_groups;
  std::set<std::string> default_classes;
  Modifiers modifiers = {};
  EditChoices choices = {};
  std::string planned_at = {};  // the resource version of the facts
};
RenderContext make_render_context(const Plan& plan, const ClusterFacts& facts,
                                  const Options& options);

// An owner reference of the backup's object with the owner's uid in the target.
struct LinkedOwner {
  std::uint32_t reference = 0;
  std::string uid;
  std::string name = "";         // in the target; empty: as in the backup
  std::string api_version = "";  // the same
};

struct Rendered {
  Json object;
  std::vector<std::string> notes;  // for the item's row
};
// Fails with invalid when a modifier does not fit the object.
Result<Rendered> render(const Step& step, Json object, const std::vector<LinkedOwner>& owners,
                        const RenderContext& context);

// The object in a text of the backup. Fails with corrupt when it is none.
Result<Json> parse_object(const std::string& text);

// The body of a namespace that the backup does not hold.
Json bare_namespace(const std::string& name);

// The ownerReferences for a late link: those of the backup's object that are known now.
Json owner_references(const Json& object, const std::vector<LinkedOwner>& owners);

}  // namespace salvor::restore
