// How to reach one cluster and who we are there: what a kubeconfig's context or a pod's service
// account comes to. Holds secrets, so it is never logged.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "http/client.h"

namespace salvor::kube {

// Certificates alone (ClientTls has them), or nobody.
struct NoToken {};

struct StaticToken {
  std::string token;
};

// A token that somebody else renews in a file, such as a pod's projected service account token.
struct TokenFile {
  std::string path;
};

// A program that prints an ExecCredential; `aws eks get-token` and its like.
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
struct ExecPlugin {
  std::string api_version;  // "client.authentication.k8s.io/v1" or ".../v1beta1"
  std::string command;      // a path, or a name that is looked for in PATH
  std::vector<std::string> arguments = {};
  std::map<std::string, std::string> environment = {};  // on top of our own
  std::string install_hint = {};
  bool wants_cluster_info = false;
  std::chrono::milliseconds timeout{30'000};
};

struct ClusterAccess {
  std::string server;  // "https://10.0.0.1:6443", without a trailing slash
  http::ClientTls tls = {};
  std::string proxy_url = {};
  std::string namespace_name = {};  // the context's default namespace; may be ""
  std::variant<NoToken, StaticToken, TokenFile, ExecPlugin> identity = NoToken{};
};

}  // namespace salvor::kube
