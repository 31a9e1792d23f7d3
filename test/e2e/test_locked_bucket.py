"""Copies in a bucket with object lock: nobody removes or replaces them before their retention ends, Salvor included."""

import base64
import contextlib
import re
import sqlite3
import subprocess
import unittest

from salvor_e2e.api_client import ApiError
from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.node import Node, make_space, row_of_claim, wait_for, wait_for_account
from salvor_e2e.own_network import OwnNetwork
from salvor_e2e.paths import SALVOR
from salvor_e2e.s3_request import make_locked_bucket
from salvor_e2e.s3_server import S3Server
from salvor_e2e.salvor_server import SalvorServer

IMAGE = "salvor-mover:test"
BUCKET = "locked"
PLANTED = "a-planted-word-that-nobody-may-read"
# In a Kubernetes Secret and a ConfigMap: they are objects of the copy.
PLANTED_SECRET = "another-planted-word-of-a-secret"
PLANTED_SETTING = "a-planted-word-of-a-config-map"
# In two parts, as the pod's own text is an object that is backed up.
WRITE = ["sh", "-c", f"cd /data; echo {PLANTED[:9]}''{PLANTED[9:]} > word; head -c 3000000 /dev/urandom > blob"]
READ = ["sh", "-c", "cd /data; sha256sum blob word"]
DAY = 86_400

STAGE = {}


def setUpModule():
    unittest.enterModuleContext(OwnNetwork())
    STAGE["plane"] = plane = unittest.enterModuleContext(ControlPlane(node=True))
    plane.image(IMAGE, SALVOR)
    STAGE["s3"] = s3 = unittest.enterModuleContext(S3Server(address=OwnNetwork.address))
    make_locked_bucket(s3, BUCKET)
    STAGE["shop"] = shop = make_space(plane, "shop")
    shop.cluster.request("POST", shop.core + "secrets", {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "planted"}, "stringData": {"word": PLANTED_SECRET}})
    shop.cluster.request("POST", shop.core + "configmaps", {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "planted"}, "data": {"word": PLANTED_SETTING}})
    shop.claim("data")
    shop.run_pod("writes", WRITE, "data")
    STAGE["read"] = shop.run_pod("reads", READ, "data")
    STAGE["server"] = server = unittest.enterModuleContext(SalvorServer("--mover-image", IMAGE))
    STAGE["api"] = api = server.client()
    cluster = api.add_cluster("one", plane.kubeconfig)
    STAGE["store"] = api.add_object_store("bucket", s3, BUCKET, "salvor", locked=True)
    STAGE["snapshot"], _ = api.back_up("shop", cluster, {"namespaces": ["shop"]})


def copy(name, days):
    """(recovery point, job) of a copy that is kept for so long."""
    return STAGE["api"].copy(name, STAGE["snapshot"], STAGE["store"], run={"retention": {"retainDays": days}}, delete_snapshots=False)


def requests_that_change():
    """(what, object) of each request that was obeyed, or refused, in the locked bucket."""
    found = []
    for line in STAGE["s3"].access_log.read_text().splitlines():
        matched = re.search(r" s3_(\w+) \S+ (/\S+) (\d+) ", line)
        of_ours = matched and matched[2].startswith(f"/{BUCKET}/")
        if of_ours and matched[1] in ("PutObject", "CompleteMultipartUpload", "DeleteObject", "DeleteObjects"):
            found.append((matched[1], matched[2].split("?")[0], int(matched[3])))
    return found


def end_retention(point):
    """As if the point's time were over for Salvor, while it is not for the bucket."""
    server = STAGE["server"]
    server.stop()
    with contextlib.closing(sqlite3.connect(server.folder / "data" / "catalog.db")) as catalog, catalog:
        done = catalog.execute("UPDATE backupinstances SET _doc = json_set(_doc, '$.expiry_timestamp', 1000), expiry_timestamp = 1000"
                               " WHERE _id = ?", [point["_id"]])
        assert done.rowcount == 1
    server.start()
    STAGE["api"] = server.client()


class LockedBucket(unittest.TestCase):
    def test_nothing_is_removed_or_replaced_before_its_time(self):
        first, job = copy("first", days=2)
        self.assertEqual((job["state"], job["message"]), ("COMPLETED", "Copy Successful"))
        self.assertTrue(first["status"]["locked"])
        self.assertAlmostEqual(first["expiry_timestamp"], first["end_time"] + 2 * DAY, delta=60)

        with self.subTest("A client cannot remove it"):
            with self.assertRaises(ApiError) as refused:
                STAGE["api"].delete(f"backupinstances/{first['_id']}")
            self.assertEqual(refused.exception.status, 409)

        with self.subTest("Another copy of the same data shares it, and makes its locks longer"):
            second, job = copy("second", days=3)
            self.assertEqual(job["state"], "COMPLETED", job["message"])
            self.assertLess(job["kube_copy_progress"]["stats"]["transferred_size"], 500_000)

        with self.subTest("It comes back"):
            job, rows = STAGE["api"].restore("again", second, selection={"namespaces": ["shop"]}, namespaces_map={"shop": "again"})
            self.assertEqual(row_of_claim(rows, "data")["reason"], "CREATED", row_of_claim(rows, "data")["message"])
            again = Node(STAGE["plane"], "again")
            wait_for_account(again)
            self.assertEqual(again.run_pod("reads-again", READ, "data"), STAGE["read"])

        with self.subTest("A retention that would end too early leaves it"):
            end_retention(first)
            api = STAGE["api"]
            wait_for("the removal's end", lambda: any(
                job["state"] == "FAILED" for job in api.find("jobs", {"type": "DELETE_BACKUP", "backup_inst": first["_id"]})))
            [removal] = api.find("jobs", {"type": "DELETE_BACKUP", "backup_inst": first["_id"]})
            self.assertIn("the store has locked", removal["message"])

        with self.subTest("The server's log shows no attempt"):
            changes = requests_that_change()
            written = [name for what, name, status in changes if what != "DeleteObject" and status == 200 and "/locks/" not in name]
            self.assertGreater(len(written), 15)
            self.assertEqual(len(written), len(set(written)), "an object was written twice")
            self.assertEqual([name for what, name, _ in changes if what.startswith("Delete") and "/locks/" not in name], [])

        with self.subTest("Its objects come back"):
            secret = again.get(again.core + "secrets/planted")
            self.assertEqual(base64.b64decode(secret["data"]["word"]).decode(), PLANTED_SECRET)

        with self.subTest("Nobody reads volumes' data, objects or Salvor's secrets there"):
            self.assertEqual(objects_that_hold(secrets()), [])

    def test_a_bucket_without_object_lock_is_told_so(self):
        s3, api = STAGE["s3"], STAGE["api"]
        (s3.folder / "data" / "plain").mkdir()
        store = api.add_object_store("plain", s3, "plain", locked=True)

        point, job = api.copy("plain", STAGE["snapshot"], store, run={"retention": {"retainDays": 2}}, delete_snapshots=False)

        self.assertIsNone(point)
        self.assertEqual(job["state"], "FAILED")
        self.assertIn("object lock", job["message"])


def secrets():
    s3, server = STAGE["s3"], STAGE["server"]
    planted = base64.b64encode(PLANTED_SECRET.encode()).decode()
    return [PLANTED, PLANTED_SECRET, planted, PLANTED_SETTING, s3.secret_key, (server.folder / "data" / "repository.password").read_text().strip(), server.key]


def objects_that_hold(words):
    """Of all files that the S3 server keeps, old versions and metadata included, those that hold one, packed ones too."""
    pattern = "|".join(re.escape(word) for word in words)
    looked = subprocess.run(["grep", "-rlaE", pattern, STAGE["s3"].folder / "data", STAGE["s3"].folder / "versions"],
                            capture_output=True, text=True, timeout=60)
    packed = [file for file in STAGE["s3"].folder.rglob("*.gz")
              if re.search(pattern.encode(), subprocess.run(["zcat", file], capture_output=True, timeout=60).stdout)]
    return looked.stdout.split() + packed


if __name__ == "__main__":
    unittest.main()
