// What a backup takes: the `source` of a kubebackups document, read once and then asked. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "kube/api.h"

namespace salvor::backup {

struct Selection {
  bool all_namespaces = false;
  std::set<std::string> namespaces;           // when not all
  std::set<std::string> excluded_namespaces;  // of either
  std::string own_namespace;  // of data movers: never taken, and no choice of a user
  std::map<std::string, std::string> labels;  // all keys must match; "a,b" matches a or b
  std::set<std::string> resources;            // "deployments" or "deployments.apps"; empty: all

  bool takes_namespace(const std::string& name) const;
  // Whether objects of the type are taken for themselves, not only because others need them.
  bool takes_type(const kube::ResourceType& type) const;
  // Everything that the cluster has, so that nothing must be looked for.
  bool is_whole_cluster() const {
    return all_namespaces && excluded_namespaces.empty() && labels.empty() && resources.empty();
  }
  // In Kubernetes's syntax, such as "app in (a,b),tier in (front)"; "" for no labels.
  std::string label_selector() const;
  // Where to list a namespaced type: {""} stands for the whole cluster at once.
  std::vector<std::string> list_scopes() const;
};

// Fails with invalid when nothing is selected or a label cannot exist. Labels, excluded namespaces
// or resource types without any namespace choose from all of them, as the API's examples do.
Result<Selection> parse_selection(const Json& source);

// Why objects of the type are not in a backup though they could be listed: they are the cluster's
// own state, or are served a second time elsewhere. "" for types that are taken.
std::string reason_to_skip(const kube::ResourceType& type);
// Whether the type can be backed up at all: listed, got and created again.
bool is_restorable(const kube::ResourceType& type);

}  // namespace salvor::backup
