#include "restore/label_requirements.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace salvor::restore {
namespace {

using Operator = LabelRequirement::Operator;

constexpr auto kOperators = std::to_array<std::pair<std::string_view, Operator>>({
    {"In", Operator::in},
    {"NotIn", Operator::not_in},
    {"Exists", Operator::exists},
    {"DoesNotExist", Operator::does_not_exist},
});

Error wrong(const std::string& what) { return error(ErrorCode::invalid, what); }

Result<LabelRequirement> expression_in(const Json& entry) {
  const std::string name = text_at(entry, "operator");
  const auto* const found = std::find_if(kOperators.begin(), kOperators.end(),
                                         [&](const auto& row) { return row.first == name; });
  if (found == kOperators.end() || text_at(entry, "key").empty())
    return wrong(
        "an expression needs a key and one of the operators In, NotIn, Exists and DoesNotExist");
  LabelRequirement requirement{text_at(entry, "key"), found->second, {}};
  const Json& values = member(entry, "values");
  if (!values.is_array() && !values.is_null()) return wrong("values must be a list of strings");
  for (const Json& value : values) {
    if (!value.is_string()) return wrong("values must be a list of strings");
    requirement.values.insert(value.get<std::string>());
  }
  return requirement;
}

bool holds(const LabelRequirement& wanted, const Json& labels) {
  const Json& value = member(labels, wanted.key);
  const bool is_one_of = value.is_string() && wanted.values.contains(value.get<std::string>());
  switch (wanted.operation) {
    case Operator::in:
      return is_one_of;
    case Operator::not_in:
      return !is_one_of;
    case Operator::exists:
      return value.is_string();
    case Operator::does_not_exist:
      return value.is_null();
  }
  return false;
}

}  // namespace

Result<std::vector<LabelRequirement>> label_requirements_in(const Json& selector) {
  std::vector<LabelRequirement> requirements;
  if (selector.is_null()) return requirements;
  if (!selector.is_object()) return wrong("must be a mapping");
  for (const auto& [name, value] : selector.items()) {
    if (name != "matchLabels" && name != "matchExpressions")
      return wrong("has no field \"" + name + "\"");
  }
  for (const auto& [key, value] : member(selector, "matchLabels").items()) {
    if (!value.is_string()) return wrong(key + " must be a string");
    requirements.push_back({key, Operator::in, {value.get<std::string>()}});
  }
  for (const auto& [index, entry] : member(selector, "matchExpressions").items()) {
    TRY(LabelRequirement requirement, expression_in(entry));
    requirements.push_back(std::move(requirement));
  }
  return requirements;
}

bool all_hold(const std::vector<LabelRequirement>& requirements, const Json& labels) {
  return std::all_of(requirements.begin(), requirements.end(),
                     [&](const LabelRequirement& one) { return holds(one, labels); });
}

}  // namespace salvor::restore
