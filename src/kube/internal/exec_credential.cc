#include "kube/internal/exec_credential.h"

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::kube {
namespace {

Error bad(const std::string& why) {
  return error(ErrorCode::invalid, "the exec plugin printed no usable ExecCredential: " + why);
}

// The offset in seconds of "Z", "+01:00" or "-01:00".
std::optional<int> offset_of(const std::string& zone) {
  if (zone == "Z" || zone == "z") return 0;
  int hours = 0, minutes = 0;
  char sign = 0, extra = 0;
  if (std::sscanf(zone.c_str(), "%c%2d:%2d%c", &sign, &hours, &minutes, &extra) != 3) {
    return std::nullopt;
  }
  if (sign != '+' && sign != '-') return std::nullopt;
  return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

std::optional<EpochSeconds> parse_rfc3339(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, length = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute,
                  &second, &length) != 6) {
    return std::nullopt;
  }
  std::size_t zone = static_cast<std::size_t>(length);
  if (zone < text.size() && text[zone] == '.') {
    zone = text.find_first_not_of("0123456789", zone + 1);
    if (zone == std::string::npos) return std::nullopt;
  }
  const std::optional<int> offset = offset_of(text.substr(zone));
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!offset || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const EpochSeconds days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + hour * 3600 + minute * 60 + second - *offset;
}

Result<ExecAnswer> read_exec_credential(std::string_view printed, const std::string& api_version) {
  const auto parsed = parse_json(printed, {.bytes = std::size_t{1} << 20, .depth = 16});
  if (!parsed.ok()) return bad("it is not JSON");
  if (text_at(*parsed, "kind") != "ExecCredential") return bad("its kind is another");
  if (text_at(*parsed, "apiVersion") != api_version) {
    return bad("its apiVersion is not " + api_version + ", which the kubeconfig asks for");
  }
  const Json& status = member(*parsed, "status");
  ExecAnswer answer{.credential = {.token = text_at(status, "token"),
                                   .certificate_pem = text_at(status, "clientCertificateData"),
                                   .key_pem = text_at(status, "clientKeyData")},
                    .expires = std::nullopt};
  const Credential& credential = answer.credential;
  if (credential.certificate_pem.empty() != credential.key_pem.empty()) {
    return bad("a client certificate and its key come together");
  }
  if (credential.token.empty() && credential.key_pem.empty()) {
    return bad("status has neither a token nor a client certificate");
  }
  const std::string expires = text_at(status, "expirationTimestamp");
  if (expires.empty()) return answer;
  answer.expires = parse_rfc3339(expires);
  if (!answer.expires) return bad("status.expirationTimestamp is no RFC 3339 time");
  return answer;
}

std::string exec_info(const ExecPlugin& plugin, const ClusterAccess& access) {
  Json info = {{"apiVersion", plugin.api_version},
               {"kind", "ExecCredential"},
               {"spec", {{"interactive", false}}}};
  if (plugin.wants_cluster_info) {
    info["spec"]["cluster"] = {{"server", access.server},
                               {"tls-server-name", access.tls.server_name},
                               {"insecure-skip-tls-verify", access.tls.insecure_skip_verify},
                               {"proxy-url", access.proxy_url}};
  }
  return compact(info);
}

}  // namespace salvor::kube
