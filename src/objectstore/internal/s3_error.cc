#include "objectstore/internal/s3_error.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "objectstore/internal/xml.h"

namespace salvor::objectstore::internal {
namespace {

struct Row {
  std::string_view s3_code;
  ErrorCode code;
  std::string_view hint;
};

constexpr std::string_view kFreeSpace = "free space or raise the bucket's quota, then try again";
constexpr std::string_view kTryLater = "";
constexpr std::string_view kRegion = "name the bucket's region, or the endpoint of that region";

// Codes as Amazon's list of error responses has them, and those of other servers.
constexpr auto kRows = std::to_array<Row>({
    {"NoSuchKey", ErrorCode::not_found, ""},
    {"NoSuchUpload", ErrorCode::not_found, ""},
    {"NoSuchVersion", ErrorCode::not_found, ""},
    {"NoSuchBucket", ErrorCode::not_found, "make the bucket first, or correct its name"},
    {"AccessDenied", ErrorCode::denied,
     "give the access key the rights to list the bucket and to get, put and delete its objects; a "
     "locked object cannot be removed before its time"},
    {"AllAccessDisabled", ErrorCode::denied, "ask who runs the store"},
    {"AccountProblem", ErrorCode::denied, "ask who runs the store"},
    {"InvalidAccessKeyId", ErrorCode::denied, "correct AWS_ACCESS_KEY_ID"},
    {"SignatureDoesNotMatch", ErrorCode::denied, "correct AWS_SECRET_ACCESS_KEY"},
    {"InvalidToken", ErrorCode::denied, "correct AWS_SESSION_TOKEN"},
    {"ExpiredToken", ErrorCode::denied, "renew AWS_SESSION_TOKEN and the keys that belong to it"},
    {"RequestTimeTooSkewed", ErrorCode::denied, "set this machine's clock"},
    {"ObjectLocked", ErrorCode::denied, "the object cannot be removed before its lock ends"},
    {"PreconditionFailed", ErrorCode::conflict, ""},
    {"ObjectAlreadyInActiveTierError", ErrorCode::conflict, ""},
    {"BucketAlreadyOwnedByYou", ErrorCode::conflict, ""},
    {"BucketAlreadyExists", ErrorCode::conflict, "choose another name for the bucket"},
    // Somebody else wrote the name at the same time; who won is seen at the next try.
    {"ConditionalRequestConflict", ErrorCode::unavailable, kTryLater},
    {"OperationAborted", ErrorCode::unavailable, kTryLater},
    // A server over folders (versitygw) says so, too, when the last object of a folder is removed
    // while another one is written there.
    {"ExistingObjectIsDirectory", ErrorCode::unavailable, kTryLater},
    {"SlowDown", ErrorCode::unavailable, kTryLater},
    {"SlowDownRead", ErrorCode::unavailable, kTryLater},
    {"SlowDownWrite", ErrorCode::unavailable, kTryLater},
    {"TooManyRequests", ErrorCode::unavailable, kTryLater},
    {"ServiceUnavailable", ErrorCode::unavailable, kTryLater},
    {"InternalError", ErrorCode::unavailable, kTryLater},
    {"RequestTimeout", ErrorCode::unavailable, kTryLater},
    {"ServerNotInitialized", ErrorCode::unavailable, kTryLater},
    {"BadDigest", ErrorCode::corrupt, "look for failing memory or a proxy that changes requests"},
    {"XAmzContentSHA256Mismatch", ErrorCode::corrupt,
     "look for failing memory or a proxy that changes requests"},
    {"XAmzContentChecksumMismatch", ErrorCode::corrupt,
     "look for failing memory or a proxy that changes requests"},
    {"InvalidRange", ErrorCode::corrupt, ""},
    {"InvalidObjectState", ErrorCode::invalid,
     "bring the object back from its archive class first"},
    {"QuotaExceeded", ErrorCode::exhausted, kFreeSpace},
    {"XMinioStorageFull", ErrorCode::exhausted, kFreeSpace},
    {"XMinioAdminBucketQuotaExceeded", ErrorCode::exhausted, kFreeSpace},
    {"EntityTooLarge", ErrorCode::exhausted, ""},
    {"AuthorizationHeaderMalformed", ErrorCode::invalid, kRegion},
    {"PermanentRedirect", ErrorCode::invalid, kRegion},
    {"TemporaryRedirect", ErrorCode::invalid, kRegion},
    {"IllegalLocationConstraintException", ErrorCode::invalid, kRegion},
    {"InvalidBucketName", ErrorCode::invalid, "correct the bucket's name"},
    {"NotImplemented", ErrorCode::invalid, "the server is too old or too small for Salvor"},
});

struct StatusRow {
  int status;
  ErrorCode code;
};

// For answers without a code: those to HEAD, and those of proxies.
constexpr auto kStatuses = std::to_array<StatusRow>({
    {401, ErrorCode::denied},
    {403, ErrorCode::denied},
    {404, ErrorCode::not_found},
    {408, ErrorCode::unavailable},
    {409, ErrorCode::conflict},
    {412, ErrorCode::conflict},
    {416, ErrorCode::corrupt},
    {429, ErrorCode::unavailable},
    {500, ErrorCode::unavailable},
    {502, ErrorCode::unavailable},
    {503, ErrorCode::unavailable},
    {504, ErrorCode::unavailable},
    {507, ErrorCode::exhausted},
});

constexpr std::size_t kMessageMax = 200;

// What a server says is shown, as far as it is text.
std::string printable(std::string text) {
  text.resize(std::min(text.size(), kMessageMax));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = ' ';
  }
  return text;
}

ErrorCode code_of_status(int status) {
  for (const StatusRow& row : kStatuses) {
    if (row.status == status) return row.code;
  }
  return ErrorCode::invalid;
}

}  // namespace

Error s3_error(const http::Response& answer, const std::string& doing) {
  XmlElement body;
  if (auto parsed = parse_xml(answer.body); parsed.ok()) body = std::move(parsed).value();
  const std::string s3_code = printable(body.text_of("Code"));
  std::string region = printable(http::header(answer.headers, "x-amz-bucket-region"));
  if (region.empty()) region = printable(body.text_of("Region"));

  ErrorCode code = code_of_status(answer.status);
  std::string hint;
  for (const Row& row : kRows) {
    if (row.s3_code != s3_code) continue;
    code = row.code;
    hint = row.hint;
  }
  std::string said = s3_code;
  const std::string message = printable(body.text_of("Message"));
  if (!message.empty()) said += (said.empty() ? "" : ": ") + message;
  if (said.empty()) said = "no reason given";
  if (!region.empty() && hint == kRegion) hint += "; the server names " + region;
  return error(code, doing + ": the store answered " + std::to_string(answer.status) + ", " + said)
      .with_hint(hint)
      .with("http_status", std::to_string(answer.status))
      .with(kFactS3Code, s3_code)
      .with(kFactS3Region, region);
}

}  // namespace salvor::objectstore::internal
