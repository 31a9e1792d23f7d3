// A secret that a person types or a pipe brings.
#pragma once

#include <string>

#include "cli/io.h"

namespace salvor::cli {

// The line that a person, asked `question`, types unseen; else the next line of standard input.
std::string read_secret_line(const Io& io, const std::string& question);

}  // namespace salvor::cli
