// In which order things go: movers, which hold claims; then the policy of the sandboxes' volumes is
// made Delete, as nobody could find them once their claims are gone; then the namespaces; then what
// stood for snapshots, none of which goes with it; then volumes that a mover had just filled for a
// claim.
#include "volume/sandbox.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/digest.h"
#include "base/random.h"
#include "kube/retried.h"
#include "volume/handed_volume.h"
#include "volume/internal/mover_objects.h"
#include "volume/listing.h"
#include "volume/marked_objects.h"
#include "volume/snapshot_removal.h"

namespace salvor::volume {
namespace {

constexpr std::size_t kIdDigits = 8;
constexpr std::size_t kNameMax = 63;
constexpr std::size_t kHashDigits = 8;
constexpr const char* kPolicyName = "salvor-drill";
constexpr const char* kProvisionedBy = "pv.kubernetes.io/provisioned-by";
constexpr std::chrono::milliseconds kFirstLook{200};
constexpr std::chrono::milliseconds kLongestPause{2000};

const kube::ResourceType& policy_type() {
  static const kube::ResourceType type{"networking.k8s.io", "v1", "networkpolicies",
                                       "NetworkPolicy", true};
  return type;
}

const Json& metadata_of(const Json& object) { return member(object, "metadata"); }

Json namespace_object(const std::string& name, const Mark& mark) {
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata",
           {{"name", name},
            {"labels",
             {{mark.label(), mark.id}, {"pod-security.kubernetes.io/enforce", "baseline"}}}}}};
}

Json policy_object(const std::string& space, const Mark& mark) {
  return {{"apiVersion", policy_type().api_version()},
          {"kind", policy_type().kind},
          {"metadata",
           {{"name", kPolicyName}, {"namespace", space}, {"labels", {{mark.label(), mark.id}}}}},
          {"spec", {{"podSelector", Json::object()}, {"policyTypes", {"Ingress", "Egress"}}}}};
}

// When each of the job's sandboxes was made, by name.
using Sandboxes = std::map<std::string, std::string>;

Result<Sandboxes> sandboxes_of(Context& context, kube::Api& api, const std::string& job_id) {
  const Mark mark{MarkedBy::job, job_id};
  TRY(const std::vector<Json> marked,
      list_all(context, api, namespace_type(), {.label_selector = mark.selector()}));
  Sandboxes found;
  for (const Json& object : marked) {
    const std::string name = key_of(object).name;
    if (!name.starts_with(sandbox_prefix(job_id))) continue;
    found[name] = text_at(metadata_of(object), "creationTimestamp");
  }
  return found;
}

// A volume that was there before its claim's sandbox is somebody else's, and so is one that nobody
// provisioned. Times are RFC 3339 in UTC, whose order is that of their texts.
bool is_of(const Json& volume, const Sandboxes& sandboxes, const Mark& mark) {
  const Json& metadata = metadata_of(volume);
  if (text_at(member(metadata, "labels"), mark.label()) == mark.id) return true;
  const auto home =
      sandboxes.find(text_at(member(member(volume, "spec"), "claimRef"), "namespace"));
  if (home == sandboxes.end()) return false;
  if (text_at(member(metadata, "annotations"), kProvisionedBy).empty()) return false;
  return text_at(metadata, "creationTimestamp") >= home->second;
}

Result<void> set_policy_delete(Context& context, kube::Api& api, const std::string& volume) {
  const auto set = kube::insisted(context, [&] {
    return api.patch(context, volume_type(), {"", volume}, kube::PatchKind::merge,
                     {{"spec", {{"persistentVolumeReclaimPolicy", "Delete"}}}}, {});
  });
  if (set.ok() || set.error().code == ErrorCode::not_found) return {};
  return Error(set.error()).within("changing persistent volume " + volume);
}

// The volumes that go with the sandboxes, and with what movers were filling.
Result<std::vector<std::string>> volumes_of(Context& context, kube::Api& api,
                                            const Sandboxes& sandboxes, const Mark& mark) {
  std::vector<std::string> names;
  TRY(const std::vector<Json> volumes, list_all(context, api, volume_type(), {}));
  for (const Json& volume : volumes) {
    if (is_of(volume, sandboxes, mark)) names.push_back(key_of(volume).name);
  }
  return names;
}

Result<void> set_policies(Context& context, kube::Api& api,
                          const std::vector<std::string>& volumes) {
  for (const std::string& name : volumes) TRY_VOID(set_policy_delete(context, api, name));
  return {};
}

// `left` says what is still there, or "".
template <typename Left>
Result<void> wait_until_gone(Context& context, Duration gone_within, const Left& left) {
  const SteadyTime give_up_at = context.clock.steady() + gone_within;
  Duration pause = kFirstLook;
  while (true) {
    TRY(const std::string name, left());
    if (name.empty()) return {};
    if (context.clock.steady() >= give_up_at) {
      return error(ErrorCode::unavailable, name + " is still being deleted")
          .with_hint("see which finalizers it, or what it holds, is waiting for");
    }
    TRY_VOID(context.wait(pause));
    pause = std::min<Duration>(pause * 2, kLongestPause);
  }
}

Result<std::string> sandbox_left(Context& context, kube::Api& api, const std::string& job_id) {
  TRY(const Sandboxes sandboxes, sandboxes_of(context, api, job_id));
  return sandboxes.empty() ? "" : "namespace " + sandboxes.begin()->first;
}

Result<std::string> volume_left(Context& context, kube::Api& api,
                                const std::vector<std::string>& volumes) {
  for (const std::string& name : volumes) {
    const auto live = kube::retried(context, [&] {
      return api.get(context, volume_type(), {"", name});
    });
    if (live.ok()) return "persistent volume " + name;
    if (live.error().code != ErrorCode::not_found) return live.error();
  }
  return std::string();
}

}  // namespace

const kube::ResourceType& namespace_type() { return internal::namespace_type(); }

std::string sandbox_prefix(const std::string& job_id) {
  return "drill-" + job_id.substr(job_id.size() - std::min(job_id.size(), kIdDigits)) + "-";
}

std::string sandbox_name(const std::string& job_id, const std::string& namespace_name) {
  std::string name = sandbox_prefix(job_id) + namespace_name;
  if (name.size() <= kNameMax) return name;
  name.resize(kNameMax - kHashDigits - 1);
  return name + "-" + hex(sha256(namespace_name)).substr(0, kHashDigits);
}

Result<void> ensure_sandbox(Context& context, kube::Api& api, const std::string& name,
                            const Mark& mark) {
  TRY_VOID(ensure(context, api, namespace_type(), namespace_object(name, mark), mark));
  TRY_VOID(ensure(context, api, policy_type(), policy_object(name, mark), mark));
  return {};
}

Result<void> remove_sandboxes(Context& context, kube::Api& api, const MoverPlace& movers,
                              const std::string& job_id, Duration gone_within) {
  const Mark mark{MarkedBy::job, job_id};
  TRY_VOID(remove_movers(context, api, movers, mark));
  TRY(const Sandboxes sandboxes, sandboxes_of(context, api, job_id));
  TRY(const std::vector<std::string> volumes, volumes_of(context, api, sandboxes, mark));
  TRY_VOID(set_policies(context, api, volumes));
  for (const auto& [name, made_at] : sandboxes) {
    TRY_VOID(drop(context, api, namespace_type(), {"", name}));
  }
  TRY_VOID(remove_marked(context, api, mark, Fate::kept, gone_within));
  TRY_VOID(
      wait_until_gone(context, gone_within, [&] { return sandbox_left(context, api, job_id); }));
  // Which gives them the policy of their class back.
  TRY_VOID(let_go_of_handed(context, api, mark));
  TRY_VOID(set_policies(context, api, volumes));
  return wait_until_gone(context, gone_within, [&] { return volume_left(context, api, volumes); });
}

}  // namespace salvor::volume
