"""The finer edits named in compare_rules.py.

Each takes a Pair, the object of the source and its twin in the target, and frees both of what the
row accounts for. What a restore has to map is mapped in `before`, so it says what is expected.
"""

import base64
import dataclasses
import gzip
import json
import re

from kube_object import annotations, drop, is_token, kind_of, labels, replace_list

MAPPING_EDITS = set()
_UID_LABELS = ("controller-uid", "batch.kubernetes.io~1controller-uid")


@dataclasses.dataclass
class Pair:
    before: dict
    after: dict
    rules: "Rules"  # of compare_rules: the mapping, and both Sides


def maps_namespaces(edit):
    """Marks an edit that a manifest remembered in an annotation needs as well."""
    MAPPING_EDITS.add(edit)
    return edit


_BUILT_IN_FINALIZERS = (
    "kubernetes.io/pvc-protection",
    "kubernetes.io/pv-protection",
    "service.kubernetes.io/load-balancer-cleanup",
    "foregroundDeletion",
    "orphan",
    "customresourcecleanup.apiextensions.k8s.io",
)


def finalizers_that_stay(pair):
    groups = pair.rules.target.groups
    for obj in (pair.before, pair.after):
        stay = [f for f in obj["metadata"].get("finalizers") or [] if f not in _BUILT_IN_FINALIZERS]
        obj["metadata"]["finalizers"] = sorted(stay)
    kept = pair.after["metadata"]["finalizers"]
    pair.before["metadata"]["finalizers"] = [
        f for f in pair.before["metadata"]["finalizers"] if f in kept or is_served(f, groups)
    ]


def is_served(finalizer, groups):
    domain = finalizer.split("/")[0]
    return any(domain == group or domain.endswith("." + group) for group in groups if group)


def last_applied(pair):
    key = "kubectl.kubernetes.io/last-applied-configuration"
    texts = [annotations(obj).get(key) for obj in (pair.before, pair.after)]
    if None in texts:
        return
    try:
        memories = [json.loads(text) for text in texts]
    except ValueError:
        return
    inner = Pair(*memories, pair.rules)
    map_own_namespace(inner)
    for edit in pair.rules.edits_for(kind_of(memories[0])):
        if edit in MAPPING_EDITS:
            edit(inner)
    for obj, memory in zip((pair.before, pair.after), memories):
        obj["metadata"]["annotations"][key] = memory


def owners_by_identity(pair):
    rules = pair.rules
    expected = []
    for reference in pair.before["metadata"].get("ownerReferences") or []:
        who = rules.source.by_uid.get(reference["uid"])
        if who and rules.map_identity(who) in rules.target.identities:
            expected.append(owner_row(reference, rules.map_identity(who)))
    actual = []
    for reference in pair.after["metadata"].get("ownerReferences") or []:
        who = rules.target.by_uid.get(reference["uid"])
        actual.append(owner_row(reference, who or ("no live object has this uid",)))
    pair.before["metadata"]["ownerReferences"] = sorted(expected, key=str)
    pair.after["metadata"]["ownerReferences"] = sorted(actual, key=str)


def owner_row(reference, who):
    return {
        "kind": reference["kind"],
        "name": who[-1] if len(who) > 1 else reference["name"],
        "owner": " ".join(filter(None, who)),
        "controller": reference.get("controller", False),
        "blockOwnerDeletion": reference.get("blockOwnerDeletion", False),
    }


def injected_token_volume(pair):
    for obj in (pair.before, pair.after):
        spec = obj["spec"]
        names = {v["name"] for v in spec.get("volumes") or [] if is_injected_token(v)}
        replace_list(spec, "volumes", lambda v, names=names: v["name"] not in names)
        for key in ("containers", "initContainers"):
            for container in spec.get(key) or []:
                replace_list(container, "volumeMounts", lambda m, n=names: m["name"] not in n)


def is_injected_token(volume):
    """By its exact shape, so that a volume of the user's with such a name is compared."""
    sources = volume.get("projected", {}).get("sources") or []
    shape = [sorted(source) for source in sources]
    return re.fullmatch("kube-api-access-[a-z0-9]{5}", volume["name"]) is not None and shape == [
        ["serviceAccountToken"],
        ["configMap"],
        ["downwardAPI"],
    ]


def default_tolerations(pair):
    defaults = [
        {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute",
         "tolerationSeconds": 300}
        for key in ("not-ready", "unreachable")
    ]
    for obj in (pair.before, pair.after):
        replace_list(obj["spec"], "tolerations", lambda t: t not in defaults)


def job_uid_labels(pair):
    for obj in (pair.before, pair.after):
        if obj["spec"].get("manualSelector"):
            continue
        for place in ("/spec/selector/matchLabels/", "/spec/template/metadata/labels/",
                      "/metadata/labels/"):
            for label in _UID_LABELS:
                drop(obj, place + label)


def may_be_suspended(pair):
    if pair.after["spec"].get("suspend"):
        pair.before["spec"]["suspend"] = True


@maps_namespaces
def endpoint_targets(pair):
    for obj in (pair.before, pair.after):
        for target in endpoint_target_refs(obj):
            target.pop("uid", None)
            target.pop("resourceVersion", None)
    for target in endpoint_target_refs(pair.before):
        if "namespace" in target:
            target["namespace"] = pair.rules.map_namespace(target["namespace"])


def endpoint_target_refs(obj):
    places = list(obj.get("endpoints") or [])
    for subset in obj.get("subsets") or []:
        places += (subset.get("addresses") or []) + (subset.get("notReadyAddresses") or [])
    return [place["targetRef"] for place in places if "targetRef" in place]


def assigned_addresses(pair):
    for obj in (pair.before, pair.after):
        if obj["spec"].get("clusterIP") != "None":
            obj["spec"].pop("clusterIP", None)
            obj["spec"].pop("clusterIPs", None)


@maps_namespaces
def external_name(pair):
    spec = pair.before["spec"]
    if "externalName" in spec:
        spec["externalName"] = map_service_name(spec["externalName"], pair.rules)


@maps_namespaces
def ingress_hosts(pair):
    spec = pair.before["spec"]
    for rule in spec.get("rules") or []:
        if "host" in rule:
            rule["host"] = map_service_name(rule["host"], pair.rules)
    for tls in spec.get("tls") or []:
        if "hosts" in tls:
            tls["hosts"] = [map_service_name(host, pair.rules) for host in tls["hosts"]]


def map_service_name(name, rules):
    """Maps x.<namespace>, x.<namespace>.svc and x.<namespace>.svc.cluster.local."""
    parts = name.split(".")
    place = parts.index("svc") - 1 if "svc" in parts else len(parts) - 1
    if place < 1 or (place != 1 and "svc" not in parts):
        return name
    parts[place] = rules.map_namespace(parts[place])
    return ".".join(parts)


def token_secrets(pair):
    for obj, side in ((pair.before, pair.rules.source), (pair.after, pair.rules.target)):
        namespace = obj["metadata"].get("namespace")
        replace_list(obj, "secrets", lambda s, n=namespace, t=side.tokens: (n, s["name"]) not in t)


def token_data(pair):
    for obj in (pair.before, pair.after):
        if is_token(obj):
            obj.pop("data", None)
            drop(obj, "/metadata/annotations/kubernetes.io~1service-account.uid")
            drop(obj, "/metadata/labels/kubernetes.io~1legacy-token-last-used")


@maps_namespaces
def binding_subjects(pair):
    for subject in pair.before.get("subjects") or []:
        if "namespace" in subject:
            subject["namespace"] = pair.rules.map_namespace(subject["namespace"])
        if subject["kind"] == "User":
            subject["name"] = map_account(subject["name"], "system:serviceaccount:", pair.rules)
        if subject["kind"] == "Group":
            subject["name"] = map_account(subject["name"], "system:serviceaccounts:", pair.rules)


def map_account(name, prefix, rules):
    if not name.startswith(prefix):
        return name
    namespace, colon, account = name.removeprefix(prefix).partition(":")
    return prefix + rules.map_namespace(namespace) + colon + account


def aggregated_rules(pair):
    for obj in (pair.before, pair.after):
        if obj.get("aggregationRule"):
            obj.pop("rules", None)


@maps_namespaces
def policy_selectors(pair):
    spec = pair.before["spec"]
    rules = (spec.get("ingress") or []) + (spec.get("egress") or [])
    for peer in [p for r in rules for p in (r.get("from") or []) + (r.get("to") or [])]:
        map_name_selector(peer.get("namespaceSelector") or {}, pair.rules)


def map_name_selector(selector, rules):
    key = "kubernetes.io/metadata.name"
    exact = selector.get("matchLabels") or {}
    if key in exact:
        exact[key] = rules.map_namespace(exact[key])
    for expression in selector.get("matchExpressions") or []:
        if expression["key"] == key and "values" in expression:
            expression["values"] = [rules.map_namespace(v) for v in expression["values"]]


@maps_namespaces
def namespace_name_label(pair):
    key = "kubernetes.io/metadata.name"
    if key in labels(pair.before):
        pair.before["metadata"]["labels"][key] = pair.rules.map_namespace(labels(pair.before)[key])


@maps_namespaces
def volume_claim(pair):
    claim = pair.before["spec"].get("claimRef")
    if claim:
        claim["namespace"] = pair.rules.map_namespace(claim["namespace"])
    if not pair.after["spec"].get("claimRef"):
        pair.before["spec"].pop("claimRef", None)
    for obj in (pair.before, pair.after):
        drop(obj, "/spec/claimRef/uid")
        drop(obj, "/spec/claimRef/resourceVersion")


def grown_claim(pair):
    wanted = [obj["spec"]["resources"]["requests"] for obj in (pair.before, pair.after)]
    had = ((pair.before.get("status") or {}).get("capacity") or {}).get("storage")
    if had and wanted[1].get("storage") == had:
        wanted[0]["storage"] = had


@maps_namespaces
def monitored_namespaces(pair):
    names = (pair.before["spec"].get("namespaceSelector") or {}).get("matchNames")
    if names:
        names[:] = [pair.rules.map_namespace(name) for name in names]


@maps_namespaces
def helm_marks(pair):
    map_mark(pair, "annotations", "meta.helm.sh/release-namespace", pair.rules.map_namespace)


@maps_namespaces
def gitops_marks(pair):
    def map_tracking(mark):
        app_and_kind, _, place = mark.rpartition(":")
        namespace, slash, name = place.partition("/")
        return f"{app_and_kind}:{pair.rules.map_namespace(namespace)}{slash}{name}"

    map_mark(pair, "annotations", "argocd.argoproj.io/tracking-id", map_tracking)
    for tool in ("kustomize", "helm"):
        map_mark(pair, "labels", f"{tool}.toolkit.fluxcd.io/namespace", pair.rules.map_namespace)


def map_mark(pair, holder, key, mapped):
    marks = (pair.before.get("metadata") or {}).get(holder) or {}
    if key in marks:
        marks[key] = mapped(marks[key])


_INJECTORS = ("cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret",
              "cert-manager.io/inject-apiserver-ca", "service.beta.openshift.io/inject-cabundle")


@maps_namespaces
def injected_bundles(pair):
    for key in _INJECTORS[:2]:
        map_mark(pair, "annotations", key, lambda text: map_object(text, pair.rules))
    for obj in (pair.before, pair.after):
        if not any(key in annotations(obj) for key in _INJECTORS):
            continue
        for place in ("/webhooks/*/clientConfig/caBundle", "/spec/caBundle",
                      "/spec/conversion/webhook/clientConfig/caBundle"):
            drop(obj, place)


def map_object(text, rules):
    namespace, slash, name = text.partition("/")
    return rules.map_namespace(namespace) + slash + name


def helm_payload(pair):
    """Compares the releases themselves: packing is not the same twice."""
    releases = [helm_release(obj) for obj in (pair.before, pair.after)]
    if None in releases:
        return
    before = releases[0]
    before["namespace"] = pair.rules.map_namespace(before.get("namespace", ""))
    for holder in [before, *(before.get("hooks") or [])]:
        if "manifest" in holder:
            holder["manifest"] = re.sub(
                r"(?m)^([ -]*namespace: *[\"']?)([a-z0-9-]+)",
                lambda match: match[1] + pair.rules.map_namespace(match[2]), holder["manifest"])
    for obj, release in zip((pair.before, pair.after), releases):
        obj["data"]["release"] = release


def helm_release(obj):
    """The release that the object holds, or None."""
    text = (obj.get("data") or {}).get("release")
    is_secret = obj.get("type") == "helm.sh/release.v1"
    if not text or not (is_secret or labels(obj).get("owner") == "helm"):
        return None
    try:
        packed = base64.b64decode(base64.b64decode(text) if is_secret else text)
        return json.loads(gzip.decompress(packed))
    except (ValueError, OSError):
        return None


def map_own_namespace(pair):
    """Namespace and name of the expected object, as the target calls them."""
    metadata = pair.before.get("metadata") or {}
    if metadata.get("namespace"):
        metadata["namespace"] = pair.rules.map_namespace(metadata["namespace"])
    if pair.before.get("kind") == "Namespace":
        metadata["name"] = pair.rules.map_namespace(metadata["name"])
