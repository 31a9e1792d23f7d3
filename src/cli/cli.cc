#include "cli/cli.h"

#include <algorithm>
#include <ostream>

#include "cli/commands.h"
#include "cli/parse.h"
#include "cli/session.h"
#include "cli/style.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

void print_error(const Io& io, const Error& failure) {
  const Style style = Style::of(io, io.err_audience);
  io.err << style.paint("error:", Tone::bad) << " " << visible(failure.message) << "\n";
  for (const auto& [name, value] : failure.pairs) {
    if (name == "issue") io.err << "  " << visible(value) << "\n";
  }
  if (!failure.hint.empty()) {
    io.err << style.paint("hint:", Tone::strong) << " " << visible(failure.hint) << "\n";
  }
}

int status_of(const Io& io, const Error& failure) {
  print_error(io, failure);
  return static_cast<int>(exit_code(failure));
}

Grammar grammar_with(const std::vector<Face>& faces) {
  Grammar whole = grammar();
  for (const Face& face : faces) whole.faces.emplace_back(face.name, face.summary);
  return whole;
}

}  // namespace

int run(int argc, const char* const* argv, const Io& io, const Program& program) {
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  for (const Face& face : program.faces) {
    if (!words.empty() && words.front() == face.name) {
      return face.run({words.begin() + 1, words.end()});
    }
  }
  const Grammar whole = grammar_with(program.faces);
  const Result<Parsed> parsed =
      parse(whole, words.empty() ? std::vector<std::string>{"--help"} : words);
  if (!parsed.ok()) return status_of(io, parsed.error());
  if (parsed->command == nullptr) {
    io.out << parsed->help;
    return static_cast<int>(ExitCode::ok);
  }
  Session session(io, parsed->arguments, program.version);
  const Result<ExitCode> ended = parsed->command->run(session, parsed->arguments);
  io.out.flush();
  if (!ended.ok()) return status_of(io, ended.error());
  return static_cast<int>(*ended);
}

}  // namespace salvor::cli
