#include "objectstore/internal/s3_address.h"

#include <string_view>

namespace salvor::objectstore::internal {
namespace {

// Also the longer names with '_' and capitals that Amazon once allowed and others still do.
bool is_bucket_name(std::string_view name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  return name.size() >= 3 && name.size() <= 255 && name.front() != '.' && name.front() != '-' &&
         name.find("..") == std::string_view::npos &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

bool is_host(std::string_view host) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
  return !host.empty() && host.find_first_not_of(kAllowed) == std::string_view::npos;
}

bool is_amazon(std::string_view host) {
  const std::string_view name = host.substr(0, host.find(':'));
  return name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn");
}

bool is_own_port(std::string_view scheme, std::string_view port) {
  return port == (scheme == "https" ? "443" : "80");
}

}  // namespace

Result<S3Address> s3_address(const S3Options& options) {
  const std::string& endpoint = options.endpoint;
  const std::size_t mark = endpoint.find("://");
  const std::string scheme = endpoint.substr(0, mark);
  std::string host = mark == std::string::npos ? "" : endpoint.substr(mark + 3);
  if ((scheme != "https" && scheme != "http") || !is_host(host)) {
    // Not shown: somebody may have put a key into it.
    return error(ErrorCode::invalid, "the endpoint is not the address of an S3 server")
        .with_hint("give it as https://host or https://host:port, and keys by the environment");
  }
  if (!is_bucket_name(options.bucket)) {
    return error(ErrorCode::invalid, "\"" + options.bucket + "\" is not the name of a bucket");
  }
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && is_own_port(scheme, host.substr(colon + 1))) host.resize(colon);
  const bool in_host = options.addressing == Addressing::virtual_host ||
                       (options.addressing == Addressing::automatic && is_amazon(host));
  if (in_host) host = options.bucket + "." + host;
  return S3Address{.base_url = scheme + "://" + host,
                   .host = host,
                   .path_prefix = in_host ? "" : "/" + options.bucket};
}

}  // namespace salvor::objectstore::internal
