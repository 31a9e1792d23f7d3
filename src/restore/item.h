// What the planner knows of one object of a backup: enough to choose, order and report it, never
// its body, which stays in the archive (so Secrets do too).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "archive/item.h"
#include "restore/reason.h"

namespace salvor::restore {

// Another object, as a name: cluster-scoped ones have no namespace.
struct ObjectName {
  std::string group_resource;
  std::string namespace_name;
  std::string name;
  auto operator<=>(const ObjectName&) const = default;
};

struct Owner {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;  // in the source cluster
  bool is_controller = false;
};

// What a custom resource definition brings.
struct DefinedKind {
  std::string group;
  std::string resource;
  std::string kind;
  bool namespaced = false;
  std::set<std::string> served_versions;
};

struct ClaimData;  // claim_data.h

// What says how early a claim's volume is filled, and what a PriorityClass gives its pods
// (volume_order.h).
struct VolumeUrgency {
  std::uint32_t rank = 0;  // in the restore's `volume_order`; its length when it is not in it
  std::optional<std::int32_t> priority = {};
};

struct Item {
  std::size_t number = 0;  // position in the archive, and in the spool
  archive::ItemName name;
  std::string kind;
  std::string uid;  // in the source cluster
  std::vector<Owner> owners;
  std::optional<Reason> skip;  // what the object itself says against restoring it
  bool matches_labels = true;  // the restore's label selector
  bool is_dynamic_volume = false;
  bool says_nothing = false;                 // it is only a name (field_managers.h)
  bool has_selector = false;                 // of a Service: its endpoints are a controller's work
  std::string service_name;                  // that endpoints serve; "": their own
  std::string volume_handle;                 // of a static persistent volume
  std::vector<ObjectName> needs;             // objects that it cannot do without
  std::set<std::string> mounts;              // claims of its namespace (mounts.h)
  std::optional<VolumeUrgency> urgency;      // of claims and PriorityClasses
  std::set<std::string> account_namespaces;  // of a binding: the namespaces of its service accounts
  // Null for most; shared by copies of the item, and never changed.
  std::shared_ptr<const DefinedKind> defines;
  // Of a claim whose data was asked for; null else. Shared as `defines` is.
  std::shared_ptr<const ClaimData> data;
  // The backup's copies in other versions than name.version: version -> number in their own spool.
  std::map<std::string, std::size_t> copies;

  bool is_cluster_scoped() const { return name.namespace_name.empty(); }
  ObjectName object_name() const { return {name.group_resource, name.namespace_name, name.name}; }
};

}  // namespace salvor::restore
