#include "cli/command.h"

#include <sstream>

namespace salvor::cli {

void Arguments::set(std::string name, std::vector<std::string> values) {
  values_[std::move(name)] = std::move(values);
}

bool Arguments::has(std::string_view name) const { return values_.find(name) != values_.end(); }

std::string Arguments::text(std::string_view name, const std::string& otherwise) const {
  const std::vector<std::string>& values = list(name);
  return values.empty() ? otherwise : values.front();
}

const std::vector<std::string>& Arguments::list(std::string_view name) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

std::vector<std::string> words_of(const std::string& path) {
  std::istringstream stream(path);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace salvor::cli
