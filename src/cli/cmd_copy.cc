#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/job_end.h"
#include "cli/job_wait.h"
#include "cli/keep_days.h"
#include "cli/lookup.h"
#include "cli/print.h"

namespace salvor::cli {
namespace {

constexpr const char* kSnapshotFlag = "snapshot-first";

// Without the flag the definition decides whether a snapshot is taken first.
Result<Json> run_body(const Arguments& arguments) {
  TRY(Json retention, retention_of(arguments));
  Json body = {{"retention", std::move(retention)}};
  if (arguments.has(kSnapshotFlag)) body["runBackup"] = true;
  return body;
}

Result<ExitCode> run_copy(Session& session, ApiClient& api, const Arguments& arguments,
                          const std::string& id) {
  TRY(const Json body, run_body(arguments));
  const Definition definition{.resource = "kubeoffloads", .id = id, .job_field = "offloaddef"};
  TRY(const std::string job, start_job(session, api, definition, body).within("running the copy"));
  return finish_run(session, api, arguments, job);
}

Result<Json> copy_body(ApiClient& api, const Arguments& arguments) {
  Json body = {{"name", arguments.text("NAME")},
               {"trigger_type", "ADHOC"},
               {"run_backup", arguments.has(kSnapshotFlag)},
               {"delete_snapshots", !arguments.has("keep-snapshots")}};
  TRY(body["backupdef"], find_id(api, "kubebackups", arguments.text("backup")));
  if (arguments.has("object-store")) {
    TRY(body["offload_provider"]["user_objectstore"],
        find_id(api, "objectstores", arguments.text("object-store")));
  }
  return body;
}

Result<ExitCode> create_copy(Session& session, const Arguments& arguments) {
  if (!arguments.has("backup")) return usage_error("of which backup? give --backup NAME");
  TRY_VOID(run_body(arguments));
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const Kind* kind, kinds().require("kubeoffloads"));
  const std::string what = "copy '" + arguments.text("NAME") + "'";
  TRY(const Json body, copy_body(api, arguments));
  TRY(const Json copy, api.post("kubeoffloads", body).within("creating " + what));
  const bool runs = arguments.has("run") || arguments.has("wait");
  if (!runs || !is_for_programs(session.format())) {
    print_change(session, *kind, copy, what + " defined");
  }
  if (!runs) return ExitCode::ok;
  return run_copy(session, api, arguments, text_at(copy, "_id"));
}

Result<ExitCode> run_existing_copy(Session& session, const Arguments& arguments) {
  TRY_VOID(run_body(arguments));
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const std::string id, find_id(api, "kubeoffloads", arguments.text("NAME")));
  return run_copy(session, api, arguments, id);
}

Option snapshot_option(std::string doc) {
  return {.name = kSnapshotFlag, .takes = Takes::nothing, .doc = std::move(doc)};
}

Command create_command() {
  return {
      .path = "copy create",
      .summary = "Define what to copy of a backup and where to, and run it if asked to",
      .details = "Example:\n  salvor copy create offsite --backup shop --object-store minio --wait",
      .positionals = {{.name = "NAME", .doc = "What to call the copy"}},
      .options = {{.name = "backup",
                   .value = "NAME",
                   .doc = "The backup whose snapshots are copied, by name or id (required)",
                   .offers = Offers::backups},
                  {.name = "object-store",
                   .value = "NAME",
                   .doc = "Where to, by name or id (default: the one of the backup's cluster)",
                   .offers = Offers::object_stores},
                  {.name = "keep-snapshots",
                   .takes = Takes::nothing,
                   .doc = "Keep a snapshot once it is copied, instead of removing it"},
                  snapshot_option("Take a new snapshot at each run, instead of copying the "
                                  "newest one"),
                  {.name = "run",
                   .takes = Takes::nothing,
                   .doc = "Run it at once (--wait implies it)"},
                  keep_option(),
                  wait_option(),
                  timeout_option()},
      .run = create_copy};
}

}  // namespace

std::vector<Command> copy_commands() {
  return {create_command(),
          {.path = "copy run",
           .summary = "Run a copy that is defined",
           .positionals = {{.name = "NAME", .doc = "Its name or id", .offers = Offers::copies}},
           .options = {snapshot_option("Take a new snapshot first, whatever the definition says"),
                       keep_option(), wait_option(), timeout_option()},
           .run = run_existing_copy}};
}

}  // namespace salvor::cli
