#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/job_end.h"
#include "cli/job_wait.h"
#include "cli/lookup.h"
#include "cli/store_flags.h"
#include "cli/table.h"
#include "cli/text.h"
#include "objectstore/promises.h"

namespace salvor::cli {
namespace {

using objectstore::Finding;
using objectstore::Verification;

std::int64_t milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

Json json_of(const Finding& finding) {
  Json json = {{"promise", finding.promise->name},
               {"text", finding.promise->text},
               {"result", finding.failure ? "FAIL" : "ok"},
               {"milliseconds", milliseconds(finding.took)}};
  if (finding.failure) json["reason"] = finding.failure->describe();
  return json;
}

Json json_of(const Verification& made) {
  Json checks = Json::array();
  for (const Finding& finding : made.findings) checks.push_back(json_of(finding));
  Json json = {{"good", made.is_good()}, {"folder", made.folder}, {"checks", std::move(checks)}};
  if (made.left_behind) json["left_behind"] = made.left_behind->describe();
  return json;
}

void print(Session& session, const Verification& made) {
  Table table({{"RESULT"}, {"PROMISE"}, {"MS", Align::right}, {"WHAT"}});
  for (const Finding& finding : made.findings) {
    table.add({{finding.failure ? "FAIL" : "ok", finding.failure ? Tone::bad : Tone::good},
               {finding.promise->name},
               {std::to_string(milliseconds(finding.took))},
               {finding.failure ? finding.failure->describe() : finding.promise->text}});
  }
  session.io().out << table.text(session.out_style(), 0);
}

Result<ExitCode> verify(Session& session, const Arguments& arguments) {
  TRY(const auto store, open_store(session, arguments, arguments.text("LOCATION")));
  std::ostream& err = session.io().err;
  const bool shows_progress = session.io().err_audience == Audience::terminal;
  const Verification made =
      objectstore::verify(session.context(), *store, [&](const Finding& finding) {
        if (shows_progress) err << finding.promise->name << "\n";
      });
  if (is_for_programs(session.format())) {
    session.io().out << document_text(json_of(made), session.format());
  } else {
    print(session, made);
  }
  if (made.left_behind)
    err << "objects may be left below " << made.folder << ": "
        << visible(made.left_behind->describe()) << "\n";
  return made.is_good() ? ExitCode::ok : ExitCode::general;
}

Result<ExitCode> import_copies(Session& session, const Arguments& arguments) {
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const std::string id, find_id(api, "objectstores", arguments.text("NAME")));
  TRY(const Json answer, api.post("objectstores/" + id + "/action/import", Json::object()));
  return finish_run(session, api, arguments, text_at(answer, "import_jobid"));
}

}  // namespace

std::vector<Command> store_commands() {
  Command verify_command{
      .path = "store verify",
      .summary = "Try whether a store keeps what Salvor needs",
      .details =
          "Writes, reads, lists and removes some 1,200 objects and 100 MB in a folder of\n"
          "random name, and touches nothing else. A folder or s3:https://HOST/BUCKET/PREFIX;\n"
          "keys of a bucket come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      .positionals = {{.name = "LOCATION", .doc = "The store", .offers = Offers::files}},
      .options = store_options(),
      .run = verify};
  Command import_command{
      .path = "store import",
      .summary = "Make known the recovery points whose copies a registered object store has",
      .details =
          "For a server that lost its catalog, or another one. It needs the repository.password\n"
          "of the server that made the copies in its data folder. Clusters that it does not know\n"
          "come without a kubeconfig; a restore goes to any cluster that has one. What is known\n"
          "already is left as it is.\n"
          "Example:\n  salvor objectstore add bucket --endpoint https://s3.example.com --bucket "
          "copies\n"
          "  salvor store import bucket --wait",
      .positionals = {{.name = "NAME", .doc = "The object store: its name or id"}},
      .options = {wait_option(), timeout_option()},
      .run = import_copies};
  return {std::move(verify_command), std::move(import_command)};
}

}  // namespace salvor::cli
