#include "restore/rules.h"

#include <unordered_map>

#include "base/check.h"
#include "restore/kind_list.h"

namespace salvor::restore {
namespace {

// Vectors cannot be constexpr here (g++ 12), so rules_test.cc proves what a static_assert would.
const std::vector<Rule> kTable = {
    {.kinds = "customresourcedefinitions.apiextensions.k8s.io",
     .wave = Wave::definitions,
     .drops = {"/status"},
     .edits = {Edit::injected_bundles},
     .why = "objects of a kind can be made only once the API server serves the kind",
     .recreate = Recreate::never,
     .keeps_existing = true,
     .immutable = {"/spec/group", "/spec/scope"},
     .ready = Ready::kind_served},
    {.kinds = "namespaces",
     .wave = Wave::namespaces,
     .drops = {"/spec", "/status"},
     .edits = {Edit::namespace_name},
     .why = "everything namespaced needs its namespace first; its finalizers are the cluster's own",
     .recreate = Recreate::never,
     .fails_when_exists = false},
    {.kinds = "priorityclasses.scheduling.k8s.io",
     .wave = Wave::classes,
     .skips = {Skip::system_class},
     .edits = {Edit::single_default_class},
     .why = "pods that name a missing priority class are refused; two global defaults are not "
            "allowed",
     .immutable = {"/value", "/preemptionPolicy"}},
    {.kinds = "storageclasses.storage.k8s.io",
     .wave = Wave::classes,
     .edits = {Edit::single_default_class},
     .why = "claims name their class; a second default would change other users' claims",
     .immutable = {"/provisioner", "/parameters", "/reclaimPolicy", "/volumeBindingMode"},
     .is_storage_class = true},
    {.kinds = "ingressclasses.networking.k8s.io",
     .wave = Wave::classes,
     .edits = {Edit::single_default_class},
     .why = "ingresses name their class; a second default would change other users' ingresses",
     .immutable = {"/spec/controller"}},
    {.kinds = "runtimeclasses.node.k8s.io",
     .wave = Wave::classes,
     .why = "named by workloads, so it comes before them",
     .immutable = {"/handler"}},
    {.kinds = "volumesnapshotclasses.snapshot.storage.k8s.io",
     .wave = Wave::classes,
     .why = "named by volumes, so it comes before them"},
    {.kinds = "resourcequotas limitranges",
     .wave = Wave::limits,
     .drops = {"/status"},
     .why = "limits must hold before the first workload asks for anything"},
    {.kinds = "networkpolicies.networking.k8s.io",
     .wave = Wave::limits,
     .why = "a policy that came after its pods would leave a window open; it names namespaces by "
            "label"},
    {.kinds = "serviceaccounts",
     .wave = Wave::limits,
     .skips = {Skip::plain_default_account},
     .edits = {Edit::account_secrets},
     .why = "each namespace gets its own default account, so the backup's is merged into it",
     .on_exists = OnExists::merge},
    {.kinds = "roles.rbac.authorization.k8s.io clusterroles.rbac.authorization.k8s.io",
     .wave = Wave::limits,
     .skips = {Skip::rbac_default},
     .edits = {Edit::aggregated_rules},
     .why = "the API server makes its own roles; rules of an aggregated role are its "
            "controller's work"},
    {.kinds = "rolebindings.rbac.authorization.k8s.io",
     .wave = Wave::access,
     .skips = {Skip::rbac_default},
     .edits = {Edit::subjects},
     .why = "a binding names accounts by namespace, in three forms; its role must be there first",
     .immutable = {"/roleRef"}},
    {.kinds = "clusterrolebindings.rbac.authorization.k8s.io",
     .wave = Wave::access,
     .skips = {Skip::rbac_default},
     .edits = {Edit::subjects},
     .why = "renamed accounts need the same rights; a binding that exists is left alone and gets "
            "a copy",
     .immutable = {"/roleRef"},
     .copy_when_exists = true},
    {.kinds = "secrets",
     .wave = Wave::access,
     .skips = {Skip::issued_token, Skip::bootstrap_token},
     .edits = {Edit::issued_token_data, Edit::helm_release},
     .why = "tokens are bound to their cluster: the target issues new ones into an empty Secret",
     .hidden = {"/data", "/stringData",
                "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"},
     .immutable = {"/type"},
     .immutable_when_marked = {"/data", "/stringData", "/immutable"}},
    {.kinds = "configmaps",
     .wave = Wave::access,
     .skips = {Skip::root_certificate, Skip::leader_lock},
     .edits = {Edit::helm_release},
     .why = "the cluster publishes its certificates itself; a dead leader's lock blocks its "
            "operator",
     .immutable_when_marked = {"/data", "/binaryData", "/immutable"}},
    {.kinds = "volumesnapshots.snapshot.storage.k8s.io "
              "volumesnapshotcontents.snapshot.storage.k8s.io "
              "volumegroupsnapshots.groupsnapshot.storage.k8s.io "
              "volumegroupsnapshotcontents.groupsnapshot.storage.k8s.io",
     .wave = Wave::volumes,
     .skips = {Skip::always_cluster_state},
     .why = "a content is bound to its snapshot's uid; to delete a copy of it would delete the "
            "source's snapshot"},
    {.kinds = "persistentvolumes",
     .wave = Wave::volumes,
     .drops = {"/status"},
     .edits = {Edit::volume_claim},
     .why = "a dynamic volume is made anew by its class; a static one must find its claim by name",
     .recreate = Recreate::never,
     .keeps_existing = true,
     .is_volume = true},
    {.kinds = "persistentvolumeclaims",
     .wave = Wave::volumes,
     .skips = {Skip::pod_claim},
     .drops = {"/status"},
     .edits = {Edit::claim, Edit::claim_size},
     .why = "a claim must bind to a new volume, so marks of the old binding go; what a volume had "
            "grown to must fit",
     .recreate = Recreate::never,
     .immutable = {"/spec/accessModes", "/spec/selector", "/spec/storageClassName",
                   "/spec/volumeMode", "/spec/volumeName"},
     .foreign_owner = "StatefulSet",
     .is_volume = true},
    {.kinds = "endpoints",
     .wave = Wave::volumes,
     .skips = {Skip::mirrored_endpoints, Skip::leader_lock},
     .edits = {Edit::endpoint_targets},
     .why = "only endpoints that a user made are restored, before their Service",
     .made_for = "services"},
    {.kinds = "endpointslices.discovery.k8s.io",
     .wave = Wave::volumes,
     .skips = {Skip::managed_slice},
     .edits = {Edit::endpoint_targets},
     .why = "only slices that a user made are restored, before their Service",
     .immutable = {"/addressType"},
     .made_for = "services"},
    {.kinds = "services",
     .wave = Wave::services,
     .skips = {Skip::api_server_service},
     .drops = {"/status", "/metadata/annotations/cloud.google.com~1neg-status"},
     .edits = {Edit::service_addresses, Edit::service_name},
     .why = "cluster addresses belong to their cluster; node ports are kept where they are free",
     .retry_without_addresses = true,
     .protected_namespace = "kube-system"},
    {.kinds = "pods",
     .wave = Wave::workloads,
     .skips = {Skip::mirror_pod, Skip::controlled, Skip::finished_pod},
     .drops = {"/status", "/spec/nodeName", "/spec/priority", "/spec/ephemeralContainers"},
     .edits = {Edit::token_volumes},
     .why = "only pods that nobody else makes; node, priority number and token volume are the "
            "cluster's",
     .immutable = {"/spec"}},
    {.kinds = "replicasets.apps controllerrevisions.apps",
     .wave = Wave::workloads,
     .skips = {Skip::controlled},
     .drops = {"/status"},
     .why = "those with a controller are its history and come from it anew",
     .immutable = {"/spec/selector", "/data"}},
    {.kinds = "replicationcontrollers",
     .wave = Wave::workloads,
     .skips = {Skip::controlled},
     .drops = {"/status"},
     .why = "those with a controller are its history and come from it anew"},
    {.kinds = "deployments.apps daemonsets.apps",
     .wave = Wave::workloads,
     .drops = {"/status", "/metadata/annotations/deployment.kubernetes.io~1revision"},
     .why = "after everything that their pods read; revisions are counted anew",
     .immutable = {"/spec/selector"}},
    {.kinds = "statefulsets.apps",
     .wave = Wave::workloads,
     .drops = {"/status"},
     .edits = {Edit::claim_templates},
     .why = "its claims come first; its templates name storage classes and cannot be changed later",
     .recreate = Recreate::orphaning,
     .immutable = {"/spec/selector", "/spec/serviceName", "/spec/podManagementPolicy",
                   "/spec/volumeClaimTemplates"}},
    {.kinds = "jobs.batch",
     .wave = Wave::workloads,
     .skips = {Skip::scheduled_job, Skip::finished_job},
     .drops = {"/status"},
     .edits = {Edit::job_selector, Edit::suspend_job},
     .why = "a finished job must not run again; an unfinished one waits, suspended, for a person; "
            "one of a schedule would keep the schedule from its next run",
     .immutable = {"/spec/selector", "/spec/template", "/spec/completionMode"}},
    {.kinds = "cronjobs.batch",
     .wave = Wave::workloads,
     .drops = {"/status"},
     .edits = {Edit::fence_schedule},
     .why = "it must not fire while the restore runs; it is released at the end"},
    {.kinds = "ingresses.networking.k8s.io",
     .wave = Wave::exposure,
     .drops = {"/status"},
     .edits = {Edit::ingress_hosts},
     .why = "traffic begins when the workloads are there"},
    {.kinds = "poddisruptionbudgets.policy horizontalpodautoscalers.autoscaling",
     .wave = Wave::exposure,
     .drops = {"/status"},
     .why = "eviction and scaling begin when the workloads are there"},
    {.kinds = "apiservices.apiregistration.k8s.io",
     .wave = Wave::exposure,
     .skips = {Skip::automanaged_api},
     .drops = {"/status"},
     .edits = {Edit::injected_bundles},
     .why = "one without its backend breaks discovery, so it comes once that answers; built-in "
            "ones are the cluster's",
     .needs_backend = true},
    {.kinds = "mutatingwebhookconfigurations.admissionregistration.k8s.io "
              "validatingwebhookconfigurations.admissionregistration.k8s.io "
              "validatingadmissionpolicies.admissionregistration.k8s.io "
              "validatingadmissionpolicybindings.admissionregistration.k8s.io "
              "mutatingadmissionpolicies.admissionregistration.k8s.io "
              "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
     .wave = Wave::admission,
     .edits = {Edit::injected_bundles},
     .why = "a webhook that came before its backend would refuse the rest of the restore"},
    {.kinds = "flowschemas.flowcontrol.apiserver.k8s.io "
              "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
     .wave = Wave::classes,
     .skips = {Skip::default_flow},
     .drops = {"/status"},
     .why = "users' own; those that the API server keeps up to date are its own"},
    {.kinds = "servicecidrs.networking.k8s.io",
     .wave = Wave::classes,
     .skips = {Skip::default_service_range},
     .drops = {"/status"},
     .why = "users' own; the first range is the cluster's",
     .immutable = {"/spec/cidrs"}},
    {.kinds = "resourceclaims.resource.k8s.io",
     .wave = Wave::volumes,
     .skips = {Skip::pod_claim},
     .drops = {"/status"},
     .why = "allocated anew; one that was made for a pod comes back with it",
     .immutable = {"/spec"}},
    {.kinds = "orders.acme.cert-manager.io challenges.acme.cert-manager.io "
              "certificaterequests.cert-manager.io installplans.operators.coreos.com "
              "virtualmachineinstances.kubevirt.io virtualmachineinstancemigrations.kubevirt.io",
     .wave = Wave::custom,
     .skips = {Skip::always_controllers_work},
     .why = "steps of a controller's own work: it takes them anew where they are still needed"},
    {.kinds = "clusterserviceversions.operators.coreos.com",
     .wave = Wave::custom,
     .skips = {Skip::copied_operator},
     .why = "the operator manager copies them into each namespace that an operator watches"},
    {.kinds = "subscriptions.operators.coreos.com",
     .wave = Wave::custom,
     .edits = {Edit::install_plan},
     .why = "it names the plan of its last installation, which belongs to the source"},
    {.kinds = "datavolumes.cdi.kubevirt.io",
     .wave = Wave::custom,
     .edits = {Edit::prepopulated_disk},
     .why = "its importer would write over the claim that is restored"},
    {.kinds = "virtualmachines.kubevirt.io",
     .wave = Wave::custom,
     .edits = {Edit::virtual_hardware},
     .why = "two machines with one address or one identity disturb each other"},
    {.kinds =
         "events events.events.k8s.io nodes componentstatuses leases.coordination.k8s.io "
         "leasecandidates.coordination.k8s.io "
         "csinodes.storage.k8s.io csidrivers.storage.k8s.io csistoragecapacities.storage.k8s.io "
         "volumeattachments.storage.k8s.io certificatesigningrequests.certificates.k8s.io "
         "ipaddresses.networking.k8s.io resourceslices.resource.k8s.io "
         "storageversions.internal.apiserver.k8s.io "
         "storageversionmigrations.storagemigration.k8s.io",
     .wave = Wave::custom,
     .skips = {Skip::always_cluster_state},
     .why = "the source cluster's own running state means nothing elsewhere"},
    {.kinds = "*",
     .wave = Wave::custom,
     .why = "kinds without a row come after what they could need"},
};

std::unordered_map<std::string_view, const Rule*> rows_by_kind() {
  std::unordered_map<std::string_view, const Rule*> rows;
  for (const Rule& rule : kTable) {
    for (const std::string_view kind : kinds_in(rule.kinds)) rows.emplace(kind, &rule);
  }
  CHECK(kTable.back().kinds == "*");
  return rows;
}

}  // namespace

const Rule& common_rule() {
  static const Rule rule = {
      .kinds = "every kind",
      .skips = {Skip::terminating},
      .drops = {"/metadata/uid", "/metadata/resourceVersion", "/metadata/generation",
                "/metadata/creationTimestamp", "/metadata/selfLink", "/metadata/deletionTimestamp",
                "/metadata/deletionGracePeriodSeconds", "/metadata/managedFields",
                "/metadata/ownerReferences"},
      .edits = {Edit::finalizers, Edit::namespace_places, Edit::tracking_id, Edit::last_applied},
      .why = "the server's own metadata is made anew; owners are linked by their new uids",
  };
  return rule;
}

std::span<const Rule> rules() { return kTable; }

const Rule& rule_for(std::string_view group_resource) {
  static const std::unordered_map<std::string_view, const Rule*> by_kind = rows_by_kind();
  const auto found = by_kind.find(group_resource);
  return found == by_kind.end() ? kTable.back() : *found->second;
}

}  // namespace salvor::restore
