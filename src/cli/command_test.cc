#include "cli/command.h"

#include <gtest/gtest.h>

#include <set>

#include "cli/commands.h"
#include "cli/session.h"

namespace salvor::cli {
namespace {

TEST(Arguments, TellApartAbsentEmptyAndGiven) {
  Arguments given;
  given.set("switch", {});
  given.set("list", {"a", "b"});

  EXPECT_TRUE(given.has("switch"));
  EXPECT_EQ(given.text("switch", "x"), "x");
  EXPECT_FALSE(given.has("other"));
  EXPECT_EQ(given.text("list"), "a");
  EXPECT_EQ(given.list("list").size(), 2U);
  EXPECT_TRUE(given.list("other").empty());
}

TEST(Command, PathsAreWords) {
  EXPECT_EQ(words_of(" backup  create "), (std::vector<std::string>{"backup", "create"}));
}

TEST(Grammar, NoFlagHasTwoMeaningsInOneCommand) {
  for (const Command& command : grammar().commands) {
    std::set<std::string> seen;
    for (const auto* options : {&command.options, &common_options()}) {
      for (const Option& option : *options) {
        EXPECT_TRUE(seen.insert(option.name).second) << command.path << " --" << option.name;
        if (option.letter.empty()) continue;
        EXPECT_TRUE(seen.insert(option.letter).second) << command.path << " -" << option.letter;
      }
    }
  }
}

TEST(Grammar, EveryGroupHasCommandsAndEveryLongCommandItsGroup) {
  std::set<std::string> groups;
  for (const auto& [name, doc] : grammar().groups) groups.insert(name);
  std::set<std::string> used;
  for (const Command& command : grammar().commands) {
    const std::vector<std::string> words = words_of(command.path);
    if (words.size() > 1) used.insert(words.front());
  }

  EXPECT_EQ(groups, used);
}

TEST(Grammar, EveryValueHasAName) {
  for (const Command& command : grammar().commands) {
    for (const Option& option : command.options) {
      EXPECT_EQ(option.value.empty(), option.takes == Takes::nothing)
          << command.path << " --" << option.name;
    }
  }
}

}  // namespace
}  // namespace salvor::cli
