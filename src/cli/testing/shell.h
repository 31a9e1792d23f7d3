// A shell for tests: runs command lines against a FakeServer and keeps what they print. Time only
// passes when a command waits.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/testing/fake_server.h"

namespace salvor::cli::testing {

// A clock that jumps to the end of each wait. `on_wait` is told, so that the world can go on.
class JumpingClock final : public Clock {
 public:
  std::function<void()> on_wait;

  EpochSeconds wall_seconds() const override;
  SteadyTime steady() const override { return now_; }
  bool wait_until(SteadyTime until, const std::stop_token& stop) override;
  void advance(Duration duration) { now_ += duration; }

 private:
  SteadyTime now_{std::chrono::hours(1)};
};

// A folder of its own that is removed again.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  // Writes a file into it and returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  std::string path(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

class Shell {
 public:
  FakeServer server;
  JumpingClock clock;
  ScratchFolder home;
  std::map<std::string, std::string> environment;  // HOME, SALVOR_SERVER and a key file are set
  std::istringstream in;
  Audience in_audience = Audience::pipe;
  Audience out_audience = Audience::pipe;
  Audience err_audience = Audience::pipe;
  unsigned width = 80;
  std::stop_source stop;

  Shell();
  // Runs `salvor words…` and returns its exit status; out() and err() are of the last run.
  int run(const std::vector<std::string>& words);
  // The same for words that are divided by blanks.
  int run(const std::string& line);
  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }

 private:
  std::ostringstream out_;
  std::ostringstream err_;
};

}  // namespace salvor::cli::testing
