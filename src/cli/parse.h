// From words to a command and its arguments, or to a text (help, a mistake). The only file that
// knows CLI11.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"

namespace salvor::cli {

// What salvor offers: its commands, the flags that all of them take, and what help names besides.
struct Grammar {
  std::string summary;
  std::string footer;  // exit codes, environment
  std::vector<Command> commands;
  std::vector<Option> common;  // accepted anywhere on the line
  // Words that begin a command but need more: {"backup", "Define and run backups"}.
  std::vector<std::pair<std::string, std::string>> groups;
  // Faces of the binary that read their own arguments; listed in help only.
  std::vector<std::pair<std::string, std::string>> faces;
};

// A command line that was understood: either `command` is set (borrowed from the grammar), or
// `help` is the text that was asked for.
struct Parsed {
  const Command* command = nullptr;
  Arguments arguments;
  std::string help;
};

// Fails with a usage error (exit_code.h) that says which help to read.
Result<Parsed> parse(const Grammar& grammar, const std::vector<std::string>& words);

}  // namespace salvor::cli
