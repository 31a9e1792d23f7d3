#include "mover/mover.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "base/json.h"
#include "mover/order.h"
#include "mover/report.h"
#include "mover/work.h"
#include "repo/local_file.h"

namespace salvor::mover {
namespace {

enum ExitStatus { kDone = 0, kFailed = 1, kProblems = 3, kTerminated = 128 + SIGTERM };

constexpr const char* kUsage =
    "usage: salvor mover --order FILE [--report FILE]\n"
    "Moves a folder's data to or from a repository, as the order says; see docs/mover.md.\n";
constexpr std::chrono::seconds kBeat{2};

struct Words {
  std::string order{};
  std::string report{};
};

Result<Words> parse_words(const std::vector<std::string>& words) {
  Words parsed;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    std::string* const value = words[i] == "--order"    ? &parsed.order
                               : words[i] == "--report" ? &parsed.report
                                                        : nullptr;
    if (value == nullptr || i + 1 == words.size() || words[i + 1].empty())
      return error(ErrorCode::invalid, "\"" + words[i] + "\" is not known, or has no value");
    *value = words[i + 1];
  }
  if (parsed.order.empty()) return error(ErrorCode::invalid, "no order is given");
  return parsed;
}

Result<std::string> read_order(const std::string& path) {
  const repo::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return repo::system_error(errno, "opening the order " + path);
  std::string text(kOrderBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return repo::system_error(errno, "reading the order " + path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

// In one piece: who reads it may do so at any moment.
Result<void> write_report(const std::string& path, const std::string& text) {
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  const repo::Descriptor file(::open(path.c_str(), flags, 0600));
  if (!file.is_open()) return repo::system_error(errno, "opening the report " + path);
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return {};
  return repo::system_error(written < 0 ? errno : ENOSPC, "writing the report " + path);
}

// Waits for SIGTERM and SIGINT in a thread of its own; they are blocked in all others.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
    std::signal(SIGPIPE, SIG_IGN);
    listener_ = std::jthread([this] {
      int caught = 0;
      sigwait(&set_, &caught);
      if (!is_over_) stop_.request_stop();
    });
  }
  ~Signals() {
    is_over_ = true;
    pthread_kill(listener_.native_handle(), SIGTERM);  // wakes it, or finds it gone
    listener_.join();
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

 private:
  sigset_t set_{};
  sigset_t before_{};
  std::atomic<bool> is_over_ = false;
  std::stop_source stop_;
  std::jthread listener_;  // last: it uses the members above
};

// Prints how far the work is, every two seconds while it lives, and once at the end.
class ProgressLines {
 public:
  ProgressLines(Context& context, std::ostream& out, const Movement& movement, Operation operation)
      : out_(out), movement_(movement), operation_(operation) {
    beat_ = std::jthread([this, &clock = context.clock](const std::stop_token& done) {
      while (clock.wait_for(kBeat, done)) print();
    });
  }
  ~ProgressLines() {
    beat_.request_stop();
    beat_.join();
    print();
  }
  ProgressLines(const ProgressLines&) = delete;
  ProgressLines& operator=(const ProgressLines&) = delete;

 private:
  void print() {
    const repo::Progress& progress = movement_.progress;
    const objectstore::Traffic& traffic = movement_.traffic;
    const std::uint64_t moved =
        operation_ == Operation::save ? traffic.up_bytes : traffic.down_bytes;
    out_ << compact({{"files", progress.files.load()},
                     {"bytes", progress.bytes.load()},
                     {"total_files", progress.total_files.load()},
                     {"total_bytes", progress.total_bytes.load()},
                     {"transferred_bytes", moved}})
         << std::endl;
  }

  std::ostream& out_;
  const Movement& movement_;
  const Operation operation_;
  std::jthread beat_;  // last: it uses the members above
};

Report carry_out(Context& context, const std::string& path, std::ostream& out) {
  const auto order = [&]() -> Result<Order> {
    TRY(const std::string text, read_order(path));
    return parse_order(text);
  }();
  if (!order.ok()) return {.failure = order.error()};
  context.log.info(order->operation == Operation::save ? "saving" : "restoring",
                   {{"folder", order->folder}});
  Movement movement;
  const ProgressLines lines(context, out, movement, order->operation);
  return work(context, *order, movement);
}

void log_end(Log& log, const Report& report) {
  for (const repo::EntryProblem& problem : report.problems)
    log.warning("problem", {{"path", problem.path}, {"reason", problem.failure.message}});
  if (report.failure) return log.error("failed", {{"reason", report.failure->describe()}});
  log.info("done", {{"snapshot", report.snapshot},
                    {"files", std::to_string(report.files)},
                    {"bytes", std::to_string(report.bytes)},
                    {"transferred_bytes", std::to_string(report.transferred_bytes)},
                    {"problems", std::to_string(report.problem_count)}});
}

int status_of(const Report& report, bool is_stopped) {
  if (report.failure) return is_stopped ? kTerminated : kFailed;
  return report.problem_count == 0 ? kDone : kProblems;
}

}  // namespace

int mover(const std::vector<std::string>& words, std::ostream& out, std::ostream& err) {
  if (!words.empty() && (words.front() == "--help" || words.front() == "-h")) {
    out << kUsage;
    return kDone;
  }
  const auto parsed = parse_words(words);
  if (!parsed.ok()) {
    err << "error: " << parsed.error().message << "\n" << kUsage;
    return kFailed;
  }
  const Signals signals;
  Log log(system_clock(), LogLevel::info, [&](std::string_view line) { err << line << std::endl; });
  Context context{system_clock(), log, signals.token(), {}};
  const Report report = carry_out(context, parsed->order, out);
  log_end(log, report);
  const int status = status_of(report, context.stopped());
  if (parsed->report.empty()) return status;
  const auto written = write_report(parsed->report, report_text(report));
  if (written.ok()) return status;
  log.error("the report could not be written", {{"reason", written.error().message}});
  return status == kTerminated ? status : kFailed;
}

}  // namespace salvor::mover
