// The command line of `salvor`: everything but the faces that serve. It is a client of the API and
// sees nothing of the server's insides.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/io.h"

namespace salvor::cli {

// A face of the binary that reads its own arguments, such as `serve`. Listed in help; run with the
// words after its name, and what it returns is the exit status.
struct Face {
  std::string name;
  std::string summary;
  std::function<int(const std::vector<std::string>& words)> run;
};

// What main.cc knows and the commands do not.
struct Program {
  std::string version = "unknown";
  std::vector<Face> faces = {};
};

// Runs the command that the arguments name and returns the exit status (exit_code.h). Errors go to
// `io.err` as "error: …" with the server's issues and a "hint: …" below; nothing is thrown.
int run(int argc, const char* const* argv, const Io& io, const Program& program = {});

}  // namespace salvor::cli
