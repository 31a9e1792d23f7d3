#include "objectstore/s3.h"

#include <algorithm>
#include <optional>

#include "base/rfc3339.h"
#include "objectstore/internal/common.h"
#include "objectstore/internal/s3_answers.h"
#include "objectstore/internal/s3_client.h"
#include "objectstore/internal/s3_error.h"
#include "objectstore/internal/s3_upload.h"

namespace salvor::objectstore {
namespace {

using internal::ContentRange;
using internal::S3Call;
using internal::S3Client;

// What one request of get() and read() asks for; it is in memory until it is passed on.
constexpr std::uint64_t kRangeBytes = std::uint64_t{8} << 20;

class S3Store final : public Store {
 public:
  S3Store(std::unique_ptr<S3Client> client, const S3Options& options)
      : client_(std::move(client)),
        bucket_(options.bucket),
        prefix_(options.prefix.empty() ? "" : options.prefix + "/"),
        part_bytes_(options.part_bytes) {}

  Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) override;
  Result<void> get(Context& context, const std::string& name, const ReadSink& sink) override;
  Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                    std::span<char> to) override;
  Result<ObjectInfo> stat(Context& context, const std::string& name) override;
  Result<void> lock(Context& context, const std::string& name, EpochSeconds until) override;
  Result<std::vector<ObjectInfo>> list(Context& context, const std::string& prefix) override;
  Result<void> remove(Context& context, const std::string& name) override;
  Result<void> clean(Context& context) override;

 private:
  struct Range {
    std::string bytes{};
    ContentRange place{};
    std::string tag{};
  };
  // A part of the object, or nothing if there is none at that offset. With a tag, of that version.
  Result<std::optional<Range>> fetch(Context& context, const std::string& name,
                                     std::uint64_t offset, std::uint64_t length,
                                     const std::string& tag);
  Result<void> expect_empty(Context& context, const std::string& name);
  Error told(Error failure, const std::string& name) const;
  std::string key_of(const std::string& name) const { return prefix_ + name; }
  // The object's name, or "" for a key that no object of ours has.
  std::string name_of(const std::string& key) const;
  Result<void> abort(Context& context, const internal::UnfinishedUpload& upload);

  std::unique_ptr<S3Client> client_;
  std::string bucket_;
  std::string prefix_;  // "" or ends in '/'
  std::uint64_t part_bytes_;
};

bool is_missing_bucket(const Error& failure) {
  return failure.fact(internal::kFactS3Code) == "NoSuchBucket";
}

Error S3Store::told(Error failure, const std::string& name) const {
  if (failure.code != ErrorCode::not_found || is_missing_bucket(failure)) return failure;
  return error(ErrorCode::not_found, "object " + name + " does not exist");
}

std::string S3Store::name_of(const std::string& key) const {
  if (!key.starts_with(prefix_)) return "";
  std::string name = key.substr(prefix_.size());
  return internal::check_name(name).ok() ? name : "";
}

Result<std::unique_ptr<Upload>> S3Store::put(Context& context, const std::string& name) {
  // A taken name is told before anything is sent.
  const auto looked = stat(context, name);
  if (looked.ok()) return error(ErrorCode::conflict, "object " + name + " exists already");
  if (looked.error().code != ErrorCode::not_found) return looked.error();
  return std::unique_ptr<Upload>(
      std::make_unique<internal::S3Upload>(context, *client_, name, key_of(name), part_bytes_));
}

Result<std::optional<S3Store::Range>> S3Store::fetch(Context& context, const std::string& name,
                                                     std::uint64_t offset, std::uint64_t length,
                                                     const std::string& tag) {
  S3Call call{.method = "GET", .key = key_of(name)};
  call.headers.emplace(
      "Range", "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + length - 1));
  if (!tag.empty()) call.headers.emplace("If-Match", tag);
  auto answer = client_->send(context, call);
  if (!answer.ok() && answer.error().fact("http_status") == "416") return std::optional<Range>();
  if (!answer.ok() && answer.error().code == ErrorCode::conflict)
    return error(ErrorCode::corrupt, "object " + name + " was replaced while it was read");
  if (!answer.ok()) return told(std::move(answer).error(), name);
  Range range{.bytes = std::move(answer->body), .tag = http::header(answer->headers, "ETag")};
  if (answer->status == 206) {
    TRY(range.place, internal::parse_content_range(http::header(answer->headers, "Content-Range")));
  } else {
    range.place.size_bytes = range.bytes.size();  // all of it, as an empty object may come
  }
  const std::uint64_t expected = std::min(length, range.place.size_bytes - range.place.begin);
  if (range.place.begin != offset || range.bytes.size() != expected) {
    return error(ErrorCode::corrupt,
                 "the store answered with another part of object " + name + " than was asked for");
  }
  return std::optional<Range>(std::move(range));
}

Result<void> S3Store::get(Context& context, const std::string& name, const ReadSink& sink) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
  std::string tag;
  do {
    TRY(const std::optional<Range> range, fetch(context, name, offset, kRangeBytes, tag));
    // Only an empty object has no first part.
    if (!range && offset == 0) return expect_empty(context, name);
    if (!range || (offset > 0 && range->place.size_bytes != size_bytes))
      return error(ErrorCode::corrupt, "object " + name + " changed its size while it was read");
    if (!range->bytes.empty()) TRY_VOID(sink(range->bytes));
    offset += range->bytes.size();
    size_bytes = range->place.size_bytes;
    tag = range->tag;
  } while (offset < size_bytes);
  return {};
}

Result<void> S3Store::expect_empty(Context& context, const std::string& name) {
  TRY(const ObjectInfo info, stat(context, name));
  if (info.size_bytes == 0) return {};
  return error(ErrorCode::corrupt, "the store has " + std::to_string(info.size_bytes) +
                                       " bytes of object " + name + " and shows none");
}

Result<void> S3Store::read(Context& context, const std::string& name, std::uint64_t offset,
                           std::span<char> to) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  if (to.empty() || offset + to.size() < offset) {
    TRY(const ObjectInfo info, stat(context, name));
    if (offset <= info.size_bytes && to.empty()) return {};
    return internal::too_short(info, offset, to.size());
  }
  for (std::size_t done = 0; done < to.size();) {
    const std::uint64_t wanted = std::min<std::uint64_t>(to.size() - done, kRangeBytes);
    TRY(const std::optional<Range> range, fetch(context, name, offset + done, wanted, ""));
    if (!range || range->bytes.size() < wanted) {
      TRY(const ObjectInfo info, stat(context, name));
      return internal::too_short(info, offset, to.size());
    }
    std::copy(range->bytes.begin(), range->bytes.end(), to.begin() + std::ptrdiff_t(done));
    done += wanted;
  }
  return {};
}

Result<ObjectInfo> S3Store::stat(Context& context, const std::string& name) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  S3Call call{.method = "HEAD", .key = key_of(name)};
  auto answer = client_->send(context, call);
  if (!answer.ok()) return told(std::move(answer).error(), name);
  TRY(const std::uint64_t size,
      internal::parse_size(http::header(answer->headers, "Content-Length")));
  const auto locked =
      parse_rfc3339(http::header(answer->headers, "x-amz-object-lock-retain-until-date"));
  return ObjectInfo{name, size, locked.value_or(0)};
}

Result<void> S3Store::lock(Context& context, const std::string& name, EpochSeconds until) {
  TRY(const ObjectInfo info, stat(context, name));
  if (info.locked_until >= until) return {};
  S3Call call{.method = "PUT",
              .key = key_of(name),
              .query = {{"retention", ""}},
              .body = internal::retention_until(until)};
  auto answer = client_->send(context, call);
  if (answer.ok()) return {};
  Error failure = told(std::move(answer).error(), name);
  if (failure.code == ErrorCode::invalid) {
    failure.hint = "use a bucket that was made with object lock";
  }
  return failure;
}

Result<std::vector<ObjectInfo>> S3Store::list(Context& context, const std::string& prefix) {
  std::vector<ObjectInfo> found;
  std::string token;
  do {
    S3Call call{
        .method = "GET",
        .query = {{"list-type", "2"}, {"prefix", prefix_ + prefix}, {"encoding-type", "url"}}};
    if (!token.empty()) call.query.emplace_back("continuation-token", token);
    TRY(const http::Response answer, client_->send(context, call));
    TRY(const internal::ListPage page, internal::parse_list(answer.body));
    for (const ObjectInfo& object : page.objects) {
      const std::string name = name_of(object.name);
      if (!name.empty()) found.push_back({name, object.size_bytes});
    }
    if (!page.next.empty() && page.next == token) {
      return error(ErrorCode::corrupt, "the store lists bucket " + bucket_ + " in a circle");
    }
    token = page.next;
  } while (!token.empty());
  std::sort(found.begin(), found.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.name < b.name; });
  return found;
}

Result<void> S3Store::remove(Context& context, const std::string& name) {
  TRY_VOID(context.check());
  TRY_VOID(internal::check_name(name));
  S3Call call{.method = "DELETE", .key = key_of(name)};
  auto answer = client_->send(context, call);
  if (answer.ok()) return {};
  if (answer.error().code == ErrorCode::not_found && !is_missing_bucket(answer.error())) return {};
  return std::move(answer).error();
}

Result<void> S3Store::clean(Context& context) {
  internal::UploadsPage page;
  do {
    S3Call call{.method = "GET",
                .query = {{"uploads", ""}, {"prefix", prefix_}, {"encoding-type", "url"}}};
    if (page.has_more) {
      call.query.emplace_back("key-marker", page.next.key);
      call.query.emplace_back("upload-id-marker", page.next.id);
    }
    TRY(const http::Response answer, client_->send(context, call));
    TRY(internal::UploadsPage next, internal::parse_uploads(answer.body));
    if (page.has_more && next.has_more && next.next.key == page.next.key &&
        next.next.id == page.next.id) {
      return error(ErrorCode::corrupt, "the store lists uploads of " + bucket_ + " in a circle");
    }
    page = std::move(next);
    for (const internal::UnfinishedUpload& upload : page.uploads) TRY_VOID(abort(context, upload));
  } while (page.has_more);
  return {};
}

Result<void> S3Store::abort(Context& context, const internal::UnfinishedUpload& upload) {
  if (name_of(upload.key).empty()) return {};
  S3Call call{.method = "DELETE", .key = upload.key, .query = {{"uploadId", upload.id}}};
  auto answer = client_->send(context, call);
  if (answer.ok() || answer.error().code == ErrorCode::not_found) return {};
  return std::move(answer).error();
}

}  // namespace

Result<std::unique_ptr<Store>> open_s3_store(const S3Options& options) {
  if (!options.prefix.empty()) TRY_VOID(internal::check_name(options.prefix));
  TRY(auto client, S3Client::create(options));
  return std::unique_ptr<Store>(std::make_unique<S3Store>(std::move(client), options));
}

}  // namespace salvor::objectstore
