// A user's own rewrites of what a restore writes, in the YAML of Velero's resource modifiers:
// https://velero.io/docs/main/restore-resource-modifiers/ . Rules run in their order after the rule
// table's edits; each patches what the ones before it made, and its conditions speak, as in Velero,
// of the object before all of them.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/result.h"
#include "restore/label_requirements.h"

namespace salvor::restore {

// The most that a definition may have of them.
inline constexpr std::size_t kModifierBytesMax = std::size_t{1} << 20;

// A regular expression in linear time (RE2), which need not match the whole name.
class NamePattern {
 public:
  static Result<NamePattern> compile(const std::string& text);
  bool matches(const std::string& name) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;  // shared by copies of the rule; never changes
};

struct ModifierRule {
  struct FieldMatch {
    std::string path;  // a JSON pointer
    Json value;
  };

  std::string place;                 // "modifier rule 2 (line 14)"
  std::string group_resource;        // may have "*" and "?"; never empty
  std::vector<NamePattern> names;    // none: all
  std::set<std::string> namespaces;  // in the backup; empty: all
  std::vector<LabelRequirement> labels;
  std::vector<FieldMatch> fields;       // all must be so
  Json json_patch = Json::array();      // RFC 6902; not done when one of its tests fails
  std::vector<Json> merge_patches;      // RFC 7386
  std::vector<Json> strategic_patches;  // strategic_merge.h
};

// What a rule looks at besides the object.
struct ModifierTarget {
  std::string group_resource;
  std::string namespace_name;  // in the backup
  std::string name;            // in the backup
};

class Modifiers {
 public:
  // "" has no rules. Fails with invalid, naming rule, line and reason.
  static Result<Modifiers> parse(const std::string& yaml);

  bool empty() const { return rules_.empty(); }
  // The places of the rules that changed the object. Fails with invalid when a patch does not fit
  // the object, or changes which object it is.
  Result<std::vector<std::string>> apply(const ModifierTarget& target, Json& object) const;

 private:
  std::vector<ModifierRule> rules_;
};

}  // namespace salvor::restore
