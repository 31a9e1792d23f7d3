#include "cli/reference.h"

namespace salvor::cli {
namespace {

constexpr const char* kIntroduction =
    "# The command line\n\n"
    "`salvor COMMAND` is a client of the API. This page is made from the commands' tables by\n"
    "`cli_test`; `UPDATE_SNAPSHOTS=1` rewrites it.\n\n"
    "```sh\n"
    "salvor login https://salvor.example.com --key-file key      # once\n"
    "salvor cluster add prod --kubeconfig ~/.kube/config --wait\n"
    "salvor backup create shop --cluster prod -n shop --wait\n"
    "salvor restore create --from latest:shop --map shop=shop-copy --wait\n"
    "```\n\n"
    "With `--wait` a restore ends with a table of what was created, was there already, was "
    "skipped\n"
    "or failed, kind by kind, and with the reason of everything that was not restored.\n\n"
    "Errors go to standard error: `error:` says what went wrong, lines below it name the fields\n"
    "that the server refused, `hint:` says what to do. Progress goes to standard error, too, so\n"
    "`-o json` and `-o yaml` always leave clean documents on standard output.\n\n";

std::string exit_code_table() {
  std::string text = "## Exit codes\n\n| code | meaning |\n| --- | --- |\n";
  for (const ExitCodeRow& row : exit_codes()) {
    text += "| " + std::to_string(static_cast<int>(row.code)) + " | " + row.meaning + " |\n";
  }
  return text + "\n";
}

// A bar would end the cell.
std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return text;
}

std::string flag(const Option& option) {
  std::string text = option.letter.empty() ? "" : "-" + option.letter + ", ";
  text += "--" + option.name;
  if (option.takes != Takes::nothing) text += " " + option.value;
  return "`" + text + "`" + (option.takes == Takes::many ? " …" : "");
}

std::string flag_table(const std::vector<Option>& options) {
  std::string text = "| flag | meaning |\n| --- | --- |\n";
  for (const Option& option : options) {
    text += "| " + cell(flag(option)) + " | " + cell(option.doc) + " |\n";
  }
  return text + "\n";
}

std::string usage(const Command& command) {
  std::string text = "salvor " + command.path;
  for (const Positional& positional : command.positionals) {
    const bool is_required = positional.presence == Presence::required;
    text += is_required ? " " + positional.name : " [" + positional.name + "]";
  }
  return text + (command.options.empty() ? "" : " [flags]");
}

std::string section(const Command& command) {
  std::string text = "### " + command.path + "\n\n" + command.summary + ".\n\n";
  text += "    " + usage(command) + "\n\n";
  for (const Positional& positional : command.positionals) {
    text += "- `" + positional.name + "`: " + positional.doc + "\n";
  }
  if (!command.positionals.empty()) text += "\n";
  if (!command.options.empty()) text += flag_table(command.options);
  if (!command.details.empty()) text += "```text\n" + command.details + "\n```\n\n";
  return text;
}

}  // namespace

std::string reference_markdown(const Grammar& grammar) {
  std::string text = kIntroduction + exit_code_table();
  text += "## Flags of all commands\n\n" + flag_table(grammar.common) + "## Commands\n\n";
  for (const Command& command : grammar.commands) text += section(command);
  text.pop_back();
  return text;
}

}  // namespace salvor::cli
