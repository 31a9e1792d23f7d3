#include "base/clock.h"

#include <condition_variable>
#include <ctime>
#include <mutex>

namespace salvor {
namespace {

class SystemClock final : public Clock {
 public:
  EpochSeconds wall_seconds() const override {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
  bool wait_until(SteadyTime until, const std::stop_token& stop) override {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_until(lock, stop, until, [] { return false; });
    return !stop.stop_requested();
  }
};

std::string formatted(EpochSeconds seconds, const char* format) {
  const std::time_t time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[64];
  const std::size_t length = std::strftime(text, sizeof text, format, &parts);
  return {text, length};
}

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

std::string rfc1123(EpochSeconds seconds) {
  return formatted(seconds, "%a, %d %b %Y %H:%M:%S GMT");
}

std::string rfc3339(EpochSeconds seconds) { return formatted(seconds, "%Y-%m-%dT%H:%M:%SZ"); }

}  // namespace salvor
