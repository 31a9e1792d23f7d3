#include "cli/job_end.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/job_wait.h"
#include "cli/kinds.h"
#include "cli/print.h"
#include "cli/restore_report.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

// "job kuberestore-1602 ended PARTIAL after 1m02s: 3 items failed"
std::string end_line(const Json& job, const Style& style) {
  const std::string state = text_at(job, "state");
  const EpochSeconds start = epoch_of(member(job, "start_time"));
  const EpochSeconds end = epoch_of(member(job, "end_time"));
  const std::string message = text_at(job, "message");
  std::string line = "job " + visible(text_at(job, "name")) + " ended " +
                     style.paint(visible(state), tone_of_state(state));
  if (start > 0 && end >= start) line += " after " + short_duration(end - start);
  return line + (message.empty() ? "" : ": " + visible(message)) + "\n";
}

// What a recovery point says of the job in one of its fields.
Result<Json> proof_by(ApiClient& api, const Json& job, const char* field) {
  TRY(const Json point, api.get("backupinstances/" + text_at(job, "backup_inst")));
  const Json& proof = member(point, field);
  return text_at(proof, "job_id") == text_at(job, "_id") ? proof : Json();
}

void print_problems(Session& session, const Json& proof) {
  for (const Json& problem : member(proof, "problems")) {
    session.io().out << visible(text_at(problem, "reason")) << "  "
                     << visible(text_at(problem, "object")) << ": "
                     << visible(text_at(problem, "message")) << "\n";
  }
}

// Each workload, and then what is wrong, one line each.
Result<void> print_drill(Session& session, ApiClient& api, const Json& job) {
  TRY(const Json drill, proof_by(api, job, "drill"));
  const Style style = session.out_style();
  for (const Json& workload : member(drill, "workloads")) {
    const std::string state = text_at(workload, "state");
    const std::string message = text_at(workload, "message");
    session.io().out << style.paint(visible(state), tone_of_state(state)) << "  "
                     << visible(text_at(workload, "object"))
                     << (message.empty() ? "" : ": " + visible(message)) << "\n";
  }
  std::string left_out;
  for (const Json& type : member(drill, "left_out"))
    left_out += (left_out.empty() ? "" : ", ") + type.get<std::string>();
  if (!left_out.empty()) session.io().out << "left out: " << visible(left_out) << "\n";
  print_problems(session, drill);
  return {};
}

// Each volume, and then what is wrong, one line each.
Result<void> print_proof(Session& session, ApiClient& api, const Json& job) {
  TRY(const Kind* kind, kinds().require("kubepvcprogress"));
  TRY(const Listing volumes, api.list(kind->path(), {.where = {{"job_id", text_at(job, "_id")}}}));
  if (!volumes.items.empty()) print_documents(session, *kind, volumes.items, Shape::list);
  TRY(const Json verification, proof_by(api, job, "verification"));
  print_problems(session, verification);
  return {};
}

Result<void> print_end(Session& session, ApiClient& api, const Json& job) {
  const Style style = session.out_style();
  std::ostream& out = session.io().out;
  const bool is_undo = text_at(job, "type") == "RESTORE_UNDO";
  if (is_undo || text_at(job, "type") == "RESTORE") {
    TRY(const RestoreReport report,
        read_restore_report(api, {.id = text_at(job, "_id"), .is_undo = is_undo}));
    const std::string kinds = report.kinds_text(style, session.table_width());
    if (!kinds.empty()) out << kinds << "\n";
    const std::string left_out = report.left_out_text(style);
    if (!left_out.empty()) out << left_out << "\n";
  }
  if (text_at(job, "type") == "VERIFY") TRY_VOID(print_proof(session, api, job));
  if (text_at(job, "type") == "DRILL") TRY_VOID(print_drill(session, api, job));
  out << end_line(job, style);
  return {};
}

}  // namespace

Result<ExitCode> wait_and_report(Session& session, ApiClient& api, const Arguments& arguments,
                                 const std::string& job_id) {
  TRY(const std::optional<std::int64_t> timeout, timeout_of(arguments));
  TRY(const Json job, await_job(session, api, job_id, timeout));
  if (is_for_programs(session.format())) {
    TRY(const Kind* kind, kinds().require("jobs"));
    print_documents(session, *kind, {job}, Shape::one);
  } else {
    TRY_VOID(print_end(session, api, job));
  }
  return exit_code_of_job(text_at(job, "state"));
}

Result<ExitCode> finish_run(Session& session, ApiClient& api, const Arguments& arguments,
                            const std::string& job_id) {
  if (arguments.has("wait")) return wait_and_report(session, api, arguments, job_id);
  TRY(const Kind* kind, kinds().require("jobs"));
  TRY(const Json job, api.get("jobs/" + job_id));
  print_change(session, *kind, job,
               "runs as job " + job_id + "; salvor jobs wait " + job_id + " waits for it");
  return ExitCode::ok;
}

}  // namespace salvor::cli
