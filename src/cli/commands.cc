#include "cli/commands.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "cli/session.h"

namespace salvor::cli {
namespace {

std::string footer() {
  std::string text =
      "Flags before or after the command's own. The server and the key come from --server and\n"
      "--key-file, else SALVOR_SERVER and SALVOR_KEY_FILE, else from the current context\n"
      "(salvor login). NO_COLOR turns colours off.\n\nExit codes:\n";
  for (const ExitCodeRow& row : exit_codes()) {
    text += "  " + std::to_string(static_cast<int>(row.code)) + "  " + row.meaning + "\n";
  }
  return text;
}

std::vector<Command> all_commands() {
  using Family = std::vector<Command> (*)();
  static constexpr Family kFamilies[] = {
      login_commands,   context_commands,     get_commands,        describe_commands,
      delete_commands,  cluster_commands,     backup_commands,     verify_commands,
      restore_commands, objectstore_commands, copy_commands,       job_commands,
      catalog_commands, repo_commands,        repo_look_commands,  repo_care_commands,
      store_commands,   version_commands,     completion_commands,
  };
  std::vector<Command> commands;
  for (const Family family : kFamilies) {
    std::vector<Command> made = family();
    std::move(made.begin(), made.end(), std::back_inserter(commands));
  }
  return commands;
}

}  // namespace

const Grammar& grammar() {
  static const Grammar ours{
      .summary = "Salvor backs up and restores Kubernetes clusters.",
      .footer = footer(),
      .commands = all_commands(),
      .common = common_options(),
      .groups = {{"context", "Choose between servers"},
                 {"cluster", "Register clusters"},
                 {"backup", "Define and run backups, and prove that they can be restored"},
                 {"restore", "Define and run restores"},
                 {"objectstore", "Register storage for copies of backups"},
                 {"copy", "Define and run copies of backups"},
                 {"jobs", "See and steer what runs"},
                 {"catalog", "Move the server's own data"},
                 {"repo", "Work on a repository of data, without a server"},
                 {"store", "Try out places for data, without a server"}},
      .faces = {},
  };
  return ours;
}

}  // namespace salvor::cli
