// How the process ends: numbers that scripts decide on. One table; --help and docs/cli.md print it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace salvor::cli {

enum class ExitCode {
  ok = 0,
  general = 1,
  usage = 2,
  not_found = 3,
  denied = 4,
  unreachable = 5,
  job_partial = 6,
  job_failed = 7,
  timeout = 8,
  interrupted = 130,
};

struct ExitCodeRow {
  ExitCode code;
  const char* meaning;
};
const std::vector<ExitCodeRow>& exit_codes();

// The number for a failure. Fact "limit" = "time" tells a wait that took too long; fact "usage" =
// "yes" a command line that can never work.
ExitCode exit_code(const Error& failure);

// The number for a job's state as the API spells it: COMPLETED is ok, PARTIAL is job_partial, any
// other end is job_failed.
ExitCode exit_code_of_job(const std::string& state);

// A mistake in the command line itself.
Error usage_error(std::string message, std::string hint = {});
// A wait that reached its time limit.
Error timeout_error(std::string message);

}  // namespace salvor::cli
