// One Kubernetes cluster as the rest of the program sees it: every kind as a JSON object, so that
// unknown fields live. Two implementations pass one suite (testing/suite.h): HttpApi and the fake.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/context.h"
#include "base/json.h"
#include "base/result.h"

namespace salvor::kube {

// A served kind. `resource` is the lower-case plural of URLs ("deployments").
struct ResourceType {
  std::string group;  // "" for core
  std::string version;
  std::string resource;
  std::string kind;
  bool namespaced = false;
  std::vector<std::string> verbs = {};

  bool can(const std::string& verb) const;
  // "deployments.apps", or "pods" for core: how archives and selections name a type.
  std::string group_resource() const;
  // "apps/v1", or "v1" for core.
  std::string api_version() const;
  bool operator==(const ResourceType&) const = default;
};

// All that a cluster serves. Subresources are left out.
struct Discovery {
  std::vector<ResourceType> types;               // every served version
  std::map<std::string, std::string> preferred;  // group -> preferred version
  std::vector<std::string> failed_groups;        // aggregated APIs that did not answer

  // The type of that group and resource in the preferred version (or, when the resource is not in
  // it, the first version that has it); null when not served.
  const ResourceType* find(const std::string& group, const std::string& resource) const;
  const ResourceType* find(const std::string& group, const std::string& version,
                           const std::string& resource) const;
  const ResourceType* find_kind(const std::string& api_version, const std::string& kind) const;
  // Each group_resource once, in its preferred version.
  std::vector<const ResourceType*> preferred_types() const;
};

struct ServerVersion {
  std::string git_version;  // "v1.34.4"
  std::string major;
  std::string minor;
};

struct ObjectKey {
  std::string namespace_name = {};  // "" for cluster-scoped objects
  std::string name = {};
  auto operator<=>(const ObjectKey&) const = default;
};

struct ListOptions {
  std::string namespace_name = {};  // "" lists all namespaces
  std::string label_selector = {};  // Kubernetes's own syntax
  std::string continue_token = {};
  std::string resource_version = {};  // "" most recent
  unsigned limit = 500;
};

// One page. All pages of one list show one resource version. `items` are the objects' compact JSON
// texts with apiVersion and kind filled in (list items of built-in kinds come without): a page is
// not built as values unless somebody asks.
struct ListPage {
  std::vector<std::string> items;
  std::string continue_token;  // "" on the last page
  std::string resource_version;
};

enum class DryRun { no, yes };
enum class PatchKind { json, merge, strategic };
enum class Propagation { background, foreground, orphan };

struct WriteOptions {
  DryRun dry_run = DryRun::no;
  std::string field_manager = "salvor";
  std::string subresource = {};  // of a patch: "status", which an ordinary write cannot change
  // Whether the answer leaves out all but kind, apiVersion and metadata: less work on both sides.
  bool metadata_only = false;
  // Where what the server says besides its answer goes, also of a refusal: fields that it does not
  // know and drops, such as `unknown field "spec.foo"`, and advice. Null: not wanted.
  std::vector<std::string>* warnings = nullptr;
};

struct RemoveOptions {
  Propagation propagation = Propagation::background;
  std::string uid = {};               // precondition; "" none
  std::string resource_version = {};  // precondition; "" none
  DryRun dry_run = DryRun::no;
};

struct WatchEvent {
  enum class Type { added, modified, deleted, bookmark };
  Type type;
  Json object;
};
// Called for each event; false ends the watch without an error.
using WatchSink = std::function<bool(const WatchEvent&)>;

// Errors of every call carry the facts "http_status" and "reason" (Kubernetes's, such as
// "AlreadyExists") when the API server answered. Codes: not_found 404, conflict 409, invalid 400
// and 422, denied 401 and 403, unavailable 429 and 5xx after the retries below, unknown_outcome for
// a write without an answer or with a gateway's 502 or 504, cancelled, and for list and watch
// "reason" = "Expired" on 410. 429 and 503 with Retry-After are waited out and tried again inside,
// within the deadline. Writes are never repeated once they may have reached the server.
// Any thread may call; calls wait no longer than the context's deadline, 60 s when it has none.
class Api {
 public:
  virtual ~Api() = default;
  virtual Result<ServerVersion> version(Context& context) = 0;
  virtual Result<Discovery> discover(Context& context) = 0;
  virtual Result<ListPage> list(Context& context, const ResourceType& type,
                                const ListOptions& options) = 0;
  // From `resource_version` on, until the sink or the deadline ends it; fails with reason Expired
  // when the version is too old. Bookmarks are asked for and delivered.
  virtual Result<void> watch(Context& context, const ResourceType& type, const ListOptions& options,
                             const WatchSink& sink) = 0;
  virtual Result<Json> get(Context& context, const ResourceType& type, const ObjectKey& key) = 0;
  // `body` is the object's JSON text, its metadata.name set. Returns the stored object,
  // or its metadata.
  virtual Result<Json> create(Context& context, const ResourceType& type,
                              const std::string& namespace_name, const std::string& body,
                              const WriteOptions& options) = 0;
  virtual Result<Json> patch(Context& context, const ResourceType& type, const ObjectKey& key,
                             PatchKind kind, const Json& patch, const WriteOptions& options) = 0;
  virtual Result<void> remove(Context& context, const ResourceType& type, const ObjectKey& key,
                              const RemoveOptions& options) = 0;
  // The last lines that a pod's only container wrote. Fails with not_found when it has written none
  // that can be read.
  virtual Result<std::string> pod_log(Context& context, const ObjectKey& pod, unsigned lines) = 0;
};

}  // namespace salvor::kube
