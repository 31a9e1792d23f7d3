// What a restore asks for, read from its kuberestores document.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/result.h"
#include "restore/namespace_map.h"

namespace salvor::restore {

// Keys ANDed, the values of a key ORed (the seed's comma list).
using LabelSelector = std::map<std::string, std::set<std::string>>;

enum class Volumes { include, exclude };

struct Options {
  std::set<std::string> namespaces;  // empty: all
  bool all_namespaces = false;       // wins over `namespaces`
  LabelSelector label_selector;
  std::set<std::string> include_types;  // "secrets" or "deployments.apps", lower case; empty: all
  Volumes volumes = Volumes::include;
  NamespaceMap namespace_map;
  std::map<std::string, std::string> storage_class_map;

  // Whether the whole backup is wanted, with all that belongs to no namespace.
  bool wants_whole_backup() const { return namespaces.empty() || all_namespaces; }
};

// Fails with invalid, naming the field.
Result<Options> parse_options(const Json& restore);

bool matches(const LabelSelector& selector, const Json& labels);
// Whether a type is in include_types by its plural alone or with its group.
bool includes_type(const Options& options, const std::string& group_resource);

}  // namespace salvor::restore
