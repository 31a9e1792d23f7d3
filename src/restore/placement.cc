#include "restore/placement.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "restore/label_requirements.h"
#include "restore/references.h"

namespace salvor::restore {
namespace {

// Set and taken away by Kubernetes itself: not-ready, disk-pressure, unschedulable and their like.
constexpr std::string_view kPassing = "node.kubernetes.io/";

std::optional<std::int64_t> number_in(const Json& text) {
  if (!text.is_string()) return std::nullopt;
  const auto& digits = text.get_ref<const std::string&>();
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, failure] = std::from_chars(digits.data(), end, number);
  return failure == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

const Json& element(const Json& list, std::size_t index) {
  static const Json none;
  return list.is_array() && index < list.size() ? list[index] : none;
}

// Selectors of nodes have two operators more than selectors of labels.
bool holds(const Json& expression, const Json& labels) {
  const std::string operation = text_at(expression, "operator");
  if (operation == "Gt" || operation == "Lt") {
    const auto value = number_in(member(labels, text_at(expression, "key")));
    const auto bound = number_in(element(member(expression, "values"), 0));
    return value && bound && (operation == "Gt" ? *value > *bound : *value < *bound);
  }
  const auto requirements =
      label_requirements_in({{"matchExpressions", Json::array({expression})}});
  return !requirements.ok() || all_hold(*requirements, labels);
}

bool each_holds(const Json& expressions, const Json& labels) {
  return !expressions.is_array() ||
         std::all_of(expressions.begin(), expressions.end(),
                     [&](const Json& expression) { return holds(expression, labels); });
}

// An empty term holds nowhere.
bool term_holds(const Json& term, const NodeFact& node) {
  const Json& expressions = member(term, "matchExpressions");
  const Json& fields = member(term, "matchFields");
  if (expressions.empty() && fields.empty()) return false;
  return each_holds(expressions, node.labels) && each_holds(fields, {{"metadata.name", node.name}});
}

bool is_tolerated_by(const Json& toleration, const Json& taint) {
  const std::string effect = text_at(toleration, "effect");
  const std::string key = text_at(toleration, "key");
  const bool exists = text_at(toleration, "operator") == "Exists";
  if (!effect.empty() && effect != text_at(taint, "effect")) return false;
  if (key.empty()) return exists;
  return key == text_at(taint, "key") &&
         (exists || text_at(toleration, "value") == text_at(taint, "value"));
}

std::string text_of(const Json& expression) {
  std::string text = text_at(expression, "key") + " " + text_at(expression, "operator");
  const Json& values = member(expression, "values");
  const char* separator = " ";
  for (const Json& value : values.is_array() ? values : Json::array()) {
    if (value.is_string()) text += separator + value.get<std::string>();
    separator = "|";
  }
  return text;
}

std::string text_of_term(const Json& term) {
  std::string text;
  for (const char* part : {"matchExpressions", "matchFields"}) {
    const Json& expressions = member(term, part);
    for (const Json& expression : expressions.is_array() ? expressions : Json::array())
      text += (text.empty() ? "" : ",") + text_of(expression);
  }
  return text;
}

}  // namespace

NodeFact node_fact_in(const Json& node) {
  const Json& metadata = member(node, "metadata");
  NodeFact fact{text_at(metadata, "name"), member(metadata, "labels"), Json::array()};
  const Json& taints = member(member(node, "spec"), "taints");
  for (const Json& taint : taints.is_array() ? taints : Json::array()) {
    const bool keeps_pods_away = text_at(taint, "effect") != "PreferNoSchedule";
    if (keeps_pods_away && !text_at(taint, "key").starts_with(kPassing))
      fact.taints.push_back(taint);
  }
  return fact;
}

bool Placement::operator<(const Placement& other) const {
  return std::tie(is_volume, selector, terms, tolerations) <
         std::tie(other.is_volume, other.selector, other.terms, other.tolerations);
}

std::string Placement::wanted() const {
  std::string text;
  if (selector.is_object()) {
    for (const auto& [label, value] : selector.items())
      text += (text.empty() ? "" : ",") + label + "=" + text_at(selector, label.c_str());
  }
  const char* separator = text.empty() ? "" : ",";
  for (const Json& term : terms.is_array() ? terms : Json::array()) {
    text += separator + text_of_term(term);
    separator = " or ";
  }
  return text;
}

std::optional<Placement> placement_of(const std::string& group_resource, const Json& object) {
  const Json& spec = member(object, "spec");
  if (group_resource == "persistentvolumes") {
    const Json& terms =
        member(member(member(spec, "nodeAffinity"), "required"), "nodeSelectorTerms");
    if (!terms.is_array()) return std::nullopt;
    return Placement{true, nullptr, terms, nullptr};
  }
  const Json& pods = pod_spec_of(object);
  if (!pods.is_object()) return std::nullopt;
  const Json& required = member(member(member(pods, "affinity"), "nodeAffinity"),
                                "requiredDuringSchedulingIgnoredDuringExecution");
  return Placement{false, member(pods, "nodeSelector"), member(required, "nodeSelectorTerms"),
                   member(pods, "tolerations")};
}

bool fits_labels(const Placement& placement, const NodeFact& node) {
  if (placement.selector.is_object()) {
    for (const auto& [label, value] : placement.selector.items())
      if (member(node.labels, label) != value) return false;
  }
  const Json& terms = placement.terms;
  return !terms.is_array() || std::any_of(terms.begin(), terms.end(),
                                          [&](const Json& term) { return term_holds(term, node); });
}

bool tolerates(const Placement& placement, const NodeFact& node) {
  const Json& tolerations = placement.tolerations;
  return placement.is_volume ||
         std::all_of(node.taints.begin(), node.taints.end(), [&](const Json& taint) {
           return tolerations.is_array() &&
                  std::any_of(tolerations.begin(), tolerations.end(), [&](const Json& toleration) {
                    return is_tolerated_by(toleration, taint);
                  });
         });
}

}  // namespace salvor::restore
