#include "mover/report.h"

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::mover {
namespace {

// One odd name must not keep all the others out. Of the text's bytes, which may become six each.
constexpr std::size_t kProblemMax = 300;
constexpr std::size_t kErrorMax = 400;

std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  text.resize(most);
  return text + "…";  // half a character before it becomes U+FFFD
}

// The path loses before the reason does.
std::string line_of(const repo::EntryProblem& problem) {
  const std::string reason = shortened(problem.failure.message, kProblemMax / 2);
  return shortened(problem.path, kProblemMax - reason.size()) + ": " + reason;
}

}  // namespace

std::string report_text(const Report& report) {
  Json json = {{"state", report.failure ? "failed" : "done"},
               {"snapshot", report.snapshot},
               {"files", report.files},
               {"bytes", report.bytes},
               {"transferred_bytes", report.transferred_bytes},
               {"problem_count", report.problem_count},
               {"problems", Json::array()},
               {"error", report.failure ? shortened(report.failure->describe(), kErrorMax) : ""}};
  std::size_t size = compact(json).size();
  for (const repo::EntryProblem& problem : report.problems) {
    Json line = line_of(problem);
    size += compact(line).size() + 1;  // and a comma
    if (size > kReportBytesMax) break;
    json["problems"].push_back(std::move(line));
  }
  return compact(json);
}

}  // namespace salvor::mover
