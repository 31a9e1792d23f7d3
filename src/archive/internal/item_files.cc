#include "archive/internal/item_files.h"

#include <functional>

#include "archive/head.h"
#include "archive/layout.h"

namespace salvor::archive::internal {
namespace {

Error corrupt(const std::string& message) { return error(ErrorCode::corrupt, message); }

// Format 1 has only the first copies, 1.1.0 both; what a later major version does is not known.
Result<void> check_version(std::string_view content) {
  if (content == "1" || content == "1\n" || content.substr(0, 2) == "1.") return {};
  return error(ErrorCode::invalid, "backup has format version \"" +
                                       std::string(content.substr(0, 20)) +
                                       "\", and only versions 1 to 1.x can be read");
}

}  // namespace

Result<bool> ItemFiles::wants(const std::string& path) {
  TRY(const std::optional<ItemName> item, parse_item_path(path));
  if (path == kVersionFile) return true;
  if (!item) return false;
  const bool is_first = item->version.empty();
  if (!is_first && !sinks_.versions) return false;
  if (++(is_first ? items_ : copies_) > limits_.items) {
    return corrupt("backup has more than " + std::to_string(limits_.items) + " objects");
  }
  if (!names_.insert(std::hash<std::string>()(path)).second) {
    return corrupt("backup has \"" + path + "\" twice");
  }
  return true;
}

Result<void> ItemFiles::take(const std::string& path, std::string_view content) const {
  if (path == kVersionFile) return check_version(content);
  TRY(std::optional<ItemName> item, parse_item_path(path));
  CHECK(item);
  const Result<ObjectHead> head = read_head(content);
  if (!head.ok()) return corrupt("\"" + path + "\" is not a JSON object");
  if (!item->version.empty()) return sinks_.versions(*item, content);
  item->version = head->version();
  return sinks_.items(*item, content);
}

}  // namespace salvor::archive::internal
