#include "base/log.h"

#include <cstdio>
#include <mutex>

namespace salvor {

struct Log::State {
  State(Clock& given_clock, LogLevel given_least, LogSink given_sink)
      : clock(given_clock), least(given_least), sink(std::move(given_sink)) {}
  Clock& clock;
  LogLevel least;
  LogSink sink;
  std::mutex mutex;
};

namespace {

const char* name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "?";
}

// A value in quotes when it holds anything that would blur where it ends; control characters,
// which could forge a line, become spaces.
void append_value(std::string& line, std::string_view value) {
  const bool plain = !value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos;
  if (!plain) line += '"';
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      line += ' ';
    } else {
      if (c == '"' || c == '\\') line += '\\';
      line += c;
    }
  }
  if (!plain) line += '"';
}

}  // namespace

Log::Log(Clock& clock, LogLevel least, LogSink sink)
    : state_(std::make_unique<State>(clock, least, std::move(sink))) {}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view message, LogPairs pairs) {
  if (level < state_->least) return;
  std::string line = rfc3339(state_->clock.wall_seconds()) + " " + name_of(level) + " ";
  append_value(line, message);
  for (const auto& [key, value] : pairs) {
    line += ' ';
    line += key;
    line += '=';
    append_value(line, value);
  }
  const std::lock_guard lock(state_->mutex);
  state_->sink(line);
}

LogSink stderr_sink() {
  return [](std::string_view line) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
  };
}

Log& null_log() {
  static Log log(system_clock(), LogLevel::error, [](std::string_view) {});
  return log;
}

}  // namespace salvor
