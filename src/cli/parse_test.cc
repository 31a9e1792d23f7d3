#include "cli/parse.h"

#include <gtest/gtest.h>

#include <random>

#include "cli/commands.h"

namespace salvor::cli {
namespace {

Grammar small() {
  return {
      .summary = "A tool.",
      .footer = "The end.",
      .commands =
          {{.path = "show",
            .summary = "Show it",
            .positionals = {{.name = "WHAT", .doc = "What"},
                            {.name = "WHICH", .doc = "Which", .presence = Presence::optional}},
            .options =
                {{.name = "tag", .letter = "t", .takes = Takes::many, .value = "T", .doc = "Tags"},
                 {.name = "fast", .takes = Takes::nothing, .doc = "Fast"}},
            .run = {}},
           {.path = "box open", .summary = "Open it", .run = {}}},
      .common = {{.name = "output",
                  .letter = "o",
                  .value = "F",
                  .doc = "Format",
                  .words = {"json", "table"}}},
      .groups = {{"box", "Boxes"}},
      .faces = {{"serve", "Serve it"}}};
}

Error mistake(const std::vector<std::string>& words) {
  const Grammar grammar = small();
  const Result<Parsed> parsed = parse(grammar, words);
  CHECK(!parsed.ok());
  return parsed.error();
}

TEST(Parse, FindsTheCommandAndItsArguments) {
  const Grammar grammar = small();

  const Result<Parsed> parsed =
      parse(grammar, {"show", "--tag", "a", "pods", "-t", "b", "--fast", "web"});

  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->command, &grammar.commands[0]);
  EXPECT_EQ(parsed->arguments.text("WHAT"), "pods");
  EXPECT_EQ(parsed->arguments.text("WHICH"), "web");
  EXPECT_EQ(parsed->arguments.list("tag"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(parsed->arguments.has("fast"));
}

TEST(Parse, WhatIsNotGivenIsNotThere) {
  const Grammar grammar = small();

  const Result<Parsed> parsed = parse(grammar, {"show", "pods"});

  EXPECT_FALSE(parsed->arguments.has("fast"));
  EXPECT_FALSE(parsed->arguments.has("tag"));
  EXPECT_EQ(parsed->arguments.text("WHICH", "all"), "all");
}

TEST(Parse, CommonFlagsMayStandAnywhere) {
  const Grammar grammar = small();

  EXPECT_EQ(parse(grammar, {"-o", "json", "box", "open"})->arguments.text("output"), "json");
  EXPECT_EQ(parse(grammar, {"box", "open", "--output=json"})->arguments.text("output"), "json");
}

TEST(Parse, MistakesPointAtTheRightHelp) {
  EXPECT_EQ(mistake({"show"}).hint, "see salvor show --help");
  EXPECT_EQ(mistake({"box"}).hint, "see salvor box --help");
  EXPECT_EQ(mistake({"nothing"}).hint, "see salvor --help");
  EXPECT_EQ(exit_code(mistake({"show", "a", "b", "c"})), ExitCode::usage);
  EXPECT_EQ(exit_code(mistake({"show", "a", "-o", "xml"})), ExitCode::usage);
  EXPECT_EQ(exit_code(mistake({"show", "a", "--tag"})), ExitCode::usage);
  EXPECT_EQ(exit_code(mistake({"show", "a", "--no-such"})), ExitCode::usage);
}

TEST(Parse, AFaceMustBeTheFirstWord) {
  EXPECT_EQ(mistake({"-o", "json", "serve"}).message, "flags of salvor cannot stand before serve");
}

TEST(Parse, HelpTellsWhatThereIs) {
  const Grammar grammar = small();

  const std::string help = parse(grammar, {"--help"})->help;

  for (const char* part : {"A tool.", "show", "Show it", "box", "serve", "--output", "The end."}) {
    EXPECT_NE(help.find(part), std::string::npos) << part << "\n" << help;
  }
}

TEST(Parse, HelpOfACommandTellsItsFlags) {
  const Grammar grammar = small();

  const std::string help = parse(grammar, {"show", "--help"})->help;

  EXPECT_NE(help.find("salvor show"), std::string::npos) << help;
  EXPECT_NE(help.find("--tag"), std::string::npos) << help;
}

TEST(Parse, TheWholeGrammarIsSound) {
  for (const Command& command : grammar().commands) {
    std::vector<std::string> words = words_of(command.path);
    words.push_back("--help");
    const Result<Parsed> parsed = parse(grammar(), words);
    ASSERT_TRUE(parsed.ok()) << command.path << ": " << parsed.error().message;
    EXPECT_NE(parsed->help.find(command.summary), std::string::npos) << command.path;
    EXPECT_TRUE(command.run) << command.path;
  }
}

TEST(Parse, AnyWordsAreUnderstoodOrAMistake) {
  const std::vector<std::string> words = {
      "show", "box",    "open", "--tag", "-t",  "--fast", "-o",  "json", "--output=table", "--", "",
      "-",    "--help", "x",    "serve", "--=", "---",    "-of", "a=b"};
  const Grammar grammar = small();
  std::mt19937 random(9);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> line(random() % 6);
    for (std::string& word : line) word = words[random() % words.size()];

    const Result<Parsed> parsed = parse(grammar, line);

    if (!parsed.ok()) {
      EXPECT_EQ(exit_code(parsed.error()), ExitCode::usage);
    } else {
      EXPECT_TRUE(parsed->command != nullptr || !parsed->help.empty());
    }
  }
}

}  // namespace
}  // namespace salvor::cli
