#include "kube/internal/warnings.h"

#include <algorithm>
#include <optional>

namespace salvor::kube {
namespace {

// The quoted text that begins at `at`, which then stands behind it.
std::optional<std::string> quoted_text(std::string_view value, std::size_t& at) {
  std::string text;
  for (++at; at < value.size(); ++at) {
    if (value[at] == '"') {
      ++at;
      return text;
    }
    if (value[at] == '\\' && at + 1 < value.size()) ++at;
    text += value[at];
  }
  return std::nullopt;
}

// One header may hold several warnings: code agent "text" ["date"], ...
void add_warnings(std::string_view value, std::vector<std::string>& warnings) {
  std::size_t at = value.find('"');
  while (at < value.size()) {
    std::optional<std::string> text = quoted_text(value, at);
    if (!text) return;
    warnings.push_back(*std::move(text));
    const bool has_date = value.substr(at).starts_with(" \"");
    if (has_date && !quoted_text(value, ++at)) return;
    at = value.find('"', std::min(value.find(',', at), value.size()));
  }
}

}  // namespace

std::vector<std::string> warnings_in(const http::Headers& headers) {
  std::vector<std::string> warnings;
  const auto [begin, end] = headers.equal_range("Warning");
  for (auto header = begin; header != end; ++header) add_warnings(header->second, warnings);
  return warnings;
}

}  // namespace salvor::kube
