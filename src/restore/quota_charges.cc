#include "restore/quota_charges.h"

#include <re2/re2.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/demands.h"
#include "restore/object_pages.h"

namespace salvor::restore {
namespace {

constexpr std::chrono::seconds kCountHolds{1};

const kube::ResourceType& quota_type() {
  static const kube::ResourceType type = {"", "v1", "resourcequotas", "ResourceQuota", true, {}};
  return type;
}

// `… exceeded quota: NAME, requested: A=1,B=2, used: A=3,B=4, limited: …`
struct Refusal {
  std::string quota;
  std::vector<std::string> names;  // of what it is short of
};

Refusal read_refusal(std::string_view text) {
  static const RE2 whole("exceeded quota: (.+?), requested: (.+?), used: ");
  static const RE2 part("([^=,]+)=[^,]*,?");
  Refusal refusal;
  std::string parts;
  if (!RE2::PartialMatch(text, whole, &refusal.quota, &parts)) return refusal;
  re2::StringPiece rest(parts);
  for (std::string name; RE2::Consume(&rest, part, &name);) refusal.names.push_back(name);
  return refusal;
}

// A pod that has ended is not charged.
bool is_charged(const std::string& kind, const Json& object) {
  if (kind != "pods") return true;
  const std::string phase = text_at(member(object, "status"), "phase");
  return phase != "Succeeded" && phase != "Failed";
}

}  // namespace

void QuotaCharges::look(Context& context) {
  std::set<std::string> spaces;
  const auto listed = each_object(
      context, patience_, api_, quota_type(), "",
      [&](const Json& quota) { spaces.insert(text_at(member(quota, "metadata"), "namespace")); });
  const std::lock_guard lock(spaces_mutex_);
  if (listed.ok()) first_seen_ = std::move(spaces);
}

bool QuotaCharges::were_in(const std::string& space) const {
  const std::lock_guard lock(spaces_mutex_);
  return first_seen_.contains(space);
}

bool QuotaCharges::are_in(const std::string& space) const {
  const std::lock_guard lock(spaces_mutex_);
  return first_seen_.contains(space) || made_.contains(space);
}

void QuotaCharges::note_made(const Step& step) {
  if (step.type.group_resource() != quota_type().resource) return;
  const std::lock_guard lock(spaces_mutex_);
  made_.insert(step.target_namespace);
}

Result<std::optional<std::string>> QuotaCharges::overcount(Context& context, const Step& step,
                                                           const std::string& refusal) {
  const std::string key =
      step.target_namespace + "/" + read_refusal(refusal).quota + "/" + step.type.group_resource();
  const std::lock_guard lock(counts_mutex_);
  const auto known = counts_.find(key);
  if (known != counts_.end() && context.clock.steady() - known->second.at < kCountHolds)
    return known->second.surplus;
  TRY(auto surplus, count(context, step, refusal));
  counts_[key] = {context.clock.steady(), surplus};
  return surplus;
}

// The quota is read first: what is made meanwhile is then there, but not charged, and nothing
// counts as a surplus that is none.
Result<std::optional<std::string>> QuotaCharges::count(Context& context, const Step& step,
                                                       const std::string& refusal) {
  const Refusal refused = read_refusal(refusal);
  if (refused.quota.empty()) return std::optional<std::string>();
  TRY(const Json quota, patiently(context, patience_, [&](Context& call) {
        return api_.get(call, quota_type(), {step.target_namespace, refused.quota});
      }));
  const std::string kind = step.type.group_resource();
  Amounts there;
  TRY_VOID(each_object(context, patience_, api_, step.type, step.target_namespace,
                       [&](const Json& object) {
                         if (!is_charged(kind, object)) return;
                         for (const auto& [name, amount] : demand_of(kind, object).items)
                           there[name] += amount;
                       }));
  for (const std::string& name : refused.names) {
    const auto used = quota_amount(name, text_at(member(member(quota, "status"), "used"), name));
    if (!used || *used <= there[name]) continue;
    return std::optional("quota " + refused.quota + " counts more of " + name +
                         " than is there, from creates that came to nothing, and is waited for "
                         "until it is counted anew");
  }
  return std::optional<std::string>();
}

}  // namespace salvor::restore
