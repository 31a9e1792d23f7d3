"""A target that holds half of a set already, changed in ways that a restore can or cannot patch."""

import concurrent.futures
import copy

from .kubernetes import Cluster

WORKERS = 8
SERVER_FIELDS = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "ownerReferences")
OTHER_ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "another"}
LABELS = {"app": "another"}

# Resource -> its API, and the changes that a patch undoes.
PATCHABLE = {
    "configmaps": ("/api/v1", {"data": {"data": "another"}}),
    "serviceaccounts": ("/api/v1", {"automountServiceAccountToken": True}),
    "roles": ("/apis/rbac.authorization.k8s.io/v1",
              {"rules": [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}]}),
    "cronjobs": ("/apis/batch/v1", {"spec": {"schedule": "1 1 1 1 *"}}),
    "things": ("/apis/mix.salvor.test/v1", {"spec": {"data": "another"}}),
}
# Of these the API server changes nothing: they have to be made anew.
FIXED = {
    "secrets": ("/api/v1", {"type": "example.com/another"}),
    "rolebindings": ("/apis/rbac.authorization.k8s.io/v1", {"roleRef": OTHER_ROLE}),
    "deployments": ("/apis/apps/v1", {"spec": {"selector": {"matchLabels": LABELS},
                                               "template": {"metadata": {"labels": LABELS}}}}),
}


def half_fill(source, target, names, prefix, changes):
    """Makes every second object of these types in the target's namespaces, changed; how many."""
    here, there = Cluster(source), Cluster(target)
    bodies = []
    for name in names:
        there.request("POST", "/api/v1/namespaces", {"metadata": {"name": prefix + name}})
        for resource, (api, change) in changes.items():
            collection = f"{api}/namespaces/{{}}/{resource}"
            listed = here.request("GET", collection.format(name))
            kind = listed["kind"].removesuffix("List")
            bodies += [(collection.format(prefix + name), changed(item, listed["apiVersion"], kind, change))
                       for item in listed["items"] if int(item["metadata"]["name"][-1:], 36) % 2 == 0
                       and item["metadata"]["name"].startswith("object-")]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(lambda body: there.request("POST", *body), bodies))
    return len(bodies)


def changed(item, api_version, kind, change):
    body = merged(copy.deepcopy(item), change)
    body |= {"apiVersion": api_version, "kind": kind}
    body.pop("status", None)
    for field in (*SERVER_FIELDS, "namespace", "annotations"):
        body["metadata"].pop(field, None)
    return body


def merged(body, change):
    for key, value in change.items():
        body[key] = merged(body.get(key) or {}, value) if isinstance(value, dict) else copy.deepcopy(value)
    return body
