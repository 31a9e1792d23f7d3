#include "cli/selection_flags.h"

#include <nlohmann/json.hpp>

#include "cli/text.h"

namespace salvor::cli {

std::vector<Option> selection_options() {
  return {
      {.name = "namespace",
       .letter = "n",
       .takes = Takes::many,
       .value = "NAME",
       .doc = "Only this namespace (may be repeated)",
       .offers = Offers::namespaces},
      {.name = "all-namespaces", .takes = Takes::nothing, .doc = "All namespaces (the default)"},
      {.name = "selector",
       .letter = "l",
       .takes = Takes::many,
       .value = "KEY=VALUE[,VALUE…]",
       .doc = "Only objects with this label, any of the values (repeated: all of the labels)"},
  };
}

Result<Json> selection_of(const Arguments& arguments) {
  const std::vector<std::string>& namespaces = arguments.list("namespace");
  if (!namespaces.empty() && arguments.has("all-namespaces")) {
    return usage_error("--namespace and --all-namespaces exclude each other");
  }
  Json selection = Json::object();
  if (namespaces.empty()) {
    selection["all_namespaces"] = true;
  } else {
    selection["namespaces"] = namespaces;
  }
  TRY(Json labels, map_of(arguments.list("selector"), "KEY=VALUE[,VALUE…]"));
  if (!labels.empty()) selection["label_selector"] = std::move(labels);
  return selection;
}

Result<Json> map_of(const std::vector<std::string>& values, const std::string& form) {
  Json map = Json::object();
  for (const std::string& value : values) {
    TRY(const Pair pair, split_pair(value, form));
    if (map.contains(pair.name)) {
      return usage_error("'" + pair.name + "' is given twice, in '" + value + "'");
    }
    map[pair.name] = pair.value;
  }
  return map;
}

}  // namespace salvor::cli
