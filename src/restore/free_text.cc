// How a name is found: at each place where an old name stands alone (no letter, digit or '-' beside
// it), the text around it is tried against the rows of a table. Linear in the text for each name.
#include "restore/free_text.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/base64.h"

namespace salvor::restore {
namespace {

bool is_label_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

// A name in a text, with what stands around it.
struct Place {
  std::string_view before;
  std::string_view after;
};

bool starts_word(std::string_view after) {
  return after.empty() || (!is_label_char(after.front()) && after.front() != '.');
}

// "db.shop.svc", "db-0.db.shop.svc.cluster.local:5432"
bool is_service_name(const Place& place) {
  if (!place.before.ends_with('.') || place.before.size() < 2) return false;
  if (!is_label_char(place.before[place.before.size() - 2])) return false;
  return place.after.starts_with(".svc") &&
         starts_word(place.after.substr(4).starts_with(".cluster") ? "" : place.after.substr(4));
}

// "http://db.shop:80/", "tcp://db.shop", "user@db.shop": a host of two labels where a host must be.
bool is_short_host(const Place& place) {
  if (!place.before.ends_with('.')) return false;
  std::size_t begin = place.before.size() - 1;
  while (begin > 0 && is_label_char(place.before[begin - 1])) --begin;
  if (begin + 1 == place.before.size()) return false;
  const std::string_view ahead = place.before.substr(0, begin);
  const bool follows_scheme = ahead.ends_with("://") || ahead.ends_with('@');
  const bool has_port = place.after.size() > 1 && place.after[0] == ':' &&
                        std::isdigit(static_cast<unsigned char>(place.after[1])) != 0;
  const bool is_alone = ahead.empty() || !(ahead.ends_with('.') || ahead.ends_with('/'));
  return (follows_scheme && starts_word(place.after)) || (has_port && is_alone);
}

// An entry of a YAML list whose key is on a line of its own.
bool is_listed(const Place& place) {
  const auto trimmed = [](std::string_view line) {
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    while (!line.empty() && (is_blank(line.back()) || line.back() == '\r')) line.remove_suffix(1);
    return line;
  };
  std::string_view before = place.before;
  for (bool is_first = true;; is_first = false) {
    const std::size_t end = before.rfind('\n');
    const bool is_last = end == std::string_view::npos;
    const std::string_view line = trimmed(is_last ? before : before.substr(end + 1));
    const bool is_entry =
        is_first ? line == "-" || line == "- \"" || line == "- '" : line.starts_with("- ");
    if (!is_entry) return !is_first && lower(line).ends_with("namespaces:");
    if (is_last) return false;
    before = before.substr(0, end);
  }
}

// "/api/v1/namespaces/shop/pods"
bool is_api_path(const Place& place) {
  return place.before.ends_with("/namespaces/") && starts_word(place.after);
}

// "system:serviceaccount:shop:cart", "system:serviceaccounts:shop"
bool is_account(const Place& place) {
  return (place.before.ends_with("system:serviceaccount:") && place.after.starts_with(':')) ||
         (place.before.ends_with("system:serviceaccounts:") && starts_word(place.after));
}

// "kubectl -n shop get pods"
bool is_short_flag(const Place& place) {
  std::string_view before = place.before;
  if (before.ends_with("-n=")) {
    before.remove_suffix(1);
  } else {
    const std::size_t length = before.size();
    while (!before.empty() && is_blank(before.back())) before.remove_suffix(1);
    if (before.size() == length) return false;
  }
  if (!before.ends_with("-n") || !starts_word(place.after)) return false;
  before.remove_suffix(2);
  return before.empty() || is_blank(before.back());
}

// "namespace: shop", "--watch-namespace=shop", "POD_NAMESPACE='shop'", "\"namespace\":\"shop\"",
// "namespaces: [blog, shop]"
bool is_assigned(const Place& place) {
  if (!starts_word(place.after)) return false;
  std::string_view before = place.before;
  const auto skip = [&](std::string_view characters) {
    const std::size_t length = before.size();
    while (!before.empty() && characters.find(before.back()) != std::string_view::npos)
      before.remove_suffix(1);
    return before.size() < length;
  };
  // Earlier entries of a list on the same line.
  const std::size_t line =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const std::size_t bracket = before.rfind('[');
  if (bracket != std::string_view::npos && bracket >= line &&
      before.find(']', bracket) == std::string_view::npos)
    before = before.substr(0, bracket);
  // "--watch-namespaces=blog,shop"
  while (before.ends_with(',')) {
    before.remove_suffix(1);
    while (!before.empty() && is_label_char(before.back())) before.remove_suffix(1);
  }
  skip(" \t\"'\\");
  const bool is_flag_word = !before.ends_with('=') && !before.ends_with(':');
  if (!is_flag_word) skip(":=");
  skip(" \t\"'\\");
  std::size_t begin = before.size();
  while (begin > 0 && (is_label_char(before[begin - 1]) || before[begin - 1] == '_')) --begin;
  const std::string key = lower(before.substr(begin));
  const bool is_named = key.ends_with("namespace") || key.ends_with("namespaces");
  return is_named && (!is_flag_word || key.starts_with("--"));
}

using Test = bool (*)(const Place& place);
constexpr std::array<Test, 7> kTests = {is_service_name, is_short_host, is_api_path, is_account,
                                        is_short_flag,   is_assigned,   is_listed};

bool names_namespaces(std::string_view member_name) {
  const std::string name = lower(member_name);
  return name.ends_with("namespace") || name.ends_with("namespaces") || name.ends_with("_ns");
}

struct Hit {
  std::size_t begin = 0;
  std::size_t size = 0;
  std::string_view target;
};

void find_hits(const std::string& text, const std::string& source, std::string_view target,
               std::vector<Hit>& hits) {
  const std::string_view whole = text;
  for (std::size_t at = text.find(source); at != std::string::npos;
       at = text.find(source, at + 1)) {
    const std::size_t end = at + source.size();
    const bool is_alone = (at == 0 || !is_label_char(text[at - 1])) &&
                          (end == text.size() || !is_label_char(text[end]));
    if (!is_alone) continue;
    const Place place{whole.substr(0, at), whole.substr(end)};
    if (std::any_of(kTests.begin(), kTests.end(), [&](Test test) { return test(place); }))
      hits.push_back({at, source.size(), target});
  }
}

// A value that is a name, or a list of names: "shop", "blog, shop".
std::string mapped_names(const std::string& text, const NamespaceMap& namespaces) {
  std::string mapped;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    std::size_t end = begin;
    while (end < text.size() && is_label_char(text[end])) ++end;
    mapped += namespaces.target_of(text.substr(begin, end - begin));
    while (end < text.size() && (text[end] == ',' || is_blank(text[end]))) mapped += text[end++];
    if (end == begin) break;
    begin = end;
  }
  return begin == text.size() ? mapped : text;
}

// An argument whose value is the next one.
bool is_namespace_flag(const Json& argument) {
  if (!argument.is_string()) return false;
  const std::string& text = argument.get_ref<const std::string&>();
  return text == "-n" || (text.starts_with("--") && lower(text).ends_with("namespace"));
}

class Finder {
 public:
  Finder(const NamespaceMap& namespaces, bool is_encoded)
      : namespaces_(namespaces), is_encoded_(is_encoded) {}

  void look(const Json* original, const Json& value, const Json::json_pointer& at,
            const std::string& name) {
    if (value.is_object()) {
      for (const auto& [key, child] : value.items())
        look(child_of(original, key), child, at / key, name_of(value, key));
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        const bool has = original != nullptr && original->is_array() && i < original->size();
        const bool follows_flag = i > 0 && is_namespace_flag(value[i - 1]);
        look(has ? &(*original)[i] : nullptr, value[i], at / i, follows_flag ? "namespace" : name);
      }
    } else if (value.is_string()) {
      const bool is_mapped = original != nullptr && original->is_string() && *original != value;
      if (!is_mapped) add(value.get_ref<const std::string&>(), at, name);
    }
  }

  std::vector<FreeText> found;

 private:
  static const Json* child_of(const Json* value, const std::string& key) {
    if (value == nullptr || !value->is_object()) return nullptr;
    const auto child = value->find(key);
    return child == value->end() ? nullptr : &*child;
  }

  // Of an environment variable's value, the variable's.
  static std::string name_of(const Json& holder, const std::string& key) {
    return key == "value" && holder.contains("name") ? text_at(holder, "name") : key;
  }

  void add(const std::string& text, const Json::json_pointer& at, const std::string& name) {
    const bool is_data = is_encoded_ && at.to_string().starts_with("/data/");
    const std::string plain = is_data ? decode_base64(text).value_or("") : text;
    std::string mapped = mapped_text(plain, name, namespaces_);
    if (mapped == plain) return;
    found.push_back(
        {at.to_string(), text, is_data ? encode_base64(mapped) : std::move(mapped), is_data});
  }

  const NamespaceMap& namespaces_;
  const bool is_encoded_;
};

}  // namespace

std::string mapped_text(const std::string& text, std::string_view member_name,
                        const NamespaceMap& namespaces) {
  if (names_namespaces(member_name)) {
    std::string names = mapped_names(text, namespaces);
    if (names != text) return names;
  }
  // All on the text as it is: "a" to "b" and "b" to "a" must not undo each other.
  std::vector<Hit> hits;
  for (const auto& [source, target] : namespaces.entries()) find_hits(text, source, target, hits);
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.begin < b.begin; });
  std::string mapped;
  std::size_t done = 0;
  for (const Hit& hit : hits) {
    mapped.append(text, done, hit.begin - done).append(hit.target);
    done = hit.begin + hit.size;
  }
  return mapped.append(text, done);
}

ChangedLine changed_line(const FreeText& text) {
  constexpr std::size_t most = 200;
  const std::size_t shorter = std::min(text.before.size(), text.after.size());
  std::size_t at = 0;
  while (at < shorter && text.before[at] == text.after[at]) ++at;
  const std::size_t line = at == 0 ? std::string::npos : text.before.rfind('\n', at - 1);
  const std::size_t begin = line == std::string::npos ? 0 : line + 1;
  // A minified text is one line: what matters of it is near the change.
  const std::size_t from = at - begin > most / 2 ? at - most / 2 : begin;
  const auto cut = [&](const std::string& whole) {
    const std::size_t end = std::min(whole.find('\n', at), whole.size());
    const std::string piece = whole.substr(from, std::min(end - from, most));
    return (from > begin ? "…" : "") + piece + (end - from > most ? "…" : "");
  };
  return {cut(text.before), cut(text.after)};
}

std::vector<FreeText> free_texts(const Json& original, const Json& object,
                                 const NamespaceMap& namespaces) {
  if (namespaces.entries().empty()) return {};
  Finder finder(namespaces, text_at(object, "kind") == "Secret");
  for (const auto& [key, child] : object.items()) {
    if (key == "metadata" || key == "status") continue;
    const auto before = original.find(key);
    finder.look(before == original.end() ? nullptr : &*before, child, Json::json_pointer() / key,
                key);
  }
  const Json& annotations = member(member(object, "metadata"), "annotations");
  finder.look(&member(member(original, "metadata"), "annotations"), annotations,
              Json::json_pointer("/metadata/annotations"), "annotations");
  return std::move(finder.found);
}

}  // namespace salvor::restore
