// docs/cli.md, made from the commands' own tables so that it cannot lie.
#pragma once

#include <string>

#include "cli/parse.h"

namespace salvor::cli {

// The page as Markdown: exit codes, the flags that all commands take, then a section a command.
std::string reference_markdown(const Grammar& grammar);

}  // namespace salvor::cli
