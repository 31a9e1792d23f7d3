#include "archive/layout.h"

#include <span>
#include <vector>

namespace salvor::archive {
namespace {

constexpr std::string_view kJson = ".json";
constexpr std::string_view kCluster = "cluster";
constexpr std::string_view kNamespaces = "namespaces";
constexpr std::string_view kPreferred = "-preferredversion";

bool is_safe_segment(std::string_view segment) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  return segment.find('/') == std::string_view::npos &&
         segment.find('\0') == std::string_view::npos;
}

std::string path_below(const std::string& folder, const ItemName& item) {
  std::string path = "resources/" + item.group_resource + folder + "/";
  path += item.namespace_name.empty() ? kCluster : kNamespaces;
  if (!item.namespace_name.empty()) path += "/" + item.namespace_name;
  return path + "/" + item.name + std::string(kJson);
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    segments.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

// The segment's name when it is a JSON file; "" otherwise.
std::string name_of(std::string_view segment) {
  if (segment.size() <= kJson.size() || !segment.ends_with(kJson)) return {};
  return std::string(segment.substr(0, segment.size() - kJson.size()));
}

}  // namespace

std::string backup_folder(const std::string& name) { return "backups/" + name + "/"; }

std::string description_object(const std::string& name) {
  return backup_folder(name) + "velero-backup.json";
}

std::string tarball_object(const std::string& name) {
  return backup_folder(name) + name + ".tar.gz";
}

std::string companion_object(const std::string& name, const std::string& what) {
  return backup_folder(name) + name + "-" + what;
}

std::string item_path(const ItemName& item) { return path_below("", item); }

std::string preferred_item_path(const ItemName& item) {
  return path_below("/" + item.version + std::string(kPreferred), item);
}

std::string version_item_path(const ItemName& item) { return path_below("/" + item.version, item); }

bool is_safe(const ItemName& item) {
  const bool namespace_fits = item.namespace_name.empty() || is_safe_segment(item.namespace_name);
  return is_safe_segment(item.group_resource) && is_safe_segment(item.version) && namespace_fits &&
         is_safe_segment(item.name);
}

Result<std::optional<ItemName>> parse_item_path(std::string_view path) {
  // Packed again by hand, as in "tar cz .", names begin so.
  if (path.starts_with("./")) path.remove_prefix(2);
  const std::vector<std::string_view> segments = segments_of(path);
  for (const std::string_view segment : segments) {
    if (!is_safe_segment(segment)) {
      return error(ErrorCode::corrupt,
                   "the path \"" + std::string(path) + "\" leads out of the backup");
    }
  }
  if (segments.size() < 4 || segments[0] != "resources") return std::optional<ItemName>();
  ItemName item{std::string(segments[1]), "", "", name_of(segments.back())};
  std::span<const std::string_view> below = std::span(segments).subspan(2);
  const bool has_version = below.front() != kCluster && below.front() != kNamespaces;
  if (has_version) {
    item.version = below.front();
    below = below.subspan(1);
  }
  const bool is_cluster = below.size() == 2 && below.front() == kCluster;
  const bool is_namespaced = below.size() == 3 && below.front() == kNamespaces;
  if (item.name.empty() || (!is_cluster && !is_namespaced)) return std::optional<ItemName>();
  if (item.version.ends_with(kPreferred)) return std::optional<ItemName>();
  if (is_namespaced) item.namespace_name = below[1];
  return std::optional<ItemName>(std::move(item));
}

}  // namespace salvor::archive
