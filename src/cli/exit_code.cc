#include "cli/exit_code.h"

namespace salvor::cli {

const std::vector<ExitCodeRow>& exit_codes() {
  static const std::vector<ExitCodeRow> rows = {
      {ExitCode::ok, "done"},
      {ExitCode::general, "any other failure, such as input that the server refused"},
      {ExitCode::usage, "the command line is wrong"},
      {ExitCode::not_found, "the object asked for does not exist"},
      {ExitCode::denied, "the key is missing, wrong or not allowed to do this"},
      {ExitCode::unreachable, "the server did not answer"},
      {ExitCode::job_partial, "the job ended PARTIAL: some items failed"},
      {ExitCode::job_failed, "the job ended FAILED, CANCELED or SKIPPED"},
      {ExitCode::timeout, "the wait reached its time limit; the job goes on"},
      {ExitCode::interrupted, "stopped by Ctrl-C; a job that was waited for goes on"},
  };
  return rows;
}

ExitCode exit_code(const Error& failure) {
  if (failure.fact("limit") == "time") return ExitCode::timeout;
  if (failure.fact("usage") == "yes") return ExitCode::usage;
  switch (failure.code) {
    case ErrorCode::not_found:
      return ExitCode::not_found;
    case ErrorCode::denied:
      return ExitCode::denied;
    case ErrorCode::unavailable:
    case ErrorCode::unknown_outcome:
      return ExitCode::unreachable;
    case ErrorCode::cancelled:
      return ExitCode::interrupted;
    case ErrorCode::conflict:
    case ErrorCode::invalid:
    case ErrorCode::corrupt:
    case ErrorCode::exhausted:
    case ErrorCode::bug:
      return ExitCode::general;
  }
  check_failed("a known error code", __FILE__, __LINE__);
}

ExitCode exit_code_of_job(const std::string& state) {
  if (state == "COMPLETED") return ExitCode::ok;
  if (state == "PARTIAL") return ExitCode::job_partial;
  return ExitCode::job_failed;
}

Error usage_error(std::string message, std::string hint) {
  return error(ErrorCode::invalid, std::move(message))
      .with_hint(std::move(hint))
      .with("usage", "yes");
}

Error timeout_error(std::string message) {
  return error(ErrorCode::exhausted, std::move(message)).with("limit", "time");
}

}  // namespace salvor::cli
