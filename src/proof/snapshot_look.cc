#include "proof/snapshot_look.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/retried.h"
#include "volume/listing.h"
#include "volume/marked_objects.h"
#include "volume/snapshot_source.h"

namespace salvor::proof {
namespace {

std::string handle_of(const Json& content) {
  return text_at(member(content, "status"), "snapshotHandle");
}

// What stands for the snapshot in the cluster, null when nothing does.
const Json* content_of(const std::vector<Json>& contents, const volume::StoredSnapshot& snapshot) {
  const auto found = std::find_if(contents.begin(), contents.end(), [&](const Json& content) {
    return handle_of(content) == snapshot.handle &&
           text_at(member(content, "spec"), "driver") == snapshot.driver;
  });
  return found == contents.end() ? nullptr : &*found;
}

void look_at_content(const Json* content, const SnapshotToLookAt& wanted,
                     std::vector<Problem>& problems) {
  if (content == nullptr) {
    problems.push_back({Reason::content_missing, wanted.object,
                        "no VolumeSnapshotContent stands for snapshot " + wanted.snapshot.handle});
    return;
  }
  const Json& metadata = member(*content, "metadata");
  const std::string name = "VolumeSnapshotContent " + text_at(metadata, "name");
  const std::string policy = text_at(member(*content, "spec"), "deletionPolicy");
  if (!text_at(metadata, "deletionTimestamp").empty()) {
    problems.push_back({Reason::content_unsafe, wanted.object, name + " is being deleted"});
  } else if (policy != "Retain") {
    problems.push_back({Reason::content_unsafe, wanted.object,
                        name + " has the policy " + policy + " instead of Retain"});
  }
}

class Look {
 public:
  Look(Context& context, kube::Api& api, const SnapshotTask& task)
      : context_(context), api_(api), task_(task) {}

  Result<void> run(const std::vector<SnapshotToLookAt>& snapshots,
                   const OnSnapshotLooked& on_looked) {
    const volume::Mark owner{volume::MarkedBy::recovery_point, task_.point_id};
    const auto contents = volume::list_all(context_, api_, volume::content_type(),
                                           {.label_selector = owner.selector()});
    if (!contents.ok() && contents.error().code == ErrorCode::not_found)
      return tell_all(snapshots, on_looked);
    if (!contents.ok()) return contents.error();
    TRY_VOID(volume::ensure_own_namespace(context_, api_, task_.place));
    for (std::size_t i = 0; i < snapshots.size(); ++i) {
      std::vector<Problem> problems;
      look_at_content(content_of(*contents, snapshots[i].snapshot), snapshots[i], problems);
      TRY_VOID(try_out(i, snapshots[i], problems));
      TRY_VOID(on_looked(i, std::move(problems)));
    }
    return {};
  }

 private:
  Result<void> tell_all(const std::vector<SnapshotToLookAt>& snapshots,
                        const OnSnapshotLooked& on_looked) {
    for (std::size_t i = 0; i < snapshots.size(); ++i) {
      TRY_VOID(on_looked(i, {{Reason::snapshot_unusable, snapshots[i].object,
                              "the cluster does not serve the snapshot API"}}));
    }
    return {};
  }

  Result<void> try_out(std::size_t i, const SnapshotToLookAt& wanted,
                       std::vector<Problem>& problems) {
    const volume::Mark mark{volume::MarkedBy::job, task_.job_id};
    const kube::ObjectKey as{task_.place.namespace_name,
                             "salvor-verify-" + task_.job_id + "-" + std::to_string(i)};
    const auto offered = volume::offer_snapshot(context_, api_, wanted.snapshot, as, mark, {});
    if (!offered.ok()) {
      TRY_VOID(context_.check());
      if (offered.error().code != ErrorCode::unavailable) return offered;
      // Of a cluster that answers it is the storage that has refused.
      const auto seen =
          kube::retried(context_, [&] { return api_.get(context_, volume::snapshot_type(), as); });
      if (!seen.ok()) return offered;
      problems.push_back({Reason::snapshot_unusable, wanted.object, offered.error().message});
    }
    TRY_VOID(volume::drop(context_, api_, volume::snapshot_type(), as));
    return volume::remove_content(context_, api_, as.name, volume::Fate::kept);
  }

  Context& context_;
  kube::Api& api_;
  const SnapshotTask& task_;
};

}  // namespace

Result<void> look_at_snapshots(Context& context, kube::Api& api, const SnapshotTask& task,
                               const std::vector<SnapshotToLookAt>& snapshots,
                               const OnSnapshotLooked& on_looked) {
  return snapshots.empty() ? Result<void>() : Look(context, api, task).run(snapshots, on_looked);
}

}  // namespace salvor::proof
