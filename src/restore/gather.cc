#include "restore/gather.h"

#include <algorithm>
#include <functional>

#include <nlohmann/json.hpp>

#include "restore/rules.h"

namespace salvor::restore {
namespace {

using Visit = std::function<void(const std::string& name, const Json& object)>;

// Reads of one cluster, made again while their failure may pass.
struct Reads {
  Context& context;
  kube::Api& api;
  const Patience& patience;

  Result<kube::Discovery> discover() const {
    return patiently(context, patience, [&](Context& call) { return api.discover(call); })
        .within("asking the cluster which kinds it serves");
  }
  Result<kube::ListPage> list(const kube::ResourceType& type,
                              const kube::ListOptions& options) const {
    return patiently(context, patience,
                     [&](Context& call) { return api.list(call, type, options); })
        .within("listing " + type.resource);
  }
};

// All objects of a kind, page by page; a kind that is not served has none.
Result<void> each(const Reads& reads, const ClusterFacts& facts, const std::string& kind,
                  const Visit& visit) {
  const std::size_t dot = kind.find('.');
  const std::string group = dot == std::string::npos ? "" : kind.substr(dot + 1);
  const kube::ResourceType* type = facts.discovery.find(group, kind.substr(0, dot));
  if (type == nullptr) return {};
  kube::ListOptions options;
  do {
    TRY(const kube::ListPage page, reads.list(*type, options));
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

// What single rules ask of the cluster.
Result<void> gather_for_rules(const Reads& reads, ClusterFacts& facts) {
  for (const Rule& rule : rules()) {
    const std::string kind(rule.kinds);
    if (std::find(rule.edits.begin(), rule.edits.end(), Edit::single_default_class) !=
        rule.edits.end()) {
      TRY_VOID(each(reads, facts, kind, [&](const std::string&, const Json& object) {
        if (is_default(object)) facts.default_classes.insert(kind);
      }));
    }
    if (!rule.copy_when_exists) continue;
    TRY_VOID(each(reads, facts, kind, [&](const std::string& name, const Json&) {
      facts.existing_copyable.insert({kind, "", name});
    }));
  }
  return {};
}

}  // namespace

Result<ClusterFacts> gather_facts(Context& context, kube::Api& api, const Patience& patience) {
  const Reads reads{context, api, patience};
  ClusterFacts facts;
  TRY(facts.discovery, reads.discover());
  TRY_VOID(each(reads, facts, "namespaces", [&](const std::string& name, const Json& object) {
    const bool ends = member(object, "metadata").contains("deletionTimestamp");
    facts.namespaces[name] = ends ? NamespaceState::terminating : NamespaceState::active;
  }));
  TRY_VOID(
      each(reads, facts, "storageclasses.storage.k8s.io",
           [&](const std::string& name, const Json& object) {
             facts.storage_classes[name] = {text_at(object, "provisioner"), is_default(object)};
           }));
  TRY_VOID(
      each(reads, facts, "persistentvolumes",
           [&](const std::string& name, const Json& object) { note_volume(facts, name, object); }));
  TRY_VOID(gather_for_rules(reads, facts));
  return facts;
}

}  // namespace salvor::restore
