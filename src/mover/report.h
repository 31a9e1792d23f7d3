// How a mover ended, as its server reads it from the pod's termination message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/entry_problem.h"

namespace salvor::mover {

// What Kubernetes keeps of a termination message, and a little less.
inline constexpr std::size_t kReportBytesMax = 4000;

struct Report {
  std::optional<Error> failure{};  // none: done
  std::string snapshot{};          // that was made or restored
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t transferred_bytes = 0;
  std::uint64_t problem_count = 0;
  std::vector<repo::EntryProblem> problems{};  // the first ones
};

// JSON of at most kReportBytesMax bytes, with as many problems as fit, whatever names they hold.
std::string report_text(const Report& report);

}  // namespace salvor::mover
