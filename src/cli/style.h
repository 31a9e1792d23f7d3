// Colours by meaning. Off unless the output is a terminal and NO_COLOR is unset
// (https://no-color.org).
#pragma once

#include <string>
#include <string_view>

#include "cli/io.h"

namespace salvor::cli {

enum class Tone { plain, good, warning, bad, faint, strong };

class Style {
 public:
  enum class Colours { off, on };
  explicit Style(Colours colours) : colours_(colours) {}
  // For what goes to a stream with this audience.
  static Style of(const Io& io, Audience audience);

  // The text between the escape codes of the tone, or as it is when colours are off.
  std::string paint(std::string_view text, Tone tone) const;

 private:
  Colours colours_;
};

// The tone of a state as the API spells it: READY is good, RUNNING a warning, FAILED bad.
Tone tone_of_state(std::string_view state);

}  // namespace salvor::cli
