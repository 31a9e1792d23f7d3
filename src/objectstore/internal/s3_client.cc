#include "objectstore/internal/s3_client.h"

#include <ctime>

#include "base/base64.h"
#include "base/random.h"
#include "objectstore/internal/hash.h"
#include "objectstore/internal/s3_address.h"
#include "objectstore/internal/s3_error.h"

namespace salvor::objectstore::internal {
namespace {

using std::chrono::milliseconds;

constexpr const char* kFirstRegion = "us-east-1";
// A body may take as long as its line needs, if only it moves.
constexpr std::chrono::hours kRequestMost{24};
constexpr milliseconds kStallTimeout{60'000};
// HTTP/1.1: each request in flight has a connection of its own.
constexpr unsigned kConnectionsMax = 32;

bool is_success(const http::Response& answer) { return answer.status / 100 == 2; }

// The time in a header Date, or nothing.
std::optional<EpochSeconds> date_of(const http::Response& answer) {
  const std::string text = http::header(answer.headers, "Date");
  std::tm parts{};
  const char* const end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return static_cast<EpochSeconds>(timegm(&parts));
}

void replace_all(std::string& text, const std::string& secret) {
  constexpr std::string_view kInstead = "(hidden)";
  if (secret.empty()) return;
  for (std::size_t at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + kInstead.size()))
    text.replace(at, secret.size(), kInstead);
}

std::string doing(const S3Options& options, const S3Call& call) {
  const std::string what = call.key.empty() ? "" : ", object " + call.key;
  return call.method + " in bucket " + options.bucket + what;
}

}  // namespace

Result<std::unique_ptr<S3Client>> S3Client::create(const S3Options& options) {
  TRY(S3Address address, s3_address(options));
  if (options.credentials.access_key.empty() || options.credentials.secret_key.empty()) {
    return error(ErrorCode::invalid, "no keys are given for bucket " + options.bucket)
        .with_hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }
  http::ClientOptions http;
  http.base_url = address.base_url;
  http.tls.ca_pem = options.ca_pem;
  http.tls.insecure_skip_verify = options.insecure_skip_verify;
  http.proxy_url = options.proxy_url;
  http.connections_max = kConnectionsMax;
  http.http2 = false;
  http.stall_timeout = kStallTimeout;
  TRY(std::unique_ptr<http::Client> client, http::Client::create(std::move(http)));
  return std::unique_ptr<S3Client>(new S3Client(options, std::move(client), std::move(address.host),
                                                std::move(address.path_prefix)));
}

S3Client::S3Client(S3Options options, std::unique_ptr<http::Client> client, std::string host,
                   std::string path_prefix)
    : options_(std::move(options)),
      client_(std::move(client)),
      host_(std::move(host)),
      path_prefix_(std::move(path_prefix)),
      region_(options_.region.empty() ? kFirstRegion : options_.region) {}

Result<http::Response> S3Client::send(Context& context, S3Call& call) {
  const std::string asked_region = region();
  TRY(http::Response answer, send_once(context, call));
  if (is_success(answer)) return answer;
  http::Response refusal = answer;
  // An answer to HEAD has no body that could tell why; one to GET has.
  if (call.method == "HEAD" && answer.status != 404) {
    S3Call same{.method = "GET", .key = call.key, .headers = {{"Range", "bytes=0-0"}}};
    TRY(refusal, send_once(context, same));
    if (is_success(refusal)) refusal = answer;
  }
  if (learn(context, refusal, asked_region)) {
    TRY(answer, send_once(context, call));
    if (is_success(answer)) return answer;
    refusal = std::move(answer);
  }
  return without_secrets(s3_error(refusal, doing(options_, call)));
}

Result<http::Response> S3Client::send_once(Context& context, S3Call& call) {
  const std::string hash = hex(digest(Hash::sha256, call.body));
  const std::string md5 = call.body.empty() ? "" : encode_base64(digest(Hash::md5, call.body));
  http::Request request = signed_request(context, call, hash, md5);
  request.body.swap(call.body);
  Context limited = context.within(kRequestMost);
  Result<http::Response> answer = client_->send(limited, request);
  request.body.swap(call.body);
  return answer;
}

http::Request S3Client::signed_request(const Context& context, const S3Call& call,
                                       const std::string& payload_hash,
                                       const std::string& content_md5) {
  const std::string path = encoded_path(
      path_prefix_ + (call.key.empty() && !path_prefix_.empty() ? "" : "/") + call.key);
  const std::string query = encoded_query(call.query);
  http::Headers headers = call.headers;
  headers.emplace("Host", host_);
  headers.emplace("x-amz-date", signing_time(context.clock.wall_seconds() + clock_offset_));
  headers.emplace("x-amz-content-sha256", payload_hash);
  if (!content_md5.empty()) headers.emplace("Content-MD5", content_md5);
  if (!options_.credentials.session_token.empty())
    headers.emplace("x-amz-security-token", options_.credentials.session_token);
  const std::string proof =
      authorization({.method = call.method, .path = path, .query = query, .headers = headers},
                    options_.credentials, region());
  headers.emplace("Authorization", proof);
  return {.method = call.method,
          .target = path + (query.empty() ? "" : "?" + query),
          .headers = std::move(headers)};
}

bool S3Client::learn(const Context& context, const http::Response& refusal,
                     const std::string& asked_region) {
  const Error failure = s3_error(refusal, "");
  if (failure.fact(kFactS3Code) == "RequestTimeTooSkewed") {
    const std::optional<EpochSeconds> theirs = date_of(refusal);
    if (!theirs) return false;
    clock_offset_ = *theirs - context.clock.wall_seconds();
    return true;
  }
  const std::string told = failure.fact(kFactS3Region);
  const bool is_elsewhere = refusal.status == 301 || refusal.status == 400;
  if (!is_elsewhere || told.empty() || told == asked_region) return false;
  const std::lock_guard lock(mutex_);
  region_ = told;
  return true;
}

std::string S3Client::region() {
  const std::lock_guard lock(mutex_);
  return region_;
}

Error S3Client::without_secrets(Error failure) const {
  for (const std::string& secret :
       {options_.credentials.secret_key, options_.credentials.session_token})
    replace_all(failure.message, secret);
  return failure;
}

}  // namespace salvor::objectstore::internal
