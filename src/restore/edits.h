// The named edits of the rule table: each rewrites one object, in place, as JSON. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/namespace_map.h"
#include "restore/options.h"
#include "restore/rules.h"

namespace salvor::restore {

// What edits may look at, besides the object. Borrowed for one call.
struct EditContext {
  const NamespaceMap& namespaces;
  const std::map<std::string, std::string>& storage_class_map;
  const std::set<std::string>&
      known_groups;  // API groups that the target serves or the plan brings
  const std::set<std::string>&
      default_classes;         // group-resources that have a default in the target
  std::string group_resource;  // of the object
  bool keeps_volume = false;   // the claim's own static volume is restored too
  bool is_filled = false;      // the claim gets the data of the recovery point
  EditChoices choices = {};
};

// Runs one edit. Returns notes for the item's row: what was changed that a person should know.
std::vector<std::string> apply(Edit edit, Json& object, const EditContext& context);

// Edits, then drops, of the common row and then of the kind's own: an edit may look at what is
// taken off after it.
std::vector<std::string> apply(const Rule& rule, Json& object, const EditContext& context);

// Takes off the metadata that an API server makes itself, and nothing else.
void drop_server_fields(Json& object);

// Takes off the addresses of a Service that clashed in the target, judged by the API server's
// refusal; false when it is about something else.
bool drop_clashing_addresses(Json& object, const std::string& refusal);

// Whether an edit left the object waiting for a release at the end of the restore, and the merge
// patch that releases it.
bool is_fenced(const Json& object);
Json release_patch();

}  // namespace salvor::restore
