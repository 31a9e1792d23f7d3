#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/job_end.h"
#include "cli/job_wait.h"
#include "cli/kinds.h"
#include "cli/lookup.h"
#include "cli/plan_report.h"
#include "cli/print.h"
#include "cli/selection_flags.h"

namespace salvor::cli {
namespace {

// "secrets/shop/password", or "clusterroles/reader" for an object without a namespace.
Result<Json> items_of(const std::vector<std::string>& values) {
  Json items = Json::array();
  for (const std::string& value : values) {
    const std::size_t first = value.find('/');
    const std::size_t last = value.rfind('/');
    if (first == std::string::npos || first == 0 || last + 1 == value.size()) {
      return usage_error("--item '" + value + "' is not TYPE/NAMESPACE/NAME or TYPE/NAME");
    }
    Json item = {{"resource_type", value.substr(0, first)}, {"name", value.substr(last + 1)}};
    if (first != last) item["namespace"] = value.substr(first + 1, last - first - 1);
    items.push_back(std::move(item));
  }
  return items;
}

// "shop/data", "shop" for all of a namespace, or "tier=gold" for claims with that label.
Result<Json> volume_order_of(const std::vector<std::string>& values) {
  Json order = Json::array();
  for (const std::string& value : values) {
    const std::size_t equals = value.find('=');
    const std::size_t slash = value.find('/');
    if (equals != std::string::npos && equals > 0) {
      order.push_back({{"label_selector", {{value.substr(0, equals), value.substr(equals + 1)}}}});
      continue;
    }
    const bool is_claim = slash != std::string::npos;
    const bool is_wrong = slash == 0 || value.empty() || slash + 1 == value.size() ||
                          (is_claim && value.find('/', slash + 1) != std::string::npos);
    if (is_wrong) {
      return usage_error("--volume-order '" + value +
                         "' is not NAMESPACE, NAMESPACE/CLAIM or LABEL=VALUE");
    }
    order.push_back({{"namespace", value.substr(0, slash)}});
    if (is_claim) order.back()["claim"] = value.substr(slash + 1);
  }
  return order;
}

// The parts of the definition that the flags alone decide, so that a mistake in them is told before
// anything is asked of the server.
Result<Json> body_of_flags(const Arguments& arguments) {
  Json body = Json::object();
  TRY(body["selection"], selection_of(arguments));
  const std::vector<std::string>& types = arguments.list("type");
  if (!types.empty()) body["selection"]["include_resource_types"] = types;
  for (const auto& [flag, field] : {std::pair("exclude-type", "exclude_resource_types"),
                                    std::pair("exclude-namespace", "exclude_namespaces")}) {
    if (!arguments.list(flag).empty()) body["selection"][field] = arguments.list(flag);
  }
  TRY(Json items, items_of(arguments.list("item")));
  if (!items.empty()) body["selection"]["items"] = std::move(items);
  if (arguments.has("cluster-scoped"))
    body["selection"]["cluster_scoped"] = arguments.text("cluster-scoped");
  if (arguments.has("modifiers")) {
    TRY(body["modifiers"], read_file(arguments.text("modifiers")));
  }
  for (const auto& [flag, field] :
       {std::pair("existing", "existing_policy"), std::pair("node-ports", "service_node_ports"),
        std::pair("cluster-ips", "service_cluster_ips"), std::pair("finalizers", "finalizers"),
        std::pair("gitops-marks", "gitops_marks")}) {
    if (arguments.has(flag)) body[field] = arguments.text(flag);
  }
  if (!arguments.list("status-type").empty())
    body["status_resource_types"] = arguments.list("status-type");
  TRY(Json policies, map_of(arguments.list("existing-type"), "TYPE=POLICY"));
  if (!policies.empty()) body["existing_policies"] = std::move(policies);
  if (arguments.has("prune")) body["prune"] = true;
  if (arguments.has("no-volumes")) body["selection"]["restorePersistentVolumes"] = false;
  TRY(Json spaces, map_of(arguments.list("map"), "NAMESPACE=NEW-NAME"));
  if (!spaces.empty()) body["namespaces_map"] = std::move(spaces);
  TRY(Json classes, map_of(arguments.list("storage-class"), "CLASS=NEW-CLASS"));
  if (!classes.empty()) body["storage_class_map"] = std::move(classes);
  TRY(Json order, volume_order_of(arguments.list("volume-order")));
  if (!order.empty()) body["volume_order"] = std::move(order);
  if (arguments.has("prefix")) body["namespaces_prefix"] = arguments.text("prefix");
  if (arguments.has("suffix")) body["namespaces_suffix"] = arguments.text("suffix");
  return body;
}

// "shop-1602277544": the backup's name and the time, unless the user names the restore.
std::string name_for(const Session& session, const Json& point, const Arguments& arguments) {
  std::string backup = text_at(point, "backupdef_name");
  if (backup.empty()) backup = text_at(point, "name");
  const auto now = std::to_string(session.io().clock.wall_seconds());
  return arguments.text("NAME", backup.substr(0, 100) + "-" + now);
}

Result<Json> restore_body(Session& session, ApiClient& api, const Arguments& arguments) {
  TRY(Json body, body_of_flags(arguments));
  TRY(const Json point, find_point(api, arguments.text("from")));
  body["backup_inst"] = text_at(point, "_id");
  body["name"] = name_for(session, point, arguments);
  if (arguments.has("cluster")) {
    TRY(body["cluster"], find_id(api, "kubeclusters", arguments.text("cluster")));
  }
  return body;
}

Result<ExitCode> run_restore(Session& session, ApiClient& api, const Arguments& arguments,
                             const std::string& id, const Json& body) {
  const Definition definition{.resource = "kuberestores", .id = id, .job_field = "restoredef"};
  TRY(const std::string job,
      start_job(session, api, definition, body).within("running the restore"));
  return finish_run(session, api, arguments, job);
}

// The body of a run: with the hash of a plan when one is named.
Result<Json> run_body(ApiClient& api, const Arguments& arguments) {
  if (!arguments.has("plan")) return Json::object();
  TRY(const std::string id, find_id(api, "kuberestoreplans", arguments.text("plan")));
  TRY(const Json plan, api.get("kuberestoreplans/" + id));
  return Json{{"plan_hash", text_at(plan, "hash")}};
}

// A plan of the restore as it is defined; its id.
Result<std::string> make_plan(Session& session, ApiClient& api, const std::string& id,
                              const Arguments& arguments) {
  TRY(const std::optional<std::int64_t> timeout, timeout_of(arguments));
  const bool asks = arguments.has("ask-server");
  TRY(const Json restore,
      api.post("kuberestores/" + id + "/action/plan", asks ? Json{{"dry_run", "server"}} : Json()));
  std::string job_id = text_at(member(restore, "status"), "plan_jobid");
  TRY(const Json job, await_job(session, api, job_id, timeout));
  if (text_at(job, "state") == "COMPLETED") return job_id;
  return error(ErrorCode::invalid, "no plan was made: " + text_at(job, "message"));
}

// Takes the rewrites that a plan suggests over into the restore; whether there were any.
Result<bool> accept_texts(ApiClient& api, const std::string& id, const std::string& plan_id) {
  TRY(const Json plan, api.get("kuberestoreplans/" + plan_id));
  const std::string modifiers = text_at(plan, "suggested_modifiers");
  const Json& texts = member(plan, "num_free_texts");
  if (modifiers.empty() && texts.is_number() && texts != 0) {
    return error(ErrorCode::invalid,
                 "the suggested rewrites cannot be added to the restore's modifiers")
        .with_hint(
            "Secrets are left out; else write the modifiers in block style, or see the "
            "items' free_texts and edit them yourself");
  }
  if (modifiers.empty()) return false;
  TRY(const Json restore, api.get("kuberestores/" + id));
  TRY_VOID(api.patch("kuberestores/" + id, text_at(restore, "_etag"), {{"modifiers", modifiers}}));
  return true;
}

Result<ExitCode> plan_restore(Session& session, const Arguments& arguments) {
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const std::string id, find_id(api, "kuberestores", arguments.text("NAME")));
  TRY(std::string plan_id, make_plan(session, api, id, arguments));
  if (arguments.has("accept-texts")) {
    TRY(const bool accepted, accept_texts(api, id, plan_id));
    if (accepted) {
      TRY(plan_id, make_plan(session, api, id, arguments));
    }
  }
  if (is_for_programs(session.format())) {
    TRY(const Kind* kind, kinds().require("kuberestoreplans"));
    TRY(const Json plan, api.get("kuberestoreplans/" + plan_id));
    print_documents(session, *kind, {plan}, Shape::one);
    return ExitCode::ok;
  }
  TRY_VOID(print_plan(session, api, plan_id));
  return ExitCode::ok;
}

Result<ExitCode> undo_restore(Session& session, const Arguments& arguments) {
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const std::string id, find_id(api, "kuberestores", arguments.text("NAME")));
  Json body = Json::object();
  if (arguments.has("job")) body["job_id"] = arguments.text("job");
  TRY(const Json restore, api.post("kuberestores/" + id + "/action/undo", body));
  return finish_run(session, api, arguments, text_at(member(restore, "status"), "undo_jobid"));
}

Result<ExitCode> create_restore(Session& session, const Arguments& arguments) {
  if (!arguments.has("from")) {
    return usage_error("which recovery point? give --from POINT or --from latest:BACKUP");
  }
  const bool runs = !arguments.has("no-run");
  if (!runs && (arguments.has("wait") || arguments.has("run"))) {
    return usage_error("--no-run excludes --run and --wait");
  }
  TRY_VOID(body_of_flags(arguments));
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const Kind* kind, kinds().require("kuberestores"));
  TRY(const Json body, restore_body(session, api, arguments));
  const std::string what = "restore '" + text_at(body, "name") + "'";
  TRY(const Json restore, api.post("kuberestores", body).within("creating " + what));
  if (!runs || !is_for_programs(session.format())) {
    print_change(session, *kind, restore, what + " defined");
  }
  if (!runs) return ExitCode::ok;
  return run_restore(session, api, arguments, text_at(restore, "_id"), Json::object());
}

Result<ExitCode> run_existing_restore(Session& session, const Arguments& arguments) {
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const std::string id, find_id(api, "kuberestores", arguments.text("NAME")));
  TRY(const Json body, run_body(api, arguments));
  return run_restore(session, api, arguments, id, body);
}

std::vector<Option> source_options() {
  return {{.name = "from",
           .value = "POINT",
           .doc = "The recovery point: its id or name, or latest:BACKUP (required)"},
          {.name = "cluster",
           .value = "NAME",
           .doc = "Where to restore (default: the cluster of the backup)",
           .offers = Offers::clusters}};
}

std::vector<Option> change_options() {
  return {{.name = "map",
           .takes = Takes::many,
           .value = "OLD=NEW",
           .doc = "Restore this namespace under another name"},
          {.name = "prefix", .value = "TEXT", .doc = "Put before the names of all others"},
          {.name = "suffix", .value = "TEXT", .doc = "Put after the names of all others"},
          {.name = "type",
           .takes = Takes::many,
           .value = "TYPE",
           .doc = "Only this resource type, such as deployments"},
          {.name = "exclude-type",
           .takes = Takes::many,
           .value = "TYPE",
           .doc = "Leave this resource type out, even where others need it"},
          {.name = "exclude-namespace",
           .takes = Takes::many,
           .value = "NAMESPACE",
           .doc = "Leave this namespace out"},
          {.name = "item",
           .takes = Takes::many,
           .value = "TYPE/NS/NAME",
           .doc = "Only this object, and what it needs; TYPE/NAME for one without namespace"},
          {.name = "cluster-scoped",
           .value = "WHICH",
           .doc = "Objects without a namespace: related (those that others need), all or none",
           .words = {"related", "all", "none"}},
          {.name = "existing",
           .value = "POLICY",
           .doc = "What is there already: keep (the default), merge, replace, recreate or fail",
           .words = {"keep", "merge", "replace", "recreate", "fail"}},
          {.name = "existing-type",
           .takes = Takes::many,
           .value = "TYPE=POLICY",
           .doc = "Such a policy for one resource type"},
          {.name = "status-type",
           .takes = Takes::many,
           .value = "TYPE",
           .doc = "Restore the status of this resource type, too"},
          {.name = "node-ports",
           .value = "POLICY",
           .doc = "Node ports of Services: keep_if_free (the default), fresh, or keep, which fails "
                  "a Service whose port is taken",
           .words = {"keep_if_free", "fresh", "keep"}},
          {.name = "cluster-ips",
           .value = "POLICY",
           .doc = "Addresses of Services in the cluster: fresh (the default) or keep_if_free",
           .words = {"fresh", "keep_if_free"}},
          {.name = "finalizers",
           .value = "POLICY",
           .doc = "by_owner (the default) keeps those whose owner the cluster has; keep; drop",
           .words = {"by_owner", "keep", "drop"}},
          {.name = "gitops-marks",
           .value = "POLICY",
           .doc = "Marks of Argo CD and Flux: keep (the default) or strip",
           .words = {"keep", "strip"}},
          {.name = "modifiers",
           .value = "FILE",
           .doc = "Rewrites of what is restored, in the YAML of Velero's resource modifiers"},
          {.name = "prune",
           .takes = Takes::nothing,
           .doc = "Delete what the restored namespaces have and the backup has not; never claims"}};
}

std::vector<Option> volume_options() {
  return {{.name = "storage-class",
           .takes = Takes::many,
           .value = "OLD=NEW",
           .doc = "Use another storage class instead of this one"},
          {.name = "volume-order",
           .takes = Takes::many,
           .value = "WHICH",
           .doc = "Fill these volumes of a copy first, in the order of the flags: NAMESPACE, "
                  "NAMESPACE/CLAIM or LABEL=VALUE"},
          {.name = "no-volumes", .takes = Takes::nothing, .doc = "Leave volumes out"}};
}

std::vector<Option> run_options() {
  return {{.name = "run", .takes = Takes::nothing, .doc = "Run it at once (the default)"},
          {.name = "no-run", .takes = Takes::nothing, .doc = "Only define it"},
          wait_option(),
          timeout_option()};
}

Command create_command() {
  Command command{
      .path = "restore create",
      .summary = "Define a restore and run it",
      .details =
          "Example:\n"
          "  salvor restore create --from latest:shop -n shop --map shop=shop-copy --wait\n"
          "With --wait the end shows what was restored, kind by kind, and why the rest was\n"
          "not.",
      .positionals = {{.name = "NAME",
                       .doc = "What to call the restore (default: the backup's name and the time)",
                       .presence = Presence::optional}},
      .run = create_restore};
  for (const auto& options :
       {source_options(), selection_options(), change_options(), volume_options(), run_options()}) {
    command.options.insert(command.options.end(), options.begin(), options.end());
  }
  return command;
}

}  // namespace

std::vector<Command> restore_commands() {
  return {
      create_command(),
      {.path = "restore run",
       .summary = "Run a restore that is defined",
       .positionals = {{.name = "NAME", .doc = "Its name or id", .offers = Offers::restores}},
       .options = {{.name = "plan",
                    .value = "PLAN",
                    .doc = "Do exactly what this plan says, or nothing if things have changed"},
                   wait_option(),
                   timeout_option()},
       .run = run_existing_restore},
      {.path = "restore plan",
       .summary = "Show what running a restore would do, and change nothing",
       .details = "Define the restore first: salvor restore create … --no-run",
       .positionals = {{.name = "NAME", .doc = "Its name or id", .offers = Offers::restores}},
       .options = {{.name = "ask-server",
                    .takes = Takes::nothing,
                    .doc = "Ask the API server about each object that would be made, by dry "
                           "runs"},
                   {.name = "accept-texts",
                    .takes = Takes::nothing,
                    .doc = "Take the suggested rewrites of texts that name old namespaces over "
                           "into the restore's modifiers, and plan again"},
                   timeout_option()},
       .run = plan_restore},
      {.path = "restore undo",
       .summary = "Take back what a run of a restore did",
       .details = "What the run made is removed, what it changed is made as it was before.\n"
                  "What somebody has changed since is left alone, and listed.",
       .positionals = {{.name = "NAME", .doc = "Its name or id", .offers = Offers::restores}},
       .options = {{.name = "job", .value = "JOB", .doc = "The run's job (default: the last run)"},
                   wait_option(),
                   timeout_option()},
       .run = undo_restore}};
}

}  // namespace salvor::cli
