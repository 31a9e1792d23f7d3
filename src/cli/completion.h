// Scripts that let a shell complete the command line, made from the grammar.
#pragma once

#include <string>
#include <vector>

#include "cli/parse.h"

namespace salvor::cli {

// For bash: flags, their words, commands and resources are listed in the script; names of objects
// and contexts are asked from `salvor` when they are needed.
std::string bash_completion(const Grammar& grammar, const std::vector<std::string>& kind_words);

// For zsh, which can run bash's scripts (bashcompinit).
std::string zsh_completion(const Grammar& grammar, const std::vector<std::string>& kind_words);

}  // namespace salvor::cli
