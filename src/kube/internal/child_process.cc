#include "kube/internal/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

extern char** environ;

namespace salvor::kube {
namespace {

constexpr std::size_t kOutputBytesMax = std::size_t{1} << 20;
constexpr std::chrono::milliseconds kStopCheckEvery{50};

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

// Strings in the form that exec wants; borrows them.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> whole_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (added.count(text.substr(0, text.find('='))) == 0) variables.push_back(text);
  }
  for (const auto& [name, value] : added) variables.push_back(name + "=" + value);
  return variables;
}

// A running child in a process group of its own. Killed and reaped when it goes out of scope.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  ~Child() {
    if (id_ <= 0) return;
    ::kill(-id_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The wait status; once.
  int wait() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = -1;
    return status;
  }

 private:
  pid_t id_;
};

Result<pid_t> spawn(const Command& command, int output) {
  std::vector<std::string> words = {command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> variables = whole_environment(command.environment);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);

  pid_t id = -1;
  const int failure = ::posix_spawnp(&id, command.program.c_str(), &actions, &attributes,
                                     pointers(words).data(), pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failure == 0) return id;
  return error(failure == ENOENT ? ErrorCode::not_found : ErrorCode::denied,
               "cannot run " + command.program + ": " + std::strerror(failure));
}

// Reads until the other end closes, in slices short enough to notice a stop.
Result<std::string> read_all(const Context& context, int input, const std::string& program) {
  std::string output;
  while (true) {
    auto checked = context.check();
    if (!checked.ok()) return std::move(checked).error().within("waiting for " + program);
    pollfd waited{.fd = input, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(kStopCheckEvery.count()));
    if (ready <= 0) continue;
    char bytes[4096];
    const ssize_t count = ::read(input, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return output;
    output.append(bytes, static_cast<std::size_t>(count));
    if (output.size() > kOutputBytesMax) {
      return error(ErrorCode::exhausted, program + " printed more than 1 MiB");
    }
  }
}

}  // namespace

Result<std::string> run_command(Context& context, const Command& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return error(ErrorCode::exhausted, std::string("cannot make a pipe: ") + std::strerror(errno));
  }
  Descriptor input(ends[0]);
  Descriptor output(ends[1]);
  TRY(const pid_t id, spawn(command, output.get()));
  Child child(id);
  output.close();
  TRY(std::string printed, read_all(context, input.get(), command.program));
  const int status = child.wait();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return printed;
  const std::string ending = WIFEXITED(status) ? "status " + std::to_string(WEXITSTATUS(status))
                                               : "signal " + std::to_string(WTERMSIG(status));
  return error(ErrorCode::denied, command.program + " ended with " + ending);
}

}  // namespace salvor::kube
