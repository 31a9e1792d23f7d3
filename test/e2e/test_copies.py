"""Recovery points copied into a bucket by data movers, and restored in a cluster that shares nothing with the first."""

import subprocess
import tempfile
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.fleet import ORDER, SPACE, Fleet, Restoring
from salvor_e2e.node import Node, left_of_movers, make_space, row_of_claim, wait_for, wait_for_account
from salvor_e2e.own_network import OwnNetwork
from salvor_e2e.paths import SALVOR
from salvor_e2e.s3_server import S3Server
from salvor_e2e.salvor_server import SalvorServer

WRITE = ["sh", "-c", "cd /data; head -c 9000000 /dev/urandom > blob; ln blob same; ln -s blob link; mkdir -m 2750 folder;"
         " echo text > 'folder/a file'; chown 1234:5678 folder 'folder/a file'; chmod 2775 /data; chown 0:4321 /data;"
         " touch -d '2020-01-02 03:04:05' blob"]
READ = ["sh", "-c", "cd /data; sha256sum blob 'folder/a file'; readlink link;"
        " stat -c '%n %a %u %g %h %Y' . blob same folder 'folder/a file'"]
IMAGE = "salvor-mover:test"

STAGE = {}


def setUpModule():
    unittest.enterModuleContext(OwnNetwork())
    STAGE["plane"] = plane = unittest.enterModuleContext(ControlPlane(node=True))
    plane.image(IMAGE, SALVOR)
    STAGE["s3"] = s3 = unittest.enterModuleContext(S3Server("copies", address=OwnNetwork.address))
    shop = make_space(plane, "shop")
    STAGE["read"] = {}
    for claim, storage_class in (("data", "standard"), ("late", "late")):
        shop.claim(claim, storage_class)
        shop.run_pod(f"writes-{claim}", WRITE, claim)
        STAGE["read"][claim] = without_time_of_root(shop.run_pod(f"reads-{claim}", READ, claim))
    STAGE["server"] = server = unittest.enterModuleContext(SalvorServer("--mover-image", IMAGE))
    STAGE["api"] = api = server.client()
    STAGE["cluster"] = api.add_cluster("one", plane.kubeconfig)
    STAGE["store"] = api.add_object_store("bucket", s3, "copies", "salvor")
    STAGE["snapshot"], _ = api.back_up("shop", STAGE["cluster"], {"namespaces": ["shop"]})
    STAGE["copy"], STAGE["job"] = api.copy("shop", STAGE["snapshot"], STAGE["store"], delete_snapshots=False)


def without_time_of_root(text):
    """A root that a pod was given has been touched since."""
    return "\n".join(line.rsplit(" ", 1)[0] if line.startswith(". ") else line for line in text.splitlines())


def restic(*arguments):
    s3, server = STAGE["s3"], STAGE["server"]
    location = f"s3:{s3.url}/copies/salvor/restic/{STAGE['cluster']}"
    return subprocess.run(["restic", "-r", location, "--no-cache", "--password-file", server.folder / "data" / "repository.password",
                           *arguments], env={**s3.keys, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=120)


class Copies(unittest.TestCase):
    def test_a_copy_says_what_it_has(self):
        job, point = STAGE["job"], STAGE["copy"]

        self.assertEqual((job["state"], job["message"]), ("COMPLETED", "Copy Successful"))
        self.assertEqual((point["type"], point["source_type"]), ("COPY", "kubernetes"))
        self.assertEqual(job["kube_copy_progress"]["completed_pvs"], 2)
        self.assertGreater(job["kube_copy_progress"]["stats"]["transferred_size"], 18_000_000)
        rows = STAGE["api"].find("kubepvcprogress", {"job_id": job["_id"]})
        self.assertEqual({row["name"]: row["state"] for row in rows}, {"data": "COMPLETED", "late": "COMPLETED"})
        claims = STAGE["api"].find("kubepvclaims", {"backupinst_id": point["_id"]})
        self.assertTrue(all(claim["snapshot_taken"] for claim in claims), claims)

    def test_it_leaves_nothing_in_the_cluster(self):
        wait_for("the end of what movers worked with", lambda: left_of_movers(STAGE["plane"]) == [])

    def test_restic_reads_it(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(restic("check", "--read-data").returncode, 0)
            restored = restic("restore", "latest", "--path", "/shop/data", "--target", folder)
            self.assertEqual(restored.returncode, 0, restored.stderr)
            found = subprocess.run(["find", folder, "-name", "a file"], capture_output=True, text=True, timeout=20).stdout
            self.assertIn("folder/a file", found)

    def test_it_comes_back_in_another_cluster_in_another_class(self):
        with ControlPlane(node=True) as plane:
            plane.image(IMAGE, SALVOR)
            target = STAGE["api"].add_cluster("two", plane.kubeconfig)
            job, rows = STAGE["api"].restore(
                "elsewhere", STAGE["copy"], cluster=target, storage_class_map={"standard": "plain"},
                selection={"namespaces": ["shop"], "include_resource_types": ["persistentvolumeclaims"]})

            self.assertEqual(row_of_claim(rows, "data")["reason"], "CREATED", row_of_claim(rows, "data")["message"])
            self.assertEqual(row_of_claim(rows, "late")["reason"], "CREATED", row_of_claim(rows, "late")["message"])
            self.assertEqual(job["state"], "COMPLETED", job["message"])
            shop = Node(plane, "shop")
            wait_for_account(shop)
            claim = shop.get(shop.core + "persistentvolumeclaims/data")
            self.assertEqual(claim["spec"]["storageClassName"], "plain")
            volume = shop.get("/api/v1/persistentvolumes/" + claim["spec"]["volumeName"])
            self.assertEqual(volume["spec"]["persistentVolumeReclaimPolicy"], "Delete")
            for name, read in STAGE["read"].items():
                self.assertEqual(without_time_of_root(shop.run_pod(f"reads-{name}", READ, name)), read)
            wait_for("the end of what movers worked with", lambda: left_of_movers(plane) == [])

    def test_a_copied_snapshot_goes_and_a_removed_copy_frees_its_room(self):
        api, plane = STAGE["api"], STAGE["plane"]
        spare = make_space(plane, "spare")
        spare.claim("data")
        spare.run_pod("writes", WRITE, "data")
        snapshot, _ = api.back_up("spare", STAGE["cluster"], {"namespaces": ["spare"]})
        size = stored_bytes()

        point, job = api.copy("spare", snapshot, STAGE["store"])

        self.assertEqual(job["state"], "COMPLETED", job["message"])
        wait_for("the end of the snapshot", lambda: api.count("backupinstances", {"_id": snapshot["_id"]}) == 0)
        self.assertGreater(stored_bytes(), size + 8_000_000)
        api.delete(f"backupinstances/{point['_id']}")
        wait_for("the end of the copy", lambda: api.count("backupinstances", {"_id": point["_id"]}) == 0)
        self.assertLess(stored_bytes(), size + 1_000_000)
        self.assertEqual(restic("check", "--read-data").returncode, 0)

    def test_volumes_come_back_in_the_order_that_was_asked_for(self):
        api = STAGE["api"]
        fleet = Fleet(STAGE["plane"], count=6, workload_every=1)
        snapshot, _ = api.back_up("fleet", STAGE["cluster"], {"namespaces": [SPACE]})
        point, _ = api.copy("fleet", snapshot, STAGE["store"])
        with ControlPlane(node=True) as plane:
            plane.image(IMAGE, SALVOR)
            target = api.add_cluster("ordered", plane.kubeconfig)
            definition = api.define_restore("ordered", point, cluster=target, selection={"namespaces": [SPACE]},
                                            volume_order=ORDER, options={"pvc_parallelism": 1})
            restoring = Restoring(api, plane, api.start_restore(definition["_id"]))

            self.assertEqual(restoring.job["state"], "COMPLETED", restoring.job["message"])
            self.assertEqual(restoring.order, fleet.expected_order())
            self.assertEqual(restoring.out_of_turn(), [])
            self.assertEqual(restoring.most_at_work, 1)
            self.assertGreater(restoring.left_when_ready, 0)
            self.assertEqual({row["op_type"] + row["state"] for row in restoring.rows.values()}, {"RESTORECOMPLETED"})
            self.assertEqual(fleet.read_in(plane), [f"/data/{name}" for name in fleet.names])

    def test_a_server_that_is_killed_goes_on_with_the_same_movers(self):
        api, server = STAGE["api"], STAGE["server"]
        definition, job = api.start_copy("killed", STAGE["snapshot"], STAGE["store"], delete_snapshots=False)
        wait_for("an active volume", lambda: any(row["state"] == "ACTIVE" for row in api.find("kubepvcprogress", {"job_id": job})))

        server.kill()
        server.start()
        STAGE["api"] = api = server.client()

        ended = api.wait_for_job(job)
        self.assertEqual((ended["state"], ended["message"]), ("COMPLETED", "Copy Successful"))
        self.assertEqual(api.count("backupinstances", {"offload_def": definition}), 1)
        # The same data: nothing but what the files' own snapshots need is stored again.
        self.assertLess(ended["kube_copy_progress"]["stats"]["transferred_size"], 500_000)


def stored_bytes():
    folder = STAGE["s3"].folder / "data"
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


if __name__ == "__main__":
    unittest.main()
