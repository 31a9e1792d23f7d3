#include "objectstore/location.h"

#include <utility>

#include "objectstore/directory.h"
#include "objectstore/retrying.h"
#include "objectstore/s3.h"

namespace salvor::objectstore {
namespace {

constexpr std::string_view kS3 = "s3:";

Error not_a_location(const std::string& why) {
  return error(ErrorCode::invalid, "the location of the store " + why)
      .with_hint("write s3:https://host/bucket/prefix, or the path of a folder");
}

// Cuts what stands before the mark, and the mark, off the text.
std::string cut_up_to(std::string& text, char mark) {
  const std::size_t at = text.find(mark);
  std::string before = text.substr(0, at);
  text.erase(0, at == std::string::npos ? at : at + 1);
  return before;
}

}  // namespace

bool is_bucket_location(const std::string& location) { return location.starts_with(kS3); }

Result<S3Options> bucket_options(const std::string& location, S3Options others) {
  std::string rest = location.substr(kS3.size());
  if (rest.find('@') != std::string::npos)
    return not_a_location("holds a '@': keys belong into AWS_ACCESS_KEY_ID and its like");
  if (rest.starts_with("//")) return not_a_location("names no server, or one without s3:https:");
  std::string scheme = "https";
  if (const std::size_t mark = rest.find("://"); mark != std::string::npos) {
    scheme = rest.substr(0, mark);
    rest.erase(0, mark + 3);
  }
  others.endpoint = scheme + "://" + cut_up_to(rest, '/');
  others.bucket = cut_up_to(rest, '/');
  if (others.bucket.empty()) return not_a_location("names no bucket");
  while (rest.ends_with('/')) rest.pop_back();
  others.prefix = std::move(rest);
  return others;
}

Result<std::unique_ptr<Store>> open_store(const std::string& location, const StoreAccess& access) {
  std::unique_ptr<Store> store;
  if (is_bucket_location(location)) {
    TRY(const S3Options options, bucket_options(location, access.s3));
    TRY(store, open_s3_store(options));
    store = make_retrying_store(std::move(store));
  } else {
    TRY(store, open_directory_store(location));
  }
  if (access.bandwidth.up_bytes == 0 && access.bandwidth.down_bytes == 0) return store;
  return make_limited_store(std::move(store), access.bandwidth);
}

}  // namespace salvor::objectstore
