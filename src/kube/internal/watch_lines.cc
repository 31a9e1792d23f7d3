#include "kube/internal/watch_lines.h"

#include <nlohmann/json.hpp>

#include "kube/status.h"

namespace salvor::kube {
namespace {

struct TypeRow {
  const char* name;
  WatchEvent::Type type;
};

constexpr TypeRow kTypes[] = {{"ADDED", WatchEvent::Type::added},
                              {"MODIFIED", WatchEvent::Type::modified},
                              {"DELETED", WatchEvent::Type::deleted},
                              {"BOOKMARK", WatchEvent::Type::bookmark}};

Error error_event(const Json& object) {
  const Json& code = member(object, "code");
  const int status = code.is_number_integer() ? code.get<int>() : 500;
  return to_error(read_status(status, compact(object)), Access::read);
}

}  // namespace

std::optional<std::string> LineSplitter::next() {
  while (true) {
    const std::size_t end = buffer_.find('\n', start_);
    if (end == std::string::npos) break;
    std::string line = buffer_.substr(start_, end - start_);
    start_ = end + 1;
    if (!line.empty()) return line;
  }
  buffer_.erase(0, start_);
  start_ = 0;
  return std::nullopt;
}

Result<WatchEvent> read_watch_event(std::string_view line) {
  auto parsed = parse_json(line);
  if (!parsed.ok()) return error(ErrorCode::corrupt, "a watch event is no JSON");
  Json& event = *parsed;
  const std::string name = text_at(event, "type");
  if (name == "ERROR") return error_event(member(event, "object"));
  for (const TypeRow& row : kTypes) {
    if (name != row.name || !member(event, "object").is_object()) continue;
    return WatchEvent{row.type, std::move(event["object"])};
  }
  return error(ErrorCode::corrupt, "a watch event has an unknown type");
}

}  // namespace salvor::kube
