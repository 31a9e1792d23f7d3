#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/session.h"

namespace salvor::cli {
namespace {

Result<ExitCode> show_version(Session& session, const Arguments&) {
  if (session.format() == Format::json || session.format() == Format::yaml) {
    session.io().out << document_text(Json{{"version", session.version()}}, session.format());
  } else {
    session.io().out << "salvor " << session.version() << "\n";
  }
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> version_commands() {
  return {{.path = "version", .summary = "Print the version of this program", .run = show_version}};
}

}  // namespace salvor::cli
