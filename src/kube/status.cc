#include "kube/status.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::kube {
namespace {

constexpr std::size_t kQuotedBytesMax = 200;

struct Meaning {
  int status;
  ErrorCode code;
  const char* reason;
  const char* hint;
};

// Statuses that are not listed: 4xx is invalid, everything else unavailable.
constexpr Meaning kMeanings[] = {
    {400, ErrorCode::invalid, "BadRequest", ""},
    {401, ErrorCode::denied, "Unauthorized",
     "the credentials are unknown to the cluster or have expired; give it a fresh kubeconfig"},
    {403, ErrorCode::denied, "Forbidden",
     "grant the account this right (see the ClusterRole in the installation guide)"},
    {404, ErrorCode::not_found, "NotFound", ""},
    {409, ErrorCode::conflict, "Conflict", ""},
    {410, ErrorCode::conflict, kReasonExpired, "list again"},
    {413, ErrorCode::invalid, "RequestEntityTooLarge", "the object is too large for this cluster"},
    {422, ErrorCode::invalid, "Invalid", ""},
    {429, ErrorCode::unavailable, "TooManyRequests", "the cluster is overloaded; try again later"},
    {500, ErrorCode::unavailable, "InternalError", ""},
    {502, ErrorCode::unavailable, "BadGateway", "check the proxy or load balancer in front of it"},
    {503, ErrorCode::unavailable, "ServiceUnavailable", ""},
    {504, ErrorCode::unavailable, "Timeout", ""},
};

const Meaning* meaning_of(int status) {
  const auto* found = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                   [&](const Meaning& row) { return row.status == status; });
  return found == std::end(kMeanings) ? nullptr : found;
}

// Behind these answers the request may still be at work.
bool outcome_is_open(int status, Access access) {
  return access == Access::write && (status == 502 || status == 504);
}

ErrorCode code_of(const Status& status, Access access) {
  if (outcome_is_open(status.code, access)) return ErrorCode::unknown_outcome;
  if (const Meaning* meaning = meaning_of(status.code)) return meaning->code;
  return status.code >= 400 && status.code < 500 ? ErrorCode::invalid : ErrorCode::unavailable;
}

// A namespace that goes away refuses with 403, which has nothing to do with rights.
std::string hint_of(const Status& status) {
  if (status.code == 403 && status.message.find("being terminated") != std::string::npos) {
    return "wait until the namespace is gone, then try again";
  }
  const Meaning* meaning = meaning_of(status.code);
  return meaning ? meaning->hint : "";
}

std::string quoted(std::string_view body) {
  const std::string_view line = body.substr(0, body.find_first_of("\r\n"));
  return std::string(line.substr(0, kQuotedBytesMax));
}

}  // namespace

Status read_status(int http_status, std::string_view body) {
  Status status{.code = http_status};
  const Result<Json> parsed = parse_json(body);
  if (parsed.ok() && text_at(*parsed, "kind") == "Status") {
    status.reason = text_at(*parsed, "reason");
    status.message = text_at(*parsed, "message");
  } else {
    status.message = quoted(body);
  }
  const Meaning* meaning = meaning_of(http_status);
  if (status.reason.empty() && meaning) status.reason = meaning->reason;
  return status;
}

Error to_error(const Status& status, Access access) {
  std::string message = status.message;
  if (message.empty()) message = "the API server answered " + std::to_string(status.code);
  Error failure = error(code_of(status, access), std::move(message))
                      .with(kFactHttpStatus, std::to_string(status.code))
                      .with(kFactReason, status.reason)
                      .with_hint(hint_of(status));
  if (status.retry_after_seconds < 0) return failure;
  return std::move(failure).with(kFactRetryAfter, std::to_string(status.retry_after_seconds));
}

bool is_expired(const Error& failure) { return failure.fact(kFactReason) == kReasonExpired; }

}  // namespace salvor::kube
