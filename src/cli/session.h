// What a running command has at hand: the outside world, the flags that all commands take, and the
// way to a server.
#pragma once

#include <optional>
#include <string>

#include "base/context.h"
#include "cli/api_client.h"
#include "cli/command.h"
#include "cli/io.h"
#include "cli/output.h"
#include "cli/style.h"

namespace salvor::cli {

// Lives as long as one command. Used by one thread.
class Session {
 public:
  // Requires: the arguments passed the grammar, so --output is one of the formats' names.
  Session(const Io& io, const Arguments& arguments, std::string version);

  const Io& io() const { return io_; }
  Context& context() { return context_; }
  const std::string& version() const { return version_; }
  // --output, else the format that the command prefers.
  Format format() const { return format_; }
  Style out_style() const { return Style::of(io_, io_.out_audience); }
  Style err_style() const { return Style::of(io_, io_.err_audience); }
  // What a table on standard output may take; 0 (no limit) for -o wide and for pipes.
  std::size_t table_width() const;

  // The server of --server, $SALVOR_SERVER or the current context, with its key. Fails with a usage
  // error when none is known and with invalid when the key file cannot be read.
  Result<ApiClient> connect();

 private:
  const Io& io_;
  const Arguments& arguments_;
  std::string version_;
  Context context_;
  Format format_;
};

// The flags behind all this, accepted by every command.
const std::vector<Option>& common_options();

}  // namespace salvor::cli
