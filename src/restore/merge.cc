#include "restore/merge.h"

#include <algorithm>

namespace salvor::restore {
namespace {

Json missing_entries(const Json& wanted, const Json& live) {
  Json missing = Json::object();
  if (!wanted.is_object()) return missing;
  for (const auto& [key, value] : wanted.items()) {
    if (!live.is_object() || !live.contains(key)) missing[key] = value;
  }
  return missing;
}

// The entries that are there stay first.
Json joined(const Json& wanted, const Json& live) {
  Json all = live.is_array() ? live : Json::array();
  for (const Json& entry : wanted) {
    if (std::find(all.begin(), all.end(), entry) == all.end()) all.push_back(entry);
  }
  return all;
}

}  // namespace

Json additions(const Json& wanted, const Json& live) {
  Json patch = Json::object();
  for (const char* name : {"labels", "annotations"}) {
    const Json missing = missing_entries(member(member(wanted, "metadata"), name),
                                         member(member(live, "metadata"), name));
    if (!missing.empty()) patch["metadata"][name] = missing;
  }
  for (const auto& [name, value] : wanted.items()) {
    const Json& present = member(live, name);
    if (value.is_array()) {
      Json all = joined(value, present);
      if (all.size() > present.size()) patch[name] = std::move(all);
    } else if (present.is_null() && name != "metadata" && name != "status") {
      patch[name] = value;
    }
  }
  if (patch.empty()) return nullptr;
  patch["metadata"]["resourceVersion"] = text_at(member(live, "metadata"), "resourceVersion");
  return patch;
}

}  // namespace salvor::restore
