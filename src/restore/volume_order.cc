#include "restore/volume_order.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "volume/marks.h"

namespace salvor::restore {
namespace {

constexpr std::string_view kPriorityClasses = "priorityclasses.scheduling.k8s.io";

Error wrong(std::size_t index, const std::string& expected) {
  return error(ErrorCode::invalid, "volume_order[" + std::to_string(index) + "] must " + expected);
}

bool chooses(const VolumeChoice& choice, const archive::ItemName& name, const Json& labels) {
  return (choice.namespace_name.empty() || choice.namespace_name == name.namespace_name) &&
         (choice.claim.empty() || choice.claim == name.name) && matches(choice.labels, labels);
}

// Of an annotation that is no number nothing is taken.
std::optional<std::int32_t> priority_in(const Json& metadata) {
  const std::string text = text_at(member(metadata, "annotations"), kRestorePriority);
  std::int32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  const bool is_number = !text.empty() && failure == std::errc() && rest == end;
  return is_number ? std::optional(number) : std::nullopt;
}

// By name: the priorities that the backup's classes give.
std::map<std::string, std::int32_t> class_priorities(const std::vector<Item>& items) {
  std::map<std::string, std::int32_t> priorities;
  for (const Item& item : items) {
    if (item.name.group_resource == kPriorityClasses && item.urgency && item.urgency->priority)
      priorities[item.name.name] = *item.urgency->priority;
  }
  return priorities;
}

// That of the item's pods; 0, which pods without a class have, at least.
std::int32_t priority_of_pods(const Item& item,
                              const std::map<std::string, std::int32_t>& classes) {
  for (const ObjectName& need : item.needs) {
    if (need.group_resource != kPriorityClasses) continue;
    const auto found = classes.find(need.name);
    if (found != classes.end()) return found->second;
  }
  return 0;
}

// Where a claim stands: earlier ones are less.
struct Place {
  std::uint32_t rank;
  std::int64_t priority;
  StepNumber step;
  bool operator<(const Place& other) const {
    return std::tuple(rank, -priority, step) < std::tuple(other.rank, -other.priority, other.step);
  }
};

}  // namespace

Result<std::vector<VolumeChoice>> parse_volume_order(const Json& restore) {
  std::vector<VolumeChoice> order;
  const Json& list = member(restore, "volume_order");
  if (list.is_null()) return order;
  if (!list.is_array()) return error(ErrorCode::invalid, "volume_order must be a list of objects");
  for (const Json& entry : list) {
    VolumeChoice choice{text_at(entry, "namespace"), text_at(entry, "claim"), {}};
    TRY(choice.labels, label_selector_in(entry));
    const bool says_nothing =
        choice.namespace_name.empty() && choice.claim.empty() && choice.labels.empty();
    if (says_nothing) return wrong(order.size(), "have namespace, claim or label_selector");
    if (!choice.claim.empty() && choice.namespace_name.empty())
      return wrong(order.size(), "have the namespace of its claim");
    order.push_back(std::move(choice));
  }
  return order;
}

std::optional<VolumeUrgency> urgency_of(const archive::ItemName& name, const Json& object,
                                        const std::vector<VolumeChoice>& order) {
  if (name.group_resource == kPriorityClasses) {
    const Json& value = member(object, "value");
    if (!value.is_number_integer()) return std::nullopt;
    return VolumeUrgency{0, value.get<std::int32_t>()};
  }
  if (name.group_resource != volume::claim_type().group_resource()) return std::nullopt;
  const Json& metadata = member(object, "metadata");
  const auto found = std::find_if(order.begin(), order.end(), [&](const VolumeChoice& choice) {
    return chooses(choice, name, member(metadata, "labels"));
  });
  return VolumeUrgency{static_cast<std::uint32_t>(found - order.begin()), priority_in(metadata)};
}

void order_volumes(const std::vector<Item>& items, std::vector<Step>& steps) {
  std::vector<StepNumber> claims;
  for (const Step& step : steps) {
    if (step.action != Action::none && step.takes_long()) claims.push_back(step.number);
  }
  if (claims.empty()) return;
  const std::map<std::string, std::int32_t> classes = class_priorities(items);
  std::map<StepNumber, std::int32_t> by_pods;
  for (const Step& user : steps) {
    for (const StepNumber claim : user.needs) {
      if (!steps[claim].takes_long()) continue;
      const std::int32_t priority =
          priority_of_pods(items[static_cast<std::size_t>(user.item)], classes);
      const auto [known, is_new] = by_pods.emplace(claim, priority);
      known->second = std::max(known->second, priority);
    }
  }
  std::vector<Place> places;
  for (const StepNumber claim : claims) {
    const VolumeUrgency urgency =
        items[static_cast<std::size_t>(steps[claim].item)].urgency.value_or(VolumeUrgency());
    const auto pods = by_pods.find(claim);
    const std::int32_t inherited = pods == by_pods.end() ? 0 : pods->second;
    places.push_back({urgency.rank, urgency.priority.value_or(inherited), claim});
  }
  std::sort(places.begin(), places.end());
  std::uint32_t place = 0;
  for (const Place& found : places) steps[found.step].fill_order = ++place;
}

}  // namespace salvor::restore
