#include "jobs/engine.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/pool.h"
#include "jobs/definition_note.h"
#include "jobs/lease.h"
#include "jobs/lease_run.h"
#include "jobs/state.h"

namespace salvor::jobs {
namespace {

constexpr std::uint64_t kLookAtOnce = 200;

class LocalEngine final : public Engine {
 public:
  LocalEngine(catalog::Catalog& catalog, const Context& context, EngineOptions options,
              std::vector<JobKind> kinds)
      : catalog_(catalog),
        context_(context),
        options_(std::move(options)),
        pool_(options_.jobs_max) {
    for (JobKind& kind : kinds) kinds_[kind.type] = std::move(kind);
    dispatcher_ = std::jthread([this](const std::stop_token& stop) { dispatch(stop); });
  }

  ~LocalEngine() override { drain(); }

  void notify() override {
    {
      const std::lock_guard lock(mutex_);
      is_notified_ = true;
    }
    changed_.notify_all();
  }

  void drain() override {
    dispatcher_.request_stop();
    changed_.notify_all();
    if (dispatcher_.joinable()) dispatcher_.join();
    std::unique_lock lock(mutex_);
    for (const auto& [id, run] : running_) run->stop(StopReason::drained);
    changed_.wait(lock, [&] { return running_.empty(); });
  }

 private:
  void dispatch(const std::stop_token& stop) {
    Context context = context_.stopped_by(stop);
    SteadyTime renew_at = context.clock.steady() + options_.lease / 3;
    while (!stop.stop_requested()) {
      take_jobs(context);
      const SteadyTime now = context.clock.steady();
      for (const auto& run : running()) watch(context, *run, now >= renew_at);
      if (now >= renew_at) renew_at = now + options_.lease / 3;
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, options_.poll, [&] { return is_notified_; });
      is_notified_ = false;
    }
  }

  // Runs are shared: the pool's task and the dispatcher both look at one until it has ended.
  std::vector<std::shared_ptr<LeaseRun>> running() {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<LeaseRun>> runs;
    for (const auto& [id, run] : running_) runs.push_back(run);
    return runs;
  }

  // A cancel is seen at each poll, a lease is renewed at a third of its length.
  void watch(Context& context, LeaseRun& run, bool is_due) {
    if (is_due) {
      run.renew(expiry());
      return;
    }
    const auto stored = catalog_.get(context, "jobs", run.id());
    if (stored.ok() && text_at(stored->body(), "state") == kCancelling)
      run.stop(StopReason::cancelled);
  }

  EpochSeconds expiry() const {
    return context_.clock.wall_seconds() + 1 +
           std::chrono::duration_cast<std::chrono::seconds>(options_.lease).count();
  }

  void take_jobs(Context& context) {
    const auto page = catalog_.find(context, "jobs",
                                    {.filter = active_filter(),
                                     .sort = {{"start_time", false}},
                                     .limit = kLookAtOnce,
                                     .count_total = false});
    if (!page.ok()) {
      if (!context.stopped())
        context.log.error("jobs cannot be read", {{"error", page.error().describe()}});
      return;
    }
    for (const catalog::Document& document : page->documents) {
      const Json job = document.body();
      if (has_room_for(document.id, text_at(job, "cluster"))) take(context, document.id, job);
    }
  }

  bool has_room_for(const std::string& id, const std::string& cluster) {
    const std::lock_guard lock(mutex_);
    if (running_.contains(id) || running_.size() >= options_.jobs_max) return false;
    const auto on_cluster = std::count_if(running_.begin(), running_.end(), [&](const auto& entry) {
      return entry.second->cluster() == cluster;
    });
    return cluster.empty() || on_cluster < options_.jobs_per_cluster_max;
  }

  void take(Context& context, const std::string& id, const Json& seen) {
    const Others others = options_.is_only_worker ? Others::are_void : Others::count;
    if (!may_take(seen, options_.holder, context.clock.wall_seconds(), others)) return;
    const Lease lease{options_.holder, lease_in(seen).epoch + 1, expiry()};
    const auto claim = [lease, before = lease_in(seen)](const Json& stored) -> Result<Json> {
      if (!is_active(text_at(stored, "state")) || lease_in(stored).epoch != before.epoch) {
        return error(ErrorCode::conflict, "another worker was faster");
      }
      Json job = stored;
      job["lease"] = to_json(lease);
      job["jobrunner"] = lease.holder;
      if (text_at(job, "state") == kPending) job["state"] = kRunning;
      return job;
    };
    std::vector<catalog::Change> changes = {
        catalog::Edit{"jobs", id, std::nullopt, catalog::Touch::server, claim}};
    if (text_at(seen, "state") == kPending) {
      const RunNote running{id, text_at(seen, "backupdef"), std::string(kRunning),
                            text_at(seen, "message")};
      if (auto note = note_in_definition(context, catalog_, running))
        changes.push_back(*std::move(note));
    }
    auto taken = catalog_.commit(context, {std::move(changes)});
    if (!taken.ok()) return;
    const bool is_resumed = text_at(seen, "state") != kPending;
    begin(std::make_shared<LeaseRun>(catalog_, context_, id, taken->front().body(), lease,
                                     is_resumed));
  }

  // Shared: the pool's task and the dispatcher both look at a run until it has ended.
  void begin(const std::shared_ptr<LeaseRun>& run) {
    {
      const std::lock_guard lock(mutex_);
      running_[run->id()] = run;
    }
    if (text_at(run->document(), "state") == kCancelling) run->stop(StopReason::cancelled);
    pool_.submit([this, run] {
      const auto written = run->finish(run_kind(*run));
      if (!written.ok()) {
        context_.log.error("a job's end cannot be written",
                           {{"job", run->id()}, {"error", written.error().describe()}});
      }
      // Under the lock: once nothing is running, drain() may return and end this engine.
      const std::lock_guard lock(mutex_);
      running_.erase(run->id());
      is_notified_ = true;
      changed_.notify_all();
    });
  }

  JobEnd run_kind(LeaseRun& run) {
    const std::string type = text_at(run.document(), "type");
    const auto found = kinds_.find(type);
    if (found != kinds_.end()) return found->second.run(run);
    return {
        Outcome::failed, "this server has no worker for jobs of type " + type, Json::object(), {}};
  }

  catalog::Catalog& catalog_;
  Context context_;
  const EngineOptions options_;
  std::map<std::string, JobKind> kinds_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_notified_ = false;
  std::map<std::string, std::shared_ptr<LeaseRun>> running_;  // shared as said at running()
  Pool pool_;
  std::jthread dispatcher_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<Engine> Engine::start(catalog::Catalog& catalog, Context context,
                                      EngineOptions options, std::vector<JobKind> kinds) {
  return std::make_unique<LocalEngine>(catalog, context, std::move(options), std::move(kinds));
}

}  // namespace salvor::jobs
