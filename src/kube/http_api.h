// A real cluster: kube::Api over HTTP and JSON.
#pragma once

#include <memory>
#include <string>

#include "kube/api.h"
#include "kube/cluster_access.h"
#include "kube/retries.h"

namespace salvor::kube {

class Connection;

struct HttpApiOptions {
  std::string version;  // of this program, for the User-Agent
  Jitter jitter = {};   // spreads retries; empty: random
};

class HttpApi final : public Api {
 public:
  // Sends nothing yet. Fails with invalid when the access cannot work as it is (no URL, a broken
  // certificate).
  static Result<std::unique_ptr<HttpApi>> connect(ClusterAccess access, HttpApiOptions options);
  ~HttpApi() override;

  Result<ServerVersion> version(Context& context) override;
  Result<Discovery> discover(Context& context) override;
  Result<ListPage> list(Context& context, const ResourceType& type,
                        const ListOptions& options) override;
  // The sink is called by the caller's thread and may itself call the cluster.
  Result<void> watch(Context& context, const ResourceType& type, const ListOptions& options,
                     const WatchSink& sink) override;
  Result<Json> get(Context& context, const ResourceType& type, const ObjectKey& key) override;
  Result<Json> create(Context& context, const ResourceType& type, const std::string& namespace_name,
                      const std::string& body, const WriteOptions& options) override;
  Result<Json> patch(Context& context, const ResourceType& type, const ObjectKey& key,
                     PatchKind kind, const Json& patch, const WriteOptions& options) override;
  Result<void> remove(Context& context, const ResourceType& type, const ObjectKey& key,
                      const RemoveOptions& options) override;
  Result<std::string> pod_log(Context& context, const ObjectKey& pod, unsigned lines) override;

 private:
  explicit HttpApi(std::unique_ptr<Connection> connection);

  const std::unique_ptr<Connection> connection_;
};

}  // namespace salvor::kube
