// The job engine: leases jobs, runs them by kind, keeps their state, progress and journal in the
// catalog, and after a crash goes on with each unfinished job. It knows no kind of job.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/context.h"
#include "catalog/catalog.h"

namespace salvor::jobs {

// How a job ended, apart from what it did. The API's states are made from it (state.h).
enum class Outcome { completed, partial, failed, cancelled, skipped };

struct JobEnd {
  Outcome outcome = Outcome::failed;
  std::string message;                   // for people, one line
  Json fields = Json::object();          // further fields of the job's document, such as counters
  std::vector<catalog::Change> changes;  // written in the same transaction as the end
};

// A running job, handed to its kind. All writes are fenced: once another worker has the lease they
// fail with cancelled and change nothing. Any thread of the job may call.
class JobRun {
 public:
  virtual ~JobRun() = default;
  virtual const std::string& id() const = 0;
  // The job's document as it was when the lease was taken.
  virtual const Json& document() const = 0;
  // Whether this job was begun before by a process that died.
  virtual bool is_resumed() const = 0;
  // Stopped when the job is cancelled, the lease is lost or the server drains.
  virtual Context& context() = 0;
  // Whether it was stopped because somebody cancelled the job: then what is left undone is
  // reported. Else another run goes on with it, and what this one returns is not looked at.
  virtual bool is_cancelled() const = 0;
  // A line of the job's `activity`, for people.
  virtual Result<void> activity(const std::string& text) = 0;
  // Sets fields of the job's document, and makes changes that they tell of, in one transaction.
  virtual Result<void> progress(const Json& fields, std::vector<catalog::Change> changes) = 0;
  Result<void> progress(const Json& fields) { return progress(fields, {}); }
  // Any changes, fenced by the lease.
  virtual Result<void> commit(std::vector<catalog::Change> changes) = 0;
};

// What runs the jobs of one `type`. Runs on a thread of the engine; idempotent over crashes.
struct JobKind {
  std::string type;  // "RESTORE"
  std::function<JobEnd(JobRun&)> run;
};

struct EngineOptions {
  std::string holder;  // unique for this process
  // Nobody else works on this catalog, so leases of others are void at once (an embedded server
  // that holds its data folder): what a killed process left is gone on with at the next start.
  bool is_only_worker = false;
  unsigned jobs_max = 4;  // running at once, all clusters
  unsigned jobs_per_cluster_max = 2;
  std::chrono::milliseconds lease{10000};  // renewed at a third of it
  std::chrono::milliseconds poll{500};     // for new jobs and cancel requests
};

class Engine {
 public:
  // Starts its threads. The catalog, clock and log must outlive it.
  static std::unique_ptr<Engine> start(catalog::Catalog& catalog, Context context,
                                       EngineOptions options, std::vector<JobKind> kinds);
  virtual ~Engine() = default;
  // Looks for work at once instead of at the next poll. Any thread, also a handler of the API.
  virtual void notify() = 0;
  // Takes no new jobs, asks the running ones to stop and waits for them. They stay unfinished in
  // the catalog, and the next start goes on with them.
  virtual void drain() = 0;
};

}  // namespace salvor::jobs
