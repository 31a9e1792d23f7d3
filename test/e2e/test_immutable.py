"""The fields that the rule table calls fixed, tried on a real API server: each change is refused."""

import copy
import re
import time
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import ApiError, Cluster
from salvor_e2e.paths import ROOT

POD_SPEC = {"containers": [{"name": "c", "image": "example.com/i:1"}]}
TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": POD_SPEC}
WORKLOAD = {"selector": {"matchLabels": {"app": "a"}}, "template": TEMPLATE}
OTHER_SELECTOR = {"matchLabels": {"app": "b"}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}

# Type -> (API, kind, what makes an object of it, {pointer: another value}).
SAMPLES = {
    "customresourcedefinitions.apiextensions.k8s.io": ("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
        "metadata": {"name": "things.fixed.example.com"},
        "spec": {"group": "fixed.example.com", "scope": "Namespaced", "names": {"plural": "things", "kind": "Thing"},
                 "versions": [{"name": "v1", "served": True, "storage": True,
                               "schema": {"openAPIV3Schema": {"type": "object"}}}]}},
        {"/spec/group": "other.example.com", "/spec/scope": "Cluster"}),
    "priorityclasses.scheduling.k8s.io": ("scheduling.k8s.io/v1", "PriorityClass", {"value": 7},
                                          {"/value": 8, "/preemptionPolicy": "Never"}),
    "storageclasses.storage.k8s.io": ("storage.k8s.io/v1", "StorageClass", {"provisioner": "a.example.com"}, {
        "/provisioner": "b.example.com", "/parameters": {"a": "b"}, "/reclaimPolicy": "Retain",
        "/volumeBindingMode": "WaitForFirstConsumer"}),
    "ingressclasses.networking.k8s.io": ("networking.k8s.io/v1", "IngressClass", {"spec": {"controller": "a.example.com/c"}},
                                         {"/spec/controller": "b.example.com/c"}),
    "runtimeclasses.node.k8s.io": ("node.k8s.io/v1", "RuntimeClass", {"handler": "a"}, {"/handler": "b"}),
    "rolebindings.rbac.authorization.k8s.io": ("rbac.authorization.k8s.io/v1", "RoleBinding", {"roleRef": ROLE},
                                               {"/roleRef": ROLE | {"name": "edit"}}),
    "clusterrolebindings.rbac.authorization.k8s.io": ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding",
                                                      {"roleRef": ROLE}, {"/roleRef": ROLE | {"name": "edit"}}),
    "secrets": ("v1", "Secret", {"type": "a", "data": {"a": "YQ=="}}, {"/type": "b"}),
    "persistentvolumeclaims": ("v1", "PersistentVolumeClaim", {"spec": CLAIM | {"storageClassName": "x", "volumeName": "y"}}, {
        "/spec/accessModes": ["ReadOnlyMany"], "/spec/selector": OTHER_SELECTOR, "/spec/storageClassName": "y",
        "/spec/volumeMode": "Block", "/spec/volumeName": "other"}),
    "endpointslices.discovery.k8s.io": ("discovery.k8s.io/v1", "EndpointSlice", {"addressType": "IPv4", "endpoints": []},
                                        {"/addressType": "IPv6"}),
    "pods": ("v1", "Pod", {"spec": POD_SPEC}, {"/spec": POD_SPEC | {"hostNetwork": True}}),
    "replicasets.apps": ("apps/v1", "ReplicaSet", {"spec": WORKLOAD}, {"/spec/selector": OTHER_SELECTOR}),
    "controllerrevisions.apps": ("apps/v1", "ControllerRevision", {"revision": 1, "data": {"a": 1}}, {"/data": {"a": 2}}),
    "deployments.apps": ("apps/v1", "Deployment", {"spec": WORKLOAD}, {"/spec/selector": OTHER_SELECTOR}),
    "daemonsets.apps": ("apps/v1", "DaemonSet", {"spec": WORKLOAD}, {"/spec/selector": OTHER_SELECTOR}),
    "statefulsets.apps": ("apps/v1", "StatefulSet", {"spec": WORKLOAD | {"serviceName": "a"}}, {
        "/spec/selector": OTHER_SELECTOR, "/spec/serviceName": "b", "/spec/podManagementPolicy": "Parallel",
        "/spec/volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": CLAIM}]}),
    "jobs.batch": ("batch/v1", "Job", {"spec": {"suspend": True, "template": {"spec": POD_SPEC | {"restartPolicy": "Never"}}}}, {
        "/spec/selector": OTHER_SELECTOR, "/spec/completionMode": "Indexed",
        "/spec/template": {"spec": POD_SPEC | {"restartPolicy": "OnFailure"}}}),
    "servicecidrs.networking.k8s.io": ("networking.k8s.io/v1", "ServiceCIDR", {"spec": {"cidrs": ["10.99.0.0/24"]}},
                                       {"/spec/cidrs": ["10.98.0.0/24"]}),
    "resourceclaims.resource.k8s.io": ("resource.k8s.io/v1", "ResourceClaim", {
        "spec": {"devices": {"requests": [{"name": "a", "exactly": {"deviceClassName": "d"}}]}}},
        {"/spec": {"devices": {"requests": [{"name": "b", "exactly": {"deviceClassName": "d"}}]}}}),
}
MARKED = {
    "secrets": ("v1", "Secret", {"immutable": True, "data": {"a": "YQ=="}},
                {"/data": {"a": "Yg=="}, "/stringData": {"a": "b"}, "/immutable": False}),
    "configmaps": ("v1", "ConfigMap", {"immutable": True, "data": {"a": "b"}},
                   {"/data": {"a": "c"}, "/binaryData": {"b": "Yg=="}, "/immutable": False}),
}


def fixed_fields(mark):
    """{type: pointers} of the generated page whose remark ends so."""
    fields = {}
    for line in (ROOT / "docs" / "generated" / "restore-rules.md").read_text().splitlines():
        cells = line.split(" | ")
        pointers = re.findall(rf"`(/[^`]+)` {mark}(?=<br>| \||$)", line)
        for kind in re.findall(r"`([^`]+)`", cells[0]) if pointers else []:
            fields.setdefault(kind, set()).update(pointers)
    return fields


class Immutable(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(cls.enterClassContext(ControlPlane()).kubeconfig)

    def test_each_fixed_field_is_refused_a_change(self):
        self.check(SAMPLES, fixed_fields("fixed"))

    def test_each_field_of_a_marked_object_is_refused_a_change(self):
        self.check(MARKED, fixed_fields("fixed if marked immutable"))

    def check(self, samples, fields):
        # A row of several kinds names the fields of them all.
        for kind, (api, name, members, changes) in samples.items():
            self.assertLessEqual(set(changes), fields.get(kind, set()), kind)
        tried = {pointer for _, _, _, changes in samples.values() for pointer in changes}
        self.assertEqual({pointer for pointers in fields.values() for pointer in pointers}, tried)
        for kind, sample in samples.items():
            self.try_changes(kind, *sample)

    def try_changes(self, kind, api, name, members, changes):
        body = {"apiVersion": api, "kind": name, "metadata": {"name": "fixed"}} | copy.deepcopy(members)
        collection = self.collection(api, kind)
        self.cluster.request("POST", collection, body)
        path = f"{collection}/{body['metadata']['name']}"
        if name == "CustomResourceDefinition":  # what it serves is fixed once it is served
            self.wait_until_established(path)
        for pointer, value in changes.items():
            with self.subTest(kind=kind, field=pointer):
                patch = value
                for key in reversed(pointer[1:].split("/")):
                    patch = {key: patch}
                with self.assertRaises(ApiError) as refused:
                    self.cluster.request("PATCH", path, patch, content_type="application/merge-patch+json")
                self.assertEqual(refused.exception.status, 422, refused.exception)
        self.cluster.request("DELETE", path)

    def wait_until_established(self, path):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            conditions = self.cluster.request("GET", path).get("status", {}).get("conditions") or []
            if any(one["type"] == "Established" and one["status"] == "True" for one in conditions):
                return
            time.sleep(0.1)
        raise TimeoutError(f"{path} is not served after 30 s")

    def collection(self, api, kind):
        plural = kind.split(".")[0]
        root = "/api/v1" if api == "v1" else f"/apis/{api}"
        listed = self.cluster.request("GET", root)["resources"]
        is_namespaced = next(entry["namespaced"] for entry in listed if entry["name"] == plural)
        return f"{root}/namespaces/default/{plural}" if is_namespaced else f"{root}/{plural}"


if __name__ == "__main__":
    unittest.main()
