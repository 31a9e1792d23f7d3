#include <nlohmann/json.hpp>
#include <ostream>

#include "base/base64.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/job_end.h"
#include "cli/job_wait.h"
#include "cli/lookup.h"
#include "cli/print.h"
#include "cli/text.h"

namespace salvor::cli {
namespace {

constexpr const char* kVerify = "verify";
constexpr const char* kDrill = "drill";

Result<ExitCode> verify_point(Session& session, const Arguments& arguments) {
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const Json point, find_point(api, arguments.text("POINT")));
  TRY(const Json answer,
      api.post("backupinstances/" + text_at(point, "_id") + "/action/verify", Json::object()));
  return finish_run(session, api, arguments, text_at(answer, "verify_jobid"));
}

Result<Json> drill_body(ApiClient& api, const Arguments& arguments) {
  Json body = Json::object();
  if (arguments.has("cluster")) {
    TRY(body["cluster"], find_id(api, "kubeclusters", arguments.text("cluster")));
  }
  if (arguments.has("namespace")) body["namespaces"] = arguments.list("namespace");
  if (arguments.has("exclude-type"))
    body["exclude_resource_types"] = arguments.list("exclude-type");
  if (arguments.has("ready-timeout")) {
    TRY(body["ready_timeout_seconds"], parse_duration(arguments.text("ready-timeout")));
  }
  return body;
}

Result<ExitCode> drill_point(Session& session, const Arguments& arguments) {
  TRY_VOID(timeout_of(arguments));
  TRY(ApiClient api, session.connect());
  TRY(const Json point, find_point(api, arguments.text("POINT")));
  TRY(const Json body, drill_body(api, arguments));
  TRY(const Json answer,
      api.post("backupinstances/" + text_at(point, "_id") + "/action/drill", body));
  return finish_run(session, api, arguments, text_at(answer, "drill_jobid"));
}

Result<Json> evidence_of(ApiClient& api, const Json& point, const std::string& kind) {
  const std::string id = text_at(point, "_id");
  const char* const stored_kind = kind == kDrill ? "DRILL" : "VERIFY";
  TRY(const Listing listing,
      api.list("kubeevidence", {.where = {{"backupinst_id", id}, {"kind", stored_kind}},
                                .sort = "-made_at",
                                .limit = 1}));
  if (!listing.items.empty()) return listing.items.front();
  return error(ErrorCode::not_found, "there is no evidence of recovery point " + id)
      .with_hint("make some: salvor backup " + kind + " " + id + " --wait");
}

// The signed bytes and nothing else, unless the whole document was asked for.
Result<ExitCode> print_evidence(Session& session, const Arguments& arguments) {
  TRY(ApiClient api, session.connect());
  TRY(const Json point, find_point(api, arguments.text("POINT")));
  TRY(const Json evidence, evidence_of(api, point, arguments.text("kind", kVerify)));
  if (arguments.has("signature")) {
    const auto signature = decode_base64(text_at(evidence, "signature"));
    if (!signature) return error(ErrorCode::corrupt, "the server's signature is no base64");
    TRY_VOID(write_private_file(arguments.text("signature"), *signature));
  }
  if (arguments.has("key"))
    TRY_VOID(write_private_file(arguments.text("key"), text_at(evidence, "public_key")));
  if (is_for_programs(session.format())) {
    TRY(const Kind* kind, kinds().require("kubeevidence"));
    print_documents(session, *kind, {evidence}, Shape::one);
  } else {
    session.io().out << text_at(evidence, "document") << std::flush;
  }
  return ExitCode::ok;
}

Positional point_positional() {
  return {.name = "POINT", .doc = "The recovery point: its id or name, or latest:BACKUP"};
}

Command drill_command() {
  return {.path = "backup drill",
          .summary =
              "Restore a recovery point into sandboxes, look at what comes back, and remove it "
              "again",
          .details =
              "Example:\n  salvor backup drill latest:shop --wait\n"
              "With --wait the end shows each workload and what is wrong; the exit code is 0 "
              "only if nothing is.",
          .positionals = {point_positional()},
          .options = {{.name = "cluster",
                       .value = "NAME",
                       .doc = "Where to, by name or id (default: the recovery point's own)",
                       .offers = Offers::clusters},
                      {.name = "namespace",
                       .letter = "n",
                       .takes = Takes::many,
                       .value = "NAME",
                       .doc = "Only this namespace (may be repeated)",
                       .offers = Offers::namespaces},
                      {.name = "exclude-type",
                       .takes = Takes::many,
                       .value = "TYPE",
                       .doc = "Leave this resource type out, too (may be repeated)"},
                      {.name = "ready-timeout",
                       .value = "DURATION",
                       .doc = "How long volumes and workloads may take, such as 90s or 10m "
                              "(default: 5m)"},
                      wait_option(),
                      timeout_option()},
          .run = drill_point};
}

}  // namespace

std::vector<Command> verify_commands() {
  return {
      drill_command(),
      {.path = "backup verify",
       .summary = "Read all that a restore of a recovery point would need, and hold it against "
                  "checksums",
       .details = "Example:\n  salvor backup verify latest:shop --wait\n"
                  "With --wait the end shows each volume and what is wrong with it; the exit code "
                  "is 0 only\nif nothing is.",
       .positionals = {point_positional()},
       .options = {wait_option(), timeout_option()},
       .run = verify_point},
      {.path = "backup evidence",
       .summary = "Print the signed evidence of the last verification or drill",
       .details =
           "Standard output gets exactly the bytes that are signed. To check them elsewhere:\n"
           "  salvor backup evidence POINT --signature e.sig --key e.pem > e.json\n"
           "  openssl pkeyutl -verify -pubin -inkey e.pem -rawin -in e.json -sigfile e.sig",
       .positionals = {point_positional()},
       .options = {{.name = "kind",
                    .value = "KIND",
                    .doc = "Of a verification (the default) or of a drill",
                    .words = {kVerify, kDrill}},
                   {.name = "signature",
                    .value = "FILE",
                    .doc = "Write the signature there, 64 bytes of Ed25519"},
                   {.name = "key", .value = "FILE", .doc = "Write the public key there, in PEM"}},
       .run = print_evidence}};
}

}  // namespace salvor::cli
