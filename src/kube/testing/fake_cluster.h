// A whole cluster in memory: what restores and backups are tested and simulated against. It passes
// the suite that a real control plane passes (testing/suite.h). Ids, names and times come from
// counters and the given clock, so that one seed gives one world.
//
//   FakeCluster cluster(clock);
//   cluster.fault({.verb = Verb::create, .name = "web"}, FaultKind::dropped_after_write, 1);
//   ... run the code under test ...
//   EXPECT_THAT(cluster.unfired_faults(), IsEmpty());
//
// Not there, on purpose: authorization, quotas, schema validation and pruning of custom resources,
// server-side apply.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "kube/api.h"
#include "kube/testing/fake_controllers.h"
#include "kube/testing/fake_kinds.h"
#include "kube/testing/fault_script.h"

namespace salvor::kube {

// When the control loops run: only in step(), or to their end after every write.
enum class Controllers { stepped, immediate };

struct FakeClusterOptions {
  std::vector<FakeKind> kinds = default_kinds();
  Controllers controllers = Controllers::immediate;
  Workloads workloads = Workloads::idle;
  int retry_after_seconds = 1;  // what a scripted 429 asks for; waited on the caller's clock
};

// Called before a request acts, with no lock held; it may call the cluster itself. An error is
// given to the caller in place of an answer and the request does not act: this is how a simulation
// lets the process die at request n (and, to die for good, at all after it). It is never copied, so
// it may count in captured values; with callers on several threads it does its own locking.
using RequestHook = std::function<Result<void>(const FakeRequest&)>;

// Any thread may call any method.
class FakeCluster final : public Api {
 public:
  // The clock must outlive the cluster. Starts with the four system namespaces.
  explicit FakeCluster(Clock& clock, FakeClusterOptions options = {});
  ~FakeCluster() override;

  Result<ServerVersion> version(Context& context) override;
  Result<Discovery> discover(Context& context) override;
  Result<ListPage> list(Context& context, const ResourceType& type,
                        const ListOptions& options) override;
  Result<void> watch(Context& context, const ResourceType& type, const ListOptions& options,
                     const WatchSink& sink) override;
  Result<Json> get(Context& context, const ResourceType& type, const ObjectKey& key) override;
  Result<Json> create(Context& context, const ResourceType& type, const std::string& namespace_name,
                      const std::string& body, const WriteOptions& options) override;
  Result<Json> patch(Context& context, const ResourceType& type, const ObjectKey& key,
                     PatchKind kind, const Json& patch, const WriteOptions& options) override;
  Result<void> remove(Context& context, const ResourceType& type, const ObjectKey& key,
                      const RemoveOptions& options) override;
  // What set_log() said, whatever the number of lines.
  Result<std::string> pod_log(Context& context, const ObjectKey& pod, unsigned lines) override;

  // One round of the control loops; true if it changed anything.
  bool step();
  // Rounds until nothing changes. Requires: they come to rest within 1,000.
  void settle();

  // Puts an object there as it is, past admission, hooks and faults: what a world looks like before
  // the story begins, or what a controller writes (status). Fills in uid and creationTimestamp when
  // missing and makes the namespace when there is none. Requires: its kind is served.
  Json seed(Json object);
  // The object as stored, or nothing.
  std::optional<Json> peek(const std::string& group_resource, const ObjectKey& key) const;
  // Everything stored, in the order of type and key.
  std::vector<Json> everything() const;

  void set_log(const ObjectKey& pod, const std::string& text);
  void fault(FaultMatch match, FaultKind kind, unsigned times);
  // One line for each fault that has not fired as often as it should; empty at the end of a test.
  std::vector<std::string> unfired_faults() const;
  // Waits until that many calls are stalled. For tests with threads of their own.
  void wait_for_stalled(std::size_t count) const;
  void release_stalled();

  void on_request(RequestHook hook);
  // What answers to creates of that kind say besides, and refusals too.
  void warn_of(const std::string& group_resource, std::vector<std::string> warnings);
  // Requests so far, retries included.
  std::size_t request_count() const;

  // Versions of before now are Expired for watches and continued lists.
  void forget_history();
  // Takes a kind out of service or a group's discovery out of order (as a broken aggregated API).
  void withdraw(const std::string& group_resource);
  void break_group(const std::string& group);

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace salvor::kube
