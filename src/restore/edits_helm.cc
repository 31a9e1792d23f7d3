// Helm's own memory of a release: a Secret or ConfigMap that holds it as gzipped JSON.
// https://helm.sh/docs/topics/advanced/#storage-backends ; the encoding is that of Helm's
// pkg/storage/driver: JSON, gzip, base64, and once more base64 as a Secret's data.
#include "archive/gzip.h"
#include "base/base64.h"
#include "restore/internal/edit_functions.h"

namespace salvor::restore::internal {
namespace {

constexpr std::uint64_t kReleaseBytesMax = std::uint64_t{32} << 20;  // unpacked
constexpr std::size_t kStoredBytesMax = std::size_t{1} << 20;        // what a Secret can hold
constexpr const char* kNotMapped = "the Helm release in it still names the old namespace: ";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '-'; }

// One line of a manifest: its value when it says `namespace: …`, plain or quoted.
std::string mapped_line(const std::string& line, const NamespaceMap& namespaces) {
  std::size_t begin = 0;
  while (begin < line.size() && is_blank(line[begin])) ++begin;
  constexpr std::string_view key = "namespace:";
  if (line.compare(begin, key.size(), key) != 0) return line;
  std::size_t from = line.find_first_not_of(" \"'", begin + key.size());
  if (from == std::string::npos) return line;
  const std::size_t end = std::min(line.find_first_of(" \"'\r#", from), line.size());
  return line.substr(0, from) + namespaces.target_of(line.substr(from, end - from)) +
         line.substr(end);
}

void map_manifest(Json* manifest, const NamespaceMap& namespaces) {
  if (manifest == nullptr || !manifest->is_string()) return;
  const std::string& text = manifest->get_ref<const std::string&>();
  std::string mapped;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    mapped += mapped_line(text.substr(begin, end - begin), namespaces);
    if (end < text.size()) mapped += '\n';
    begin = end + 1;
  }
  *manifest = std::move(mapped);
}

void map_release(Json& release, const NamespaceMap& namespaces) {
  const std::string home = text_at(release, "namespace");
  if (!home.empty()) release["namespace"] = namespaces.target_of(home);
  map_manifest(find_path(release, {"manifest"}), namespaces);
  Json* hooks = list_at(release, {"hooks"});
  if (hooks == nullptr) return;
  for (Json& hook : *hooks) map_manifest(find_path(hook, {"manifest"}), namespaces);
}

// The stored text with the namespaces mapped. Fails with invalid or corrupt when it is no release.
Result<std::string> mapped_payload(const std::string& stored, const NamespaceMap& namespaces) {
  const auto packed = decode_base64(stored);
  if (!packed) return error(ErrorCode::invalid, "it is not base64");
  TRY(const std::string text, archive::gunzipped(*packed, kReleaseBytesMax));
  TRY(Json release, parse_json(text));
  if (!release.is_object()) return error(ErrorCode::invalid, "it is no JSON object");
  const Json before = release;
  map_release(release, namespaces);
  if (release == before) return stored;
  return encode_base64(archive::gzipped(compact(release)));
}

}  // namespace

void edit_helm_release(Json& object, const EditContext& context, Notes& notes) {
  const bool is_secret = text_at(object, "type") == "helm.sh/release.v1";
  const bool is_map = text_at(member(member(object, "metadata"), "labels"), "owner") == "helm" &&
                      text_at(object, "type").empty();
  Json* stored = find_path(object, {"data", "release"});
  if ((!is_secret && !is_map) || stored == nullptr || !stored->is_string()) return;
  if (context.namespaces.is_identity()) return;
  std::string text = *stored;
  if (is_secret) text = decode_base64(text).value_or("");
  const auto mapped = mapped_payload(text, context.namespaces);
  if (!mapped.ok()) {
    notes.push_back(kNotMapped + mapped.error().message);
    return;
  }
  if (*mapped == text) return;
  const std::string kept = is_secret ? encode_base64(*mapped) : *mapped;
  if (kept.size() > kStoredBytesMax) {
    notes.push_back(std::string(kNotMapped) + "mapped, it would be too large");
  } else {
    *stored = kept;
  }
}

}  // namespace salvor::restore::internal
