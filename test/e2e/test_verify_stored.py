"""A copy in a real bucket, made by restic and by hand, that is verified: good, and with damage in each of its parts.
It needs no cluster."""

import hashlib
import io
import json
import os
import pathlib
import subprocess
import tarfile
import tempfile
import unittest

from salvor_e2e.damage import DAMAGE, changed, flip
from salvor_e2e.paths import SALVOR
from salvor_e2e.s3_server import S3Server
from salvor_e2e.salvor_server import SalvorServer

CLUSTER = "5f80d09ff281487d59c69f5b"
POINT = "5f80d0a511556131dd9894e5"
CLAIM = "5f80d0a511556131dd9894e6"
# The same, with its objects in the repository.
IN_REPOSITORY = "5f80d0a511556131dd9894e7"
OTHER_CLAIM = "5f80d0a511556131dd9894e8"

STAGE = {}


# A backup of a namespace and a claim.
FILES = {"metadata/version": "1.1.0",
         "resources/namespaces/cluster/shop.json": json.dumps(
             {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}),
         "resources/persistentvolumeclaims/namespaces/shop/data.json": json.dumps(
             {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "shop"},
              "spec": {"storageClassName": "fast", "volumeName": "pv"}})}


def archive():
    """The bytes of the backup's tarball."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.GNU_FORMAT) as tarball:
        for path, text in FILES.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text)
            tarball.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def repository():
    return STAGE["s3"].folder / "data" / "copies" / "salvor" / "restic" / CLUSTER


def restic(server, s3, *words, cwd=None):
    location = f"s3:{s3.url}/copies/salvor/restic/{CLUSTER}"
    subprocess.run(["restic", "-r", location, "--no-cache", "--password-file", server.folder / "data" / "repository.password", *words],
                   env={**s3.keys, "PATH": "/usr/bin:/bin"}, capture_output=True, timeout=120, check=True, cwd=cwd)


def snapshot_of(server, s3, folder):
    """The id of a new snapshot of the folder."""
    snapshots = repository() / "snapshots"
    before = set(snapshots.iterdir()) if snapshots.exists() else set()
    restic(server, s3, "backup", folder.name, cwd=folder.parent)
    [new] = set(snapshots.iterdir()) - before
    return new.name


def setUpModule():
    STAGE["s3"] = s3 = unittest.enterModuleContext(S3Server("copies"))
    STAGE["server"] = server = unittest.enterModuleContext(SalvorServer())
    STAGE["api"] = api = server.client()
    source = pathlib.Path(unittest.enterModuleContext(tempfile.TemporaryDirectory()))
    (source / "blob").write_bytes(os.urandom(3_000_000))
    restic(server, s3, "init")
    snapshot = snapshot_of(server, s3, source)
    STAGE["snapshot"] = repository() / "snapshots" / snapshot
    [STAGE["index"]] = (repository() / "index").iterdir()
    objects = pathlib.Path(unittest.enterModuleContext(tempfile.TemporaryDirectory())) / "objects"
    for path, text in FILES.items():
        (objects / path).parent.mkdir(parents=True, exist_ok=True)
        (objects / path).write_text(text)
    STAGE["objects"] = snapshot_of(server, s3, objects)
    tarball = archive()
    STAGE["archive"] = folder = s3.folder / "data" / "copies" / "salvor" / "backups" / "b"
    folder.mkdir(parents=True)
    (folder / "b.tar.gz").write_bytes(tarball)
    (folder / "velero-backup.json").write_text(json.dumps({"metadata": {"name": "b"}}))
    store = api.add_object_store("bucket", s3, "copies", "salvor")
    seal = {"name": "b", "sha256": hashlib.sha256(tarball).hexdigest(), "size_bytes": len(tarball), "items": 2}
    api.post("catalog/import", {
        "kubeclusters": [document(CLUSTER, name="one")],
        "backupinstances": [point(POINT, store, seal), point(IN_REPOSITORY, store, {"snapshot": STAGE["objects"], "size_bytes": 1, "items": 2})],
        "kubepvclaims": [document(claim, name="data", namespace_name="shop", backupinst_id=of, cluster_id=CLUSTER, phase="Bound",
                                  storage_class_name="fast", pv_name="pv", offload_recover_point_id=snapshot)
                         for claim, of in ((CLAIM, POINT), (OTHER_CLAIM, IN_REPOSITORY))]})


def point(identity, store, seal):
    return document(identity, name=f"point-{identity[-1]}", type="COPY", source_type="kubernetes", state="READY", start_time=1,
                    cluster=CLUSTER, objectstore=store, archive=seal)


def document(identity, **fields):
    date = {"$date": "2026-01-02T03:04:05Z"}
    return {"_id": {"$oid": identity}, "_created": date, "_updated": date, "_etag": "a" * 40, **fields}


def verify(of=POINT):
    """(state of the job, state of the recovery point, reasons)"""
    api = STAGE["api"]
    job = api.wait_for_job(api.post(f"backupinstances/{of}/action/verify")["verify_jobid"])
    verification = api.get(f"backupinstances/{of}").get("verification", {})
    return job["state"], verification.get("state"), [problem["reason"] for problem in verification.get("problems", [])]


class Stored(unittest.TestCase):
    def test_a_good_one_is_verified(self):
        self.assertEqual(verify(), ("COMPLETED", "VERIFIED", []))
        self.assertGreater(STAGE["api"].get(f"backupinstances/{POINT}")["verification"]["bytes"], 3_000_000)

    def test_each_damage_is_found_and_named(self):
        largest = lambda part: max((f for f in (repository() / part).rglob("*") if f.is_file()), key=lambda f: f.stat().st_size)
        files = [largest("data"), STAGE["index"], STAGE["snapshot"], largest("keys"), repository() / "config"]
        places = [(file, {"VOLUME_DAMAGED"}) for file in files]
        places += [(STAGE["archive"] / "b.tar.gz", {"ARCHIVE_DAMAGED", "ARCHIVE_MISSING"}),
                   (STAGE["archive"] / "velero-backup.json", {"DESCRIPTION_DAMAGED", "ARCHIVE_MISSING"})]
        for file, reasons in places:
            for name, change in DAMAGE.items():
                with self.subTest(f"{file.name} {name}"), changed(file, change):
                    job, state, found = verify()
                    self.assertEqual(job, "PARTIAL")
                    self.assertIn(state, ("DAMAGED", "WEAKENED"))
                    self.assertTrue(found and set(found) <= reasons, found)
        self.assertEqual(verify(), ("COMPLETED", "VERIFIED", []))

    def test_damage_of_objects_in_the_repository_is_found_and_named(self):
        self.assertEqual(verify(IN_REPOSITORY), ("COMPLETED", "VERIFIED", []))
        packs = [file for file in (repository() / "data").rglob("*") if file.is_file()]
        hit = set()
        for file in [*packs, repository() / "snapshots" / STAGE["objects"]]:
            for name, change in DAMAGE.items():
                with self.subTest(f"{file.name} {name}"), changed(file, change):
                    job, state, found = verify(IN_REPOSITORY)
                    self.assertEqual((job, state), ("PARTIAL", "DAMAGED"))
                    hit.update(found)
        self.assertTrue({"VOLUME_DAMAGED", "ARCHIVE_DAMAGED", "ARCHIVE_MISSING"} >= hit > {"VOLUME_DAMAGED"}, hit)
        self.assertEqual(verify(IN_REPOSITORY), ("COMPLETED", "VERIFIED", []))

    def test_evidence_is_checked_by_openssl(self):
        verify()
        server = STAGE["server"]
        with tempfile.TemporaryDirectory() as folder:
            salvor = [SALVOR, "--server", server.url, "--key-file", server.folder / "data" / "admin.key"]
            printed = subprocess.run([*salvor, "backup", "evidence", POINT, "--signature", f"{folder}/evidence.sig", "--key",
                                      f"{folder}/evidence.pem"], capture_output=True, timeout=60, check=True).stdout
            check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "evidence.pem", "-rawin", "-in", "evidence.json",
                     "-sigfile", "evidence.sig"]
            for document_bytes, status in ((printed, 0), (flip(printed), 1)):
                (pathlib.Path(folder) / "evidence.json").write_bytes(document_bytes)
                self.assertEqual(subprocess.run(check, cwd=folder, capture_output=True, timeout=60).returncode, status)


if __name__ == "__main__":
    unittest.main()
