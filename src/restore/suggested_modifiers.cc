#include "restore/suggested_modifiers.h"

#include "restore/modifiers.h"

namespace salvor::restore {
namespace {

constexpr std::string_view kRules = "resourceModifierRules:";

// In quotes of its own it is text, whatever it looks like; the outer ones are YAML's, which reads
// JSON's escapes.
std::string value_text(const std::string& text) { return compact(Json("\"" + text + "\"")); }

std::string escaped_regex(const std::string& name) {
  std::string regex = "^";
  for (const char c : name) {
    if (c == '.') regex += '\\';
    regex += c;
  }
  return regex + "$";
}

std::string rule_for(const Step& step, const std::vector<FreeText>& texts,
                     const std::string& indent) {
  const auto line = [&](const std::string& text) { return indent + text + "\n"; };
  std::string rule = line("- conditions:") +
                     line("    groupResource: " + step.source.group_resource) +
                     line("    resourceNameRegex: " + compact(escaped_regex(step.source.name)));
  if (!step.source.namespace_name.empty())
    rule += line("    namespaces: [" + compact(step.source.namespace_name) + "]");
  rule += line("  patches:");
  for (const FreeText& text : texts) {
    for (const auto& [operation, value] :
         {std::pair("test", &text.before), std::pair("replace", &text.after)}) {
      rule += line(std::string("  - operation: ") + operation) +
              line("    path: " + compact(text.path)) + line("    value: " + value_text(*value));
    }
  }
  return rule;
}

// How far the entries of the list that ends the text are set in; nothing when it does not end so.
std::optional<std::string> indent_of_rules(const std::string& existing) {
  if (existing.empty()) return "";
  const std::size_t key = existing.find(kRules);
  if (key == std::string::npos) return std::nullopt;
  const std::size_t line = existing.find('\n', key);
  if (line == std::string::npos) return std::nullopt;
  const std::size_t dash = existing.find_first_not_of(" \n", line);
  if (dash == std::string::npos || existing[dash] != '-') return std::nullopt;
  const std::size_t begin = existing.rfind('\n', dash) + 1;
  return existing.substr(begin, dash - begin);
}

}  // namespace

std::string suggested_modifiers(const std::string& existing, const Plan& plan,
                                const std::vector<Forecast>& forecasts, std::size_t bytes_max) {
  const auto indent = indent_of_rules(existing);
  if (!indent) return "";
  std::string text = existing.empty() ? "version: v1\n" + std::string(kRules) + "\n" : existing;
  if (!text.ends_with('\n')) text += '\n';
  const std::size_t before = text.size();
  for (const Step& step : plan.steps) {
    std::vector<FreeText> texts;
    for (const FreeText& found : forecasts[step.number].free_texts) {
      if (!found.is_encoded) texts.push_back(found);
    }
    if (!texts.empty()) text += rule_for(step, texts, *indent);
    if (text.size() > bytes_max) return "";
  }
  if (text.size() == before || !Modifiers::parse(text).ok()) return "";
  return text;
}

}  // namespace salvor::restore
