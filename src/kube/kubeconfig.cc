#include "kube/kubeconfig.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "base/base64.h"
#include "base/json.h"
#include "kube/yaml.h"

namespace salvor::kube {
namespace {

constexpr JsonLimits kLimits{.bytes = std::size_t{1} << 20, .depth = 32};
constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;

Error bad(const std::string& field, const std::string& what) {
  return error(ErrorCode::invalid, field + " " + what);
}

Result<Json> parse(std::string_view text) {
  auto parsed = parse_yaml(text, kLimits);
  if (!parsed.ok()) return std::move(parsed).within("reading the kubeconfig");
  if (!parsed->is_object() || !member(*parsed, "clusters").is_array()) {
    return error(ErrorCode::invalid, "this is no kubeconfig: it has no list \"clusters\"")
        .with_hint("give the whole file that kubectl uses, as text");
  }
  return parsed;
}

// One named entry of a list, as an object with the path that errors show: users[admin].user.
class Section {
 public:
  static Result<Section> find(const Json& config, const std::string& list, const std::string& name,
                              const std::string& inner) {
    const std::string path = list + "[" + name + "]";
    for (const Json& entry : member(config, list)) {
      if (text_at(entry, "name") != name) continue;
      if (!member(entry, inner).is_object()) return bad(path + "." + inner, "is missing");
      return Section(member(entry, inner), path + "." + inner);
    }
    return bad(path, "is missing");
  }
  Section(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}

  std::string path(const std::string& field) const { return path_ + "." + field; }
  bool has(const std::string& field) const { return !member(object_, field).is_null(); }
  const Json& json(const std::string& field) const { return member(object_, field); }

  // "" when it is not there.
  Result<std::string> text(const std::string& field) const {
    const Json& value = member(object_, field);
    if (value.is_null()) return std::string();
    if (!value.is_string()) return bad(path(field), "is not a string");
    return value.get<std::string>();
  }

  Result<bool> flag(const std::string& field) const {
    const Json& value = member(object_, field);
    if (value.is_null()) return false;
    if (!value.is_boolean()) return bad(path(field), "is not true or false");
    return value.get<bool>();
  }

 private:
  const Json& object_;
  std::string path_;
};

// Reads what a kubeconfig points at, within the policy.
class Pointed {
 public:
  explicit Pointed(const KubeconfigPolicy& policy) : policy_(policy) {}

  Result<void> check(const std::string& field, const std::string& what) const {
    if (policy_.references == References::allowed) return {};
    return error(ErrorCode::denied, field + " " + what + ", which this server does not allow")
        .with_hint(
            "make the kubeconfig self-contained: kubectl config view --flatten --minify "
            "(and a token or certificate in place of a program)");
  }

  std::string resolved(const std::string& path) const {
    if (path.starts_with('/') || policy_.folder.empty()) return path;
    return policy_.folder + "/" + path;
  }

  // `<name>-data` decoded, or the file that `<name>` names; "" when neither is there.
  Result<std::string> pem(const Section& section, const std::string& name) const {
    TRY(const std::string data, section.text(name + "-data"));
    if (!data.empty()) {
      const std::optional<std::string> bytes = decode_base64(data);
      if (!bytes) return bad(section.path(name + "-data"), "is not base64");
      return *bytes;
    }
    TRY(const std::string path, section.text(name));
    if (path.empty()) return std::string();
    TRY_VOID(check(section.path(name), "names a file"));
    return read(section.path(name), resolved(path));
  }

 private:
  static Result<std::string> read(const std::string& field, const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes(kFileBytesMax, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.is_open() || file.bad())
      return bad(field, "names " + path + ", which cannot be read");
    if (!file.eof()) return bad(field, "names " + path + ", which is larger than 1 MiB");
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
  }

  const KubeconfigPolicy& policy_;
};

// A key or certificate that curl would refuse later, without a word of where it came from.
Result<void> check_pem(const std::string& field, const std::string& pem) {
  if (pem.empty() || pem.find("-----BEGIN ") != std::string::npos) return {};
  return bad(field, "is not PEM");
}

Result<void> read_cluster(const Section& cluster, const Pointed& references,
                          ClusterAccess& access) {
  TRY(access.server, cluster.text("server"));
  while (access.server.ends_with('/')) access.server.pop_back();
  if (!access.server.starts_with("https://") && !access.server.starts_with("http://")) {
    return bad(cluster.path("server"), "is not an http or https URL");
  }
  TRY(access.tls.ca_pem, references.pem(cluster, "certificate-authority"));
  TRY_VOID(check_pem(cluster.path("certificate-authority"), access.tls.ca_pem));
  TRY(access.tls.insecure_skip_verify, cluster.flag("insecure-skip-tls-verify"));
  if (access.tls.insecure_skip_verify && !access.tls.ca_pem.empty()) {
    return bad(cluster.path("insecure-skip-tls-verify"),
               "contradicts the certificate authority beside it");
  }
  TRY(access.tls.server_name, cluster.text("tls-server-name"));
  TRY(access.proxy_url, cluster.text("proxy-url"));
  return {};
}

Result<ExecPlugin> read_exec(const Section& exec) {
  ExecPlugin plugin;
  TRY(plugin.api_version, exec.text("apiVersion"));
  TRY(plugin.command, exec.text("command"));
  TRY(plugin.install_hint, exec.text("installHint"));
  TRY(plugin.wants_cluster_info, exec.flag("provideClusterInfo"));
  if (plugin.command.empty()) return bad(exec.path("command"), "is missing");
  if (plugin.api_version != "client.authentication.k8s.io/v1" &&
      plugin.api_version != "client.authentication.k8s.io/v1beta1") {
    return bad(exec.path("apiVersion"), "is neither client.authentication.k8s.io/v1 nor v1beta1");
  }
  for (const Json& argument : exec.json("args")) {
    if (!argument.is_string()) return bad(exec.path("args"), "has an item that is not a string");
    plugin.arguments.push_back(argument.get<std::string>());
  }
  for (const Json& variable : exec.json("env")) {
    const std::string name = text_at(variable, "name");
    if (name.empty()) return bad(exec.path("env"), "has an item without a name");
    plugin.environment[name] = text_at(variable, "value");
  }
  return plugin;
}

// What kubectl knows and we refuse, rather than act as somebody else than the file says.
constexpr std::pair<const char*, const char*> kRefused[] = {
    {"username", "is basic authentication, which Kubernetes no longer has"},
    {"password", "is basic authentication, which Kubernetes no longer has"},
    {"auth-provider", "is no longer supported by Kubernetes; use an exec plugin or a token"},
    {"as", "asks for impersonation, which is not supported; give the account's own credentials"},
    {"as-uid", "asks for impersonation, which is not supported"},
    {"as-groups", "asks for impersonation, which is not supported"},
    {"as-user-extra", "asks for impersonation, which is not supported"},
};

Result<void> read_identity(const Section& user, const Pointed& references, ClusterAccess& access) {
  TRY(const std::string token, user.text("token"));
  TRY(const std::string token_file, user.text("tokenFile"));
  if (!token_file.empty()) {
    TRY_VOID(references.check(user.path("tokenFile"), "names a file"));
    access.identity = TokenFile{references.resolved(token_file)};
  } else if (!token.empty()) {
    access.identity = StaticToken{token};
  } else if (user.has("exec")) {
    TRY_VOID(references.check(user.path("exec"), "runs a program"));
    TRY(ExecPlugin plugin, read_exec(Section(user.json("exec"), user.path("exec"))));
    // kubectl resolves a command with a slash in it against the kubeconfig, too.
    if (plugin.command.find('/') != std::string::npos) {
      plugin.command = references.resolved(plugin.command);
    }
    access.identity = std::move(plugin);
  }
  return {};
}

Result<void> read_user(const Section& user, const Pointed& references, ClusterAccess& access) {
  for (const auto& [field, why] : kRefused) {
    if (user.has(field)) return bad(user.path(field), why);
  }
  TRY(access.tls.certificate_pem, references.pem(user, "client-certificate"));
  TRY_VOID(check_pem(user.path("client-certificate"), access.tls.certificate_pem));
  TRY(access.tls.key_pem, references.pem(user, "client-key"));
  TRY_VOID(check_pem(user.path("client-key"), access.tls.key_pem));
  if (access.tls.certificate_pem.empty() != access.tls.key_pem.empty()) {
    return bad(user.path(access.tls.key_pem.empty() ? "client-key" : "client-certificate"),
               "is missing, and its counterpart is there");
  }
  return read_identity(user, references, access);
}

std::string names_of(const std::vector<KubeconfigContext>& contexts) {
  std::string names;
  for (const KubeconfigContext& context : contexts) {
    names += (names.empty() ? "" : ", ") + context.name;
  }
  return names;
}

Result<KubeconfigContext> choose(const KubeconfigContexts& all, const std::string& asked_for) {
  const std::string wanted = asked_for.empty() ? all.current : asked_for;
  if (wanted.empty() && all.contexts.size() == 1) return all.contexts.front();
  if (wanted.empty()) return bad("current-context", "is missing");
  for (const KubeconfigContext& context : all.contexts) {
    if (context.name == wanted) return context;
  }
  return bad("contexts[" + wanted + "]", "is missing")
      .with_hint("the kubeconfig has: " + names_of(all.contexts));
}

KubeconfigContexts contexts_of(const Json& config) {
  KubeconfigContexts all{.current = text_at(config, "current-context"), .contexts = {}};
  for (const Json& entry : member(config, "contexts")) {
    const Json& context = member(entry, "context");
    all.contexts.push_back({text_at(entry, "name"), text_at(context, "cluster"),
                            text_at(context, "user"), text_at(context, "namespace")});
  }
  return all;
}

}  // namespace

Result<KubeconfigContexts> list_contexts(std::string_view text) {
  TRY(const Json config, parse(text));
  return contexts_of(config);
}

Result<ClusterAccess> parse_kubeconfig(std::string_view text, const KubeconfigPolicy& policy,
                                       const std::string& context_name) {
  TRY(const Json config, parse(text));
  TRY(const KubeconfigContext chosen, choose(contexts_of(config), context_name));
  const Pointed references(policy);
  ClusterAccess access;
  access.namespace_name = chosen.namespace_name;
  TRY(const Section cluster, Section::find(config, "clusters", chosen.cluster, "cluster"));
  TRY_VOID(read_cluster(cluster, references, access));
  if (chosen.user.empty()) return access;
  TRY(const Section user, Section::find(config, "users", chosen.user, "user"));
  TRY_VOID(read_user(user, references, access));
  return access;
}

}  // namespace salvor::kube
