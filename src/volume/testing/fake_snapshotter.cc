#include "volume/testing/fake_snapshotter.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "volume/marked_objects.h"
#include "volume/marks.h"

namespace salvor::volume::testing {
namespace {

constexpr const char* kBeingDeleted = "snapshot.storage.kubernetes.io/volumesnapshot-being-deleted";
constexpr const char* kFinalizer =
    "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection";
constexpr std::uint64_t kSize = 64ULL << 20;

const Json& metadata_of(const Json& object) { return member(object, "metadata"); }

std::string uid_of(const Json& object) { return text_at(metadata_of(object), "uid"); }

std::string handle_of(const Json& content) {
  return text_at(member(content, "status"), "snapshotHandle");
}

}  // namespace

std::vector<kube::FakeKind> kinds_with_snapshots() {
  std::vector<kube::FakeKind> kinds = kube::default_kinds();
  for (const kube::ResourceType* type :
       {&snapshot_type(), &content_type(), &snapshot_class_type()}) {
    kube::FakeKind kind{*type};
    kind.type.verbs = {"create", "delete", "get", "list", "patch", "update", "watch"};
    kind.has_status = type != &snapshot_class_type();
    kinds.push_back(kind);
  }
  return kinds;
}

FakeSnapshotter::FakeSnapshotter(kube::FakeCluster& cluster) : cluster_(cluster) {
  cluster.on_request(before({}));
}

kube::RequestHook FakeSnapshotter::before(kube::RequestHook hook) {
  return [this, hook = std::move(hook)](const kube::FakeRequest& request) -> Result<void> {
    if (is_reacting_) return {};
    do_round();
    return hook ? hook(request) : Result<void>();
  };
}

void FakeSnapshotter::do_round() {
  if (!is_running) return;
  is_reacting_ = true;
  react();
  is_reacting_ = false;
}

void FakeSnapshotter::add_class(const std::string& name, const std::string& policy) {
  cluster_.seed({{"apiVersion", snapshot_class_type().api_version()},
                 {"kind", "VolumeSnapshotClass"},
                 {"metadata", {{"name", name}}},
                 {"driver", kDriver},
                 {"deletionPolicy", policy}});
}

std::vector<Json> FakeSnapshotter::all(const std::string& kind) const {
  std::vector<Json> found;
  for (Json& object : cluster_.everything()) {
    if (object["kind"] == kind) found.push_back(std::move(object));
  }
  return found;
}

void FakeSnapshotter::react() {
  for (const Json& snapshot : all("VolumeSnapshot")) see_to_snapshot(snapshot);
  for (const Json& content : all("VolumeSnapshotContent")) see_to_content(content);
  for (const Json& claim : all("PersistentVolumeClaim")) see_to_claim(claim);
}

void FakeSnapshotter::see_to_snapshot(const Json& snapshot) {
  const Json& source = member(member(snapshot, "spec"), "source");
  const std::string claim = text_at(source, "persistentVolumeClaimName");
  if (claim.empty()) {
    bind(snapshot, text_at(source, "volumeSnapshotContentName"));
  } else {
    take(snapshot, claim);
  }
}

void FakeSnapshotter::take(const Json& snapshot, const std::string& claim) {
  if (member(member(snapshot, "status"), "readyToUse") == true) return;
  const std::string uid = uid_of(snapshot);
  Json seen = snapshot;
  const auto failure = failures.find(claim);
  if (failure != failures.end()) {
    seen["status"] = {{"readyToUse", false}, {"error", {{"message", failure->second}}}};
    cluster_.seed(seen);
    return;
  }
  const std::string name = "snapcontent-" + uid;
  const std::string handle = "snap-" + uid;
  if (rounds_[uid]++ == 0) {
    ++made;
    stored.insert(handle);
    const auto snapshot_class =
        cluster_.peek(snapshot_class_type().group_resource(),
                      {"", text_at(member(snapshot, "spec"), "volumeSnapshotClassName")});
    cluster_.seed(
        {{"apiVersion", content_type().api_version()},
         {"kind", "VolumeSnapshotContent"},
         {"metadata", {{"name", name}, {"finalizers", {kFinalizer}}}},
         {"spec",
          {{"deletionPolicy", text_at(*snapshot_class, "deletionPolicy")},
           {"driver", kDriver},
           {"source", {{"volumeHandle", claim}}},
           {"volumeSnapshotRef",
            {{"name", key_of(snapshot).name},
             {"namespace", key_of(snapshot).namespace_name},
             {"uid", uid}}}}},
         {"status", {{"snapshotHandle", handle}, {"restoreSize", kSize}, {"readyToUse", true}}}});
    seen["status"] = {{"boundVolumeSnapshotContentName", name}, {"readyToUse", false}};
  }
  if (rounds_[uid] > rounds_until_ready) seen["status"]["readyToUse"] = true;
  cluster_.seed(seen);
}

void FakeSnapshotter::bind(const Json& snapshot, const std::string& content_name) {
  if (member(member(snapshot, "status"), "readyToUse") == true) return;
  const auto content = cluster_.peek(content_type().group_resource(), {"", content_name});
  if (!content) return;
  const std::string handle = text_at(member(member(*content, "spec"), "source"), "snapshotHandle");
  Json seen = snapshot;
  if (!stored.contains(handle)) {
    seen["status"] = {{"readyToUse", false}, {"error", {{"message", "no snapshot " + handle}}}};
    cluster_.seed(seen);
    return;
  }
  Json bound = *content;
  bound["spec"]["volumeSnapshotRef"]["uid"] = uid_of(snapshot);
  bound["metadata"]["finalizers"] = {kFinalizer};
  bound["status"] = {{"snapshotHandle", handle}, {"restoreSize", kSize}, {"readyToUse", true}};
  cluster_.seed(bound);
  seen["status"] = {{"boundVolumeSnapshotContentName", content_name}, {"readyToUse", true}};
  cluster_.seed(seen);
}

// Its VolumeSnapshot may be gone, or it is being deleted itself.
void FakeSnapshotter::see_to_content(const Json& content) {
  Json seen = content;
  const Json& reference = content["spec"]["volumeSnapshotRef"];
  const bool was_bound = !text_at(reference, "uid").empty();
  const bool has_snapshot = cluster_
                                .peek(snapshot_type().group_resource(),
                                      {text_at(reference, "namespace"), text_at(reference, "name")})
                                .has_value();
  const bool deletes = content["spec"]["deletionPolicy"] == "Delete";
  Context context{system_clock(), null_log(), {}, {}};
  const kube::ObjectKey key = key_of(content);
  if (was_bound && !has_snapshot) {
    seen["metadata"]["annotations"][kBeingDeleted] = "yes";
    cluster_.seed(seen);
    if (deletes && text_at(metadata_of(content), "deletionTimestamp").empty()) {
      EXPECT_TRUE(cluster_.remove(context, content_type(), key, {}).ok());
      return;
    }
  }
  if (text_at(metadata_of(content), "deletionTimestamp").empty()) return;
  const bool is_told =
      !was_bound || !text_at(member(metadata_of(seen), "annotations"), kBeingDeleted).empty();
  if (!is_told) return;
  if (deletes && stored.erase(handle_of(content)) > 0) ++deleted;
  const Json patch = {{"metadata", {{"finalizers", nullptr}}}};
  const auto done = cluster_.patch(context, content_type(), key, kube::PatchKind::merge, patch, {});
  EXPECT_TRUE(done.ok()) << done.error().describe();
}

void FakeSnapshotter::see_to_claim(const Json& claim) {
  const kube::ObjectKey key = key_of(claim);
  if (text_at(member(claim, "status"), "phase") == "Bound" || unbound.contains(key.name)) return;
  const std::string source = text_at(member(member(claim, "spec"), "dataSource"), "name");
  if (source.empty()) return;
  const auto snapshot =
      cluster_.peek(snapshot_type().group_resource(), {key.namespace_name, source});
  if (!snapshot || member(member(*snapshot, "status"), "readyToUse") != true) return;
  Json bound = claim;
  bound["spec"]["volumeName"] = "pvc-" + uid_of(claim);
  bound["status"] = {{"phase", "Bound"}};
  cluster_.seed(bound);
}

}  // namespace salvor::volume::testing
