// Runs one program to its end and keeps what it printed.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"

namespace salvor::kube {

struct Command {
  std::string program;  // a path, or a name that is looked for in PATH
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // on top of our own
};

// What it wrote to standard output (at most 1 MiB); standard input is empty and standard error is
// ours. Fails with not_found when there is no such program, denied when it ends with a status other
// than 0, unavailable when the deadline passes and cancelled when stopped: it is killed then.
Result<std::string> run_command(Context& context, const Command& command);

}  // namespace salvor::kube
