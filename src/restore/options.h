// What a restore asks for, read from its kuberestores document.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/result.h"
#include "restore/modifiers.h"
#include "restore/namespace_map.h"

namespace salvor::restore {

// Keys ANDed, the values of a key ORed (the seed's comma list).
using LabelSelector = std::map<std::string, std::set<std::string>>;

enum class Volumes { include, exclude };

// Which cluster-scoped objects are wanted: all with the whole backup and related ones else; those
// that chosen ones need; all; none, whatever needs them.
enum class ClusterScoped { by_default, related, all, none };

// What becomes of an object that is in the target already: left alone; what it lacks is added; made
// like the backup's; the same, deleted and made anew where the API server cannot change it; or the
// item fails.
enum class Existing { keep, merge, replace, recreate, fail };

// One object that is asked for by name; the type as in include_types.
struct ItemChoice {
  std::string type;
  std::string namespace_name;
  std::string name;
  auto operator<=>(const ItemChoice&) const = default;
};

// Ports that the source's cluster gave: kept where they are free; given anew; or kept, and the item
// fails where they are taken.
enum class NodePorts { keep_if_free, fresh, keep };
// Addresses of Services inside the cluster: given anew, or kept where they are free.
enum class ClusterAddresses { fresh, keep_if_free };
// By default a finalizer stays whose owner the target has.
enum class Finalizers { by_owner, keep, drop };
// What tells Argo CD and Flux that an object is theirs.
enum class GitOpsMarks { keep, strip };

struct EditChoices {
  NodePorts node_ports = NodePorts::keep_if_free;
  ClusterAddresses cluster_addresses = ClusterAddresses::fresh;
  Finalizers finalizers = Finalizers::by_owner;
  GitOpsMarks gitops_marks = GitOpsMarks::keep;
};

// Claims, by what their names and labels in the backup are; "" and none choose all.
struct VolumeChoice {
  std::string namespace_name;
  std::string claim;
  LabelSelector labels;
};

struct Options {
  std::set<std::string> namespaces;  // empty: all
  bool all_namespaces = false;       // wins over `namespaces`
  LabelSelector label_selector;
  std::set<std::string> include_types;  // "secrets" or "deployments.apps", lower case; empty: all
  std::set<std::string> exclude_namespaces;  // win over everything
  std::set<std::string> exclude_types;       // win over everything; spelled as include_types
  std::vector<ItemChoice> items;             // empty: all that the rest says
  ClusterScoped cluster_scoped = ClusterScoped::by_default;
  std::set<std::string> status_types;  // whose status is restored; types as in include_types
  EditChoices edits;
  bool prune = false;  // delete what restored namespaces have and the backup has not
  Modifiers modifiers;
  Existing existing = Existing::keep;
  std::map<std::string, Existing> existing_by_type;  // wins; types as in include_types
  Volumes volumes = Volumes::include;
  NamespaceMap namespace_map;
  std::map<std::string, std::string> storage_class_map;
  std::vector<VolumeChoice> volume_order;  // whose volumes are filled first (volume_order.h)

  // Whether the whole backup is wanted, with all that belongs to no namespace.
  bool wants_whole_backup() const { return namespaces.empty() || all_namespaces; }
};

// Fails with invalid, naming the field.
Result<Options> parse_options(const Json& restore);

// The document's field `label_selector`.
Result<LabelSelector> label_selector_in(const Json& document);
bool matches(const LabelSelector& selector, const Json& labels);
// Whether a type is among the names, by its plural alone or with its group.
bool names_type(const std::set<std::string>& names, const std::string& group_resource);
// Whether include_types and exclude_types leave it in.
bool includes_type(const Options& options, const std::string& group_resource);

}  // namespace salvor::restore
