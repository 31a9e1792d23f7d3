// All commands. Each family is made in the file of its name, cmd_<family>.cc; adding one is a line
// here and a line in commands.cc.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/parse.h"

namespace salvor::cli {

std::vector<Command> version_commands();
std::vector<Command> login_commands();
std::vector<Command> context_commands();
std::vector<Command> get_commands();
std::vector<Command> describe_commands();
std::vector<Command> delete_commands();
std::vector<Command> cluster_commands();
std::vector<Command> backup_commands();
std::vector<Command> verify_commands();
std::vector<Command> objectstore_commands();
std::vector<Command> copy_commands();
std::vector<Command> restore_commands();
std::vector<Command> job_commands();
std::vector<Command> catalog_commands();
std::vector<Command> repo_commands();
std::vector<Command> repo_look_commands();
std::vector<Command> repo_care_commands();
std::vector<Command> store_commands();
std::vector<Command> completion_commands();

// The whole grammar of `salvor`, without the faces that main.cc adds.
const Grammar& grammar();

}  // namespace salvor::cli
