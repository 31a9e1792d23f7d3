#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <thread>

#include "base/check.h"
#include "cli/io.h"

namespace salvor::cli {
namespace {

Audience audience(int descriptor) {
  return isatty(descriptor) == 1 ? Audience::terminal : Audience::pipe;
}

unsigned terminal_width(unsigned otherwise) {
  winsize size{};
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  }
  return otherwise;
}

// Turns the terminal's echo off while the line is typed.
std::string read_hidden_line() {
  termios before{};
  const bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
  if (is_terminal) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string line;
  std::getline(std::cin, line);
  if (is_terminal) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  return line;
}

// A signal handler may do no more than write; a thread of its own reads that and stops the token.
class Interrupts {
 public:
  Interrupts() : pipe_(eventfd(0, EFD_CLOEXEC)) {
    CHECK(pipe_ >= 0);
    signal_pipe = pipe_;
    listener_ = std::jthread([this](const std::stop_token& over) {
      std::uint64_t count = 0;
      const ssize_t got = read(pipe_, &count, sizeof count);
      if (got > 0 && !over.stop_requested()) interrupted_.request_stop();
    });
    struct sigaction action {};
    action.sa_handler = [](int) { wake(signal_pipe); };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
  }
  ~Interrupts() {
    std::signal(SIGINT, SIG_DFL);
    listener_.request_stop();
    wake(pipe_);
    listener_.join();
    close(pipe_);
  }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  std::stop_token token() const { return interrupted_.get_token(); }

 private:
  static void wake(int pipe) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(pipe, &one, sizeof one);
  }

  static inline volatile std::sig_atomic_t signal_pipe = -1;
  int pipe_;
  std::stop_source interrupted_;
  std::jthread listener_;
};

std::stop_token stop_on_interrupt() {
  static const Interrupts interrupts;
  return interrupts.token();
}

}  // namespace

Io system_io(Environment environment) {
  Io io{.in = std::cin,
        .out = std::cout,
        .err = std::cerr,
        .clock = system_clock(),
        .environment = std::move(environment),
        .connect = connect_http,
        .in_audience = audience(STDIN_FILENO),
        .out_audience = audience(STDOUT_FILENO),
        .err_audience = audience(STDERR_FILENO),
        .width = terminal_width(80),
        .stop = stop_on_interrupt,
        .read_secret = {}};
  if (io.in_audience == Audience::terminal) io.read_secret = read_hidden_line;
  return io;
}

}  // namespace salvor::cli
