// One API server over HTTP: credentials, headers, refusals as Errors, retries. Knows no paths.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "http/client.h"
#include "kube/cluster_access.h"
#include "kube/internal/credentials.h"
#include "kube/retries.h"

namespace salvor::kube {

// What is sent. GET reads, everything else writes.
struct Call {
  std::string method;
  std::string target;
  std::string body = {};
  std::string content_type = "application/json";
  std::string accept = "application/json";
  std::vector<std::string>* warnings = nullptr;  // see WriteOptions
};

// Any thread may call.
class Connection {
 public:
  // Fails with invalid when the access cannot work as it is. Sends nothing.
  static Result<std::unique_ptr<Connection>> open(ClusterAccess access, std::string user_agent,
                                                  Jitter jitter);

  // The answer when it is a 2xx, after retries as api.h promises them; else what went wrong.
  // Waits no longer than the context's deadline, 60 s when it has none.
  Result<http::Response> call(Context& context, const Call& call);

  // One attempt at an endless answer, whose bytes go to the sink from the HTTP client's own thread.
  // Succeeds when the server ended it.
  Result<void> stream(Context& context, const Call& call, const http::BodySink& sink);

  // For callers that make their own attempts with stream().
  Retries watch_retries() const { return Retries(Access::read, jitter_, kWatchFailuresMax); }

 private:
  // Shared between the connection and the calls that still use a client whose certificate has been
  // replaced meanwhile.
  using ClientPtr = std::shared_ptr<http::Client>;  // shared: see above

  Connection(ClusterAccess access, std::string user_agent, Jitter jitter);

  Result<http::Response> authorized(Context& context, const Call& call, const http::BodySink* sink);
  Result<http::Response> attempt(Context& context, const Call& call, const Credential& credential,
                                 const http::BodySink* sink);
  Result<ClientPtr> client_for(const Credential& credential);
  http::Request request_of(const Call& call, const Credential& credential) const;

  const ClusterAccess access_;
  const std::string user_agent_;
  const Jitter jitter_;
  const std::unique_ptr<Credentials> credentials_;

  std::mutex mutex_;  // guards the two below
  ClientPtr client_;
  std::string client_certificate_;  // the exec plugin's that client_ was made with
};

}  // namespace salvor::kube
