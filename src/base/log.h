// Structured log lines on standard error or wherever the wiring points them. A line is a message
// for people and pairs for machines; values of secrets never go in.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace salvor {

enum class LogLevel { debug, info, warning, error };

// One finished line, without its newline.
using LogSink = std::function<void(std::string_view line)>;
using LogPairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Any thread may log. The sink is called by one thread at a time.
class Log {
 public:
  Log(Clock& clock, LogLevel least, LogSink sink);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(LogLevel level, std::string_view message, LogPairs pairs = {});
  void info(std::string_view message, LogPairs pairs = {}) {
    write(LogLevel::info, message, pairs);
  }
  void warning(std::string_view message, LogPairs pairs = {}) {
    write(LogLevel::warning, message, pairs);
  }
  void error(std::string_view message, LogPairs pairs = {}) {
    write(LogLevel::error, message, pairs);
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Lines to standard error.
LogSink stderr_sink();
// A log that drops everything, for tests.
Log& null_log();

}  // namespace salvor
