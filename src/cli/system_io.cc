#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

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
        .stop = {},
        .read_secret = {}};
  if (io.in_audience == Audience::terminal) io.read_secret = read_hidden_line;
  return io;
}

}  // namespace salvor::cli
