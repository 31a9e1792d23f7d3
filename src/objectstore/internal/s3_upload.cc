#include "objectstore/internal/s3_upload.h"

#include <algorithm>
#include <utility>

#include "objectstore/internal/part_size.h"
#include "objectstore/internal/s3_answers.h"
#include "objectstore/internal/s3_error.h"

namespace salvor::objectstore::internal {
namespace {

// How long a dropped upload may take to tell the server.
constexpr std::chrono::seconds kAbortMost{10};
constexpr std::size_t kSmall = std::size_t{512} << 10;

}  // namespace

S3Upload::S3Upload(const Context& context, S3Client& client, std::string name, std::string key,
                   std::uint64_t part_bytes)
    : born_in_{context.clock, context.log, {}, {}},
      client_(client),
      name_(std::move(name)),
      key_(std::move(key)),
      first_part_bytes_(part_bytes) {}

S3Upload::~S3Upload() {
  if (id_.empty() || is_finished_) return;
  Context context = born_in_.within(kAbortMost);
  S3Call call{.method = "DELETE", .key = key_, .query = {{"uploadId", id_}}};
  // What stays is found by clean().
  static_cast<void>(client_.send(context, call).ok());
}

Result<void> S3Upload::write(Context& context, const std::string& bytes) {
  TRY_VOID(context.check());
  std::size_t& taken = already_taken_;
  while (taken < bytes.size()) {
    const std::uint64_t room = part_bytes(first_part_bytes_, tags_.size());
    if (part_.size() >= room) {
      TRY_VOID(send_part(context));
      continue;
    }
    const std::size_t count = std::min<std::uint64_t>(room - part_.size(), bytes.size() - taken);
    // Small objects take little. Of a large one nothing is copied as it grows: what is not used
    // of so much takes no memory.
    const std::size_t size = part_.size() + count;
    if (part_.capacity() < size) part_.reserve(size < kSmall ? 2 * size : room);
    part_.append(bytes, taken, count);
    taken += count;
  }
  taken = 0;
  return {};
}

Result<void> S3Upload::finish(Context& context) {
  TRY_VOID(context.check());
  if (id_.empty()) return put_whole(context);
  if (!part_.empty()) TRY_VOID(send_part(context));
  return complete(context);
}

Result<void> S3Upload::begin_parts(Context& context) {
  if (!id_.empty()) return {};
  S3Call call{.method = "POST", .key = key_, .query = {{"uploads", ""}}};
  TRY(const http::Response answer, client_.send(context, call));
  TRY(id_, parse_upload_id(answer.body));
  return {};
}

// A part that was sent twice counts once: its number names it.
Result<void> S3Upload::send_part(Context& context) {
  if (tags_.size() >= kPartsMax) {
    return error(ErrorCode::exhausted, "object " + name_ + " has more parts than S3 allows");
  }
  TRY_VOID(begin_parts(context));
  S3Call call{.method = "PUT",
              .key = key_,
              .query = {{"partNumber", std::to_string(tags_.size() + 1)}, {"uploadId", id_}}};
  call.body.swap(part_);
  const auto answer = client_.send(context, call);
  call.body.swap(part_);
  if (!answer.ok()) return answer.error();
  tags_.push_back(http::header(answer->headers, "ETag"));
  part_.clear();
  return {};
}

Result<void> S3Upload::put_whole(Context& context) {
  S3Call call{.method = "PUT", .key = key_};
  call.body.swap(part_);
  const auto answer = send_once_only(context, call);
  call.body.swap(part_);
  if (!answer.ok()) return answer.error();
  is_finished_ = true;
  return {};
}

Result<void> S3Upload::complete(Context& context) {
  S3Call call{
      .method = "POST", .key = key_, .query = {{"uploadId", id_}}, .body = completion(tags_)};
  TRY(const http::Response answer, send_once_only(context, call));
  if (!says_completed(answer.body)) {
    // Servers that took long to put the parts together have said 200 before they knew.
    Error failure = s3_error(answer, "finishing object " + name_);
    if (failure.fact(kFactS3Code).empty()) failure.code = ErrorCode::unknown_outcome;
    return failure;
  }
  is_finished_ = true;
  return {};
}

Result<http::Response> S3Upload::send_once_only(Context& context, S3Call& call) {
  call.headers.emplace("If-None-Match", "*");
  auto answer = client_.send(context, call);
  if (!answer.ok() && answer.error().fact("http_status") == "412")
    return error(ErrorCode::conflict, "object " + name_ + " exists already");
  return answer;
}

}  // namespace salvor::objectstore::internal
