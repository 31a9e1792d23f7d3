// How a name is found: at each place where an old name stands, the text around it is tried against
// the forms of a table (free_text_forms.cc). Linear in the text for each name.
#include "restore/free_text.h"

#include <algorithm>

#include "base/base64.h"
#include "restore/internal/free_text_forms.h"

namespace salvor::restore {
namespace {

using internal::is_label_char;
using internal::Place;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct Hit {
  std::size_t begin = 0;
  std::size_t size = 0;
  std::string_view target;
};

void find_hits(const std::string& text, std::string_view member_name, const std::string& source,
               std::string_view target, std::vector<Hit>& hits) {
  constexpr std::size_t near = 2000;  // as far as a form may look
  const std::string_view whole = text;
  for (std::size_t at = text.find(source); at != std::string::npos;
       at = text.find(source, at + 1)) {
    const std::size_t from = at > near ? at - near : 0;
    const Place place{whole.substr(from, at - from), whole.substr(at + source.size(), near),
                      member_name};
    if (internal::names_namespace(place)) hits.push_back({at, source.size(), target});
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
    while (end < text.size() && (text[end] == ',' || text[end] == '|' || is_blank(text[end])))
      mapped += text[end++];
    if (end == begin) break;
    begin = end;
  }
  return begin == text.size() ? mapped : text;
}

// Whether what stands before an entry of a list says that the entry is a namespace: "--namespace",
// or "-n" or "namespace" of a tool for clusters.
bool introduces_namespace(const Json& list, std::size_t entry) {
  if (entry == 0 || !list[entry - 1].is_string()) return false;
  const std::string& word = list[entry - 1].get_ref<const std::string&>();
  if (word.starts_with("--")) return internal::holds_namespaces(word);
  const bool is_noun = word == "namespace" || word == "namespaces" || word == "ns";
  if (word != "-n" && !is_noun) return false;
  std::string words;
  for (std::size_t i = 0; i + 1 < entry; ++i) {
    if (list[i].is_string()) words += list[i].get_ref<const std::string&>() + " ";
  }
  if (is_noun) return !words.empty() && internal::is_for_clusters(words);
  return words.starts_with('-') || internal::is_for_clusters(words);
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
        const bool is_told = introduces_namespace(value, i);
        look(has ? &(*original)[i] : nullptr, value[i], at / i, is_told ? "namespace" : name);
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
  if (internal::holds_namespaces(member_name)) {
    std::string names = mapped_names(text, namespaces);
    if (names != text) return names;
  }
  // All on the text as it is: "a" to "b" and "b" to "a" must not undo each other.
  std::vector<Hit> hits;
  for (const auto& [source, target] : namespaces.entries())
    find_hits(text, member_name, source, target, hits);
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
