#include "cli/commands.h"
#include "cli/description.h"
#include "cli/lookup.h"

namespace salvor::cli {
namespace {

Result<ExitCode> describe(Session& session, const Arguments& arguments) {
  TRY(const Kind* kind, kinds().require(arguments.text("RESOURCE")));
  TRY(ApiClient api, session.connect());
  TRY(const Json document, find_object(api, *kind, arguments.text("NAME")));
  return show_description(session, api, *kind, document);
}

}  // namespace

std::vector<Command> describe_commands() {
  return {{.path = "describe",
           .summary = "Show an object with all that belongs to it",
           .positionals = {{.name = "RESOURCE", .doc = "What it is", .offers = Offers::kinds},
                           {.name = "NAME", .doc = "Its name or id", .offers = Offers::objects}},
           .run = describe}};
}

}  // namespace salvor::cli
