#include "cli/store_flags.h"

#include <charconv>

#include "cli/exit_code.h"
#include "cli/files.h"
#include "objectstore/location.h"

namespace salvor::cli {
namespace {

using objectstore::Addressing;

constexpr const char* kPath = "path";
constexpr const char* kVirtualHost = "virtual-host";
// So that bytes fit their number.
constexpr std::uint64_t kRateMax = std::uint64_t{1} << 40;

Addressing addressing_of(const std::string& word) {
  if (word == kPath) return Addressing::path;
  return word == kVirtualHost ? Addressing::virtual_host : Addressing::automatic;
}

// In bytes per second; 0: no limit.
Result<std::uint64_t> rate(const Arguments& arguments, const std::string& flag) {
  if (!arguments.has(flag)) return std::uint64_t{0};
  const std::string text = arguments.text(flag);
  std::uint64_t kibibytes = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), kibibytes);
  if (problem != std::errc() || *end != '\0' || kibibytes == 0 || kibibytes > kRateMax)
    return usage_error("--" + flag + " is not a number of KiB per second: " + text);
  return kibibytes << 10;
}

}  // namespace

std::vector<Option> store_options() {
  return {
      {.name = "addressing",
       .value = "WORD",
       .doc = "Where the bucket's name stands, in the path or before the host's; else as the host "
              "suggests",
       .words = {kPath, kVirtualHost}},
      {.name = "proxy", .value = "URL", .doc = "HTTP proxy on the way to the bucket"},
      {.name = "limit-upload", .value = "KIB", .doc = "KiB per second at most"},
      {.name = "limit-download", .value = "KIB", .doc = "KiB per second at most"},
  };
}

Result<std::unique_ptr<objectstore::Store>> open_store(Session& session, const Arguments& arguments,
                                                       const std::string& location) {
  const auto variable = [&](const char* name) {
    return session.io().environment(name).value_or("");
  };
  objectstore::StoreAccess access;
  access.s3.credentials = {.access_key = variable("AWS_ACCESS_KEY_ID"),
                           .secret_key = variable("AWS_SECRET_ACCESS_KEY"),
                           .session_token = variable("AWS_SESSION_TOKEN")};
  access.s3.region = variable("AWS_REGION");
  if (access.s3.region.empty()) access.s3.region = variable("AWS_DEFAULT_REGION");
  access.s3.addressing = addressing_of(arguments.text("addressing"));
  access.s3.proxy_url = arguments.text("proxy");
  access.s3.insecure_skip_verify = arguments.has("insecure-skip-verify");
  if (arguments.has("ca-file")) {
    TRY(access.s3.ca_pem, read_file(arguments.text("ca-file")).within("reading the CA file"));
  }
  TRY(access.bandwidth.up_bytes, rate(arguments, "limit-upload"));
  TRY(access.bandwidth.down_bytes, rate(arguments, "limit-download"));
  return objectstore::open_store(location, access);
}

}  // namespace salvor::cli
