#include "restore/field_changes.h"

#include <algorithm>

namespace salvor::restore {
namespace {

class Comparison {
 public:
  explicit Comparison(const Rule& rule) : rule_(rule) {}

  void compare(const Json& before, const Json& after, const std::string& path) {
    if (before == after) return;
    if (is_hidden(path)) return add({path, shown_hidden(before), shown_hidden(after)});
    if (before.is_object() && after.is_object()) return objects(before, after, path);
    if (before.is_array() && after.is_array() && before.size() == after.size())
      return lists(before, after, path);
    add({path, shown(before, path), shown(after, path)});
  }

  std::vector<FieldChange> take() {
    if (more_ > 0)
      changes_.push_back({"", nullptr, "and " + std::to_string(more_) + " changes more"});
    return std::move(changes_);
  }

 private:
  void objects(const Json& before, const Json& after, const std::string& path) {
    for (const auto& [key, value] : before.items())
      compare(value, member(after, key), below(path, key));
    for (const auto& [key, value] : after.items()) {
      if (!before.contains(key)) compare(nullptr, value, below(path, key));
    }
  }
  void lists(const Json& before, const Json& after, const std::string& path) {
    for (std::size_t i = 0; i < before.size(); ++i)
      compare(before[i], after[i], path + "/" + std::to_string(i));
  }

  static std::string below(const std::string& path, const std::string& key) {
    return (Json::json_pointer(path) / key).to_string();
  }
  bool is_hidden(const std::string& path) const {
    return std::any_of(rule_.hidden.begin(), rule_.hidden.end(), [&](std::string_view hidden) {
      return path == hidden || path.starts_with(std::string(hidden) + "/");
    });
  }
  // A part of the object that has something hidden below it is shown without that.
  Json shown(Json value, const std::string& path) const {
    for (const std::string_view hidden : rule_.hidden) {
      if (!hidden.starts_with(path + "/")) continue;
      const Json::json_pointer rest(std::string(hidden.substr(path.size())));
      if (value.contains(rest)) value[rest] = kHidden;
    }
    const std::string text = value.is_string() ? value.get<std::string>() : compact(value);
    if (text.size() <= kValueBytesMax) return value;
    std::size_t end = kValueBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "…";
  }
  static Json shown_hidden(const Json& value) { return value.is_null() ? value : Json(kHidden); }

  void add(FieldChange change) {
    if (changes_.size() < kChangesMax) {
      changes_.push_back(std::move(change));
    } else {
      ++more_;
    }
  }

  const Rule& rule_;
  std::vector<FieldChange> changes_;
  std::size_t more_ = 0;
};

}  // namespace

std::vector<FieldChange> field_changes(const Json& before, const Json& after, const Rule& rule) {
  Comparison comparison(rule);
  comparison.compare(before, after, "");
  return comparison.take();
}

Json to_json(const std::vector<FieldChange>& changes) {
  Json list = Json::array();
  for (const FieldChange& change : changes) {
    Json entry = {{"path", change.path}};
    if (!change.before.is_null()) entry["before"] = change.before;
    if (!change.after.is_null()) entry["after"] = change.after;
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace salvor::restore
