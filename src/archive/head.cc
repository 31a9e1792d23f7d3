#include "archive/head.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.h"

// A scanner over the text's tokens. It finds where values end by counting brackets outside of
// strings, and copies only the four members it is after. A string with escapes is decoded by the
// JSON library; names hardly ever have one.

namespace salvor::archive {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // Steps over blanks and one expected character.
  bool take(char expected) {
    if (next() != expected) return false;
    ++at_;
    return true;
  }
  // The next character that is no blank; NUL at the end.
  char next() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  // A string's text with its quotes.
  std::optional<std::string_view> quoted() {
    if (next() != '"') return std::nullopt;
    const std::size_t begin = at_;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return text_.substr(begin, at_ - begin);
      }
    }
    return std::nullopt;
  }
  // Steps over any value.
  bool skip() {
    const char first = next();
    if (first == '"') return quoted().has_value();
    if (first == '{' || first == '[') return skip_nested();
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_end(text_[at_])) ++at_;
    return at_ > begin;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  static bool is_end(char c) { return is_blank(c) || c == ',' || c == '}' || c == ']'; }

  bool skip_nested() {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!quoted()) return false;
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<std::string> decoded(std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) {
    return std::string(quoted.substr(1, quoted.size() - 2));
  }
  const Result<Json> value = parse_json("{\"text\":" + std::string(quoted) + "}");
  if (!value.ok()) return std::nullopt;
  return text_at(*value, "text");
}

// Reads a string into `text`, and steps over any other value.
bool take_text(Scanner& scanner, std::string& text) {
  if (scanner.next() != '"') return scanner.skip();
  const auto quoted = scanner.quoted();
  const auto value = quoted ? decoded(*quoted) : std::nullopt;
  if (value) text = *value;
  return value.has_value();
}

// Gives each member's key to `member`, which steps over the value and says whether to go on.
enum class Step { on, done, failed };
template <typename Member>
Step walk(Scanner& scanner, const Member& member) {
  if (!scanner.take('{')) return Step::failed;
  if (scanner.take('}')) return Step::on;
  do {
    const auto key = scanner.quoted();
    if (!key || !scanner.take(':')) return Step::failed;
    const Step step = member(*key);
    if (step != Step::on) return step;
  } while (scanner.take(','));
  return scanner.take('}') ? Step::on : Step::failed;
}

Step stepped(bool good) { return good ? Step::on : Step::failed; }

Step take_metadata(Scanner& scanner, ObjectHead& head) {
  if (scanner.next() != '{') return stepped(scanner.skip());
  return walk(scanner, [&](std::string_view key) {
    if (key == "\"name\"") return stepped(take_text(scanner, head.name));
    if (key == "\"namespace\"") return stepped(take_text(scanner, head.namespace_name));
    return stepped(scanner.skip());
  });
}

}  // namespace

std::string ObjectHead::version() const {
  const std::size_t slash = api_version.find('/');
  return slash == std::string::npos ? api_version : api_version.substr(slash + 1);
}

Result<ObjectHead> read_head(std::string_view json) {
  Scanner scanner(json);
  ObjectHead head;
  bool has_metadata = false;
  const auto is_complete = [&] {
    return has_metadata && !head.api_version.empty() && !head.kind.empty();
  };
  const Step outcome = walk(scanner, [&](std::string_view key) {
    Step step = Step::on;
    if (key == "\"apiVersion\"") {
      step = stepped(take_text(scanner, head.api_version));
    } else if (key == "\"kind\"") {
      step = stepped(take_text(scanner, head.kind));
    } else if (key == "\"metadata\"") {
      step = take_metadata(scanner, head);
      has_metadata = true;
    } else {
      step = stepped(scanner.skip());
    }
    return step == Step::on && is_complete() ? Step::done : step;
  });
  if (outcome == Step::failed) return error(ErrorCode::invalid, "an object is not valid JSON");
  return head;
}

}  // namespace salvor::archive
