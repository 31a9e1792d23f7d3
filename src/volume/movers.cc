#include "volume/movers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/retried.h"
#include "volume/internal/mover_objects.h"
#include "volume/listing.h"
#include "volume/marked_objects.h"

namespace salvor::volume {
namespace {

using internal::PodPhase;
using internal::PodState;

constexpr std::chrono::milliseconds kFirstLook{250};
constexpr std::chrono::milliseconds kLongestPause{2000};
constexpr unsigned kLogLines = 1;

class Watch {
 public:
  Watch(Context& context, kube::Api& api, const MoverPlace& place, const MoverTask& task,
        const OnMoverProgress& progress)
      : context_(context), api_(api), place_(place), task_(task), progress_(progress) {}

  Result<MoverReport> run() {
    const SteadyTime begun = context_.clock.steady();
    waiting_since_ = begun;
    Duration pause = kFirstLook;
    while (true) {
      TRY(const std::vector<Json> pods,
          list_all(context_, api_, internal::pod_type(),
                   {.namespace_name = place_.namespace_name,
                    .label_selector = internal::pods_of(task_.name)}));
      TRY(const Json job, kube::retried(context_, [&] {
                            return api_.get(context_, internal::job_type(), key());
                          }).within("looking at the mover"));
      const PodState newest = newest_of(pods);
      if (newest.phase == PodPhase::ended && is_over(job)) return report_of(newest, job);
      if (newest.phase == PodPhase::running) TRY_VOID(tell_progress(newest.name));
      TRY_VOID(check_start(newest));
      TRY_VOID(context_.wait(pause));
      pause = std::min<Duration>(pause * 2, kLongestPause);
    }
  }

 private:
  kube::ObjectKey key() const { return {place_.namespace_name, task_.name}; }

  static PodState newest_of(const std::vector<Json>& pods) {
    PodState newest;
    for (const Json& pod : pods) {
      PodState seen = internal::state_of(pod);
      if (newest.name.empty() || seen.created >= newest.created) newest = std::move(seen);
    }
    return newest;
  }

  // No further pod will come.
  static bool is_over(const Json& job) {
    const Json& conditions = member(member(job, "status"), "conditions");
    if (!conditions.is_array()) return false;
    return std::any_of(conditions.begin(), conditions.end(), [](const Json& condition) {
      const std::string type = text_at(condition, "type");
      return text_at(condition, "status") == "True" && (type == "Complete" || type == "Failed");
    });
  }

  static Result<MoverReport> report_of(const PodState& pod, const Json& job) {
    auto report = internal::read_report(pod.report);
    if (report.ok() || report.error().code != ErrorCode::corrupt) return report;
    std::string why = pod.obstacle;
    for (const Json& condition : member(member(job, "status"), "conditions")) {
      if (text_at(condition, "type") == "Failed") why += "; " + text_at(condition, "message");
    }
    return error(ErrorCode::unavailable, "the mover ended without a report: " + why)
        .with_hint("see whether its memory limit was reached or its node went away");
  }

  Result<void> tell_progress(const std::string& pod) {
    // Missing lines are no reason to give the mover up.
    const auto log = api_.pod_log(context_, {place_.namespace_name, pod}, kLogLines);
    TRY_VOID(context_.check());
    const auto now = log.ok() ? internal::read_progress(*log) : std::nullopt;
    return now ? progress_(*now) : Result<void>();
  }

  // Gives up a mover that does not come to run.
  Result<void> check_start(const PodState& newest) {
    const SteadyTime now = context_.clock.steady();
    if (newest.phase != PodPhase::waiting) {
      waiting_since_ = now;
      return {};
    }
    const Duration waited = now - waiting_since_;
    const bool is_hopeless = newest.needs_help && waited >= place_.hopeless_within;
    if (!is_hopeless && waited < place_.ready_within) return {};
    const std::string why = newest.obstacle.empty() ? "its pod is not running" : newest.obstacle;
    return error(ErrorCode::unavailable, "the mover did not start: " + why)
        .with_hint("see \"kubectl describe pods -n " + place_.namespace_name + "\"");
  }

  Context& context_;
  kube::Api& api_;
  const MoverPlace& place_;
  const MoverTask& task_;
  const OnMoverProgress& progress_;
  SteadyTime waiting_since_{};
};

}  // namespace

Result<void> ensure_mover_namespace(Context& context, kube::Api& api, const MoverPlace& place) {
  if (place.image.empty()) {
    return error(ErrorCode::invalid, "this server has no image for data movers")
        .with_hint("start it with --mover-image");
  }
  return ensure_own_namespace(context, api, place);
}

Result<void> ensure_own_namespace(Context& context, kube::Api& api, const MoverPlace& place) {
  const auto made = kube::insisted(context, [&] {
    return api.create(context, internal::namespace_type(), "",
                      compact(internal::namespace_object(place)), {});
  });
  if (made.ok() || made.error().code == ErrorCode::conflict) return {};
  return Error(made.error()).within("making namespace " + place.namespace_name);
}

Result<MoverReport> run_mover(Context& context, kube::Api& api, const MoverPlace& place,
                              const MoverTask& task, const OnMoverProgress& progress) {
  TRY(const Json secret, ensure(context, api, internal::secret_type(),
                                internal::secret_object(place, task), task.mark));
  TRY(const Json job,
      ensure(context, api, internal::job_type(), internal::job_object(place, task), task.mark));
  return Watch(context, api, place, task, progress).run();
}

Result<void> remove_mover(Context& context, kube::Api& api, const MoverPlace& place,
                          const std::string& name) {
  TRY_VOID(drop(context, api, internal::job_type(), {place.namespace_name, name}));
  return drop(context, api, internal::secret_type(), {place.namespace_name, name});
}

Result<void> remove_movers(Context& context, kube::Api& api, const MoverPlace& place,
                           const Mark& mark) {
  for (const kube::ResourceType* type :
       {&internal::job_type(), &internal::secret_type(), &claim_type()}) {
    TRY(const std::vector<Json> marked,
        list_all(context, api, *type,
                 {.namespace_name = place.namespace_name, .label_selector = mark.selector()}));
    for (const Json& object : marked) TRY_VOID(drop(context, api, *type, key_of(object)));
  }
  return {};
}

}  // namespace salvor::volume
