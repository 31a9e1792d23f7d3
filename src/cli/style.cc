#include "cli/style.h"

#include <array>
#include <utility>

namespace salvor::cli {
namespace {

std::string_view escape_code(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::good:
      return "\033[32m";
    case Tone::warning:
      return "\033[33m";
    case Tone::bad:
      return "\033[31m";
    case Tone::faint:
      return "\033[2m";
    case Tone::strong:
      return "\033[1m";
  }
  check_failed("a known tone", __FILE__, __LINE__);
}

}  // namespace

Style Style::of(const Io& io, Audience audience) {
  const bool wanted = audience == Audience::terminal && !io.environment("NO_COLOR");
  return Style(wanted ? Colours::on : Colours::off);
}

std::string Style::paint(std::string_view text, Tone tone) const {
  if (colours_ == Colours::off || tone == Tone::plain || text.empty()) return std::string(text);
  return std::string(escape_code(tone)) + std::string(text) + "\033[0m";
}

Tone tone_of_state(std::string_view state) {
  using Row = std::pair<std::string_view, Tone>;
  static constexpr std::array kTones = {
      Row{"ACTIVE", Tone::good},       Row{"READY", Tone::good},
      Row{"COMPLETED", Tone::good},    Row{"JOB_CREATED", Tone::good},
      Row{"PENDING", Tone::warning},   Row{"RUNNING", Tone::warning},
      Row{"PARTIAL", Tone::warning},   Row{"CANCELLING", Tone::warning},
      Row{"SKIPPED", Tone::warning},   Row{"REGISTERED", Tone::warning},
      Row{"INVENTORY", Tone::warning}, Row{"VALIDATING", Tone::warning},
      Row{"DELETING", Tone::warning},  Row{"FAILED", Tone::bad},
      Row{"CANCELED", Tone::bad},      Row{"VERIFIED", Tone::good},
      Row{"WEAKENED", Tone::warning},  Row{"DAMAGED", Tone::bad},
      Row{"PASSED", Tone::good},       Row{"DOUBTFUL", Tone::warning},
      Row{"NOT_WHOLE", Tone::bad},     Row{"NOT_READY", Tone::warning},
  };
  for (const auto& [name, tone] : kTones) {
    if (name == state) return tone;
  }
  return Tone::plain;
}

}  // namespace salvor::cli
