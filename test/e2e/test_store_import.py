"""A server that lost its catalog learns from the object store what copies there are, and restores them."""

import base64
import json
import shutil
import subprocess
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.node import Node, make_space, row_of_claim, wait_for_account
from salvor_e2e.own_network import OwnNetwork
from salvor_e2e.paths import SALVOR
from salvor_e2e.s3_server import S3Server
from salvor_e2e.salvor_server import SalvorServer

IMAGE = "salvor-mover:test"
WRITE = ["sh", "-c", "cd /data; mkdir a; head -c 2000000 /dev/urandom > a/blob; echo hello > word"]
READ = ["sh", "-c", "cd /data; find . -type f | sort | xargs sha256sum"]
KEPT = ("_id", "name", "type", "state", "start_time", "cluster", "cluster_name", "num_errors", "pv_count", "backup_location", "resource_types")

STAGE = {}


def setUpModule():
    unittest.enterModuleContext(OwnNetwork())
    STAGE["plane"] = plane = unittest.enterModuleContext(ControlPlane(node=True))
    plane.image(IMAGE, SALVOR)
    STAGE["s3"] = s3 = unittest.enterModuleContext(S3Server("copies", address=OwnNetwork.address))
    shop = make_space(plane, "shop")
    shop.cluster.request("POST", shop.core + "secrets", {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "stringData": {"word": "open-sesame"}})
    shop.claim("data")
    shop.run_pod("writes", WRITE, "data")
    STAGE["read"] = shop.run_pod("reads", READ, "data")
    STAGE["lost"] = lost = unittest.enterModuleContext(SalvorServer("--mover-image", IMAGE))
    api = lost.client()
    cluster = api.add_cluster("one", plane.kubeconfig)
    snapshot, _ = api.back_up("shop", cluster, {"namespaces": ["shop"]})
    STAGE["copy"], job = api.copy("offsite", snapshot, api.add_object_store("bucket", s3, "copies", "salvor"), delete_snapshots=False)
    assert job["state"] == "COMPLETED", job["message"]
    STAGE["claims"] = api.find("kubepvclaims", {"backupinst_id": STAGE["copy"]["_id"]})
    STAGE["password"] = lost.folder / "data" / "repository.password"
    STAGE["new"] = new = unittest.enterModuleContext(SalvorServer("--mover-image", IMAGE))
    new.stop()
    shutil.copy(STAGE["password"], new.folder / "data" / "repository.password")
    new.start()
    STAGE["api"] = new.client()


def restic(*words):
    s3 = STAGE["s3"]
    location = f"s3:{s3.url}/copies/salvor/restic/{STAGE['copy']['cluster']}"
    return subprocess.run(["restic", "-r", location, "--no-cache", "--password-file", STAGE["password"], *words],
                          env={**s3.keys, "PATH": "/usr/bin:/bin"}, capture_output=True, timeout=120, check=True, text=True).stdout


def run_import():
    new = STAGE["new"]
    return subprocess.run([SALVOR, "--server", new.url, "--key-file", new.folder / "data" / "admin.key", "store", "import", "bucket", "--wait"],
                          capture_output=True, timeout=120, text=True)


class StoreImport(unittest.TestCase):
    def test_a_copy_is_known_again_and_comes_back(self):
        api, copy = STAGE["api"], STAGE["copy"]
        self.assertEqual(api.count("backupinstances", {}), 0)
        store = api.add_object_store("bucket", STAGE["s3"], "copies", "salvor")

        imported = run_import()

        self.assertEqual(imported.returncode, 0, imported.stderr)
        self.assertIn("imported 1 recovery points of 1 clusters; 0 were known", imported.stdout)
        [point] = api.find("backupinstances", {})
        self.assertEqual({name: point.get(name) for name in KEPT}, {name: copy.get(name) for name in KEPT})
        self.assertEqual(point["objectstore"], store)
        of_claim = lambda row: {name: row.get(name) for name in ("name", "namespace_name", "storage_class_name", "offload_recover_point_id")}
        self.assertEqual([of_claim(row) for row in api.find("kubepvclaims", {"backupinst_id": point["_id"]})],
                         [of_claim(row) for row in STAGE["claims"]])
        self.assertEqual(api.get(f"kubeclusters/{copy['cluster']}")["name"], "one")

        with self.subTest("It can be verified"):
            job = api.wait_for_job(api.post(f"backupinstances/{point['_id']}/action/verify")["verify_jobid"])
            self.assertEqual(job["state"], "COMPLETED", job["message"])

        with self.subTest("It comes back, into a cluster that the server knows by another id"):
            target = api.add_cluster("target", STAGE["plane"].kubeconfig)
            job, rows = api.restore("again", point, cluster=target, selection={"namespaces": ["shop"]}, namespaces_map={"shop": "again"})
            self.assertEqual(row_of_claim(rows, "data")["reason"], "CREATED", job["message"])
            again = Node(STAGE["plane"], "again")
            wait_for_account(again)
            self.assertEqual(again.run_pod("reads-again", READ, "data"), STAGE["read"])
            self.assertEqual(base64.b64decode(again.get(again.core + "secrets/login")["data"]["word"]), b"open-sesame")

        with self.subTest("A second import changes nothing"):
            self.assertIn("imported 0 recovery points of 0 clusters; 1 were known", run_import().stdout)
            self.assertEqual(api.count("backupinstances", {}), 1)

    def test_restic_reads_each_object(self):
        tag = f"recovery-point={STAGE['copy']['_id']}"
        snapshots = {tuple(one["paths"]): one["id"] for one in json.loads(restic("snapshots", "--json", "--tag", tag))}
        self.assertEqual(set(snapshots), {("/shop/data",), ("/objects",)})
        objects = snapshots["/objects",]
        secret = json.loads(restic("dump", objects, "/objects/resources/secrets/namespaces/shop/login.json"))
        self.assertEqual(base64.b64decode(secret["data"]["word"]), b"open-sesame")
        self.assertEqual(restic("dump", objects, "/objects/metadata/version"), "1.1.0\n")
        restic("check", "--read-data")


if __name__ == "__main__":
    unittest.main()
