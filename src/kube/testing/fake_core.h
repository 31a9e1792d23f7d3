// The inside of FakeCluster: state under its lock, and how one call runs through hook, faults and
// retries. Seen only by fake_cluster.cc and fake_reads.cc.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kube/retries.h"
#include "kube/testing/fake_cluster.h"
#include "kube/testing/fake_state.h"

namespace salvor::kube {

// Wakes waits on any Clock: stopping the source ends Clock::wait_until.
class WakeUps {
 public:
  // Waits until wake_all(), the time, or a stop. Requires: `lock` is held; it is open during the
  // wait.
  void wait(std::unique_lock<std::mutex>& lock, const Context& context, SteadyTime until);
  void wake_all();  // Requires: the same lock is held.

 private:
  std::vector<std::stop_source*> waiting_;
};

struct FakeCluster::Core {
  Core(Clock& clock, FakeClusterOptions chosen);

  // Runs `act` as one request of the context, with retries as HttpApi makes them.
  template <typename T, typename Act>
  Result<T> call(Context& context, const FakeRequest& request, const Act& act) {
    const Context limited = context.deadline ? context : context.within(std::chrono::seconds(60));
    const Access access = writes(request.verb) ? Access::write : Access::read;
    return with_retries<T>(limited, Retries(access, no_jitter),
                           [&] { return attempt<T>(limited, request, act); });
  }

  // One attempt: counted, shown to the hook, hit by a fault, and only then done.
  template <typename T, typename Act>
  Result<T> attempt(const Context& context, FakeRequest request, const Act& act) {
    TRY_VOID(context.check());
    TRY_VOID(announce(request));
    std::unique_lock lock(mutex);
    const std::optional<FaultKind> fault = faults.take(request);
    if (fault) TRY_VOID(before_acting(lock, context, request, *fault));
    Result<T> result = act();
    if (fault == FaultKind::dropped_after_write) return dropped(request);
    return result;
  }

  Result<void> announce(FakeRequest& request);
  Result<void> before_acting(std::unique_lock<std::mutex>& lock, const Context& context,
                             const FakeRequest& request, FaultKind fault);
  static Error dropped(const FakeRequest& request);
  Result<void> stall(std::unique_lock<std::mutex>& lock, const Context& context,
                     const FakeRequest& request);
  void wait_for_stalled(std::size_t count);
  void release_stalled();

  // The rest require the lock.
  Result<const FakeKind*> served(const ResourceType& type) const;
  Discovery discovery() const;
  Result<ListPage> page(const FakeKind& kind, const ListOptions& options) const;
  bool step();
  void after_write();
  void notify();
  Json seed(const std::string& group_resource, Json object);

  const Jitter no_jitter;
  FakeClusterOptions options;
  mutable std::mutex mutex;
  FakeState state;
  FaultScript faults;
  // Shared: a request under way keeps the hook that it began with when another is set.
  std::shared_ptr<const RequestHook> hook;
  std::vector<std::string> broken_groups;
  std::map<std::string, std::vector<std::string>> warnings;  // by group_resource
  std::map<ObjectKey, std::string> logs;                     // of pods
  std::size_t requests = 0;
  WakeUps changes;                        // watches wait for these
  WakeUps releases;                       // stalled calls wait for these
  std::condition_variable stall_counted;  // wait_for_stalled waits for this
  std::size_t stalled = 0;
  std::size_t release_round = 0;
};

// The object as that version of its kind shows it.
Json as_version(Json object, const ResourceType& type);

}  // namespace salvor::kube
