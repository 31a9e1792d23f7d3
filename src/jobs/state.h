// The states of a job's document, as the API shows them, and what each means for a worker.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "jobs/engine.h"
#include "schema/filter.h"

namespace salvor::jobs {

inline constexpr std::string_view kPending = "PENDING";
inline constexpr std::string_view kRunning = "RUNNING";
inline constexpr std::string_view kCancelling = "CANCELLING";

// Jobs in one of these states still have something to do.
bool is_active(std::string_view state);
schema::Filter active_filter();

// The state in which a job ends.
std::string_view state_of(Outcome outcome);

}  // namespace salvor::jobs
