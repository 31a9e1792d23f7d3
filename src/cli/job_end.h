// What is said when a job has ended.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "cli/api_client.h"
#include "cli/session.h"

namespace salvor::cli {

// Waits for the job if --wait was given, else says how to. Prints the end for people (for a restore
// with its report) or the job's document for programs; the exit code is the job's.
Result<ExitCode> finish_run(Session& session, ApiClient& api, const Arguments& arguments,
                            const std::string& job_id);

// The same for a wait that was asked for in any case.
Result<ExitCode> wait_and_report(Session& session, ApiClient& api, const Arguments& arguments,
                                 const std::string& job_id);

}  // namespace salvor::cli
