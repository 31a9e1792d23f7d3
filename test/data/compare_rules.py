"""What a restored object may differ in, and why: the rows of the restore rules, as a table.

Both sides of a comparison go through the same rows, so that what a row speaks of is gone or equal
afterwards; anything else that differs is a fault. `rule` is the row of the restore rules.

`kind` is "Kind" or "Kind.group", several with commas between, or "*".
`act` is one of
  skip      the object is in no comparison        `what` names a function of rule_predicates.py
  optional  it may be absent from the target      `what` names a function of rule_predicates.py
  drop      these places are not compared         `what` is JSON pointers, `*` stands for each item
  edit      something finer                       `what` names a function of rule_edits.py
"""

import dataclasses
import functools

import rule_edits
import rule_predicates
from json_diff import differences
from kube_object import at, copy_of, drop, identity, is_token, kind_of, prune_metadata
from rule_edits import Pair


@dataclasses.dataclass(frozen=True)
class Row:
    rule: str
    kind: str
    act: str
    what: str
    why: str


_A = "/metadata/annotations/"

ROWS = [
    # Before the status goes, which has the size.
    Row("C24", "PersistentVolumeClaim", "edit", "grown_claim", "a claim asks for what its volume had"),
    # --- every object
    Row("C0.1", "*", "drop", "/metadata/uid /metadata/resourceVersion /metadata/generation "
        "/metadata/creationTimestamp /metadata/selfLink /metadata/deletionTimestamp "
        "/metadata/deletionGracePeriodSeconds", "the server owns these"),
    Row("C0.1", "*", "drop", "/status", "controllers write it anew"),
    Row("C0.2", "*", "skip", "is_terminating", "it was on its way out at the backup"),
    Row("C0.3", "*", "edit", "finalizers_that_stay", "built-in ones are put back by their "
        "controllers; others stay only where the target serves their group"),
    Row("C0.4", "*", "drop", "/metadata/managedFields", "who restores, owns"),
    Row("C0.5", "*", "drop", "/metadata/generateName", "the name is fixed by now"),
    Row("C0.6", "*", "edit", "last_applied", "kubectl's memory is compared as an object, mapped"),
    Row("C1", "*", "edit", "owners_by_identity", "a reference holds the uid of a live owner; one "
        "whose owner is not in the target is dropped"),
    Row("C40", "*", "edit", "helm_marks", "Helm's mark names the release's namespace"),
    Row("C41", "*", "edit", "gitops_marks", "marks of Argo CD and Flux name a namespace"),
    # --- workloads
    Row("C2", "Deployment.apps,ReplicaSet.apps", "drop", _A + "deployment.kubernetes.io~1revision "
        + _A + "deployment.kubernetes.io~1desired-replicas " + _A
        + "deployment.kubernetes.io~1max-replicas " + _A
        + "deployment.kubernetes.io~1revision-history", "counted anew without the old history"),
    Row("C3", "ReplicaSet.apps,ControllerRevision.apps", "skip", "has_controller",
        "its controller makes it"),
    Row("C4", "Pod", "skip", "has_controller", "its controller makes it"),
    Row("C5", "Pod", "skip", "is_finished_pod", "it has done its work"),
    Row("C5", "Pod", "drop", "/spec/nodeName /spec/priority /spec/preemptionPolicy "
        "/spec/ephemeralContainers", "the target's scheduler and admission decide these"),
    Row("C5", "Pod", "edit", "injected_token_volume", "the ServiceAccount admission adds its own"),
    Row("C5", "Pod", "edit", "default_tolerations", "the toleration admission adds its own"),
    Row("C7", "DaemonSet.apps", "drop", _A + "deprecated.daemonset.template.generation",
        "the server counts it"),
    Row("C7a", "Job.batch", "skip", "is_finished_job", "it must not run a second time"),
    Row("C7a", "Job.batch", "edit", "job_uid_labels", "the server makes these from the new uid"),
    Row("C7a", "Job.batch", "edit", "may_be_suspended", "an unfinished Job comes back suspended"),
    Row("C7b", "Job.batch", "skip", "is_owned_by_cron_job", "its CronJob makes it"),
    Row("C7b", "CronJob.batch", "edit", "may_be_suspended", "it is held until the restore's end"),
    # --- network
    Row("C8", "Endpoints", "skip", "is_controller_made_endpoints", "the endpoints controller makes "
        "it from the Service's selector"),
    Row("C8", "EndpointSlice.discovery.k8s.io", "skip", "is_controller_made_slice",
        "the endpoint slice controllers make it"),
    Row("C8", "Endpoints,EndpointSlice.discovery.k8s.io", "edit", "endpoint_targets",
        "the uid of a target is the old one's; its namespace is mapped"),
    Row("C8", "Endpoints,EndpointSlice.discovery.k8s.io", "drop",
        _A + "endpoints.kubernetes.io~1last-change-trigger-time", "a controller's time stamp"),
    Row("C9a", "Service", "skip", "is_api_server_service", "the API server makes it"),
    Row("C9a", "Service", "edit", "assigned_addresses", "an address is assigned anew, unless None"),
    Row("C9b", "Service", "drop", "/spec/ports/*/nodePort", "a node port is assigned anew"),
    Row("C9c", "Service", "drop", "/spec/healthCheckNodePort", "a node port is assigned anew"),
    Row("C9e", "Service", "edit", "external_name", "a name of a Service in a mapped namespace"),
    Row("C9e", "Ingress.networking.k8s.io", "edit", "ingress_hosts", "a name of a Service in a "
        "mapped namespace"),
    # --- identity
    Row("C10", "ServiceAccount", "skip", "is_default_account", "made in each namespace"),
    Row("C10", "ServiceAccount", "edit", "token_secrets", "references to tokens are dropped"),
    Row("C11", "Secret", "skip", "is_automatic_token", "the old token controller made it"),
    Row("C11", "Secret", "edit", "token_data", "the target signs its own token"),
    Row("C12", "Secret", "skip", "is_openshift_pull_secret", "made in each cluster"),
    Row("C13", "RoleBinding.rbac.authorization.k8s.io,ClusterRoleBinding.rbac.authorization.k8s.io",
        "edit", "binding_subjects", "three ways to name an account hold a namespace"),
    Row("C14", "ClusterRole.rbac.authorization.k8s.io", "edit", "aggregated_rules",
        "a controller sums them up"),
    Row("C14", "ClusterRole.rbac.authorization.k8s.io,Role.rbac.authorization.k8s.io,"
        "ClusterRoleBinding.rbac.authorization.k8s.io,RoleBinding.rbac.authorization.k8s.io",
        "skip", "is_bootstrap_rbac", "the API server makes it"),
    Row("C15", "NetworkPolicy.networking.k8s.io", "edit", "policy_selectors",
        "selectors of a namespace by its name"),
    # --- API machinery
    Row("C19", "APIService.apiregistration.k8s.io", "skip", "is_automatic_api_service",
        "the API server makes it"),
    Row("C21", "Namespace", "drop", "/spec", "holds only the server's finalizer"),
    Row("C21", "Namespace", "edit", "namespace_name_label", "the label follows the name"),
    Row("C20", "MutatingWebhookConfiguration.admissionregistration.k8s.io,"
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io,"
        "APIService.apiregistration.k8s.io,CustomResourceDefinition.apiextensions.k8s.io",
        "edit", "injected_bundles", "an injector of the target puts its own in"),
    # --- storage
    Row("C24", "PersistentVolumeClaim", "drop", "/spec/volumeName /spec/dataSource "
        "/spec/dataSourceRef " + _A + "pv.kubernetes.io~1bind-completed " + _A
        + "pv.kubernetes.io~1bound-by-controller " + _A
        + "volume.kubernetes.io~1storage-provisioner " + _A
        + "volume.beta.kubernetes.io~1storage-provisioner " + _A
        + "volume.kubernetes.io~1selected-node", "it is bound anew, to another volume"),
    Row("C25", "PersistentVolume", "skip", "is_dynamic_volume", "its class makes another"),
    Row("C25", "PersistentVolume", "edit", "volume_claim", "a claim is named, not its uid; a "
        "static volume may also wait without one"),
    Row("C25", "PersistentVolume", "drop", _A + "pv.kubernetes.io~1bound-by-controller",
        "it is bound anew"),
    Row("C26", "StorageClass.storage.k8s.io", "optional", "always", "left out where it is mapped"),
    Row("C26", "StorageClass.storage.k8s.io", "drop",
        _A + "storageclass.kubernetes.io~1is-default-class", "never a second default"),
    Row("C17", "ServiceMonitor.monitoring.coreos.com,PodMonitor.monitoring.coreos.com", "edit",
        "monitored_namespaces", "they name namespaces"),
    Row("C28", "CSIDriver.storage.k8s.io", "optional", "always", "comes with its driver"),
    Row("C28", "CSINode.storage.k8s.io,CSIStorageCapacity.storage.k8s.io,"
        "VolumeAttachment.storage.k8s.io", "skip", "always", "the state of nodes"),
    Row("C29", "PersistentVolumeClaim,ResourceClaim.resource.k8s.io", "skip", "is_owned_by_pod",
        "made with its pod"),
    # --- policy and the cluster's own
    Row("C37", "ConfigMap", "skip", "is_published_authority", "published in each namespace"),
    Row("C38", "PriorityClass.scheduling.k8s.io", "skip", "is_system_priority", "built in"),
    Row("C40", "Secret,ConfigMap", "edit", "helm_payload", "Helm's release names namespaces inside "
        "its packed text"),
    Row("C44", "CertificateRequest.cert-manager.io,Order.acme.cert-manager.io,"
        "Challenge.acme.cert-manager.io", "skip", "always", "steps that are taken anew"),
    Row("C42", "Lease.coordination.k8s.io,LeaseCandidate.coordination.k8s.io", "skip", "always",
        "its holder is gone"),
    Row("C42", "ConfigMap,Endpoints", "skip", "is_leader_lock", "its holder is gone"),
    Row("C43", "Node,Event,Event.events.k8s.io,CertificateSigningRequest.certificates.k8s.io,"
        "IPAddress.networking.k8s.io,ResourceSlice.resource.k8s.io", "skip", "always",
        "the cluster's own state"),
    Row("C43", "ServiceCIDR.networking.k8s.io", "skip", "is_default_service_range", "built in"),
    Row("C43", "FlowSchema.flowcontrol.apiserver.k8s.io,"
        "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io", "skip", "is_default_flow",
        "built in"),
    Row("C43", "Secret", "skip", "is_bootstrap_token", "lets nodes join, for a day"),
]

SYSTEM_NAMESPACES = ("kube-system", "kube-public", "kube-node-lease")


class Side:
    """One cluster's objects as the rows need them: by uid, by identity, and what is served."""

    def __init__(self, objects, groups):
        self.groups = groups
        self.by_uid = {o["metadata"]["uid"]: identity(o) for o in objects}
        self.identities = set(self.by_uid.values())
        self.services = {at(o): o for o in objects if kind_of(o) == "Service"}
        self.tokens = {at(o) for o in objects if kind_of(o) == "Secret" and is_token(o)}


class Rules:
    """Applies the rows to objects of the source (as they are expected) and of the target.

    `hits` counts for each row the objects it left out, or the pairs it brought nearer.
    """

    def __init__(self, source, target, mapping):
        self.source, self.target, self.mapping = source, target, mapping
        self.hits = dict.fromkeys(ROWS, 0)

    def skipped(self, obj, side):
        """The row by which the object is in no comparison, or None."""
        for row in rows_for(kind_of(obj), "skip"):
            if getattr(rule_predicates, row.what)(obj, side):
                self.hits[row] += 1
                return row
        return None

    def optional(self, obj):
        """The row by which the object may be absent from the target, or None."""
        for row in rows_for(kind_of(obj), "optional"):
            if getattr(rule_predicates, row.what)(obj, self.source):
                return row
        return None

    def pair(self, before, after):
        """The two objects, copied and freed of all that a row accounts for."""
        pair = Pair(copy_of(before), copy_of(after), self)
        for row in rows_for(kind_of(before), "drop", "edit"):
            unlike = places(pair)
            self._apply(row, pair)
            if unlike and places(pair) < unlike:
                self.hits[row] += 1
        for obj in (pair.before, pair.after):
            prune_metadata(obj)
        return pair.before, pair.after

    def edits_for(self, kind):
        return [getattr(rule_edits, row.what) for row in rows_for(kind, "edit")]

    def map_namespace(self, name):
        return self.mapping.get(name, name)

    def map_identity(self, who):
        kind, namespace, name = who
        if kind == "Namespace":
            name = self.map_namespace(name)
        return (kind, self.map_namespace(namespace) if namespace else "", name)

    def _apply(self, row, pair):
        if row.act == "edit":
            getattr(rule_edits, row.what)(pair)
            return
        for pointer in row.what.split():
            drop(pair.before, pointer)
            drop(pair.after, pointer)


def places(pair):
    return sum(1 for _ in differences(pair.before, pair.after))


@functools.cache
def rows_for(kind, *acts):
    return [
        row for row in ROWS if row.act in acts and (row.kind == "*" or kind in row.kind.split(","))
    ]


def is_never_compared(resource):
    kind = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
    return any(row.what == "always" for row in rows_for(kind, "skip"))
