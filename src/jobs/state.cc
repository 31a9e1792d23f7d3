#include "jobs/state.h"

#include <nlohmann/json.hpp>

#include "base/check.h"

namespace salvor::jobs {

bool is_active(std::string_view state) {
  return state == kPending || state == kRunning || state == kCancelling;
}

schema::Filter active_filter() {
  return schema::in("state", {Json(kPending), Json(kRunning), Json(kCancelling)});
}

std::string_view state_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::completed:
      return "COMPLETED";
    case Outcome::partial:
      return "PARTIAL";
    case Outcome::failed:
      return "FAILED";
    case Outcome::cancelled:
      return "CANCELED";
    case Outcome::skipped:
      return "SKIPPED";
  }
  check_failed("a known outcome", __FILE__, __LINE__);
}

}  // namespace salvor::jobs
