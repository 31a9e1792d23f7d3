// Starting jobs and waiting for their end.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "cli/api_client.h"
#include "cli/session.h"

namespace salvor::cli {

// How often what a command waits for is looked at.
inline constexpr std::chrono::milliseconds kPollInterval{500};

// Whether a job in this state, as the API spells it, will not change any more.
bool has_ended(const std::string& state);

// A definition that jobs are made from, and the field of a job that points back at it.
struct Definition {
  std::string resource;  // "kuberestores"
  std::string id;
  std::string job_field;  // "restoredef"
};

// Runs the definition (`body` goes with the call) and returns the id of the job that this made,
// which may take the server a moment. Fails with a timeout when none appears within 30 s.
Result<std::string> start_job(Session& session, ApiClient& api, const Definition& definition,
                              const Json& body);

// Follows a job on standard error until it ends; the whole job is returned, however it ended. A
// server that does not answer for up to two minutes (it may be restarting; jobs survive that) is
// waited for. Fails with a timeout after `seconds_max`, with cancelled when the user stops the
// wait.
Result<Json> await_job(Session& session, ApiClient& api, const std::string& job_id,
                       std::optional<std::int64_t> seconds_max);

// The flags of commands that can wait, and what they say.
Option wait_option();
Option timeout_option();
Result<std::optional<std::int64_t>> timeout_of(const Arguments& arguments);

}  // namespace salvor::cli
