#include "kube/internal/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <vector>

namespace salvor::kube {
namespace {

// Builds the value from events, so that the depth is known before anything nests.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(std::size_t depth_max) : depth_max_(depth_max) {}

  Result<Json> take() && {
    if (problem_) return *std::move(problem_);
    return std::move(root_);
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
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(Json::object());
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Json value;
    std::optional<std::string> key;  // of a map: read, and waiting for its value
  };

  // Plain scalars have the tag "?"; quoted ones are strings whatever they say.
  static Json scalar(const std::string& tag, const std::string& value) {
    if (tag == "?") {
      if (value == "true") return true;
      if (value == "false") return false;
      if (value == "null" || value == "~" || value.empty()) return nullptr;
    }
    return value;
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
  std::vector<Level> levels_;
  Json root_;
  std::optional<Error> problem_;
};

}  // namespace

Result<Json> parse_yaml(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return error(ErrorCode::invalid, "larger than " + std::to_string(limits.bytes >> 10) + " KiB");
  }
  std::istringstream input{std::string(text)};
  Builder builder(limits.depth);
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

}  // namespace salvor::kube
