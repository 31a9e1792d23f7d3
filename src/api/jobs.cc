#include <nlohmann/json.hpp>

#include "api/behaviour.h"
#include "api/call.h"
#include "api/problem.h"
#include "api/responses.h"
#include "jobs/definition_note.h"
#include "jobs/state.h"

namespace salvor::api {
namespace {

// A job that no worker has begun is over at once; a running one is asked to stop, and its worker
// ends it. Asking twice is no mistake.
Result<Json> cancelled(Json job, EpochSeconds now) {
  const std::string state = text_at(job, "state");
  if (!jobs::is_active(state))
    return refusal(409, "the job is over already: its state is " + state);
  if (state == jobs::kPending) {
    job["state"] = jobs::state_of(jobs::Outcome::cancelled);
    job["end_time"] = now;
    job["message"] = "canceled before it began";
  } else {
    job["state"] = jobs::kCancelling;
  }
  return job;
}

// A backup that was canceled before it began has no worker that would note it in the definition.
Result<void> note_if_over(Call& call, const std::string& job_id, const Json& job) {
  if (jobs::is_active(text_at(job, "state"))) return {};
  auto note = jobs::note_in_definition(
      call.context, call.parts.catalog,
      {job_id, text_at(job, "backupdef"), text_at(job, "state"), text_at(job, "message")});
  if (!note) return {};
  const auto noted = call.parts.catalog.commit(call.context, {{*std::move(note)}});
  if (!noted && noted.error().code != ErrorCode::not_found) return noted.error();
  return {};
}

Result<http::Response> cancel(Call& call, const catalog::Document& document, const Json&) {
  const EpochSeconds now = call.parts.clock.wall_seconds();
  const auto edit = [now](const Json& stored) { return cancelled(stored, now); };
  catalog::Transaction transaction;
  transaction.changes.emplace_back(
      catalog::Edit{"jobs", document.id, {}, catalog::Touch::server, edit});
  auto committed = call.parts.catalog.commit(call.context, transaction);
  if (!committed && committed.error().code == ErrorCode::not_found) return not_found();
  if (!committed) return std::move(committed).error();
  const catalog::Document& job = committed->back();
  const Result<void> noted = note_if_over(call, job.id, job.body());
  if (!noted) {
    // The job is canceled all the same; its own document tells.
    call.parts.log.warning("canceled job is not noted in its backup",
                           {{"job", job.id}, {"error", noted.error().describe()}});
  }
  if (call.parts.hooks.jobs_changed) call.parts.hooks.jobs_changed();
  return document_response(call.view, job);
}

}  // namespace

Behaviour jobs() {
  return {.prepare = {}, .remove = {}, .written = {}, .actions = {{"cancel", cancel}}};
}

}  // namespace salvor::api
