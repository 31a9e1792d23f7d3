#include "kube/testing/fake_core.h"

#include <algorithm>

#include "kube/testing/refusals.h"

namespace salvor::kube {
namespace {

constexpr int kRoundsMax = 1000;

Error scripted(int status, int retry_after_seconds) {
  return to_error(
      {.code = status, .message = "scripted fault", .retry_after_seconds = retry_after_seconds},
      Access::read);
}

}  // namespace

void WakeUps::wait(std::unique_lock<std::mutex>& lock, const Context& context, SteadyTime until) {
  std::stop_source source;
  waiting_.push_back(&source);
  lock.unlock();
  {
    const std::stop_callback forward(context.stop, [&] { source.request_stop(); });
    context.clock.wait_until(until, source.get_token());
  }
  lock.lock();
  std::erase(waiting_, &source);
}

void WakeUps::wake_all() {
  for (std::stop_source* source : waiting_) source->request_stop();
}

FakeCluster::Core::Core(Clock& clock, FakeClusterOptions chosen)
    : options(std::move(chosen)), state(clock, options.kinds) {}

Result<void> FakeCluster::Core::announce(FakeRequest& request) {
  std::shared_ptr<const RequestHook> current;  // shared as said at `hook`
  {
    const std::lock_guard lock(mutex);
    request.number = ++requests;
    current = hook;
  }
  if (current == nullptr || !*current) return {};
  return (*current)(request);
}

Error FakeCluster::Core::dropped(const FakeRequest& request) {
  if (writes(request.verb)) {
    return error(ErrorCode::unknown_outcome, "the connection broke before the answer came");
  }
  return error(ErrorCode::unavailable, "the connection broke before the answer came");
}

Result<void> FakeCluster::Core::before_acting(std::unique_lock<std::mutex>& lock,
                                              const Context& context, const FakeRequest& request,
                                              FaultKind fault) {
  switch (fault) {
    case FaultKind::refused:
      return error(ErrorCode::unavailable, "connection refused");
    case FaultKind::too_many_requests:
      return scripted(429, options.retry_after_seconds);
    case FaultKind::internal_error:
      return scripted(500, -1);
    case FaultKind::service_unavailable:
      return scripted(503, -1);
    case FaultKind::dropped_before_write:
      return dropped(request);
    case FaultKind::dropped_after_write:
      return {};
    case FaultKind::stall:
      return stall(lock, context, request);
  }
  return {};
}

Result<void> FakeCluster::Core::stall(std::unique_lock<std::mutex>& lock, const Context& context,
                                      const FakeRequest& request) {
  const std::size_t round = release_round;
  ++stalled;
  stall_counted.notify_all();
  while (release_round == round && context.check().ok()) {
    releases.wait(lock, context, *context.deadline);
  }
  --stalled;
  if (release_round != round) return {};
  if (context.stopped()) return error(ErrorCode::cancelled, "stopped on request");
  return dropped(request);
}

void FakeCluster::Core::wait_for_stalled(std::size_t count) {
  std::unique_lock lock(mutex);
  stall_counted.wait(lock, [&] { return stalled >= count; });
}

void FakeCluster::Core::release_stalled() {
  const std::lock_guard lock(mutex);
  ++release_round;
  releases.wake_all();
}

Result<const FakeKind*> FakeCluster::Core::served(const ResourceType& type) const {
  const FakeKind* kind = state.kind(type);
  if (!kind) return not_served();
  return kind;
}

Discovery FakeCluster::Core::discovery() const {
  Discovery found;
  found.failed_groups = broken_groups;
  for (const FakeKind& kind : state.kinds()) {
    const std::string& group = kind.type.group;
    if (std::find(broken_groups.begin(), broken_groups.end(), group) != broken_groups.end()) {
      continue;
    }
    found.preferred.emplace(group, kind.type.version);
    found.types.push_back(kind.type);
  }
  return found;
}

bool FakeCluster::Core::step() {
  const bool acted = step_controllers(state, options.workloads);
  if (acted) notify();
  return acted;
}

void FakeCluster::Core::after_write() {
  if (options.controllers == Controllers::immediate) {
    for (int round = 0; step(); ++round) CHECK(round < kRoundsMax);
  }
  notify();
}

void FakeCluster::Core::notify() { changes.wake_all(); }

Json FakeCluster::Core::seed(const std::string& group_resource, Json object) {
  Json& metadata = object["metadata"];
  if (const FakeState::ObjectPtr present = state.find(group_resource, key_of(object))) {
    if (!metadata.contains("uid")) metadata["uid"] = uid_of(*present);
  }
  if (!metadata.contains("uid")) metadata["uid"] = state.next_uid();
  if (!metadata.contains("creationTimestamp")) metadata["creationTimestamp"] = state.timestamp();
  if (group_resource == "namespaces") {
    metadata["labels"]["kubernetes.io/metadata.name"] = metadata.at("name");
    Json& spec = object["spec"];
    if (!spec.contains("finalizers")) spec["finalizers"] = Json::array({"kubernetes"});
    Json& status = object["status"];
    if (!status.contains("phase")) status["phase"] = "Active";
  }
  return *state.put(group_resource, std::move(object));
}

Json as_version(Json object, const ResourceType& type) {
  object["apiVersion"] = type.api_version();
  return object;
}

}  // namespace salvor::kube
