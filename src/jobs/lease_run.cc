#include "jobs/lease_run.h"

#include "jobs/definition_note.h"
#include "jobs/state.h"

namespace salvor::jobs {
namespace {

// A job that speaks too much keeps its first and last lines.
constexpr std::size_t kActivityLines = 1000;

catalog::Edit edit_job(const std::string& id, std::function<void(Json& job)> change) {
  return {"jobs", id, std::nullopt, catalog::Touch::server,
          [change = std::move(change)](const Json& stored) -> Result<Json> {
            Json job = stored;
            change(job);
            return job;
          }};
}

void append_activity(Json& job, const std::string& text) {
  Json& lines = job["activity"];
  if (!lines.is_array()) lines = Json::array();
  if (lines.size() >= kActivityLines) lines.erase(lines.begin() + kActivityLines / 2);
  lines.push_back(text);
}

void set_fields(Json& job, const Json& fields) {
  for (const auto& [name, value] : fields.items()) job[name] = value;
}

}  // namespace

LeaseRun::LeaseRun(catalog::Catalog& catalog, const Context& context, std::string id, Json document,
                   Lease lease, bool is_resumed)
    : catalog_(catalog),
      id_(std::move(id)),
      document_(std::move(document)),
      lease_(std::move(lease)),
      is_resumed_(is_resumed),
      context_(context.stopped_by(source_.get_token())),
      unstopped_(context.stopped_by({})) {}

Result<void> LeaseRun::activity(const std::string& text) {
  context_.log.info(text, {{"job", id_}});
  return commit({edit_job(id_, [text](Json& job) { append_activity(job, text); })});
}

Result<void> LeaseRun::progress(const Json& fields, std::vector<catalog::Change> changes) {
  changes.emplace_back(edit_job(id_, [fields](Json& job) { set_fields(job, fields); }));
  return commit(std::move(changes));
}

// Not stopped by the run's own stop: what was done must be noted.
Result<void> LeaseRun::commit(std::vector<catalog::Change> changes) {
  return commit_with(unstopped_, std::move(changes));
}

Result<void> LeaseRun::commit_with(Context& context, std::vector<catalog::Change> changes) {
  catalog::Transaction transaction;
  transaction.changes.reserve(changes.size() + 1);
  transaction.changes.emplace_back(still_held(id_, lease_));
  for (catalog::Change& change : changes) transaction.changes.push_back(std::move(change));
  auto committed = catalog_.commit(context, transaction);
  if (committed.ok()) return {};
  if (committed.error().fact("lease") == "lost") stop(StopReason::lease_lost);
  return std::move(committed).error();
}

void LeaseRun::stop(StopReason reason) {
  StopReason none = StopReason::none;
  stop_reason_.compare_exchange_strong(none, reason);
  source_.request_stop();
}

void LeaseRun::renew(EpochSeconds expires) {
  const auto renewed =
      commit({edit_job(id_, [expires](Json& job) { job["lease"]["expires"] = expires; })});
  if (!renewed.ok()) return;
  const auto stored = catalog_.get(unstopped_, "jobs", id_);
  if (stored.ok() && text_at(stored->body(), "state") == kCancelling) stop(StopReason::cancelled);
}

Result<void> LeaseRun::finish(JobEnd end) {
  if (stop_reason_ == StopReason::lease_lost) return {};
  if (stop_reason_ == StopReason::drained) {
    // Free for whoever comes next; the epoch stays, since it must grow.
    return commit({edit_job(id_, [](Json& job) { job["lease"]["expires"] = 0; })});
  }
  std::vector<catalog::Change> changes = std::move(end.changes);
  const RunNote ended{id_, text_at(document_, "backupdef"), std::string(state_of(end.outcome)),
                      end.message};
  if (auto note = note_in_definition(unstopped_, catalog_, ended))
    changes.push_back(*std::move(note));
  const EpochSeconds now = context_.clock.wall_seconds();
  changes.push_back(edit_job(id_, [end, now](Json& job) {
    set_fields(job, end.fields);
    append_activity(job, end.message);
    job["state"] = state_of(end.outcome);
    job["message"] = end.message;
    job["end_time"] = now;
    job.erase("lease");
  }));
  context_.log.info("job ended",
                    {{"job", id_}, {"state", state_of(end.outcome)}, {"message", end.message}});
  return commit(std::move(changes));
}

}  // namespace salvor::jobs
