#include "kube/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <vector>

namespace salvor::kube {
namespace {

enum class Numbers { text, numbers };

// Builds the value from events, so that the depth is known before anything nests.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::size_t depth_max, Numbers numbers) : depth_max_(depth_max), numbers_(numbers) {}

  Result<YamlDocument> take() && {
    if (problem_) return *std::move(problem_);
    return YamlDocument{std::move(root_), std::move(lines_)};
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override { add(nullptr); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail("YAML aliases are not taken (line " + std::to_string(mark.line + 1) + ")");
    add(nullptr);
  }
  void OnScalar(const YAML::Mark&, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    add(scalar(tag, value));
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(Json::array());
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    lines_.emplace(place(), mark.line + 1);
    open(Json::object());
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Json value;
    std::optional<std::string> key;  // of a map: read, and waiting for its value
  };

  // Plain scalars have the tag "?"; quoted ones are strings whatever they say.
  Json scalar(const std::string& tag, const std::string& value) const {
    if (tag != "?") return value;
    if (value == "true") return true;
    if (value == "false") return false;
    if (value == "null" || value == "~" || value.empty()) return nullptr;
    if (numbers_ == Numbers::text) return value;
    Result<Json> number = parse_json(value);
    return number.ok() && number->is_number() ? *std::move(number) : Json(value);
  }

  // The JSON pointer of the value that comes next.
  std::string place() const {
    Json::json_pointer pointer;
    for (const Level& level : levels_) {
      if (level.value.is_array()) {
        pointer /= level.value.size();
      } else {
        pointer /= level.key.value_or("");
      }
    }
    return pointer.to_string();
  }

  void open(Json value) {
    if (levels_.size() >= depth_max_) fail("nested too deeply");
    levels_.push_back({std::move(value), std::nullopt});
  }

  void close() {
    Json done = std::move(levels_.back().value);
    levels_.pop_back();
    add(std::move(done));
  }

  void add(Json value) {
    if (problem_) return;
    if (levels_.empty()) {
      root_ = std::move(value);
      return;
    }
    Level& level = levels_.back();
    if (level.value.is_array()) {
      level.value.push_back(std::move(value));
      return;
    }
    if (!level.key) {
      level.key = value.is_string() ? value.get<std::string>() : compact(value);
      return;
    }
    level.value[*level.key] = std::move(value);
    level.key.reset();
  }

  void fail(const std::string& why) {
    if (!problem_) problem_ = error(ErrorCode::invalid, why);
  }

  const std::size_t depth_max_;
  const Numbers numbers_;
  std::map<std::string, int> lines_;
  std::vector<Level> levels_;
  Json root_;
  std::optional<Error> problem_;
};

Result<YamlDocument> parse(std::string_view text, const JsonLimits& limits, Numbers numbers) {
  if (text.size() > limits.bytes) {
    return error(ErrorCode::invalid, "larger than " + std::to_string(limits.bytes >> 10) + " KiB");
  }
  std::istringstream input{std::string(text)};
  Builder builder(limits.depth, numbers);
  try {
    YAML::Parser parser(input);
    if (!parser.HandleNextDocument(builder)) return error(ErrorCode::invalid, "no YAML document");
  } catch (const YAML::Exception& problem) {
    // Its message can quote the text, which may be a secret.
    return error(ErrorCode::invalid,
                 "no valid YAML near line " + std::to_string(problem.mark.line + 1));
  }
  return std::move(builder).take();
}

}  // namespace

Result<Json> parse_yaml(std::string_view text, const JsonLimits& limits) {
  TRY(YamlDocument document, parse(text, limits, Numbers::text));
  return std::move(document.value);
}

Result<YamlDocument> parse_yaml_document(std::string_view text, const JsonLimits& limits) {
  return parse(text, limits, Numbers::numbers);
}

}  // namespace salvor::kube
