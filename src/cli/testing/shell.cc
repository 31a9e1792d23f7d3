#include "cli/testing/shell.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "cli/command.h"

namespace salvor::cli::testing {

EpochSeconds JumpingClock::wall_seconds() const {
  constexpr EpochSeconds kStart = 1602277544;  // Fri, 09 Oct 2020 21:05:44 GMT
  const auto passed = now_ - SteadyTime(std::chrono::hours(1));
  return kStart + std::chrono::duration_cast<std::chrono::seconds>(passed).count();
}

bool JumpingClock::wait_until(SteadyTime until, const std::stop_token& stop) {
  if (stop.stop_requested()) return false;
  now_ = std::max(now_, until);
  if (on_wait) on_wait();
  return !stop.stop_requested();
}

ScratchFolder::ScratchFolder() {
  std::string name = std::filesystem::temp_directory_path() / "salvor-cli-XXXXXX";
  CHECK(mkdtemp(name.data()) != nullptr);
  folder_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string ScratchFolder::write(const std::string& name, const std::string& text) const {
  const std::filesystem::path file = folder_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

Shell::Shell() {
  environment["HOME"] = home.path("");
  environment["SALVOR_SERVER"] = "http://salvor.test";
  environment["SALVOR_KEY_FILE"] = home.write("key", server.key + "\n");
}

int Shell::run(const std::vector<std::string>& words) {
  out_.str("");
  err_.str("");
  const auto look_up = [this](const std::string& name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  };
  const Io io{.in = in,
              .out = out_,
              .err = err_,
              .clock = clock,
              .environment = look_up,
              .connect = server.connect(),
              .in_audience = in_audience,
              .out_audience = out_audience,
              .err_audience = err_audience,
              .width = width,
              .stop = [this] { return stop.get_token(); },
              .read_secret = {}};
  std::vector<const char*> arguments = {"salvor"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  return cli::run(static_cast<int>(arguments.size()), arguments.data(), io, {.version = "1.2.3"});
}

int Shell::run(const std::string& line) { return run(words_of(line)); }

}  // namespace salvor::cli::testing
