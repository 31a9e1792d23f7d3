#include "kube/internal/connection.h"

#include <charconv>

#include "kube/internal/warnings.h"

namespace salvor::kube {
namespace {

constexpr std::chrono::seconds kDefaultTimeout{60};
constexpr int kRetryAfterUnknown = -1;

// Seconds; dates, which API servers don't send, are not understood.
int retry_after(const http::Response& response) {
  if (response.status != 429 && response.status != 503) return kRetryAfterUnknown;
  const std::string text = http::header(response.headers, "Retry-After");
  int seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return text.empty() || problem != std::errc() ? kRetryAfterUnknown : seconds;
}

Access access_of(const Call& call) { return call.method == "GET" ? Access::read : Access::write; }

Error unreachable(Error failure, const std::string& server) {
  if (failure.code != ErrorCode::unavailable || !failure.hint.empty()) return failure;
  return std::move(failure).with_hint("check that the cluster is up and that " + server +
                                      " can be reached from here");
}

Error refusal(const Call& call, const http::Response& response) {
  Status status = read_status(response.status, response.body);
  status.retry_after_seconds = retry_after(response);
  return to_error(status, access_of(call));
}

}  // namespace

Connection::Connection(ClusterAccess access, std::string user_agent, Jitter jitter)
    : access_(std::move(access)),
      user_agent_(std::move(user_agent)),
      jitter_(std::move(jitter)),
      credentials_(make_credentials(access_)) {}

Result<std::unique_ptr<Connection>> Connection::open(ClusterAccess access, std::string user_agent,
                                                     Jitter jitter) {
  std::unique_ptr<Connection> connection(
      new Connection(std::move(access), std::move(user_agent), std::move(jitter)));
  TRY_VOID(connection->client_for({}));
  return connection;
}

Result<http::Response> Connection::call(Context& context, const Call& call) {
  Context limited = context.deadline ? context : context.within(kDefaultTimeout);
  return with_retries<http::Response>(limited, Retries(access_of(call), jitter_),
                                      [&] { return authorized(limited, call, nullptr); });
}

Result<void> Connection::stream(Context& context, const Call& call, const http::BodySink& sink) {
  TRY_VOID(authorized(context, call, &sink));
  return {};
}

// A 401 did nothing on the server, so the call is made again if there is another credential.
Result<http::Response> Connection::authorized(Context& context, const Call& call,
                                              const http::BodySink* sink) {
  TRY(const Credential credential, credentials_->current(context));
  auto answer = attempt(context, call, credential, sink);
  if (answer.ok() || answer.error().fact(kFactHttpStatus) != "401") return answer;
  credentials_->reject(credential);
  TRY(const Credential fresh, credentials_->current(context));
  if (fresh == credential) return answer;
  return attempt(context, call, fresh, sink);
}

Result<http::Response> Connection::attempt(Context& context, const Call& call,
                                           const Credential& credential,
                                           const http::BodySink* sink) {
  TRY(const ClientPtr client, client_for(credential));
  const http::Request request = request_of(call, credential);
  auto answer = sink ? client->stream(context, request, *sink) : client->send(context, request);
  if (!answer.ok()) return unreachable(std::move(answer).error(), access_.server);
  if (call.warnings != nullptr) *call.warnings = warnings_in(answer->headers);
  if (answer->status < 200 || answer->status > 299) return refusal(call, *answer);
  return answer;
}

Result<Connection::ClientPtr> Connection::client_for(const Credential& credential) {
  const std::lock_guard lock(mutex_);
  if (client_ && client_certificate_ == credential.certificate_pem) return client_;
  http::ClientOptions options{
      .base_url = access_.server, .tls = access_.tls, .proxy_url = access_.proxy_url};
  if (!credential.certificate_pem.empty()) {
    options.tls.certificate_pem = credential.certificate_pem;
    options.tls.key_pem = credential.key_pem;
  }
  TRY(client_, http::Client::create(std::move(options)));
  client_certificate_ = credential.certificate_pem;
  return client_;
}

http::Request Connection::request_of(const Call& call, const Credential& credential) const {
  http::Request request;
  request.method = call.method;
  request.target = call.target;
  request.body = call.body;
  request.headers.emplace("Accept", call.accept);
  request.headers.emplace("User-Agent", user_agent_);
  if (!call.body.empty()) request.headers.emplace("Content-Type", call.content_type);
  if (!credential.token.empty()) {
    request.headers.emplace("Authorization", "Bearer " + credential.token);
  }
  return request;
}

}  // namespace salvor::kube
