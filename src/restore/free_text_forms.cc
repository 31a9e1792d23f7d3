// Each form is one small function over what stands before and after the name; the table is at the
// end. They look back over a line or a few, never over the whole text.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "restore/internal/free_text_forms.h"
#include "restore/internal/text_views.h"

namespace salvor::restore::internal {
namespace {

bool is_word_char(char c) { return is_label_char(c) || c == '_' || c == '.'; }

bool starts_word(View after) {
  return after.empty() || (!is_label_char(after.front()) && after.front() != '.');
}
// The same, and the dot that ends a sentence or a full name.
bool ends_name(View after) {
  return starts_word(after) || (after.front() == '.' && starts_word(after.substr(1)));
}

constexpr View kQuotes = "\"'`\\";

// What the value that begins after `ahead` is assigned to: a key on the line, or the whole text's
// name. Empty when it begins in the middle of something.
View key_before(View ahead, const Place& place) {
  if (take_any_of(ahead, ":=").empty()) return ahead.empty() ? place.member_name : View();
  take_any_of(ahead, kQuotes);
  return take_back(ahead, is_word_char);
}

// --- Names of hosts.

// "db.shop.svc", ".shop.svc", "*.shop.svc.cluster.local:5432"
bool is_service_domain(const Place& place) {
  if (!place.after.starts_with(".svc")) return false;
  const View rest = place.after.substr(4);
  return rest.starts_with(".cluster") || ends_name(rest);
}

// "10-244-1-17.shop.pod.cluster.local", "cart.shop.serviceaccount.identity.linkerd.cluster.local"
bool is_other_domain(const Place& place) {
  return place.before.ends_with('.') && (place.after.starts_with(".pod.cluster") ||
                                         place.after.starts_with(".serviceaccount.identity."));
}

// "http://db.shop:80/", "tcp://db.shop", "user@db.shop", "DNS:db.shop": a host of two labels where
// a host must be.
bool is_short_host(const Place& place) {
  View ahead = place.before;
  if (!take_end(ahead, ".") || take_back(ahead, is_label_char).empty()) return false;
  const bool has_port = place.after.size() > 1 && place.after[0] == ':' && is_digit(place.after[1]);
  const bool is_alone = ahead.empty() || !(ahead.ends_with('.') || ahead.ends_with('/'));
  const bool follows_scheme =
      ahead.ends_with("://") || ahead.ends_with('@') || ahead.ends_with("DNS:");
  return (follows_scheme && starts_word(place.after)) || (has_port && is_alone);
}

// "kafka-0.kafka.shop": a Pod of a StatefulSet.
bool is_pod_host(const Place& place) {
  View ahead = place.before;
  if (!starts_word(place.after) || !take_end(ahead, ".")) return false;
  if (take_back(ahead, is_label_char).empty() || !take_end(ahead, ".")) return false;
  const View pod = take_back(ahead, is_label_char);
  const std::size_t dash = pod.rfind('-');
  return dash != View::npos && dash > 0 && dash + 1 < pod.size() &&
         std::all_of(pod.begin() + static_cast<std::ptrdiff_t>(dash) + 1, pod.end(), is_digit);
}

constexpr std::array<View, 10> kHostMembers = {"host",    "hosts", "hostname", "server", "servers",
                                               "address", "addr",  "endpoint", "url",    "uri"};

// "host: postgres.shop", the whole value.
bool is_host_member(const Place& place) {
  const bool is_whole = place.after.empty() || contains("\n\r\"', ", place.after.substr(0, 1));
  View ahead = line_end(place.before);
  if (!is_whole || !take_end(ahead, ".") || take_back(ahead, is_label_char).empty()) return false;
  take_any_of(ahead, " \t\"'");
  const std::string name = lower(key_before(ahead, place));
  return std::any_of(kHostMembers.begin(), kHostMembers.end(),
                     [&](View end) { return name.ends_with(end); });
}

// --- Paths and identities.

// "/api/v1/namespaces/shop/pods", "/job/backup/namespace/shop"
bool is_path(const Place& place) {
  return (place.before.ends_with("/namespaces/") || place.before.ends_with("/namespace/")) &&
         starts_word(place.after);
}

// "spiffe://cluster.local/ns/shop/sa/cart"
bool is_workload_identity(const Place& place) {
  return (place.before.ends_with("/ns/") &&
          (place.after.starts_with("/") || place.after.empty())) ||
         (place.before.ends_with(".svc.id.goog[") && place.after.starts_with('/'));
}

// "system:serviceaccount:shop:cart", "system:serviceaccounts:shop"
bool is_account(const Place& place) {
  return (place.before.ends_with("system:serviceaccount:") && place.after.starts_with(':')) ||
         (place.before.ends_with("system:serviceaccounts:") && starts_word(place.after));
}

// "/var/log/containers/*_shop_*.log", "/var/log/pods/shop_cart-0_1234/"
bool is_log_path(const Place& place) {
  if (!place.after.starts_with('_')) return false;
  View ahead = place.before;
  if (ahead.ends_with("/log/pods/")) return true;
  if (!take_end(ahead, "_")) return false;
  take_back(ahead, [](char c) { return is_label_char(c) || c == '*' || c == '.'; });
  return ahead.ends_with("log/containers/") || contains(line_end(place.before), "log.containers.");
}

// "web:apps/Deployment:shop/web", of Argo CD
bool is_tracking_id(const Place& place) {
  View ahead = place.before;
  if (!take_end(ahead, ":") || !place.after.starts_with('/')) return false;
  const View kind = take_back(ahead, is_alpha);
  return !kind.empty() && kind.front() <= 'Z' && ahead.ends_with('/');
}

// "shop-strip-prefix@kubernetescrd", of Traefik
bool is_traefik_name(const Place& place) {
  if (!place.before.empty() && is_word_char(place.before.back())) return false;
  if (!place.after.starts_with('-')) return false;
  const auto* const end = std::find_if_not(place.after.begin(), place.after.end(), is_label_char);
  return View(end, place.after.end()).starts_with("@kubernetes");
}

// --- Commands.

constexpr std::array<View, 36> kTools = {
    "kubectl",  "oc",       "helm",  "stern",       "k9s",     "istioctl", "linkerd", "velero",
    "argocd",   "flux",     "k",     "salvor",      "kubens",  "cilium",   "get",     "apply",
    "delete",   "create",   "logs",  "exec",        "rollout", "scale",    "patch",   "wait",
    "describe", "annotate", "label", "run",         "upgrade", "install",  "list",    "status",
    "template", "cp",       "set",   "port-forward"};

// "kubectl -n shop get pods", "-n=shop", "-nshop"
bool is_short_flag(const Place& place) {
  if (!starts_word(place.after)) return false;
  View ahead = place.before;
  take_any_of(ahead, " \t=\"'");
  if (!take_end(ahead, "-n")) return false;
  if (!ahead.empty() && !is_blank(ahead.back())) return false;
  return is_for_clusters(line_end(ahead));
}

// "kubectl delete ns shop", "kubens shop", "oc project shop", "kubectl cp shop/web-0:/data ."
bool is_command_word(const Place& place) {
  View ahead = line_end(place.before);
  if (take_any_of(ahead, " \t").empty()) return false;
  const View word = take_back(ahead, is_word_char);
  if (word == "cp" && trimmed(ahead).ends_with("kubectl"))
    return place.after.starts_with('/') && contains(place.after.substr(0, 80), ":");
  if (!starts_word(place.after)) return false;
  const View before_it = trimmed(ahead);
  if (word == "kubens") return true;
  if (word == "project") return before_it.ends_with("oc");
  return word == "ns" && is_for_clusters(before_it) && !before_it.empty();
}

// --- Words and assignments.

// "in namespace shop", "all run in the `shop` namespace"
bool is_prose(const Place& place) {
  View ahead = place.before;
  take_any_of(ahead, kQuotes);
  if (!take_any_of(ahead, " \t").empty() && starts_word(place.after)) {
    const std::string word = lower(take_back(ahead, is_label_char));
    const View rest = trimmed(place.after.substr(0, 3));
    const bool is_code = rest.starts_with(';') || rest.starts_with('{') || rest.starts_with(':');
    if ((word == "namespace" || word == "namespaces") && !is_code) return true;
  }
  View rest = place.after;
  while (!rest.empty() && contains(kQuotes, rest.substr(0, 1))) rest.remove_prefix(1);
  return rest.starts_with(" namespace") && ends_name(rest.substr(10));
}

// Takes off the other entries of a list of names on the same line, back to where it begins.
void take_entries(View& before) {
  while (true) {
    View ahead = before;
    take_any_of(ahead, " \t\"'`\\");
    if (!ahead.ends_with(',') && !ahead.ends_with('|')) return;
    ahead.remove_suffix(1);
    take_any_of(ahead, " \t\"'`\\");
    if (take_back(ahead, is_label_char).empty()) return;
    before = ahead;
  }
}

// "namespace: shop", "--watch-namespace=shop", "POD_NAMESPACE='shop'", "\"namespace\":\"shop\"",
// "namespaces: [blog, shop]", "namespace=~\"blog|shop\"", "${NAMESPACE:-shop}",
// "[kubernetes][namespace] == \"shop\"", "list_namespaced_pod(\"shop\""
bool is_assigned(const Place& place) {
  if (!starts_word(place.after)) return false;
  View ahead = line_end(place.before);
  take_entries(ahead);
  take_any_of(ahead, " \t\"'`\\[(^");
  View sign = ahead;
  if (take_end(sign, ":-")) {
    ahead = sign;
  } else {
    const View signs = take_any_of(ahead, ":=~!");
    const bool is_call =
        place.before
            .substr(static_cast<std::size_t>(ahead.data() + ahead.size() - place.before.data()))
            .starts_with('(');
    const bool is_flag = signs.empty() && !is_call;
    if (is_flag) {
      const View flag = take_back(ahead, is_word_char);
      return flag.starts_with("--") && holds_namespaces(flag);
    }
  }
  take_any_of(ahead, " \t\"'`\\");
  if (take_end(ahead, "]")) {
    take_back(ahead, is_digit);
    take_end(ahead, "[");
    take_any_of(ahead, kQuotes);
  }
  return holds_namespaces(take_back(ahead, is_word_char));
}

// An entry of a YAML list whose key is on a line of its own: "namespaces:", or "names:" below it.
bool is_listed(const Place& place) {
  LinesBack lines(place.before);
  View first = trimmed(lines.line());
  take_any_of(first, "\"'");
  if (trimmed(first) != "-") return false;
  View line;
  do {
    if (!lines.next()) return false;
    line = trimmed(lines.line());
  } while (line.starts_with("- "));
  if (line == "names:" || line == "matchNames:" || line == "values:") {
    if (!lines.next()) return false;
    line = trimmed(lines.line());
  }
  return line.ends_with(':') && holds_namespaces(line.substr(0, line.size() - 1));
}

// What the next lines say of the one that names namespaces: "regex: shop" below
// "source_labels: [__meta_kubernetes_namespace]", "name: shop" below "kind: Namespace".
bool is_below(const Place& place) {
  constexpr std::size_t kLinesMax = 4;
  LinesBack lines(place.before);
  View key = trimmed(lines.line());
  take_any_of(key, "\"'^( ");
  if (!take_end(key, ":") || !starts_word(place.after)) return false;
  take_any_of(key, "\"'");
  const View name = take_back(key, is_word_char);
  constexpr std::array<View, 4> kPatterns = {"regex", "value", "values", "pattern"};
  const bool is_pattern = is_one_of(kPatterns, name);
  if (!is_pattern && name != "name") return false;
  for (std::size_t i = 0; i < kLinesMax && lines.next(); ++i) {
    const View line = trimmed(lines.line());
    if (line.starts_with("---")) return false;
    if (is_pattern && contains(line, "_namespace]")) return true;
    if (is_pattern && line.ends_with("metadata.name")) return true;
    if (!is_pattern && line.ends_with("kind: Namespace")) return true;
    if (line.starts_with("- ")) return false;
  }
  return false;
}

// Members of a JSON object whose name is "namespace": "value": "shop", "text": "shop".
bool is_in_json_of_namespaces(const Place& place) {
  View ahead = line_end(place.before);
  take_any_of(ahead, " \t\"\\");
  if (!take_end(ahead, ":")) return false;
  take_any_of(ahead, " \t\"\\");
  constexpr std::array<View, 4> kMembers = {"text", "value", "query", "current"};
  if (!is_one_of(kMembers, take_back(ahead, is_word_char))) return false;
  const View near = ahead.size() > 200 ? ahead.substr(ahead.size() - 200) : ahead;
  return contains(near, R"("name": "namespace")") || contains(near, R"("name":"namespace")");
}

// --- An object by namespace and name.

// What holds such references: a member, a variable or a flag with one of these in its name.
constexpr std::array<View, 26> kHolders = {
    "secret", "cert",       "ca-from", "tls",     "auth",    "configmap", "config-map",
    "lock",   "leader",     "lease",   "gateway", "from",    "service",   "networks",
    "ref",    "account",    "egress",  "issuer",  "owner",   "pod",       "claim",
    "volume", "middleware", "policy",  "backend", "waypoint"};

bool holds_references(View name) {
  const std::string plain = lower(name);
  return std::any_of(kHolders.begin(), kHolders.end(),
                     [&](View word) { return contains(plain, word); });
}

bool is_port(View text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

// "--default-ssl-certificate=shop/wildcard-tls", "inject-ca-from: shop/ca", "shop/*";
// "5432: shop/postgres:5432", a port of ingress-nginx
bool is_reference(const Place& place) {
  if (!place.after.starts_with('/')) return false;
  View rest = place.after.substr(1);
  const auto* const end = std::find_if_not(rest.begin(), rest.end(),
                                           [](char c) { return is_label_char(c) || c == '*'; });
  if (end == rest.begin()) return false;
  rest = View(end, rest.end());
  View ahead = line_end(place.before);
  take_any_of(ahead, " \t\"'[");
  const View key = key_before(ahead, place);
  if (rest.starts_with(':')) return is_port(key);
  const bool is_whole = rest.empty() || contains(" ,\"'\n\r@;", rest.substr(0, 1));
  return is_whole && holds_references(key);
}

using Test = bool (*)(const Place& place);
constexpr auto kForms = std::to_array<Test>(
    {is_service_domain, is_other_domain, is_short_host, is_host_member, is_pod_host, is_path,
     is_workload_identity, is_account, is_log_path, is_tracking_id, is_short_flag, is_command_word,
     is_prose, is_assigned, is_listed, is_below, is_in_json_of_namespaces, is_reference});
// With more of a name on one side.
constexpr auto kAttachedForms = std::to_array<Test>({is_traefik_name, is_short_flag});

}  // namespace

bool is_label_char(char c) { return is_alpha(c) || is_digit(c) || c == '-'; }

bool names_namespace(const Place& place) {
  const bool is_alone = (place.before.empty() || !is_label_char(place.before.back()) ||
                         place.before.ends_with(":-")) &&
                        (place.after.empty() || !is_label_char(place.after.front()));
  const auto fits = [&](Test test) { return test(place); };
  return is_alone ? std::any_of(kForms.begin(), kForms.end(), fits)
                  : std::any_of(kAttachedForms.begin(), kAttachedForms.end(), fits);
}

bool is_for_clusters(View words) {
  bool is_empty = true;
  while (!words.empty()) {
    take_back(words, [](char c) { return !is_word_char(c); });
    const View word = take_back(words, is_word_char);
    if (is_one_of(kTools, word)) return true;
    is_empty = is_empty && word.empty();
  }
  return is_empty;
}

bool holds_namespaces(View name) {
  const std::string plain = lower(name);
  if (contains(plain, "namespace") || plain == "ns" || plain == "metadata.name") return true;
  return plain.ends_with("_ns") || plain.ends_with("-ns") || plain.ends_with(".ns") ||
         plain.ends_with("/metadata.name");
}

}  // namespace salvor::restore::internal
