"""Recovery points with the data of volumes: snapshots of a real CSI driver, restored in the cluster that took them and
in another one that reaches the same storage."""

import pathlib
import tempfile
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.node import CONTENTS, SNAPSHOT_GROUP, Node, make_space, row_of_claim, wait_for, wait_for_account
from salvor_e2e.own_network import OwnNetwork
from salvor_e2e.salvor_server import SalvorServer

WRITE = ["sh", "-c", "head -c 3000000 /dev/urandom > /data/blob; mkdir -m 750 /data/folder; chown 1234:5678 /data/folder;"
         " cd /data; sha256sum blob; stat -c '%a %u %g %h' blob folder"]
READ = ["sh", "-c", "cd /data; sha256sum blob; stat -c '%a %u %g %h' blob folder"]
DRIVER = "hostpath.csi.salvor.test"

STAGE = {}


def setUpModule():
    unittest.enterModuleContext(OwnNetwork())
    STAGE["storage"] = unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="salvor-storage-"))
    STAGE["plane"] = plane = unittest.enterModuleContext(ControlPlane(node=True, storage=STAGE["storage"]))
    shop = make_space(plane, "shop")
    STAGE["written"] = {}
    for claim, storage_class in (("data", "standard"), ("late", "late"), ("plain", "plain")):
        shop.claim(claim, storage_class)
        STAGE["written"][claim] = shop.run_pod(f"writes-{claim}", WRITE, claim)
    STAGE["server"] = server = unittest.enterModuleContext(SalvorServer())
    STAGE["api"] = api = server.client()
    STAGE["cluster"] = api.add_cluster("one", plane.kubeconfig)
    STAGE["point"], STAGE["job"] = api.back_up("shop", STAGE["cluster"], {"namespaces": ["shop"]})


def stored_snapshots():
    return {entry.name for entry in (pathlib.Path(STAGE["storage"]) / DRIVER / "snapshots").iterdir()}


def left_in(plane):
    """VolumeSnapshots and contents."""
    cluster = Node(plane).cluster
    listed = [cluster.request("GET", f"/apis/{SNAPSHOT_GROUP}/v1/{kind}")["items"]
              for kind in ("volumesnapshots", "volumesnapshotcontents")]
    return [item["metadata"]["name"] for items in listed for item in items]


class Backup(unittest.TestCase):
    def test_it_says_what_was_taken_and_what_was_not(self):
        job, point = STAGE["job"], STAGE["point"]

        self.assertEqual(job["state"], "COMPLETED", job["message"])
        self.assertEqual(job["message"], "Backup Successful; 1 volume has no snapshot (see activity)")
        self.assertEqual((job["num_volume_snapshots_attempted"], job["num_volume_snapshots_completed"]), (2, 2))
        self.assertEqual(job["kube_snapshot_progress"]["skipped_pvs"], 1)
        warning = "Warning: no snapshot of claim shop/plain: there is no VolumeSnapshotClass for its driver plain.csi.salvor.test"
        self.assertTrue(any(warning in line for line in job["activity"]), job["activity"])
        claims = {row["name"]: row for row in STAGE["api"].find("kubepvclaims", {"backupinst_id": point["_id"]})}
        self.assertEqual({name for name, row in claims.items() if row["snapshot_taken"]}, {"data", "late"})
        self.assertIn(claims["data"]["snapshot_handle"], stored_snapshots())

    def test_it_leaves_nothing_in_the_namespace(self):
        snapshots = Node(STAGE["plane"], "shop")
        self.assertEqual(snapshots.get(snapshots.snapshots)["items"], [])


class Restore(unittest.TestCase):
    def setUp(self):
        self.api = STAGE["api"]

    def restore(self, name, **fields):
        return self.api.restore(name, STAGE["point"], selection={"namespaces": ["shop"], "include_resource_types": ["persistentvolumeclaims"]},
                                **fields)

    def check_files(self, node, claim):
        self.assertEqual(node.run_pod(f"reads-{claim}", READ, claim), STAGE["written"][claim])

    def test_the_claims_have_their_files_beside_the_old_ones(self):
        job, rows = self.restore("beside", namespaces_map={"shop": "beside"})

        self.assertEqual(row_of_claim(rows, "data")["reason"], "CREATED", row_of_claim(rows, "data")["message"])
        self.assertEqual(row_of_claim(rows, "late")["reason"], "CREATED")
        self.assertEqual(row_of_claim(rows, "plain")["reason"], "VOLUME_EMPTY")
        self.assertEqual(job["state"], "PARTIAL")
        beside = Node(STAGE["plane"], "beside")
        wait_for_account(beside)
        self.check_files(beside, "data")
        self.check_files(beside, "late")

    def test_the_claims_have_their_files_in_another_cluster_of_the_same_storage(self):
        with ControlPlane(node=True, storage=STAGE["storage"]) as plane:
            target = self.api.add_cluster("two", plane.kubeconfig)
            job, rows = self.restore("elsewhere", cluster=target)
            self.assertEqual(row_of_claim(rows, "data")["reason"], "CREATED", row_of_claim(rows, "data")["message"])
            other = Node(plane, "shop")
            wait_for_account(other)
            self.check_files(other, "data")
            self.check_files(other, "late")
        self.assertEqual(job["state"], "PARTIAL")

    def test_a_cluster_without_the_driver_is_refused(self):
        with ControlPlane() as plane:
            target = self.api.add_cluster("bare", plane.kubeconfig)
            planned = self.api.define_restore("planned", STAGE["point"], cluster=target, selection={"namespaces": ["shop"]})
            found = [check for check in self.api.plan(planned["_id"])["checks"] if check["check"] == "volumes"]
            self.assertEqual({(check["level"], check["subject"]) for check in found}, {("ERROR", "2 claims")})
            self.assertIn("type COPY", found[0]["hint"])
            job, rows = self.restore("nowhere", cluster=target)

            row = row_of_claim(rows, "data")
            self.assertEqual((row["state"], row["reason"]), ("FAILED", "SNAPSHOT_UNUSABLE"))
            self.assertTrue(Node(plane, "shop").is_gone("/api/v1/namespaces/shop/persistentvolumeclaims/data"))

    def test_a_class_of_another_driver_is_refused_and_one_that_is_not_csi_too(self):
        _, rows = self.restore("plainly", namespaces_map={"shop": "plainly"}, storage_class_map={"standard": "plain"})
        self.assertEqual(row_of_claim(rows, "data")["reason"], "SNAPSHOT_UNUSABLE")
        self.assertIn("is of driver plain.csi.salvor.test", row_of_claim(rows, "data")["message"])

        job, rows = self.restore("in-tree", namespaces_map={"shop": "in-tree"}, storage_class_map={"standard": "legacy"})
        self.assertEqual((job["state"], rows), ("FAILED", []))
        self.assertIn("example.com/in-tree is none of the target's CSI drivers", job["message"])


class Removal(unittest.TestCase):
    def test_a_deleted_namespace_comes_back_and_its_point_goes_with_its_snapshots(self):
        api, plane = STAGE["api"], STAGE["plane"]
        lost = make_space(plane, "lost")
        lost.claim("data")
        written = lost.run_pod("writes", WRITE, "data")
        before = stored_snapshots()
        point, _ = api.back_up("lost", STAGE["cluster"], {"namespaces": ["lost"]})

        lost.cluster.request("DELETE", "/api/v1/namespaces/lost")
        wait_for("the end of the namespace", lambda: lost.is_gone("/api/v1/namespaces/lost"))
        job, rows = api.restore("back", point, selection={"namespaces": ["lost"]})

        self.assertEqual(job["state"], "COMPLETED", job["message"])
        self.assertEqual(lost.run_pod("reads", READ, "data"), written)
        self.assertEqual(len(stored_snapshots() - before), 1)
        self.assertEqual([name for name in left_in(plane) if name.startswith("salvor-" + job["_id"])], [])

        api.delete(f"backupinstances/{point['_id']}")
        wait_for("the end of its snapshot", lambda: stored_snapshots() == before)
        self.assertEqual(lost.run_pod("reads-again", READ, "data"), written)

    def test_a_snapshot_that_fails_makes_the_backup_partial_and_leaves_none(self):
        api, plane = STAGE["api"], STAGE["plane"]
        self.addCleanup(plane.fault, "hostpath")
        broken = make_space(plane, "broken")
        broken.claim("data")
        broken.wait_bound("data")
        before, contents = stored_snapshots(), len(Node(plane).get(CONTENTS)["items"])
        plane.fault("hostpath", "create-snapshot=not-ready")

        point, job = api.back_up("broken", STAGE["cluster"], {"namespaces": ["broken"], "csi_snapshot_timeout": 3})

        self.assertEqual(job["state"], "PARTIAL")
        self.assertIn("the snapshot of claim broken/data: it was not ready within 3 s", job["message"])
        wait_for("the end of what was begun", lambda: stored_snapshots() == before)
        wait_for("the end of its content", lambda: len(Node(plane).get(CONTENTS)["items"]) == contents)


if __name__ == "__main__":
    unittest.main()
