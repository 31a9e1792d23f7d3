"""The main job on real control planes: back up cluster A, restore to an empty B, and renamed into A."""

import json
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import Cluster, apply, compare
from salvor_e2e.salvor_server import SalvorServer


class MainJob(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.enterClassContext(ControlPlane())
        cls.target = cls.enterClassContext(ControlPlane())
        apply(cls.source.kubeconfig)
        cls.server = cls.enterClassContext(SalvorServer())
        cls.api = cls.server.client()
        cls.source_id = cls.api.add_cluster("source", cls.source.kubeconfig)
        cls.target_id = cls.api.add_cluster("target", cls.target.kubeconfig)
        cls.point, cls.backup_job = cls.api.back_up("everything", cls.source_id, {"all_namespaces": True})

    def test_the_backup_is_complete_and_ready(self):
        self.assertEqual(self.backup_job["state"], "COMPLETED", self.backup_job["message"])
        self.assertEqual(self.point["state"], "READY")
        self.assertGreaterEqual(self.point["num_backup_resources"], 600)

    def test_the_point_lists_its_namespaces_and_claims_and_types(self):
        point = self.point["_id"]
        namespaces = {row["name"] for row in self.api.find("kubenamespaces", {"backupinst_id": point})}
        self.assertLessEqual({"shop", "default", "kube-system"}, namespaces)
        claims = self.api.find("kubepvclaims", {"backupinst_id": point})
        self.assertTrue(claims)
        types = self.api.get(f"backupinstances/{point}/resource-types")["_items"]
        self.assertLessEqual({"secrets", "deployments", "pods"}, set(types))
        self.assertTrue(self.api.post(f"backupinstances/{point}/action/list-storage-classes")["_items"])

    def test_restored_to_an_empty_cluster_all_objects_are_equal(self):
        job, rows = self.api.restore("to-b", self.point, cluster=self.target_id, selection={"all_namespaces": True})

        self.assert_complete(job, rows)
        equal, report = compare(self.source.kubeconfig, self.target.kubeconfig)
        self.assertTrue(equal, report[-4000:])

    def test_restored_under_new_names_all_objects_are_equal_and_the_source_is_untouched(self):
        names = sorted({row["name"] for row in self.api.find("kubenamespaces", {"backupinst_id": self.point["_id"]})
                        if not row["name"].startswith("kube-") and row["name"] != "default"})
        before = self.objects_of(names)

        job, rows = self.api.restore("renamed", self.point, selection={"namespaces": names}, namespaces_prefix="r-")

        self.assert_complete(job, rows)
        equal, report = compare(self.source.kubeconfig, self.source.kubeconfig, "--prefix", "r-",
                                "--namespaces", ",".join(names))
        self.assertTrue(equal, report[-4000:])
        self.assertEqual(before, self.objects_of(names))

    def assert_complete(self, job, rows):
        failed = [(row["kind"], row["name"], row["reason"], row["message"]) for row in rows if row["state"] == "FAILED"]
        self.assertEqual(failed, [])
        self.assertEqual(job["state"], "COMPLETED", job["message"])
        self.assertEqual(job["num_total_resources"], len(rows))
        self.assertFalse([row for row in rows if row["state"] == "PENDING"])
        keys = [(row["kind"], row["group"], row["namespace"], row["name"]) for row in rows]
        self.assertEqual(len(keys), len(set(keys)))

    def objects_of(self, namespaces):
        """Everything in the namespaces, byte for byte, but for what controllers write by the minute."""
        cluster = Cluster(self.source.kubeconfig)
        objects = {}
        for resource in cluster.discover():
            if not resource.namespaced or resource.rank or not {"list", "create"} <= resource.verbs:
                continue
            if resource.plural in ("events", "leases"):
                continue
            for obj in cluster.list_all(resource):
                if obj["metadata"].get("namespace") in namespaces:
                    obj.pop("status", None)
                    for name in ("resourceVersion", "managedFields"):
                        obj["metadata"].pop(name, None)
                    objects[resource.plural, obj["metadata"]["namespace"], obj["metadata"]["name"]] = json.dumps(obj, sort_keys=True)
        return objects


if __name__ == "__main__":
    unittest.main()
