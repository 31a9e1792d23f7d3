#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/job_end.h"
#include "cli/job_wait.h"
#include "cli/keep_days.h"
#include "cli/lookup.h"
#include "cli/print.h"
#include "cli/selection_flags.h"

namespace salvor::cli {
namespace {

Result<Json> run_body(const Arguments& arguments) {
  TRY(Json retention, retention_of(arguments));
  return Json{{"retention", std::move(retention)}, {"runBackup", true}};
}

Result<ExitCode> run_backup(Session& session, ApiClient& api, const Arguments& arguments,
                            const std::string& id) {
  TRY(const Json body, run_body(arguments));
  const Definition definition{.resource = "kubebackups", .id = id, .job_field = "backupdef"};
  TRY(const std::string job,
      start_job(session, api, definition, body).within("running the backup"));
  return finish_run(session, api, arguments, job);
}

Result<Json> backup_body(ApiClient& api, const Arguments& arguments) {
  Json body = {{"name", arguments.text("NAME")}, {"trigger_type", "ADHOC"}};
  TRY(body["source"], selection_of(arguments));
  TRY(body["cluster"], find_id(api, "kubeclusters", arguments.text("cluster")));
  return body;
}

Result<ExitCode> create_backup(Session& session, const Arguments& arguments) {
  if (!arguments.has("cluster")) return usage_error("which cluster? give --cluster NAME");
  TRY_VOID(run_body(arguments));
  TRY_VOID(timeout_of(arguments));
  TRY_VOID(selection_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const Kind* kind, kinds().require("kubebackups"));
  const std::string what = "backup '" + arguments.text("NAME") + "'";
  TRY(const Json body, backup_body(api, arguments));
  TRY(const Json backup, api.post("kubebackups", body).within("creating " + what));
  const bool runs = arguments.has("run") || arguments.has("wait");
  if (!runs || !is_for_programs(session.format())) {
    print_change(session, *kind, backup, what + " defined");
  }
  if (!runs) return ExitCode::ok;
  return run_backup(session, api, arguments, text_at(backup, "_id"));
}

Result<ExitCode> run_existing_backup(Session& session, const Arguments& arguments) {
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const std::string id, find_id(api, "kubebackups", arguments.text("NAME")));
  return run_backup(session, api, arguments, id);
}

Command create_command() {
  Command command{.path = "backup create",
                  .summary = "Define what to back up, and run it if asked to",
                  .details = "Example:\n  salvor backup create shop --cluster prod -n shop --wait",
                  .positionals = {{.name = "NAME", .doc = "What to call the backup"}},
                  .options = selection_options(),
                  .run = create_backup};
  command.options.insert(command.options.begin(), {.name = "cluster",
                                                   .value = "NAME",
                                                   .doc = "The cluster, by name or id (required)",
                                                   .offers = Offers::clusters});
  command.options.push_back(
      {.name = "run", .takes = Takes::nothing, .doc = "Run it at once (--wait implies it)"});
  command.options.insert(command.options.end(), {keep_option(), wait_option(), timeout_option()});
  return command;
}

}  // namespace

std::vector<Command> backup_commands() {
  return {create_command(),
          {.path = "backup run",
           .summary = "Run a backup that is defined",
           .positionals = {{.name = "NAME", .doc = "Its name or id", .offers = Offers::backups}},
           .options = {keep_option(), wait_option(), timeout_option()},
           .run = run_existing_backup}};
}

}  // namespace salvor::cli
