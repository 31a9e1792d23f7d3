#include "kube/testing/label_selector.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "kube/testing/refusals.h"

namespace salvor::kube {

class LabelSelector::Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  Result<LabelSelector> all() {
    LabelSelector selector;
    skip_blanks();
    while (!at_end()) {
      TRY(Requirement requirement, one());
      selector.requirements_.push_back(std::move(requirement));
      if (at_end()) break;
      if (!take(",")) return problem();
    }
    return selector;
  }

 private:
  Result<Requirement> one() {
    Requirement requirement;
    const bool negated = take("!");
    requirement.key = word();
    if (requirement.key.empty()) return problem();
    if (negated) {
      requirement.op = Operator::not_exists;
      return requirement;
    }
    if (at_end() || peek() == ',') return requirement;
    TRY_VOID(operation(requirement));
    return requirement;
  }

  Result<void> operation(Requirement& requirement) {
    if (take("!=")) {
      requirement.op = Operator::not_in;
      requirement.values = {word()};
      return {};
    }
    if (take("==") || take("=")) {
      requirement.op = Operator::in;
      requirement.values = {word()};
      return {};
    }
    const std::string name = word();
    if (name != "in" && name != "notin") return problem();
    requirement.op = name == "in" ? Operator::in : Operator::not_in;
    return list(requirement);
  }

  Result<void> list(Requirement& requirement) {
    if (!take("(")) return problem();
    do {
      requirement.values.push_back(word());
    } while (take(","));
    if (!take(")")) return problem();
    return {};
  }

  std::string word() {
    const std::size_t start = at_;
    while (!at_end() && (std::isalnum(static_cast<unsigned char>(peek())) != 0 ||
                         std::string("-_./").find(peek()) != std::string::npos)) {
      ++at_;
    }
    std::string found = text_.substr(start, at_ - start);
    skip_blanks();
    return found;
  }

  bool take(const std::string& token) {
    if (text_.compare(at_, token.size(), token) != 0) return false;
    at_ += token.size();
    skip_blanks();
    return true;
  }

  void skip_blanks() {
    while (!at_end() && peek() == ' ') ++at_;
  }
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  Error problem() const { return bad_request("unable to parse requirement in '" + text_ + "'"); }

  const std::string& text_;
  std::size_t at_ = 0;
};

Result<LabelSelector> LabelSelector::parse(const std::string& text) { return Parser(text).all(); }

bool LabelSelector::matches(const Json& labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&](const Requirement& requirement) { return holds(requirement, labels); });
}

bool LabelSelector::holds(const Requirement& requirement, const Json& labels) {
  const Json& label = member(labels, requirement.key);
  const bool exists = label.is_string();
  const auto listed = [&] {
    return std::find(requirement.values.begin(), requirement.values.end(),
                     label.get<std::string>()) != requirement.values.end();
  };
  switch (requirement.op) {
    case Operator::in:
      return exists && listed();
    case Operator::not_in:
      return !exists || !listed();
    case Operator::exists:
      return exists;
    case Operator::not_exists:
      return !exists;
  }
  return false;
}

}  // namespace salvor::kube
