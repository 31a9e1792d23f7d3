#include "volume/snapshot_taker.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/retried.h"
#include "volume/listing.h"
#include "volume/marked_objects.h"
#include "volume/marks.h"
#include "volume/snapshot_classes.h"
#include "volume/snapshot_removal.h"

namespace salvor::volume {
namespace {

constexpr std::chrono::milliseconds kFirstLook{250};
constexpr std::chrono::milliseconds kLongestPause{2000};

// Errors of the cluster as a whole, as against those of one object.
bool ends_all(const Error& failure) {
  return failure.code == ErrorCode::cancelled || failure.retryable() ||
         failure.code == ErrorCode::unknown_outcome;
}

class Taking {
 public:
  Taking(Context& context, kube::Api& api, const std::vector<ClaimToTake>& claims,
         const TakeOptions& options)
      : context_(context), api_(api), claims_(claims), options_(options), taken_(claims.size()) {}

  Result<std::vector<TakenSnapshot>> run(const OnTakeProgress& progress) {
    TRY(const SnapshotClasses classes, SnapshotClasses::load(context_, api_));
    for (std::size_t i = 0; i < claims_.size(); ++i) TRY_VOID(begin(i, classes));
    begun_ = context_.clock.steady();
    const SteadyTime give_up_at = begun_ + options_.ready_within;
    Duration pause = kFirstLook;
    while (true) {
      TRY_VOID(look(give_up_at));
      TRY_VOID(progress(count()));
      if (waiting_.empty()) return std::move(taken_);
      TRY_VOID(context_.wait(pause));
      pause = std::min<Duration>(pause * 2, kLongestPause);
    }
  }

 private:
  struct Waiting {
    std::size_t claim = 0;
    SteadyTime failing_since = SteadyTime::max();
    std::string last_error = {};
  };

  std::string snapshot_name(std::size_t claim) const {
    return "salvor-" + options_.recovery_point_id + "-" + std::to_string(claim);
  }
  kube::ObjectKey key(std::size_t claim) const {
    return {claims_[claim].namespace_name, snapshot_name(claim)};
  }
  Json labels() const {
    return {{kJobLabel, options_.job_id}, {kPointLabel, options_.recovery_point_id}};
  }

  void skip(std::size_t claim, const std::string& why) {
    taken_[claim].state = TakeState::skipped;
    taken_[claim].problem = why;
  }

  Result<void> begin(std::size_t i, const SnapshotClasses& classes) {
    const ClaimToTake& claim = claims_[i];
    if (claim.driver.empty()) {
      skip(i, "its volume is not of a CSI driver");
      return {};
    }
    if (!classes.has_api()) {
      skip(i, "the cluster does not serve volumesnapshots.snapshot.storage.k8s.io");
      return {};
    }
    const std::string* const class_name = classes.of_driver(claim.driver);
    if (class_name == nullptr) {
      skip(i, "there is no VolumeSnapshotClass for its driver " + claim.driver);
      return {};
    }
    taken_[i].class_name = *class_name;
    const Json snapshot = {
        {"apiVersion", snapshot_type().api_version()},
        {"kind", snapshot_type().kind},
        {"metadata",
         {{"name", snapshot_name(i)}, {"namespace", claim.namespace_name}, {"labels", labels()}}},
        {"spec",
         {{"volumeSnapshotClassName", *class_name},
          {"source", {{"persistentVolumeClaimName", claim.name}}}}}};
    const auto made =
        ensure(context_, api_, snapshot_type(), snapshot, {MarkedBy::job, options_.job_id});
    if (made.ok()) {
      waiting_.push_back({i});
      return {};
    }
    if (ends_all(made.error())) return made.error();
    taken_[i].problem = made.error().describe();
    return {};
  }

  // All that are waited for at once: one list.
  Result<void> look(SteadyTime give_up_at) {
    if (waiting_.empty()) return {};
    const Mark mark{MarkedBy::recovery_point, options_.recovery_point_id};
    TRY(const std::vector<Json> listed,
        list_all(context_, api_, snapshot_type(), {.label_selector = mark.selector()}));
    std::map<std::string, const Json*> by_name;
    for (const Json& snapshot : listed) by_name[key_of(snapshot).name] = &snapshot;
    std::vector<Waiting> still;
    for (Waiting& waiting : waiting_) {
      const auto found = by_name.find(snapshot_name(waiting.claim));
      TRY(const bool is_over,
          judge(waiting, found == by_name.end() ? nullptr : found->second, give_up_at));
      if (!is_over) still.push_back(std::move(waiting));
    }
    waiting_ = std::move(still);
    return {};
  }

  Result<bool> judge(Waiting& waiting, const Json* snapshot, SteadyTime give_up_at) {
    if (snapshot == nullptr) {
      taken_[waiting.claim].problem = "its VolumeSnapshot was deleted before it was ready";
      return true;
    }
    const Json& status = member(*snapshot, "status");
    const std::string content = text_at(status, "boundVolumeSnapshotContentName");
    if (member(status, "readyToUse") == true && !content.empty())
      return keep(waiting, *snapshot, content);
    const SteadyTime now = context_.clock.steady();
    const std::string failure = text_at(member(status, "error"), "message");
    if (!failure.empty()) {
      waiting.failing_since = std::min(waiting.failing_since, now);
      waiting.last_error = failure;
      if (now - waiting.failing_since >= options_.after_an_error)
        return give_up(waiting, *snapshot, failure);
    }
    const bool is_seen = !content.empty() || !failure.empty();
    if (!is_seen && now - begun_ >= options_.seen_within)
      return give_up(waiting, *snapshot, "no snapshot controller has taken it up");
    if (now < give_up_at) return false;
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(options_.ready_within).count();
    std::string message = "it was not ready within " + std::to_string(seconds) + " s";
    if (!waiting.last_error.empty()) message += "; its storage said: " + waiting.last_error;
    return give_up(waiting, *snapshot, message);
  }

  Result<bool> give_up(const Waiting& waiting, const Json& snapshot, const std::string& problem) {
    taken_[waiting.claim].problem = problem;
    TRY_VOID(give_up_snapshot(context_, api_, snapshot));
    return true;
  }

  // The snapshot is the recovery point's from here on, and no longer the namespace's.
  Result<bool> keep(const Waiting& waiting, const Json& snapshot, const std::string& content_name) {
    const Json patch = {{"metadata", {{"labels", labels()}}},
                        {"spec", {{"deletionPolicy", "Retain"}}}};
    const auto kept = kube::insisted(context_, [&] {
      return api_.patch(context_, content_type(), {"", content_name}, kube::PatchKind::merge, patch,
                        {});
    });
    if (!kept.ok()) {
      if (ends_all(kept.error())) return kept.error();
      return give_up(waiting, snapshot,
                     "its content could not be kept: " + kept.error().describe());
    }
    const Json& status = member(*kept, "status");
    TakenSnapshot& taken = taken_[waiting.claim];
    taken.handle = text_at(status, "snapshotHandle");
    if (taken.handle.empty()) {
      return give_up(waiting, snapshot,
                     "VolumeSnapshotContent " + content_name + " has no snapshotHandle");
    }
    const Json& size = member(status, "restoreSize");
    if (size.is_number_unsigned()) taken.restore_size_bytes = size.get<std::uint64_t>();
    taken.state = TakeState::taken;
    TRY_VOID(drop(context_, api_, snapshot_type(), key(waiting.claim)));
    return true;
  }

  TakeProgress count() const {
    TakeProgress progress;
    progress.attempted = taken_.size();
    for (const TakenSnapshot& taken : taken_) {
      if (taken.state == TakeState::taken) ++progress.taken;
      if (taken.state == TakeState::skipped) ++progress.skipped;
      if (taken.state == TakeState::failed && !taken.problem.empty()) ++progress.failed;
    }
    return progress;
  }

  Context& context_;
  kube::Api& api_;
  const std::vector<ClaimToTake>& claims_;
  const TakeOptions& options_;
  std::vector<TakenSnapshot> taken_;
  std::vector<Waiting> waiting_;
  SteadyTime begun_{};
};

}  // namespace

Result<std::vector<TakenSnapshot>> take_snapshots(Context& context, kube::Api& api,
                                                  const std::vector<ClaimToTake>& claims,
                                                  const TakeOptions& options,
                                                  const OnTakeProgress& progress) {
  return Taking(context, api, claims, options).run(progress);
}

}  // namespace salvor::volume
