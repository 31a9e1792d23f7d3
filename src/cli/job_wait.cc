#include "cli/job_wait.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cli/activity.h"
#include "cli/progress.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

constexpr std::chrono::milliseconds kJobAppears{200};
constexpr std::chrono::seconds kJobAppearsMax{30};
constexpr std::chrono::seconds kSilenceMax{120};

// The id of the newest job of a definition, or "".
Result<std::string> newest_job(ApiClient& api, const Definition& definition) {
  ListQuery query;
  query.where = Json{{definition.job_field, definition.id}};
  query.sort = "-_id";  // ids grow with time; start times are not set before a job starts
  query.limit = 1;
  query.projection = Json{{"_id", 1}};
  std::string id;
  TRY_VOID(api.each("jobs", query, [&](const Json& job) {
    id = text_at(job, "_id");
    return false;
  }));
  return id;
}

// Polls one job and shows what is new since the last poll.
class JobWatch {
 public:
  JobWatch(Session& session, ApiClient& api, const std::string& id)
      : session_(session), api_(api), id_(id), view_(session.io(), session.err_style()) {}

  Result<Json> until_ended(const Context& context) {
    for (;;) {
      TRY(const Json job, poll());
      if (has_ended(text_at(job, "state"))) {
        view_.finish();
        return job;
      }
      const Result<void> waited = context.wait(kPollInterval);
      if (!waited.ok()) {
        view_.finish();
        return waited.error();
      }
    }
  }

 private:
  // The job, or null while the server is silent but may come back.
  Result<Json> poll() {
    Result<Json> job = api_.get("jobs/" + id_);
    const SteadyTime now = session_.io().clock.steady();
    if (job.ok()) {
      silent_since_.reset();
      show(*job);
      return job;
    }
    if (!job.error().retryable()) return job;
    if (!silent_since_) {
      silent_since_ = now;
      view_.note("the server does not answer (" + job.error().message + "), trying on");
    }
    if (now - *silent_since_ > kSilenceMax) return job;
    return Json();
  }

  void show(const Json& job) {
    for (const std::string& line : activity_.take(job)) view_.note(line);
    Progress progress = progress_of(job);
    if (text_at(job, "type") == "RESTORE" && progress.total > 0) {
      // The job counts what it restored; items that are skipped or fail are done with, too.
      const Result<std::int64_t> open =
          api_.count("kuberestoreitems", Json{{"job_id", id_}, {"state", "PENDING"}});
      if (open.ok()) progress.done = progress.total - *open;
    }
    view_.show(progress);
  }

  Session& session_;
  ApiClient& api_;
  std::string id_;
  ProgressView view_;
  ActivityTail activity_;
  std::optional<SteadyTime> silent_since_;
};

}  // namespace

bool has_ended(const std::string& state) {
  static constexpr std::array kEnds = {"COMPLETED", "PARTIAL",  "FAILED",
                                       "SKIPPED",   "CANCELED", "CANCELLED"};
  return std::find(kEnds.begin(), kEnds.end(), state) != kEnds.end();
}

Result<std::string> start_job(Session& session, ApiClient& api, const Definition& definition,
                              const Json& body) {
  TRY(const std::string before, newest_job(api, definition));
  TRY_VOID(api.post(definition.resource + "/" + definition.id + "/action/run", body));
  const Context limited = session.context().within(kJobAppearsMax);
  for (;;) {
    TRY(std::string newest, newest_job(api, definition));
    if (newest != before) return newest;
    if (limited.expired()) break;
    if (!limited.wait(kJobAppears).ok()) break;
  }
  TRY_VOID(session.context().check());
  return timeout_error("the run was accepted, but no job has appeared after 30 s")
      .with_hint("see salvor jobs list");
}

Result<Json> await_job(Session& session, ApiClient& api, const std::string& job_id,
                       std::optional<std::int64_t> seconds_max) {
  const Context& whole = session.context();
  const Context context = seconds_max ? whole.within(std::chrono::seconds(*seconds_max)) : whole;
  Result<Json> job = JobWatch(session, api, job_id).until_ended(context);
  if (job.ok()) return job;
  const std::string hint = "the job goes on; salvor jobs wait " + job_id + " waits again";
  if (whole.stopped()) {
    return error(ErrorCode::cancelled, "stopped waiting for job " + job_id).with_hint(hint);
  }
  if (!context.expired()) return job;
  return timeout_error("job " + job_id + " has not ended after " + short_duration(*seconds_max))
      .with_hint(hint);
}

Option wait_option() {
  return {.name = "wait",
          .takes = Takes::nothing,
          .doc = "Wait until it has ended; the exit code tells how"};
}

Option timeout_option() {
  return {.name = "timeout",
          .value = "TIME",
          .doc = "Wait no longer than this, such as 90s, 15m or 2h (exit code 8)"};
}

Result<std::optional<std::int64_t>> timeout_of(const Arguments& arguments) {
  if (!arguments.has("timeout")) return std::optional<std::int64_t>();
  TRY(const std::int64_t seconds, parse_duration(arguments.text("timeout")));
  return std::optional<std::int64_t>(seconds);
}

}  // namespace salvor::cli
