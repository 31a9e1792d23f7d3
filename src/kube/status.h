// What an API server says when it refuses (a Status object), as an Error with our codes. The one
// place that knows which HTTP status and reason means what; HttpApi and the fake both use it.
// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#http-status-codes
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace salvor::kube {

// Whether the refused call could have changed the cluster. It matters for answers that a proxy or a
// timed out API server gives for work that goes on behind it (502, 504).
enum class Access { read, write };

struct Status {
  int code = 0;                  // the HTTP status
  std::string reason = {};       // Kubernetes's word, such as "AlreadyExists"; may be empty
  std::string message = {};      // the API server's own sentence
  int retry_after_seconds = -1;  // -1: the server did not ask us to come back
};

// The facts that every Error made here carries, and the reasons that callers decide on.
inline constexpr const char* kFactHttpStatus = "http_status";
inline constexpr const char* kFactReason = "reason";
inline constexpr const char* kFactRetryAfter = "retry_after_seconds";
inline constexpr const char* kReasonExpired = "Expired";

// Reads the body of a refusal: a Status object, or any text (a proxy's page), of which the message
// then quotes the beginning. A missing reason is filled in from the status.
Status read_status(int http_status, std::string_view body);

// The Error that callers see, with a hint where the user can do something about it.
Error to_error(const Status& status, Access access);

// Whether the failure says that a resource version or continue token is too old (410).
bool is_expired(const Error& failure);

}  // namespace salvor::kube
