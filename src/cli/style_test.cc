#include "cli/style.h"

#include <gtest/gtest.h>

#include <sstream>

namespace salvor::cli {
namespace {

Style style_for(Audience audience, bool no_color) {
  static std::istringstream in;
  static std::ostringstream out;
  const Io io{.in = in,
              .out = out,
              .err = out,
              .clock = system_clock(),
              .environment =
                  [no_color](const std::string&) {
                    return no_color ? std::optional<std::string>("") : std::nullopt;
                  },
              .connect = {},
              .stop = {},
              .read_secret = {}};
  return Style::of(io, audience);
}

TEST(Style, ColoursOnATerminal) {
  EXPECT_EQ(style_for(Audience::terminal, false).paint("x", Tone::bad), "\033[31mx\033[0m");
}

TEST(Style, StaysPlainInAPipe) {
  EXPECT_EQ(style_for(Audience::pipe, false).paint("x", Tone::bad), "x");
}

TEST(Style, StaysPlainWhenNoColorIsSetToAnything) {
  EXPECT_EQ(style_for(Audience::terminal, true).paint("x", Tone::bad), "x");
}

TEST(Style, KnowsTheStatesOfTheApi) {
  EXPECT_EQ(tone_of_state("READY"), Tone::good);
  EXPECT_EQ(tone_of_state("PARTIAL"), Tone::warning);
  EXPECT_EQ(tone_of_state("FAILED"), Tone::bad);
  EXPECT_EQ(tone_of_state("something new"), Tone::plain);
}

}  // namespace
}  // namespace salvor::cli
