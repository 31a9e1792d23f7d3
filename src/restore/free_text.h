// Names of old namespaces in free text: env, arguments, ConfigMaps, custom resources. They are
// never rewritten silently; a plan lists them, each with what it could become. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/namespace_map.h"

namespace salvor::restore {

struct FreeText {
  std::string path;  // a JSON pointer to the whole text
  std::string before;
  std::string after;        // with each hit rewritten
  bool is_encoded = false;  // a Secret's value
  bool operator==(const FreeText&) const = default;
};

// The text with the old names in it mapped, where something tells that a namespace is meant
// (docs/restore-plan.md lists the forms). `member_name` is that of the text itself. Equal when
// nothing does.
std::string mapped_text(const std::string& text, std::string_view member_name,
                        const NamespaceMap& namespaces);

// The first line that differs, before and after, for people.
struct ChangedLine {
  std::string before;
  std::string after;
};
ChangedLine changed_line(const FreeText& text);

// All texts of an object with hits. `original` is the same object in the backup: what rules have
// mapped already is left out. A Secret's values are looked at as the text that they encode, and
// `after` encodes again.
std::vector<FreeText> free_texts(const Json& original, const Json& object,
                                 const NamespaceMap& namespaces);

}  // namespace salvor::restore
