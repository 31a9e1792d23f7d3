#include "kube/internal/exec_credential.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/rfc3339.h"

namespace salvor::kube {
namespace {

Error bad(const std::string& why) {
  return error(ErrorCode::invalid, "the exec plugin printed no usable ExecCredential: " + why);
}

}  // namespace

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
