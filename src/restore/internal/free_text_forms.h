// The forms in which people write that a name in a text is a namespace's, as a table of tests. Of
// free_text.cc alone. Pure.
#pragma once

#include <string_view>

namespace salvor::restore::internal {

// A name in a text, with what stands around it.
struct Place {
  std::string_view before;
  std::string_view after;
  std::string_view member_name;  // of the whole text: a field's, a variable's, a flag's
};

// Characters of a DNS label.
bool is_label_char(char c);

// Whether a namespace is meant.
bool names_namespace(const Place& place);

// Whether words of a command name a tool for clusters, or one of its commands; also when there are
// none.
bool is_for_clusters(std::string_view words);

// Whether a field, a variable or a flag of that name holds names of namespaces.
bool holds_namespaces(std::string_view name);

}  // namespace salvor::restore::internal
