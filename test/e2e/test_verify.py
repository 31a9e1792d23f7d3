"""Recovery points that are verified: good ones, and ones with damage in each of the places where their parts lie."""

import contextlib
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.damage import DAMAGE, changed, flip
from salvor_e2e.node import CONTENTS, Node, make_space, wait_for
from salvor_e2e.own_network import OwnNetwork
from salvor_e2e.paths import ROOT, SALVOR
from salvor_e2e.s3_server import S3Server
from salvor_e2e.salvor_server import SalvorServer

WRITE = ["sh", "-c", "cd /data; head -c 3000000 /dev/urandom > blob; mkdir folder; echo text > 'folder/a file'"]
IMAGE = "salvor-mover:test"
DRIVER = "hostpath.csi.salvor.test"

STAGE = {}


def setUpModule():
    unittest.enterModuleContext(OwnNetwork())
    STAGE["storage"] = unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="salvor-storage-"))
    STAGE["plane"] = plane = unittest.enterModuleContext(ControlPlane(node=True, storage=STAGE["storage"]))
    plane.image(IMAGE, SALVOR)
    STAGE["s3"] = s3 = unittest.enterModuleContext(S3Server("copies", address=OwnNetwork.address))
    shop = make_space(plane, "shop")
    shop.claim("data")
    shop.run_pod("writes", WRITE, "data")
    STAGE["server"] = server = unittest.enterModuleContext(SalvorServer("--mover-image", IMAGE))
    STAGE["api"] = api = server.client()
    cluster = api.add_cluster("one", plane.kubeconfig)
    store = api.add_object_store("bucket", s3, "copies", "salvor")
    STAGE["snapshot"], _ = api.back_up("shop", cluster, {"namespaces": ["shop"]})
    STAGE["copy"], job = api.copy("shop", STAGE["snapshot"], store, delete_snapshots=False)
    assert job["state"] == "COMPLETED", job["message"]


def verify(point):
    """(job, what the recovery point says of it)"""
    api = STAGE["api"]
    job = api.post(f"backupinstances/{point['_id']}/action/verify")["verify_jobid"]
    job = api.wait_for_job(job)
    return job, api.get(f"backupinstances/{point['_id']}").get("verification")


def reasons(point):
    job, verification = verify(point)
    assert job["state"] == "PARTIAL", job["message"]
    return {problem["reason"] for problem in verification["problems"]}


def salvor(*words):
    server = STAGE["server"]
    return subprocess.run([SALVOR, "--server", server.url, "--key-file", server.folder / "data" / "admin.key", *words],
                          capture_output=True, timeout=120)


def left_of_looks():
    """VolumeSnapshots, and contents that carry the mark of a job and are no recovery point's."""
    cluster = Node(STAGE["plane"]).cluster
    paths = ["/apis/snapshot.storage.k8s.io/v1/volumesnapshots", CONTENTS + "?labelSelector=salvor.io/job,!salvor.io/recovery-point"]
    return [item["metadata"]["name"] for path in paths for item in cluster.request("GET", path)["items"]]


def repository():
    return STAGE["s3"].folder / "data" / "copies" / "salvor" / "restic" / STAGE["copy"]["cluster"]


def snapshot_files():
    """Of the copy's volumes, and of its objects."""
    claims = STAGE["api"].find("kubepvclaims", {"backupinst_id": STAGE["copy"]["_id"]})
    volumes = {claim.get("offload_recover_point_id") for claim in claims}
    files = sorted((repository() / "snapshots").iterdir())
    return [file for file in files if file.name in volumes], [file for file in files if file.name not in volumes]


class Verify(unittest.TestCase):
    def test_good_recovery_points_are_verified_and_left_alone(self):
        for kind in ("snapshot", "copy"):
            with self.subTest(kind):
                job, verification = verify(STAGE[kind])
                self.assertEqual((job["state"], job["num_errors"]), ("COMPLETED", 0), job["message"])
                self.assertEqual((verification["state"], verification["volumes"]), ("VERIFIED", 1))
                self.assertEqual(verification["objects"], STAGE[kind]["num_backup_resources"])
                rows = STAGE["api"].find("kubepvcprogress", {"job_id": job["_id"]})
                self.assertEqual([(row["name"], row["op_type"], row["state"]) for row in rows], [("data", "VERIFY", "COMPLETED")])
        self.assertGreater(verification["bytes"], 3_000_000)
        self.assertGreater(verification["blobs"], 3)
        wait_for("the end of what a look made", lambda: left_of_looks() == [])

    def test_evidence_is_checked_by_openssl_as_the_documentation_says(self):
        verify(STAGE["copy"])
        page = (ROOT / "docs" / "verify.md").read_text()
        commands = [line for line in re.findall(r"```sh\n(.*?)```", page, re.S)[1:] for line in line.splitlines()]
        with tempfile.TemporaryDirectory() as folder:
            server = STAGE["server"]
            (pathlib.Path(folder) / "my-data").symlink_to(server.folder / "data")
            function = f'salvor() {{ {SALVOR} --server {server.url} --key-file my-data/admin.key "$@"; }}'

            def run(*lines):
                script = "\n".join(["set -e", function, *lines]).replace("latest:shop", STAGE["copy"]["_id"])
                return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60)

            checked = run(*commands)
            self.assertEqual(checked.returncode, 0, checked.stderr)
            self.assertIn("Signature Verified Successfully", checked.stdout)
            evidence = pathlib.Path(folder) / "evidence.json"
            self.assertEqual(json.loads(evidence.read_text())["recovery_point"]["_id"], STAGE["copy"]["_id"])
            evidence.write_bytes(flip(evidence.read_bytes()))
            self.assertNotEqual(run(commands[1]).returncode, 0)

    def test_damage_of_a_copys_data_is_found(self):
        of_volumes, _ = snapshot_files()
        volume = {"VOLUME_DAMAGED"}
        everything = volume | {"ARCHIVE_DAMAGED", "ARCHIVE_MISSING"}
        largest = lambda part: max((f for f in (repository() / part).rglob("*") if f.is_file()), key=lambda f: f.stat().st_size)
        for file, of_them in ((largest("data"), volume), (of_volumes[0], volume), (largest("index"), everything),
                              (largest("keys"), everything), (repository() / "config", everything)):
            for name, change in DAMAGE.items():
                with self.subTest(f"{file.parent.name} {name}"), changed(file, change):
                    found = reasons(STAGE["copy"])
                    self.assertTrue(found and found <= of_them, found)

    def test_damage_of_an_archive_is_found(self):
        [local] = (STAGE["server"].folder / "data" / "store").rglob(f"*{STAGE['snapshot']['_id']}.tar.gz")
        _, [of_objects] = snapshot_files()
        for kind, file in (("copy", of_objects), ("snapshot", local)):
            for name, change in DAMAGE.items():
                with self.subTest(f"{kind} {name}"), changed(file, change):
                    self.assertEqual(reasons(STAGE[kind]), {"ARCHIVE_MISSING" if name == "gone" else "ARCHIVE_DAMAGED"})

    def test_a_snapshot_and_a_content_that_are_gone_are_found(self):
        api, plane = STAGE["api"], STAGE["plane"]
        cluster = Node(plane).cluster
        point, _ = api.back_up("lost", STAGE["snapshot"]["cluster"], {"namespaces": ["shop"]})
        handle = api.find("kubepvclaims", {"backupinst_id": point["_id"]})[0]["snapshot_handle"]
        content = cluster.request("GET", f"{CONTENTS}?labelSelector=salvor.io/recovery-point={point['_id']}")["items"][0]

        cluster.request("DELETE", f"{CONTENTS}/{content['metadata']['name']}")
        self.assertEqual(reasons(point), {"CONTENT_MISSING"})

        stored = pathlib.Path(STAGE["storage"]) / DRIVER / "snapshots" / handle
        subprocess.run(["rm", "-r", stored], check=True, timeout=20)
        self.assertEqual(reasons(point), {"CONTENT_MISSING", "SNAPSHOT_UNUSABLE"})
        wait_for("the end of what a look made", lambda: left_of_looks() == [])

    def test_what_cannot_be_reached_is_no_verdict(self):
        _, known = verify(STAGE["copy"])
        store = STAGE["api"].get(f"objectstores/{STAGE['copy']['objectstore']}")
        with changed_store(store, {"bucket_name": "no-such-bucket"}):
            job, verification = verify(STAGE["copy"])

        self.assertEqual(job["state"], "FAILED", job["message"])
        self.assertEqual(verification, known)

    def test_a_server_that_is_killed_goes_on(self):
        api, server = STAGE["api"], STAGE["server"]
        job = api.post(f"backupinstances/{STAGE['copy']['_id']}/action/verify")["verify_jobid"]

        server.kill()
        server.start()
        STAGE["api"] = api = server.client()

        self.assertEqual(api.wait_for_job(job)["state"], "COMPLETED")

    def test_the_command_line_tells_it(self):
        shown = salvor("backup", "verify", STAGE["copy"]["_id"], "--wait")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn(b"every chunk of it is what was saved", shown.stdout)
        listed = salvor("get", "backupinstances").stdout.decode()
        self.assertIn("VERIFIED", listed)


@contextlib.contextmanager
def changed_store(store, fields):
    path = f"objectstores/{store['_id']}"

    def patch(body):
        etag = STAGE["api"].get(path)["_etag"]
        STAGE["api"].call("PATCH", path, body, {"If-Match": etag})

    patch(fields)
    try:
        yield
    finally:
        patch({name: store[name] for name in fields})


if __name__ == "__main__":
    unittest.main()
