#include "restore/gather.h"

#include <algorithm>
#include <functional>

#include <nlohmann/json.hpp>

#include "restore/cautions.h"
#include "restore/kind_list.h"
#include "restore/object_pages.h"
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
  const auto [group, resource] = split_kind(kind);
  const kube::ResourceType* type = facts.discovery.find(group, resource);
  if (type == nullptr) return {};
  return each_object(reads.context, reads.patience, reads.api, *type, "", [&](const Json& object) {
    visit(text_at(member(object, "metadata"), "name"), object);
  });
}

Result<std::string> version_now(const Reads& reads, const ClusterFacts& facts) {
  const kube::ResourceType* type = facts.discovery.find("", "namespaces");
  if (type == nullptr) return std::string();
  TRY(const kube::ListPage page, reads.list(*type, {.limit = 1}));
  return page.resource_version;
}

bool is_default(const Json& object) {
  const Json& annotations = member(member(object, "metadata"), "annotations");
  return text_at(annotations, "storageclass.kubernetes.io/is-default-class") == "true" ||
         text_at(annotations, "storageclass.beta.kubernetes.io/is-default-class") == "true" ||
         text_at(annotations, "ingressclass.kubernetes.io/is-default-class") == "true" ||
         member(object, "globalDefault") == true;
}

void note_volume(ClusterFacts& facts, const std::string& name, const Json& object) {
  const Json& claim = member(member(object, "spec"), "claimRef");
  const std::string phase = text_at(member(object, "status"), "phase");
  VolumeFact& fact = facts.volumes[name];
  fact.is_released = phase == "Released" || phase == "Failed";
  if (claim.is_object()) fact.claim = text_at(claim, "namespace") + "/" + text_at(claim, "name");
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

std::set<std::string> texts_in(const Json& list) {
  std::set<std::string> texts;
  if (!list.is_array()) return texts;
  for (const Json& entry : list) {
    if (entry.is_string()) texts.insert(entry.get<std::string>());
  }
  return texts;
}

// The webhooks of a configuration that are asked at creations.
void note_webhooks(const Json& configuration, ClusterFacts& facts) {
  const Json& webhooks = member(configuration, "webhooks");
  if (!webhooks.is_array()) return;
  for (const Json& webhook : webhooks) {
    WebhookFact fact{text_at(webhook, "name"), text_at(webhook, "failurePolicy") != "Ignore", {}};
    const Json& rules = member(webhook, "rules");
    if (!rules.is_array()) continue;
    for (const Json& rule : rules) {
      const std::set<std::string> operations = texts_in(member(rule, "operations"));
      if (!operations.contains("CREATE") && !operations.contains("*")) continue;
      fact.types.push_back({texts_in(member(rule, "apiGroups")),
                            texts_in(member(rule, "apiVersions")),
                            texts_in(member(rule, "resources"))});
    }
    if (!fact.types.empty()) facts.webhooks.push_back(std::move(fact));
  }
}

// What a quota leaves: its hard limits without what is used.
void note_quota(const std::string& name, const Json& object, ClusterFacts& facts) {
  const Json& status = member(object, "status");
  const Json& hard = member(status, "hard");
  if (!hard.is_object()) return;
  ClusterFacts::Quota quota{name, {}};
  for (const auto& [resource, limit] : hard.items()) {
    if (!limit.is_string()) continue;
    const auto most = quota_amount(resource, limit);
    const auto used = quota_amount(resource, text_at(member(status, "used"), resource));
    if (most) quota.left[resource] = *most - std::min(used.value_or(0), *most);
  }
  facts.quotas[text_at(member(object, "metadata"), "namespace")].push_back(std::move(quota));
}

// The verbs that a step may need, beside reading.
std::vector<const char*> verbs_of(Action action) {
  switch (action) {
    case Action::none:
      return {};
    case Action::remove:
    case Action::prune:
      return {"delete"};
    case Action::put_back:
      return {"create", "patch"};
    case Action::create:
    case Action::create_new:
    case Action::copy:
      return {"create"};
    case Action::merge:
    case Action::replace:
      return {"create", "patch"};
    case Action::recreate:
      return {"create", "patch", "delete"};
  }
  return {};
}

// Asks the API server what its caller may do.
class Access {
 public:
  Access(const Reads& reads, const kube::ResourceType& review) : reads_(reads), review_(review) {}

  Result<bool> may(const std::string& verb, const std::string& group, const std::string& resource,
                   const std::string& namespace_name) const {
    const Json body = {{"apiVersion", review_.api_version()},
                       {"kind", review_.kind},
                       {"spec",
                        {{"resourceAttributes",
                          {{"verb", verb},
                           {"group", group},
                           {"resource", resource},
                           {"namespace", namespace_name}}}}}};
    TRY(const Json answer, patiently(reads_.context, reads_.patience, [&](Context& call) {
                             return reads_.api.create(call, review_, "", compact(body), {});
                           }).within("asking the target what its credentials may do"));
    return member(member(answer, "status"), "allowed") == true;
  }

 private:
  const Reads& reads_;
  const kube::ResourceType& review_;
};

Result<void> gather_access(const Reads& reads, const Plan& plan, ClusterFacts& facts) {
  const kube::ResourceType* review =
      facts.discovery.find("authorization.k8s.io", "selfsubjectaccessreviews");
  if (review == nullptr) return {};
  const Access access(reads, *review);
  TRY(const bool may_all, access.may("*", "*", "*", ""));
  if (may_all) return {};
  std::set<DeniedAccess> asked;
  for (const Step& step : plan.steps) {
    for (const char* verb : verbs_of(step.action)) {
      const DeniedAccess question{verb, step.type.group_resource(), step.target_namespace};
      if (!asked.insert(question).second) continue;
      TRY(const bool may,
          access.may(verb, step.type.group, step.type.resource, step.target_namespace));
      if (!may) facts.denied.push_back(question);
    }
  }
  return {};
}

}  // namespace

Result<std::set<ObjectName>> gather_names(Context& context, kube::Api& api,
                                          const ClusterFacts& facts,
                                          const std::set<std::string>& kinds,
                                          const Patience& patience) {
  const Reads reads{context, api, patience};
  std::set<ObjectName> names;
  for (const std::string& kind : kinds) {
    TRY_VOID(each(reads, facts, kind, [&](const std::string& name, const Json&) {
      names.insert({kind, "", name});
    }));
  }
  return names;
}

Result<void> gather_for_show(Context& context, kube::Api& api, const Plan& plan,
                             const Patience& patience, ClusterFacts& facts) {
  const Reads reads{context, api, patience};
  for (const char* kind : {"mutatingwebhookconfigurations.admissionregistration.k8s.io",
                           "validatingwebhookconfigurations.admissionregistration.k8s.io"}) {
    TRY_VOID(each(reads, facts, kind, [&](const std::string&, const Json& configuration) {
      note_webhooks(configuration, facts);
    }));
  }
  TRY_VOID(each(reads, facts, "namespaces", [&](const std::string& name, const Json& object) {
    const Json& labels = member(member(object, "metadata"), "labels");
    const std::string level = text_at(labels, "pod-security.kubernetes.io/enforce");
    if (!level.empty()) facts.pod_security[name] = level;
  }));
  TRY_VOID(each(reads, facts, "resourcequotas", [&](const std::string& name, const Json& object) {
    note_quota(name, object, facts);
  }));
  TRY_VOID(each(reads, facts, "nodes", [&](const std::string&, const Json& object) {
    facts.nodes.push_back(node_fact_in(object));
  }));
  for (const char* kind : {"ingresses.networking.k8s.io", "httproutes.gateway.networking.k8s.io",
                           "routes.route.openshift.io"}) {
    TRY_VOID(each(reads, facts, kind, [&](const std::string& name, const Json& object) {
      for (const std::string& host : hosts_of(object)) {
        facts.hosts[host] = text_at(object, "kind") + " " +
                            text_at(member(object, "metadata"), "namespace") + "/" + name;
      }
    }));
  }
  return gather_access(reads, plan, facts);
}

Result<ClusterFacts> gather_facts(Context& context, kube::Api& api, const Patience& patience) {
  const Reads reads{context, api, patience};
  ClusterFacts facts;
  TRY(facts.discovery, reads.discover());
  TRY(facts.resource_version, version_now(reads, facts));
  TRY_VOID(each(reads, facts, "namespaces", [&](const std::string& name, const Json& object) {
    const bool ends = member(object, "metadata").contains("deletionTimestamp");
    facts.namespaces[name] = ends ? NamespaceState::terminating : NamespaceState::active;
  }));
  TRY_VOID(
      each(reads, facts, "storageclasses.storage.k8s.io",
           [&](const std::string& name, const Json& object) {
             facts.storage_classes[name] = {text_at(object, "provisioner"), is_default(object)};
           }));
  TRY_VOID(each(reads, facts, "csidrivers.storage.k8s.io",
                [&](const std::string& name, const Json&) { facts.csi_drivers.insert(name); }));
  TRY_VOID(
      each(reads, facts, "persistentvolumes",
           [&](const std::string& name, const Json& object) { note_volume(facts, name, object); }));
  TRY_VOID(gather_for_rules(reads, facts));
  return facts;
}

}  // namespace salvor::restore
