#include "restore/scan.h"

#include "restore/field_managers.h"
#include "restore/mounts.h"
#include "restore/references.h"
#include "restore/rules.h"
#include "restore/skip.h"
#include "restore/volume_order.h"

namespace salvor::restore {
namespace {

std::vector<Owner> owners_of(const Json& metadata) {
  std::vector<Owner> owners;
  const Json& references = member(metadata, "ownerReferences");
  if (!references.is_array()) return owners;
  for (const Json& owner : references) {
    owners.push_back({text_at(owner, "apiVersion"), text_at(owner, "kind"), text_at(owner, "name"),
                      text_at(owner, "uid"), member(owner, "controller") == true});
  }
  return owners;
}

// What only volumes have: a dynamic one is its class's work, a static one holds a storage handle.
void scan_volume(Item& item, const Json& object) {
  const Json& annotations = member(member(object, "metadata"), "annotations");
  item.is_dynamic_volume = !text_at(annotations, "pv.kubernetes.io/provisioned-by").empty();
  item.volume_handle = text_at(member(member(object, "spec"), "csi"), "volumeHandle");
}

}  // namespace

std::optional<DefinedKind> definition_in(const Rule& rule, const Json& object) {
  if (rule.ready != Ready::kind_served) return std::nullopt;
  const Json& spec = member(object, "spec");
  DefinedKind defined{text_at(spec, "group"),
                      text_at(member(spec, "names"), "plural"),
                      text_at(member(spec, "names"), "kind"),
                      text_at(spec, "scope") == "Namespaced",
                      {}};
  const Json& versions = member(spec, "versions");
  if (versions.is_array()) {
    for (const Json& version : versions) {
      if (member(version, "served") == true)
        defined.served_versions.insert(text_at(version, "name"));
    }
  }
  return defined;
}

Item scan(const archive::ItemName& name, const Json& object, const Options& options) {
  const Json& metadata = member(object, "metadata");
  const Rule& rule = rule_for(name.group_resource);
  Item item;
  item.name = name;
  item.kind = text_at(object, "kind");
  item.uid = text_at(metadata, "uid");
  item.owners = owners_of(metadata);
  item.skip = skip_reason(rule, object);
  item.matches_labels = matches(options.label_selector, member(metadata, "labels"));
  item.needs = needs_of(name.group_resource, object);
  item.mounts = mounted_claims(object);
  item.urgency = urgency_of(name, object, options.volume_order);
  item.account_namespaces = account_namespaces_of(object);
  if (auto defined = definition_in(rule, object))
    item.defines = std::make_shared<const DefinedKind>(*std::move(defined));
  item.says_nothing = says_nothing(object);
  const Json& selector = member(member(object, "spec"), "selector");
  item.has_selector = selector.is_object() && !selector.empty();
  item.service_name = text_at(member(metadata, "labels"), "kubernetes.io/service-name");
  scan_volume(item, object);
  return item;
}

}  // namespace salvor::restore
