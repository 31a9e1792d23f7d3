#include "kube/http_api.h"

#include <nlohmann/json.hpp>

#include "base/random.h"
#include "kube/internal/connection.h"
#include "kube/internal/discovery.h"
#include "kube/internal/list_page.h"
#include "kube/internal/urls.h"
#include "kube/internal/watch_session.h"

namespace salvor::kube {
namespace {

constexpr std::chrono::seconds kDefaultWatch{60};
// The schemas of custom resource definitions nest deeply.
constexpr JsonLimits kObjectLimits{.bytes = std::size_t{64} << 20, .depth = 500};

double random_fraction() {
  return static_cast<double>(static_cast<unsigned char>(random_bytes(1)[0])) / 256;
}

Query write_query(const WriteOptions& options) {
  return {{"fieldManager", options.field_manager},
          {"fieldValidation", "Warn"},
          {"dryRun", options.dry_run == DryRun::yes ? "All" : ""}};
}

// How a representation is asked for: https://kubernetes.io/docs/reference/using-api/api-concepts/ .
// A server that does not know this one sends the whole object.
const char* accept(const WriteOptions& options) {
  return options.metadata_only ? "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,"
                                 "application/json"
                               : "application/json";
}

const char* content_type(PatchKind kind) {
  switch (kind) {
    case PatchKind::json:
      return "application/json-patch+json";
    case PatchKind::merge:
      return "application/merge-patch+json";
    case PatchKind::strategic:
      return "application/strategic-merge-patch+json";
  }
  return "";
}

const char* policy(Propagation propagation) {
  switch (propagation) {
    case Propagation::background:
      return "Background";
    case Propagation::foreground:
      return "Foreground";
    case Propagation::orphan:
      return "Orphan";
  }
  return "";
}

// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/
std::string delete_options(const RemoveOptions& options) {
  Json body = {{"apiVersion", "v1"},
               {"kind", "DeleteOptions"},
               {"propagationPolicy", policy(options.propagation)}};
  if (!options.uid.empty()) body["preconditions"]["uid"] = options.uid;
  if (!options.resource_version.empty()) {
    body["preconditions"]["resourceVersion"] = options.resource_version;
  }
  if (options.dry_run == DryRun::yes) body["dryRun"] = Json::array({"All"});
  return compact(body);
}

// A write that was answered happened, even if we cannot read the answer.
Result<Json> stored_object(const http::Response& answer) {
  auto parsed = parse_json(answer.body, kObjectLimits);
  if (parsed.ok()) return parsed;
  return error(ErrorCode::unknown_outcome, "the answer of the API server is no JSON");
}

}  // namespace

HttpApi::HttpApi(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

HttpApi::~HttpApi() = default;

Result<std::unique_ptr<HttpApi>> HttpApi::connect(ClusterAccess access, HttpApiOptions options) {
  Jitter jitter = options.jitter ? std::move(options.jitter) : Jitter(random_fraction);
  TRY(auto connection,
      Connection::open(std::move(access), "salvor/" + options.version, std::move(jitter)));
  return std::unique_ptr<HttpApi>(new HttpApi(std::move(connection)));
}

Result<ServerVersion> HttpApi::version(Context& context) {
  TRY(const http::Response answer,
      connection_->call(context, {.method = "GET", .target = "/version"}));
  TRY(const Json version, parse_json(answer.body).within("reading the cluster's version"));
  return ServerVersion{text_at(version, "gitVersion"), text_at(version, "major"),
                       text_at(version, "minor")};
}

Result<Discovery> HttpApi::discover(Context& context) {
  return discover_types(context, *connection_);
}

Result<ListPage> HttpApi::list(Context& context, const ResourceType& type,
                               const ListOptions& options) {
  // A continued list has its version in the token and takes no other.
  const bool is_continued = !options.continue_token.empty();
  const Query query = {{"limit", options.limit == 0 ? "" : std::to_string(options.limit)},
                       {"continue", options.continue_token},
                       {"labelSelector", options.label_selector},
                       {"resourceVersion", is_continued ? "" : options.resource_version}};
  const std::string path = collection_path(type, options.namespace_name);
  TRY(const http::Response answer,
      connection_->call(context, {.method = "GET", .target = target(path, query)}));
  return read_list_page(answer.body, type);
}

Result<void> HttpApi::watch(Context& context, const ResourceType& type, const ListOptions& options,
                            const WatchSink& sink) {
  Context limited = context.deadline ? context : context.within(kDefaultWatch);
  return WatchSession(*connection_, type, options, sink).run(limited);
}

Result<Json> HttpApi::get(Context& context, const ResourceType& type, const ObjectKey& key) {
  TRY(const http::Response answer,
      connection_->call(context, {.method = "GET", .target = object_path(type, key)}));
  return parse_json(answer.body, kObjectLimits)
      .within("reading " + type.group_resource() + " " + key.name);
}

Result<Json> HttpApi::create(Context& context, const ResourceType& type,
                             const std::string& namespace_name, const std::string& body,
                             const WriteOptions& options) {
  const std::string path = collection_path(type, namespace_name);
  TRY(const http::Response answer,
      connection_->call(context, {.method = "POST",
                                  .target = target(path, write_query(options)),
                                  .body = body,
                                  .accept = accept(options),
                                  .warnings = options.warnings}));
  return stored_object(answer);
}

Result<Json> HttpApi::patch(Context& context, const ResourceType& type, const ObjectKey& key,
                            PatchKind kind, const Json& patch, const WriteOptions& options) {
  const std::string below = options.subresource.empty() ? "" : "/" + options.subresource;
  const std::string path = object_path(type, key) + below;
  TRY(const http::Response answer,
      connection_->call(context, {.method = "PATCH",
                                  .target = target(path, write_query(options)),
                                  .body = compact(patch),
                                  .content_type = content_type(kind),
                                  .accept = accept(options),
                                  .warnings = options.warnings}));
  return stored_object(answer);
}

Result<void> HttpApi::remove(Context& context, const ResourceType& type, const ObjectKey& key,
                             const RemoveOptions& options) {
  TRY_VOID(connection_->call(
      context,
      {.method = "DELETE", .target = object_path(type, key), .body = delete_options(options)}));
  return {};
}

Result<std::string> HttpApi::pod_log(Context& context, const ObjectKey& pod, unsigned lines) {
  static const ResourceType pods{"", "v1", "pods", "Pod", true};
  const std::string path = object_path(pods, pod) + "/log";
  TRY(http::Response answer,
      connection_->call(context, {.method = "GET",
                                  .target = target(path, {{"tailLines", std::to_string(lines)}}),
                                  .accept = "*/*"}));
  return std::move(answer.body);
}

}  // namespace salvor::kube
