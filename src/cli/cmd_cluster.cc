#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/job_wait.h"
#include "cli/kubeconfig.h"
#include "cli/lookup.h"
#include "cli/print.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

constexpr std::int64_t kActiveWithinDefault = 120;

Result<Json> cluster_body(const Arguments& arguments) {
  Json body = {{"name", arguments.text("NAME")}};
  if (arguments.has("description")) body["description"] = arguments.text("description");
  const bool in_cluster = arguments.has("in-cluster");
  if (in_cluster == arguments.has("kubeconfig")) {
    return usage_error("give either --kubeconfig FILE or --in-cluster");
  }
  if (in_cluster) {
    if (arguments.has("context")) return usage_error("--context belongs to --kubeconfig");
    body["in_cluster"] = true;
    return body;
  }
  const std::string path = arguments.text("kubeconfig");
  TRY(const std::string text, read_file(path).within("reading the kubeconfig"));
  const std::string folder = std::filesystem::path(path).parent_path();
  TRY(body["kubeconfig"],
      self_contained_kubeconfig(text, arguments.text("context"), folder, read_file));
  return body;
}

// Polls until the server has reached the cluster.
Result<Json> await_active(Session& session, ApiClient& api, const std::string& id,
                          std::int64_t seconds_max) {
  const Context limited = session.context().within(std::chrono::seconds(seconds_max));
  for (;;) {
    TRY(const Json cluster, api.get("kubeclusters/" + id));
    const std::string state = text_at(member(cluster, "status"), "state");
    if (state == "ACTIVE") return cluster;
    if (!limited.wait(kPollInterval).ok()) {
      TRY_VOID(session.context().check());
      const std::string why = text_at(member(cluster, "status"), "message");
      return timeout_error("the cluster is " + state + ", not ACTIVE, after " +
                           short_duration(seconds_max) + (why.empty() ? "" : ": " + why))
          .with_hint("salvor describe cluster " + id + " tells more");
    }
  }
}

Result<ExitCode> add_cluster(Session& session, const Arguments& arguments) {
  TRY(const Kind* kind, kinds().require("kubeclusters"));
  TRY(const std::optional<std::int64_t> timeout, timeout_of(arguments));
  TRY(const Json body, cluster_body(arguments));
  TRY(ApiClient api, session.connect());
  const std::string what = "cluster '" + arguments.text("NAME") + "'";
  TRY(Json cluster, api.post("kubeclusters", body).within("adding " + what));
  if (arguments.has("wait")) {
    TRY(cluster, await_active(session, api, text_at(cluster, "_id"),
                              timeout.value_or(kActiveWithinDefault)));
  }
  print_change(session, *kind, cluster,
               what + (arguments.has("wait") ? " added and ACTIVE" : " added"));
  return ExitCode::ok;
}

Result<ExitCode> list_clusters(Session& session, const Arguments&) {
  TRY(const Kind* kind, kinds().require("kubeclusters"));
  TRY(ApiClient api, session.connect());
  TRY(const Listing found, api.list(kind->path(), {}));
  print_documents(session, *kind, found.items, Shape::list);
  return ExitCode::ok;
}

Command add_command() {
  return {.path = "cluster add",
          .summary = "Register a cluster",
          .details =
              "The kubeconfig is narrowed to one context, and the files that it names are put\n"
              "into it, before it is sent. The server keeps it sealed.",
          .positionals = {{.name = "NAME", .doc = "What to call the cluster"}},
          .options = {{.name = "kubeconfig",
                       .value = "FILE",
                       .doc = "How to reach the cluster",
                       .offers = Offers::files},
                      {.name = "context",
                       .value = "NAME",
                       .doc = "The kubeconfig's context to use (default: its current one)"},
                      {.name = "in-cluster",
                       .takes = Takes::nothing,
                       .doc = "The cluster that the server itself runs in"},
                      {.name = "description", .value = "TEXT", .doc = "Shown to people"},
                      {.name = "wait",
                       .takes = Takes::nothing,
                       .doc = "Wait until the server has reached it (ACTIVE), 2 minutes at most"},
                      timeout_option()},
          .run = add_cluster};
}

}  // namespace

std::vector<Command> cluster_commands() {
  return {add_command(),
          {.path = "cluster list", .summary = "List the clusters", .run = list_clusters}};
}

}  // namespace salvor::cli
