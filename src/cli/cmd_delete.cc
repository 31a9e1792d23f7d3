#include <istream>
#include <ostream>

#include "cli/commands.h"
#include "cli/lookup.h"
#include "cli/session.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

// Asks a person; a script has to say --yes.
Result<bool> is_confirmed(const Io& io, const Arguments& arguments, const std::string& what) {
  if (arguments.has("yes")) return true;
  if (io.in_audience == Audience::pipe) {
    return usage_error("deleting " + what + " needs --yes when nobody can be asked");
  }
  io.err << "delete " << visible(what) << "? [y/N] " << std::flush;
  std::string answer;
  std::getline(io.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

Result<ExitCode> delete_object(Session& session, const Arguments& arguments) {
  const std::string name = arguments.text("NAME");
  TRY(const Kind* kind, kinds().require(arguments.text("RESOURCE")));
  TRY(ApiClient api, session.connect());
  TRY(const Json document, find_object(api, *kind, name));
  const std::string what = kind->noun() + " '" + name + "'";
  TRY(const bool confirmed, is_confirmed(session.io(), arguments, what));
  if (!confirmed) {
    session.io().err << "nothing deleted\n";
    return ExitCode::general;
  }
  TRY_VOID(api.remove(kind->path() + "/" + text_at(document, "_id"), text_at(document, "_etag"))
               .within("deleting " + what));
  session.io().out << visible(what) << " deleted\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> delete_commands() {
  return {
      {.path = "delete",
       .summary = "Delete an object",
       .positionals = {{.name = "RESOURCE", .doc = "What it is", .offers = Offers::kinds},
                       {.name = "NAME", .doc = "Its name or id", .offers = Offers::objects}},
       .options = {{.name = "yes", .letter = "y", .takes = Takes::nothing, .doc = "Do not ask"}},
       .run = delete_object}};
}

}  // namespace salvor::cli
