#include "restore/modifiers.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "kube/yaml.h"
#include "restore/strategic_merge.h"

namespace salvor::restore {
namespace {

constexpr JsonLimits kLimits{.bytes = std::size_t{1} << 20, .depth = 100};
constexpr std::size_t kRulesMax = 1000;
constexpr std::int64_t kPatternMemory = std::int64_t{1} << 20;

Error wrong(const std::string& place, const std::string& what) {
  return error(ErrorCode::invalid, "modifiers: " + place + ": " + what);
}

Result<void> check_members(const Json& object, const std::string& place,
                           std::initializer_list<std::string_view> known) {
  if (!object.is_object()) return wrong(place, "must be a mapping");
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      return wrong(place, "has no field \"" + name + "\"");
  }
  return {};
}

Result<std::set<std::string>> texts_at(const Json& object, std::string_view name,
                                       const std::string& place) {
  std::set<std::string> texts;
  const Json& list = member(object, name);
  if (list.is_null()) return texts;
  if (!list.is_array()) return wrong(place, std::string(name) + " must be a list of strings");
  for (const Json& entry : list) {
    if (!entry.is_string()) return wrong(place, std::string(name) + " must be a list of strings");
    texts.insert(entry.get<std::string>());
  }
  return texts;
}

// A value as Velero reads it: text that says null, true, a number, an object or a list is that;
// text in quotes of its own is what is between them.
Json value_of(const Json& given) {
  if (!given.is_string()) return given;
  const std::string& text = given.get_ref<const std::string&>();
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return text.substr(1, text.size() - 2);
  Result<Json> parsed = parse_json(text);
  return parsed.ok() && !parsed->is_string() ? *std::move(parsed) : Json(text);
}

Result<void> read_conditions(const Json& conditions, ModifierRule& rule) {
  TRY_VOID(check_members(
      conditions, rule.place + ", conditions",
      {"groupResource", "resourceNameRegex", "namespaces", "labelSelector", "matches"}));
  rule.group_resource = text_at(conditions, "groupResource");
  if (rule.group_resource.empty())
    return wrong(rule.place, "conditions.groupResource is needed, such as deployments.apps");
  const std::string regex = text_at(conditions, "resourceNameRegex");
  if (!regex.empty()) {
    TRY(NamePattern pattern, NamePattern::compile(regex).within(rule.place));
    rule.names.push_back(std::move(pattern));
  }
  TRY(rule.namespaces, texts_at(conditions, "namespaces", rule.place));
  auto labels = label_requirements_in(member(conditions, "labelSelector"));
  if (!labels.ok()) return wrong(rule.place, "labelSelector: " + labels.error().message);
  rule.labels = *std::move(labels);
  for (const auto& [index, match] : member(conditions, "matches").items()) {
    TRY_VOID(check_members(match, rule.place + ", matches", {"path", "value"}));
    if (!text_at(match, "path").starts_with("/"))
      return wrong(rule.place, "the path of a match must begin with /");
    rule.fields.push_back({text_at(match, "path"), value_of(member(match, "value"))});
  }
  return {};
}

Result<void> read_json_patch(const Json& patches, ModifierRule& rule) {
  constexpr std::array kOperations = {"add", "remove", "replace", "move", "copy", "test"};
  for (const auto& [index, patch] : patches.items()) {
    const std::string place = rule.place + ", patch " + std::to_string(std::stoul(index) + 1);
    TRY_VOID(check_members(patch, place, {"operation", "path", "from", "value"}));
    const std::string operation = text_at(patch, "operation");
    if (std::find(kOperations.begin(), kOperations.end(), operation) == kOperations.end())
      return wrong(place, "operation must be add, remove, replace, move, copy or test");
    Json entry = {{"op", operation}, {"path", text_at(patch, "path")}};
    if (!text_at(patch, "path").starts_with("/")) return wrong(place, "path must begin with /");
    if (operation == "move" || operation == "copy") entry["from"] = text_at(patch, "from");
    if (operation == "add" || operation == "replace" || operation == "test")
      entry["value"] = value_of(member(patch, "value"));
    rule.json_patch.push_back(std::move(entry));
  }
  return {};
}

// Each entry's patchData is JSON or YAML text.
Result<std::vector<Json>> patches_in(const Json& list, const std::string& place) {
  std::vector<Json> patches;
  for (const auto& [index, entry] : list.items()) {
    TRY_VOID(check_members(entry, place, {"patchData"}));
    auto patch = kube::parse_yaml_document(text_at(entry, "patchData"), kLimits);
    if (!patch.ok()) return wrong(place, "patchData: " + patch.error().message);
    if (!patch->value.is_object()) return wrong(place, "patchData must be a mapping");
    patches.push_back(std::move(patch->value));
  }
  return patches;
}

Result<ModifierRule> rule_in(const Json& value, std::string place) {
  ModifierRule rule;
  rule.place = std::move(place);
  TRY_VOID(check_members(value, rule.place,
                         {"conditions", "patches", "mergePatches", "strategicPatches"}));
  int kinds = 0;
  for (const char* name : {"patches", "mergePatches", "strategicPatches"}) {
    const Json& list = member(value, name);
    if (list.is_null()) continue;
    if (!list.is_array()) return wrong(rule.place, std::string(name) + " must be a list");
    ++kinds;
  }
  if (kinds != 1)
    return wrong(rule.place, "needs one of patches, mergePatches and strategicPatches");
  TRY_VOID(read_conditions(member(value, "conditions"), rule));
  TRY_VOID(read_json_patch(member(value, "patches"), rule));
  TRY(rule.merge_patches, patches_in(member(value, "mergePatches"), rule.place));
  TRY(rule.strategic_patches, patches_in(member(value, "strategicPatches"), rule.place));
  return rule;
}

// "*" and "?" as in file names. Linear: a star never needs to be tried again once a later one fits.
bool fits_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool matches(const ModifierRule& rule, const ModifierTarget& target, const Json& object) {
  const Json& labels = member(member(object, "metadata"), "labels");
  const auto is_so = [&](const ModifierRule::FieldMatch& field) {
    const Json::json_pointer pointer(field.path);
    return object.contains(pointer) && object.at(pointer) == field.value;
  };
  return fits_glob(rule.group_resource, target.group_resource) &&
         (rule.namespaces.empty() || rule.namespaces.contains(target.namespace_name)) &&
         std::all_of(rule.names.begin(), rule.names.end(),
                     [&](const NamePattern& name) { return name.matches(target.name); }) &&
         all_hold(rule.labels, labels) &&
         std::all_of(rule.fields.begin(), rule.fields.end(), is_so);
}

// The library's message without the number in front of it.
Error misfit(const std::string& message) {
  const std::size_t end = message.find("] ");
  return error(ErrorCode::invalid, end == std::string::npos ? message : message.substr(end + 2));
}

// Null when one of the patch's tests fails.
Result<Json> patched(const Json& object, const Json& patch) {
  try {
    return object.patch(patch);
  } catch (const Json::other_error& failure) {
    constexpr int kTestFailed = 501;  // https://json.nlohmann.me/home/exceptions/
    if (failure.id == kTestFailed) return Json();
    return misfit(failure.what());
  } catch (const Json::exception& failure) {
    return misfit(failure.what());
  }
}

Result<Json> applied(const ModifierRule& rule, const Json& object) {
  TRY(Json changed, patched(object, rule.json_patch));
  if (changed.is_null()) return object;
  for (const Json& patch : rule.merge_patches) changed.merge_patch(patch);
  for (const Json& patch : rule.strategic_patches) {
    TRY(changed, strategic_merge(changed, patch));
  }
  return changed;
}

bool is_same_object(const Json& before, const Json& after) {
  const auto same = [](const Json& a, const Json& b, const char* name) {
    return member(a, name) == member(b, name);
  };
  const Json& old_metadata = member(before, "metadata");
  const Json& metadata = member(after, "metadata");
  return same(before, after, "kind") && same(before, after, "apiVersion") &&
         same(old_metadata, metadata, "name") && same(old_metadata, metadata, "namespace");
}

}  // namespace

struct NamePattern::Compiled {
  explicit Compiled(const std::string& text, const re2::RE2::Options& options)
      : expression(text, options) {}
  re2::RE2 expression;
};

Result<NamePattern> NamePattern::compile(const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  NamePattern pattern;
  const auto compiled = std::make_shared<const Compiled>(text, options);
  if (!compiled->expression.ok()) {
    return error(ErrorCode::invalid,
                 "modifiers: resourceNameRegex \"" + text + "\": " + compiled->expression.error());
  }
  pattern.compiled_ = compiled;
  return pattern;
}

bool NamePattern::matches(const std::string& name) const {
  return re2::RE2::PartialMatch(name, compiled_->expression);
}

Result<Modifiers> Modifiers::parse(const std::string& yaml) {
  Modifiers modifiers;
  if (yaml.empty()) return modifiers;
  auto document = kube::parse_yaml_document(yaml, kLimits);
  if (!document.ok()) return error(ErrorCode::invalid, "modifiers: " + document.error().message);
  TRY_VOID(check_members(document->value, "the text", {"version", "resourceModifierRules"}));
  const Json& rules = member(document->value, "resourceModifierRules");
  if (text_at(document->value, "version") != "v1" || !rules.is_array())
    return wrong("the text", "needs version: v1 and a list of resourceModifierRules");
  if (rules.size() > kRulesMax)
    return wrong("the text", "has more than " + std::to_string(kRulesMax) + " rules");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto line = document->lines.find("/resourceModifierRules/" + std::to_string(i));
    std::string place = "rule " + std::to_string(i + 1);
    if (line != document->lines.end()) place += " (line " + std::to_string(line->second) + ")";
    TRY(ModifierRule rule, rule_in(rules[i], std::move(place)));
    modifiers.rules_.push_back(std::move(rule));
  }
  return modifiers;
}

Result<std::vector<std::string>> Modifiers::apply(const ModifierTarget& target,
                                                  Json& object) const {
  std::vector<std::string> places;
  if (rules_.empty()) return places;
  const Json before = rules_.size() > 1 ? object : Json();
  for (const ModifierRule& rule : rules_) {
    if (!matches(rule, target, rules_.size() > 1 ? before : object)) continue;
    auto changed = applied(rule, object);
    if (!changed.ok()) return wrong(rule.place, changed.error().message);
    if (!is_same_object(object, *changed))
      return wrong(rule.place, "may not change kind, apiVersion, name or namespace of an object");
    if (*changed == object) continue;
    object = *std::move(changed);
    places.push_back(rule.place);
  }
  return places;
}

}  // namespace salvor::restore
