"""Targets that know a kind in an older version, or with fewer fields, than the source does."""

import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import ApiError, Cluster
from salvor_e2e.salvor_server import SalvorServer

GROUP = "versions.example.com"
ANY_FIELDS = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
ONE_FIELD = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"a": {"type": "integer"}}}}}


def path(version, plural, name=""):
    return f"/apis/{GROUP}/{version}/namespaces/shop/{plural}" + (f"/{name}" if name else "")


def definition(kind, versions, schema):
    """The first version is stored; the others differ by name alone."""
    plural = kind.lower() + "s"
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{GROUP}"},
            "spec": {"group": GROUP, "scope": "Namespaced",
                     "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": kind + "List"},
                     "versions": [{"name": name, "served": True, "storage": name == versions[0],
                                   "schema": {"openAPIV3Schema": schema}} for name in versions]}}


def is_served(cluster, version, plural):
    try:
        cluster.request("GET", path(version, plural))
        return True
    except ApiError:
        return False


class Versions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        source_plane = cls.enterClassContext(ControlPlane())
        target_plane = cls.enterClassContext(ControlPlane())
        cls.api = cls.enterClassContext(SalvorServer()).client()
        cls.source_id = cls.api.add_cluster("source", source_plane.kubeconfig)
        cls.target_id = cls.api.add_cluster("target", target_plane.kubeconfig)
        cls.source, cls.target = Cluster(source_plane.kubeconfig), Cluster(target_plane.kubeconfig)
        cls.define(cls.source, definition("Widget", ["v2", "v1"], ANY_FIELDS))
        cls.define(cls.source, definition("Gadget", ["v1"], ANY_FIELDS))
        cls.define(cls.target, definition("Widget", ["v1"], ANY_FIELDS))
        cls.define(cls.target, definition("Gadget", ["v1"], ONE_FIELD))
        cls.source.request("POST", "/api/v1/namespaces", {"metadata": {"name": "shop"}})
        owner = cls.make("v2", "Widget", {"a": 1})
        cls.make("v1", "Gadget", {"a": 1, "b": 2})
        reference = {"apiVersion": owner["apiVersion"], "kind": "Widget", "name": "one", "uid": owner["metadata"]["uid"]}
        cls.source.request("POST", "/api/v1/namespaces/shop/configmaps", {
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owned", "ownerReferences": [reference]}})
        cls.point, cls.backup = cls.api.back_up("versions", cls.source_id, {"namespaces": ["shop"]})

    @classmethod
    def define(cls, cluster, body):
        cluster.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body)
        plural = body["spec"]["names"]["plural"]
        for version in body["spec"]["versions"]:
            cls.api.wait_for(f"served {plural}", lambda: is_served(cluster, version["name"], plural))

    @classmethod
    def make(cls, version, kind, spec):
        return cls.source.request("POST", path(version, kind.lower() + "s"), {
            "apiVersion": f"{GROUP}/{version}", "kind": kind, "metadata": {"name": "one"}, "spec": spec})

    def test_what_the_target_knows_of_the_objects_comes_back_and_the_rest_is_told(self):
        self.assertEqual(self.backup["state"], "COMPLETED", self.backup["message"])

        job, rows = self.api.restore("other", self.point, cluster=self.target_id, selection={"namespaces": ["shop"]})

        by_kind = {row["kind"]: row for row in rows}
        with self.subTest("an older version is made from the copy in that version"):
            widget, made = by_kind["Widget"], self.target.request("GET", path("v1", "widgets", "one"))
            self.assertEqual((widget["version"], widget["state"]), ("v1", "DONE"))
            self.assertEqual(made["spec"], {"a": 1})
        with self.subTest("who is owned names the owner's version in the target"):
            owned = self.target.request("GET", "/api/v1/namespaces/shop/configmaps/owned")
            reference = owned["metadata"]["ownerReferences"][0]
            self.assertEqual((reference["apiVersion"], reference["uid"]), (f"{GROUP}/v1", made["metadata"]["uid"]))
        with self.subTest("a dropped field is named, and the job is not COMPLETED"):
            gadget = by_kind["Gadget"]
            self.assertEqual((gadget["state"], gadget["reason"]), ("PARTIAL", "FIELDS_DROPPED"))
            self.assertIn('unknown field "spec.b"', gadget["message"])
            self.assertEqual((job["state"], job["num_errors"]), ("PARTIAL", 1))

    def test_in_the_source_the_preferred_version_comes_back_whole(self):
        job, rows = self.api.restore("same", self.point, selection={"namespaces": ["shop"]}, namespaces_prefix="again-")

        self.assertEqual(job["state"], "COMPLETED", job["message"])
        self.assertEqual([row["version"] for row in rows if row["kind"] == "Widget"], ["v2"])


if __name__ == "__main__":
    unittest.main()
