#include "volume/handed_volume.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/retried.h"
#include "volume/listing.h"
#include "volume/marked_objects.h"

namespace salvor::volume {
namespace {

constexpr const char* kHandedTo = "salvor.io/handed-to";
constexpr const char* kOwnPolicy = "salvor.io/reclaim-policy";
constexpr std::chrono::milliseconds kFirstLook{100};
constexpr std::chrono::milliseconds kLongestPause{2000};
constexpr std::chrono::minutes kGoneWithin{2};
// Of no claim at all: the volume counts as released by one that is gone.
constexpr const char* kNobody = "00000000-0000-0000-0000-000000000000";

std::string text_of(const kube::ObjectKey& key) { return key.namespace_name + "/" + key.name; }

std::string annotation(const Json& volume, const char* name) {
  return text_at(member(member(volume, "metadata"), "annotations"), name);
}

Result<Json> change(Context& context, kube::Api& api, const std::string& volume,
                    const Json& patch) {
  return kube::insisted(context,
                        [&] {
                          return api.patch(context, volume_type(), {"", volume},
                                           kube::PatchKind::merge, patch, {});
                        })
      .within("changing persistent volume " + volume);
}

Result<void> wait_until_gone(Context& context, kube::Api& api, const kube::ObjectKey& claim) {
  const SteadyTime give_up_at = context.clock.steady() + kGoneWithin;
  Duration pause = kFirstLook;
  while (true) {
    const auto live = kube::retried(context, [&] { return api.get(context, claim_type(), claim); });
    if (!live.ok() && live.error().code == ErrorCode::not_found) return {};
    if (!live.ok()) return live.error();
    if (context.clock.steady() >= give_up_at) {
      return error(ErrorCode::unavailable, "claim " + text_of(claim) + " is still being deleted")
          .with_hint("see whether a pod still uses it");
    }
    TRY_VOID(context.wait(pause));
    pause = std::min<Duration>(pause * 2, kLongestPause);
  }
}

// From here on only the new claim gets the volume.
Result<void> keep_for(Context& context, kube::Api& api, const std::string& volume,
                      const kube::ObjectKey& to) {
  const Json reference = {{"apiVersion", "v1"},
                          {"kind", claim_type().kind},
                          {"namespace", to.namespace_name},
                          {"name", to.name},
                          {"uid", nullptr},
                          {"resourceVersion", nullptr}};
  TRY(const Json changed, change(context, api, volume, {{"spec", {{"claimRef", reference}}}}));
  return {};
}

Json forgotten(const Json& volume) {
  return {{"metadata",
           {{"annotations", {{kHandedTo, nullptr}, {kOwnPolicy, nullptr}}},
            {"labels", {{kJobLabel, nullptr}, {kCopyLabel, nullptr}}}}},
          {"spec", {{"persistentVolumeReclaimPolicy", annotation(volume, kOwnPolicy)}}}};
}

}  // namespace

const kube::ResourceType& volume_type() {
  static const kube::ResourceType type{"", "v1", "persistentvolumes", "PersistentVolume", false};
  return type;
}

Result<std::optional<std::string>> handed_volume(Context& context, kube::Api& api,
                                                 const kube::ObjectKey& to, const Mark& mark) {
  TRY(const std::vector<Json> volumes,
      list_all(context, api, volume_type(), {.label_selector = mark.selector()}));
  for (const Json& volume : volumes) {
    if (annotation(volume, kHandedTo) == text_of(to)) return std::optional(key_of(volume).name);
  }
  return std::optional<std::string>();
}

Result<std::string> keep_volume(Context& context, kube::Api& api, const kube::ObjectKey& from,
                                const kube::ObjectKey& to, const Mark& mark) {
  TRY(const Json claim, kube::retried(context, [&] {
                          return api.get(context, claim_type(), from);
                        }).within("reading claim " + from.name));
  const std::string volume = text_at(member(claim, "spec"), "volumeName");
  TRY(const Json live, kube::retried(context, [&] {
                         return api.get(context, volume_type(), {"", volume});
                       }).within("reading persistent volume " + volume));
  const std::string policy = text_at(member(live, "spec"), "persistentVolumeReclaimPolicy");
  TRY(const Json noted,
      change(context, api, volume,
             {{"metadata",
               {{"labels", {{mark.label(), mark.id}}},
                {"annotations", {{kHandedTo, text_of(to)}, {kOwnPolicy, policy}}}}},
              {"spec", {{"persistentVolumeReclaimPolicy", "Retain"}}}}));
  return volume;
}

Result<void> hand_over(Context& context, kube::Api& api, const std::string& volume,
                       const kube::ObjectKey& from, const kube::ObjectKey& to) {
  TRY_VOID(drop(context, api, claim_type(), from));
  TRY_VOID(wait_until_gone(context, api, from));
  return keep_for(context, api, volume, to);
}

Result<void> settle_handed(Context& context, kube::Api& api, const kube::ObjectKey& claim) {
  TRY(const Json live, kube::retried(context, [&] {
                         return api.get(context, claim_type(), claim);
                       }).within("reading claim " + claim.name));
  const std::string name = text_at(member(live, "spec"), "volumeName");
  if (name.empty()) return {};
  TRY(const Json volume, kube::retried(context, [&] {
                           return api.get(context, volume_type(), {"", name});
                         }).within("reading persistent volume " + name));
  if (annotation(volume, kHandedTo) != text_of(claim)) return {};
  TRY(const Json changed, change(context, api, name, forgotten(volume)));
  return {};
}

Result<void> let_go_of_handed(Context& context, kube::Api& api, const Mark& mark) {
  TRY(const std::vector<Json> volumes,
      list_all(context, api, volume_type(), {.label_selector = mark.selector()}));
  for (const Json& volume : volumes) {
    const Json& reference = member(member(volume, "spec"), "claimRef");
    const kube::ObjectKey claim{text_at(reference, "namespace"), text_at(reference, "name")};
    const auto live = kube::retried(context, [&] { return api.get(context, claim_type(), claim); });
    if (!live.ok() && live.error().code != ErrorCode::not_found) return live.error();
    Json patch = forgotten(volume);
    if (!live.ok()) patch["spec"]["claimRef"] = {{"uid", kNobody}};
    TRY(const Json changed, change(context, api, key_of(volume).name, patch));
  }
  return {};
}

}  // namespace salvor::volume
