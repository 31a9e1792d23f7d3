#include "restore/gather.h"

#include <functional>

#include <nlohmann/json.hpp>

#include "restore/rules.h"

namespace salvor::restore {
namespace {

using Visit = std::function<void(const std::string& name, const Json& object)>;

// All objects of a kind, page by page; a kind that is not served has none.
Result<void> each(Context& context, kube::Api& api, const ClusterFacts& facts,
                  const ObjectName& kind, const Visit& visit) {
  const std::string& group_resource = kind.group_resource;
  const std::size_t dot = group_resource.find('.');
  const std::string group = dot == std::string::npos ? "" : group_resource.substr(dot + 1);
  const kube::ResourceType* type = facts.discovery.find(group, group_resource.substr(0, dot));
  if (type == nullptr) return {};
  kube::ListOptions options;
  do {
    TRY(const kube::ListPage page,
        api.list(context, *type, options).within("listing " + group_resource));
    for (const std::string& text : page.items) {
      TRY(const Json object, parse_json(text));
      visit(text_at(member(object, "metadata"), "name"), object);
    }
    options.continue_token = page.continue_token;
  } while (!options.continue_token.empty());
  return {};
}

bool is_default(const Json& object) {
  const Json& annotations = member(member(object, "metadata"), "annotations");
  return text_at(annotations, "storageclass.kubernetes.io/is-default-class") == "true" ||
         text_at(annotations, "storageclass.beta.kubernetes.io/is-default-class") == "true" ||
         text_at(annotations, "ingressclass.kubernetes.io/is-default-class") == "true" ||
         member(object, "globalDefault") == true;
}

void note_volume(ClusterFacts& facts, const std::string& name, const Json& object) {
  facts.volumes.insert(name);
  const std::string handle = text_at(member(member(object, "spec"), "csi"), "volumeHandle");
  if (!handle.empty()) facts.volume_handles[handle] = name;
}

}  // namespace

Result<ClusterFacts> gather_facts(Context& context, kube::Api& api) {
  ClusterFacts facts;
  TRY(facts.discovery, api.discover(context).within("asking the cluster which kinds it serves"));
  TRY_VOID(each(context, api, facts, {"namespaces", "", ""},
                [&](const std::string& name, const Json& object) {
                  const bool ends = member(object, "metadata").contains("deletionTimestamp");
                  facts.namespaces[name] =
                      ends ? NamespaceState::terminating : NamespaceState::active;
                }));
  TRY_VOID(
      each(context, api, facts, {"storageclasses.storage.k8s.io", "", ""},
           [&](const std::string& name, const Json& object) {
             facts.storage_classes[name] = {text_at(object, "provisioner"), is_default(object)};
           }));
  TRY_VOID(
      each(context, api, facts, {"persistentvolumes", "", ""},
           [&](const std::string& name, const Json& object) { note_volume(facts, name, object); }));
  for (const Rule& rule : rules()) {
    for (const Edit edit : rule.edits) {
      if (edit != Edit::single_default_class) continue;
      const std::string kind(rule.kinds);
      TRY_VOID(
          each(context, api, facts, {kind, "", ""}, [&](const std::string&, const Json& object) {
            if (is_default(object)) facts.default_classes.insert(kind);
          }));
    }
    if (!rule.copy_when_exists) continue;
    const std::string kind(rule.kinds);
    TRY_VOID(each(context, api, facts, {kind, "", ""}, [&](const std::string& name, const Json&) {
      facts.existing_copyable.insert({kind, "", name});
    }));
  }
  return facts;
}

}  // namespace salvor::restore
