#include <ostream>

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/kinds.h"
#include "cli/session.h"

namespace salvor::cli {
namespace {

Result<ExitCode> print_completion(Session& session, const Arguments& arguments) {
  std::vector<std::string> kind_words;
  for (const Kind& kind : kinds().all()) {
    kind_words.insert(kind_words.end(), kind.words.begin(), kind.words.end());
  }
  const bool is_zsh = arguments.text("SHELL") == "zsh";
  session.io().out << (is_zsh ? zsh_completion(grammar(), kind_words)
                              : bash_completion(grammar(), kind_words));
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> completion_commands() {
  return {{.path = "completion",
           .summary = "Print a script that lets your shell complete salvor's commands",
           .details = "bash:  source <(salvor completion bash)\n"
                      "zsh:   source <(salvor completion zsh)",
           .positionals = {{.name = "SHELL", .doc = "bash or zsh", .words = {"bash", "zsh"}}},
           .run = print_completion}};
}

}  // namespace salvor::cli
