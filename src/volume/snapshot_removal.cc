// The snapshotter deletes a snapshot in its storage when its content is deleted, has the policy
// Delete, names the handle in its status, and is marked as "being deleted", as contents are whose
// VolumeSnapshot was deleted.
// https://github.com/kubernetes-csi/external-snapshotter/blob/v8.3.0/pkg/sidecar-controller/snapshot_controller.go
#include "volume/snapshot_removal.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/digest.h"
#include "base/random.h"
#include "kube/retried.h"
#include "volume/listing.h"
#include "volume/marked_objects.h"

namespace salvor::volume {
namespace {

constexpr const char* kBeingDeleted = "snapshot.storage.kubernetes.io/volumesnapshot-being-deleted";
constexpr const char* kContentFinalizer =
    "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection";
constexpr std::chrono::milliseconds kFirstLook{100};
constexpr std::chrono::milliseconds kLongestPause{2000};
constexpr std::size_t kNameDigits = 32;

Result<std::vector<Json>> listed(Context& context, kube::Api& api, const kube::ResourceType& type,
                                 const Mark& mark) {
  auto found = list_all(context, api, type, {.label_selector = mark.selector()});
  if (!found.ok() && found.error().code == ErrorCode::not_found) return std::vector<Json>();
  return found;
}

Result<void> set_policy(Context& context, kube::Api& api, const std::string& content, Fate fate) {
  const Json patch = {{"metadata", {{"annotations", {{kBeingDeleted, "yes"}}}}},
                      {"spec", {{"deletionPolicy", fate == Fate::kept ? "Retain" : "Delete"}}}};
  const auto set = kube::insisted(context, [&] {
    return api.patch(context, content_type(), {"", content}, kube::PatchKind::merge, patch, {});
  });
  if (set.ok() || set.error().code == ErrorCode::not_found) return {};
  return Error(set.error()).within("changing VolumeSnapshotContent " + content);
}

std::string handle_of(const Json& content) {
  const std::string handle = text_at(member(content, "status"), "snapshotHandle");
  if (!handle.empty()) return handle;
  return text_at(member(member(content, "spec"), "source"), "snapshotHandle");
}

// What stands for the snapshot when nothing else does any more. Its status is ours to say: the
// snapshotter would look for the snapshot first, and never delete one that it does not find.
Result<void> stand_for(Context& context, kube::Api& api, const StoredSnapshot& snapshot,
                       const Mark& mark) {
  const std::string name =
      "salvor-removal-" +
      hex(sha256(mark.id + "/" + snapshot.driver + "/" + snapshot.handle)).substr(0, kNameDigits);
  const Json content = {{"apiVersion", content_type().api_version()},
                        {"kind", content_type().kind},
                        {"metadata",
                         {{"name", name},
                          {"labels", {{mark.label(), mark.id}}},
                          {"finalizers", {kContentFinalizer}}}},
                        {"spec",
                         {{"deletionPolicy", "Delete"},
                          {"driver", snapshot.driver},
                          {"source", {{"snapshotHandle", snapshot.handle}}},
                          // The API wants a name; one that nobody has.
                          {"volumeSnapshotRef", {{"name", name}, {"namespace", "default"}}}}}};
  TRY(const Json made, ensure(context, api, content_type(), content, mark));
  const Json status = {{"status", {{"snapshotHandle", snapshot.handle}, {"readyToUse", true}}}};
  const auto told = kube::insisted(context, [&] {
    return api.patch(context, content_type(), {"", name}, kube::PatchKind::merge, status,
                     {.subresource = "status"});
  });
  if (told.ok() || told.error().code == ErrorCode::not_found) return {};
  return Error(told.error()).within("changing VolumeSnapshotContent " + name);
}

// What a storage says against it, or "".
std::string complaint_of(const Json& content) {
  const std::string said = text_at(member(member(content, "status"), "error"), "message");
  return said.empty() ? "" : "; its storage says: " + said;
}

Result<void> wait_until_gone(Context& context, kube::Api& api, const Mark& mark,
                             Duration gone_within) {
  const SteadyTime give_up_at = context.clock.steady() + gone_within;
  Duration pause = kFirstLook;
  while (true) {
    TRY(const std::vector<Json> contents, listed(context, api, content_type(), mark));
    TRY(const std::vector<Json> snapshots, listed(context, api, snapshot_type(), mark));
    if (contents.empty() && snapshots.empty()) return {};
    if (context.clock.steady() >= give_up_at) {
      const Json& left = contents.empty() ? snapshots.front() : contents.front();
      return error(ErrorCode::unavailable, text_at(left, "kind") + " " + key_of(left).name +
                                               " is still being deleted" + complaint_of(left))
          .with_hint("see that the snapshot controller and the driver's snapshotter run");
    }
    TRY_VOID(context.wait(pause));
    pause = std::min<Duration>(pause * 2, kLongestPause);
  }
}

Result<void> remove_snapshot_objects(Context& context, kube::Api& api, const Mark& mark,
                                     Fate fate) {
  TRY(const std::vector<Json> snapshots, listed(context, api, snapshot_type(), mark));
  for (const Json& snapshot : snapshots) {
    if (fate == Fate::deleted) {
      TRY_VOID(give_up_snapshot(context, api, snapshot));
    } else {
      TRY_VOID(drop(context, api, snapshot_type(), key_of(snapshot)));
    }
  }
  return {};
}

}  // namespace

Result<void> remove_content(Context& context, kube::Api& api, const std::string& name, Fate fate) {
  TRY_VOID(set_policy(context, api, name, fate));
  return drop(context, api, content_type(), {"", name});
}

Result<void> give_up_snapshot(Context& context, kube::Api& api, const Json& snapshot) {
  std::string content = text_at(member(snapshot, "status"), "boundVolumeSnapshotContentName");
  // How the snapshot controller names the content that it makes, perhaps before it says so.
  if (content.empty()) content = "snapcontent-" + text_at(member(snapshot, "metadata"), "uid");
  TRY_VOID(set_policy(context, api, content, Fate::deleted));
  return drop(context, api, snapshot_type(), key_of(snapshot));
}

Result<void> remove_marked(Context& context, kube::Api& api, const Mark& mark, Fate fate,
                           Duration gone_within) {
  TRY_VOID(remove_snapshot_objects(context, api, mark, fate));
  TRY(const std::vector<Json> contents, listed(context, api, content_type(), mark));
  for (const Json& content : contents) {
    TRY_VOID(remove_content(context, api, key_of(content).name, fate));
  }
  return wait_until_gone(context, api, mark, gone_within);
}

Result<void> remove_snapshots(Context& context, kube::Api& api, const Mark& mark,
                              const std::vector<StoredSnapshot>& snapshots, Duration gone_within) {
  TRY(const std::vector<Json> contents, listed(context, api, content_type(), mark));
  std::set<StoredSnapshot> missing(snapshots.begin(), snapshots.end());
  for (const Json& content : contents) {
    missing.erase({text_at(member(content, "spec"), "driver"), handle_of(content)});
  }
  for (const StoredSnapshot& snapshot : missing) {
    TRY_VOID(stand_for(context, api, snapshot, mark));
  }
  return remove_marked(context, api, mark, Fate::deleted, gone_within);
}

}  // namespace salvor::volume
