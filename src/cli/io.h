// The outside world of the command line as one value, so that a test can be the shell, the
// terminal, the clock and the server at once. main.cc makes the real one with system_io().
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/transport.h"

namespace salvor::cli {

// One of the process's streams may be a person's terminal or a pipe. Colours, the progress bar and
// questions are for people only.
enum class Audience { pipe, terminal };

// Looks up an environment variable; empty when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Borrows its streams and clock, which must outlive it. Used by one thread.
struct Io {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Clock& clock;
  Environment environment;
  // How a server is reached; a test hands in a fake.
  Connect connect;
  Audience in_audience = Audience::pipe;
  Audience out_audience = Audience::pipe;
  Audience err_audience = Audience::pipe;
  unsigned width = 80;  // columns of the terminal
  // Called once, when a command begins: the token that Ctrl-C stops. It ends a wait; the job on the
  // server goes on. Null: nothing stops.
  std::function<std::stop_token()> stop;
  // Reads one line that must not be shown while it is typed; null: reads it from `in`.
  std::function<std::string()> read_secret;
};

// The process's own streams, terminal, clock and network. The first Ctrl-C (SIGINT) after the call
// of `stop` stops its token; a second one ends the process.
Io system_io(Environment environment);

}  // namespace salvor::cli
