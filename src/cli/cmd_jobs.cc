#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/activity.h"
#include "cli/commands.h"
#include "cli/description.h"
#include "cli/job_end.h"
#include "cli/job_wait.h"
#include "cli/lookup.h"
#include "cli/print.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

constexpr std::int64_t kListedMax = 50;

Result<Json> find_job(ApiClient& api, const Arguments& arguments) {
  TRY(const Kind* kind, kinds().require("jobs"));
  return find_object(api, *kind, arguments.text("JOB"));
}

Result<ExitCode> list_jobs(Session& session, const Arguments& arguments) {
  TRY(const Kind* kind, kinds().require("jobs"));
  ListQuery query;
  query.sort = "-_id";
  query.limit = kListedMax;
  if (arguments.has("active")) {
    query.where = Json{{"state", {{"$in", {"PENDING", "RUNNING", "CATALOG", "CANCELLING"}}}}};
  }
  TRY(ApiClient api, session.connect());
  TRY(const Listing found, api.list(kind->path(), query));
  print_documents(session, *kind, found.items, Shape::list);
  return ExitCode::ok;
}

Result<ExitCode> show_job(Session& session, const Arguments& arguments) {
  TRY(const Kind* kind, kinds().require("jobs"));
  TRY(ApiClient api, session.connect());
  TRY(const Json job, find_job(api, arguments));
  return show_description(session, api, *kind, job);
}

Result<ExitCode> cancel_job(Session& session, const Arguments& arguments) {
  TRY(ApiClient api, session.connect());
  TRY(const Json job, find_job(api, arguments));
  const std::string id = text_at(job, "_id");
  if (has_ended(text_at(job, "state"))) {
    session.io().err << "job " << id << " has already ended " << text_at(job, "state") << "\n";
    return ExitCode::ok;
  }
  TRY_VOID(
      api.post("jobs/" + id + "/action/cancel", Json::object()).within("cancelling job " + id));
  if (arguments.has("wait")) return wait_and_report(session, api, arguments, id);
  session.io().out << "job " << id << " was asked to stop\n";
  return ExitCode::ok;
}

Result<ExitCode> wait_for_job(Session& session, const Arguments& arguments) {
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const Json job, find_job(api, arguments));
  return wait_and_report(session, api, arguments, text_at(job, "_id"));
}

void print_activity(const Io& io, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) io.out << visible(line) << "\n";
  io.out.flush();
}

Result<ExitCode> show_log(Session& session, const Arguments& arguments) {
  TRY(ApiClient api, session.connect());
  TRY(Json job, find_job(api, arguments));
  ActivityTail tail;
  print_activity(session.io(), tail.take(job));
  if (!arguments.has("follow")) return ExitCode::ok;
  while (!has_ended(text_at(job, "state"))) {
    TRY_VOID(session.context().wait(kPollInterval));
    TRY(job, api.get("jobs/" + text_at(job, "_id")));
    print_activity(session.io(), tail.take(job));
  }
  return exit_code_of_job(text_at(job, "state"));
}

Positional job_positional() {
  return {.name = "JOB", .doc = "Its id or name", .offers = Offers::jobs};
}

}  // namespace

std::vector<Command> job_commands() {
  return {
      {.path = "jobs list",
       .summary = "List the newest 50 jobs",
       .options = {{.name = "active",
                    .takes = Takes::nothing,
                    .doc = "Only those that have not ended"}},
       .run = list_jobs},
      {.path = "jobs show",
       .summary = "Show a job",
       .positionals = {job_positional()},
       .run = show_job},
      {.path = "jobs cancel",
       .summary = "Ask a job to stop",
       .positionals = {job_positional()},
       .options = {wait_option(), timeout_option()},
       .run = cancel_job},
      {.path = "jobs wait",
       .summary = "Wait for a job and report how it ended",
       .positionals = {job_positional()},
       .options = {timeout_option()},
       .run = wait_for_job},
      {.path = "logs",
       .summary = "Print what a job did",
       .positionals = {job_positional()},
       .options = {{.name = "follow",
                    .letter = "f",
                    .takes = Takes::nothing,
                    .doc = "Go on until the job has ended; the exit code tells how"}},
       .run = show_log},
  };
}

}  // namespace salvor::cli
