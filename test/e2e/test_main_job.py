"""The main job on real control planes: back up cluster A, restore to an empty B, and renamed into A."""

import re
import unittest

from salvor_e2e.api_client import ALL_OBJECTS
from salvor_e2e.audit import writes_of_salvor
from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import Cluster, apply, compare
from salvor_e2e.node import wait_for
from salvor_e2e.salvor_server import SalvorServer


def volume_of(plane):
    """One that its controller binds some seconds after both it and its claim are there."""
    return Cluster(plane.kubeconfig).request("GET", "/api/v1/persistentvolumes/blog-sql")


class MainJob(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.enterClassContext(ControlPlane("--audit"))
        cls.target = cls.enterClassContext(ControlPlane())
        apply(cls.source.kubeconfig)
        wait_for("the volume's claim", lambda: "claimRef" in volume_of(cls.source)["spec"])
        cls.server = cls.enterClassContext(SalvorServer())
        cls.api = cls.server.client()
        cls.source_id = cls.api.add_cluster("source", cls.source.kubeconfig)
        cls.target_id = cls.api.add_cluster("target", cls.target.kubeconfig)
        cls.point, cls.backup_job = cls.api.back_up("everything", cls.source_id, ALL_OBJECTS)

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
        job, rows = self.api.restore("renamed", self.point, selection={"namespaces": names}, namespaces_prefix="r-")

        self.assert_complete(job, rows)
        equal, report = compare(self.source.kubeconfig, self.source.kubeconfig, "--prefix", "r-",
                                "--namespaces", ",".join(names))
        self.assertTrue(equal, report[-4000:])
        touched = [write for write in writes_of_salvor(self.source) if write.code < 300
                   and not re.match("r-", write.namespace or write.name) and "-r-" not in write.name]
        self.assertEqual(touched, [])

    def assert_complete(self, job, rows):
        failed = [(row["kind"], row["name"], row["reason"], row["message"]) for row in rows if row["state"] == "FAILED"]
        self.assertEqual(failed, [])
        self.assertEqual(job["state"], "COMPLETED", job["message"])
        self.assertEqual(job["num_total_resources"], len(rows))
        self.assertFalse([row for row in rows if row["state"] == "PENDING"])
        keys = [(row["kind"], row["group"], row["namespace"], row["name"]) for row in rows]
        self.assertEqual(len(keys), len(set(keys)))


if __name__ == "__main__":
    unittest.main()
