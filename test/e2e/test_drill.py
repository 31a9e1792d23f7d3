"""Drills of recovery points with volumes, from snapshots and from a copy: good ones, damaged ones, and drills that are cut off."""

import pathlib
import subprocess
import tempfile
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.damage import DAMAGE, changed
from salvor_e2e.node import CONTENTS, Node, left_of_movers, make_space, wait_for
from salvor_e2e.own_network import OwnNetwork
from salvor_e2e.paths import SALVOR
from salvor_e2e.s3_server import S3Server
from salvor_e2e.salvor_server import SalvorServer

WRITE = ["sh", "-c", "cd /data; head -c 3000000 /dev/urandom > blob; echo text > note"]
SERVE = ["sh", "-c", "test -s /data/blob && touch /tmp/ready && sleep 100000"]
IMAGE = "salvor-mover:test"
DRIVER = "hostpath.csi.salvor.test"

STAGE = {}


def pod_spec(command, claim=None, **more):
    container = {"name": "only", "image": "busybox:test", "command": command}
    spec = {"terminationGracePeriodSeconds": 1, "containers": [container], **more}
    if claim:
        container["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
        container["readinessProbe"] = {"exec": {"command": ["test", "-e", "/tmp/ready"]}, "periodSeconds": 1}
        spec["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]
    return spec


def template(name, spec):
    return {"metadata": {"labels": {"app": name}}, "spec": spec}


def add(space, group, resource, kind, name, **body):
    path = f"/apis/{group}/namespaces/{space.space}" if "/" in group else f"/api/{group}/namespaces/{space.space}"
    space.cluster.request("POST", f"{path}/{resource}", {"apiVersion": group, "kind": kind, "metadata": {"name": name}, **body})


def fill(space):
    """An application whose pod is ready only with the data, and what leads out of its namespace."""
    for claim, storage_class in (("data", "standard"), ("late", "late")):
        space.claim(claim, storage_class)
        space.run_pod(f"writes-{claim}", WRITE, claim)
        space.cluster.request("DELETE", space.core + f"pods/writes-{claim}")
        labels = {"matchLabels": {"app": claim}}
        add(space, "apps/v1", "deployments", "Deployment", f"web-{claim}",
            spec={"replicas": 1, "selector": labels, "template": template(claim, pod_spec(SERVE, claim))})
    add(space, "apps/v1", "daemonsets", "DaemonSet", "agent",
        spec={"selector": {"matchLabels": {"app": "agent"}}, "template": template("agent", pod_spec(["sleep", "100000"], hostNetwork=True))})
    add(space, "v1", "secrets", "Secret", "password", data={"p": "c2VjcmV0LXZhbHVl"})
    add(space, "v1", "services", "Service", "web",
        spec={"type": "LoadBalancer", "selector": {"app": "data"}, "externalTrafficPolicy": "Local", "ports": [{"port": 80}]})
    add(space, "v1", "services", "Service", "node", spec={"type": "NodePort", "selector": {"app": "data"}, "ports": [{"port": 80}]})
    add(space, "networking.k8s.io/v1", "ingresses", "Ingress", "web",
        spec={"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}})
    add(space, "networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", "open",
        spec={"podSelector": {}, "policyTypes": ["Egress"], "egress": [{}]})
    add(space, "batch/v1", "cronjobs", "CronJob", "often",
        spec={"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": {**pod_spec(["true"]), "restartPolicy": "Never"}}}}})
    for claim in ("data", "late"):
        path = f"/apis/apps/v1/namespaces/{space.space}/deployments/web-{claim}"
        wait_for(f"web-{claim}", lambda: space.get(path)["status"].get("readyReplicas") == 1)


def setUpModule():
    unittest.enterModuleContext(OwnNetwork())
    STAGE["storage"] = unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="salvor-storage-"))
    STAGE["plane"] = plane = unittest.enterModuleContext(ControlPlane(node=True, storage=STAGE["storage"]))
    plane.image(IMAGE, SALVOR)
    STAGE["s3"] = s3 = unittest.enterModuleContext(S3Server("copies", address=OwnNetwork.address))
    fill(make_space(plane, "shop"))
    STAGE["server"] = server = unittest.enterModuleContext(SalvorServer("--mover-image", IMAGE))
    STAGE["api"] = api = server.client()
    STAGE["cluster"] = cluster = api.add_cluster("one", plane.kubeconfig)
    store = api.add_object_store("bucket", s3, "copies", "salvor")
    STAGE["snapshot"], job = api.back_up("shop", cluster, {"namespaces": ["shop"]})
    assert job["state"] == "COMPLETED", job["message"]
    STAGE["copy"], job = api.copy("shop", STAGE["snapshot"], store, delete_snapshots=False)
    assert job["state"] == "COMPLETED", job["message"]
    # Once, so that the movers' namespace is there before anything is compared.
    wait_for("the end of what the copy worked with", lambda: left_of_movers(plane) == [])
    STAGE["before"] = standing()


def standing():
    """What a drill must leave as it found it."""
    cluster = Node(STAGE["plane"]).cluster
    paths = ["/api/v1/namespaces", "/api/v1/persistentvolumes", CONTENTS, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
             "/apis/storage.k8s.io/v1/storageclasses", "/apis/rbac.authorization.k8s.io/v1/clusterroles",
             "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "/apis/scheduling.k8s.io/v1/priorityclasses"]
    return {(path, item["metadata"]["name"]) for path in paths for item in cluster.request("GET", path)["items"]}


def start(point, **body):
    return STAGE["api"].post(f"backupinstances/{point['_id']}/action/drill", body)["drill_jobid"]


def drill(point, **body):
    """(job, what the recovery point says of it)"""
    job = STAGE["api"].wait_for_job(start(point, **body))
    return job, STAGE["api"].get(f"backupinstances/{point['_id']}").get("drill")


def found(drilled):
    return {(problem["reason"], problem["object"]) for problem in drilled["problems"]}


def salvor(*words):
    server = STAGE["server"]
    return subprocess.run([SALVOR, "--server", server.url, "--key-file", server.folder / "data" / "admin.key", *words],
                          capture_output=True, timeout=300)


class Drill(unittest.TestCase):
    def tearDown(self):
        wait_for("the end of all that the drill made", lambda: standing() == STAGE["before"] and left_of_movers(STAGE["plane"]) == [])

    def test_good_recovery_points_pass_and_nothing_stays(self):
        for kind in ("snapshot", "copy"):
            with self.subTest(kind):
                job, drilled = drill(STAGE[kind])
                self.assertEqual((job["state"], drilled["state"]), ("COMPLETED", "PASSED"), drilled["problems"])
                self.assertEqual(drilled["volumes"], 2)
                workloads = {row["object"]: row["state"] for row in drilled["workloads"]}
                self.assertEqual(workloads, {"Deployment shop/web-data": "READY", "Deployment shop/web-late": "READY",
                                             "DaemonSet shop/agent": "LEFT_OUT"})
                self.assertEqual(drilled["left_out"], ["ingresses", "networkpolicies"])
                self.assertEqual(standing(), STAGE["before"])

    def test_the_sandbox_is_closed_and_nothing_in_it_reaches_outside(self):
        cluster = Node(STAGE["plane"]).cluster
        job = start(STAGE["snapshot"])
        sandbox = f"drill-{job[-8:]}-shop"
        namespaced = lambda group: f"/apis/{group}/namespaces/{sandbox}/"
        wait_for("the restored schedule", lambda: cluster.request("GET", namespaced("batch/v1") + "cronjobs")["items"])
        services = cluster.request("GET", f"/api/v1/namespaces/{sandbox}/services")["items"]
        policies = cluster.request("GET", namespaced("networking.k8s.io/v1") + "networkpolicies")["items"]
        ingresses = cluster.request("GET", namespaced("networking.k8s.io/v1") + "ingresses")["items"]
        schedules = cluster.request("GET", namespaced("batch/v1") + "cronjobs")["items"]
        self.assertEqual(STAGE["api"].wait_for_job(job)["state"], "COMPLETED")

        self.assertEqual({service["spec"]["type"] for service in services}, {"ClusterIP"})
        self.assertEqual([policy["metadata"]["name"] for policy in policies], ["salvor-drill"])
        self.assertEqual(ingresses, [])
        self.assertEqual([schedule["spec"]["suspend"] for schedule in schedules], [True])

    def test_damage_that_hinders_a_restore_is_found(self):
        store = STAGE["server"].folder / "data" / "store"
        repository = STAGE["s3"].folder / "data" / "copies" / "salvor" / "restic" / STAGE["cluster"]
        files_of = lambda part: sorted((f for f in (repository / part).rglob("*") if f.is_file()), key=lambda f: f.stat().st_size)
        [local] = store.rglob(f"*{STAGE['snapshot']['_id']}.tar.gz")
        of_volumes = {claim.get("offload_recover_point_id")
                      for claim in STAGE["api"].find("kubepvclaims", {"backupinst_id": STAGE["copy"]["_id"]})}
        [objects] = [file for file in files_of("snapshots") if file.name not in of_volumes]
        *packs, largest_pack = files_of("data")
        flip, cut, gone = DAMAGE.values()
        archive = {"ARCHIVE_DAMAGED", "ARCHIVE_MISSING"}
        volume = {"VOLUME_NOT_FILLED", "VOLUME_DAMAGED"}
        for kind, file, changes, reasons in (
                ("snapshot", local, (flip, cut), {"ARCHIVE_DAMAGED"}), ("snapshot", local, (gone,), {"ARCHIVE_MISSING"}),
                ("copy", objects, (flip, cut), {"ARCHIVE_DAMAGED"}), ("copy", objects, (gone,), {"ARCHIVE_MISSING"}),
                ("copy", largest_pack, (flip, cut, gone), volume), *(("copy", pack, (flip,), archive | volume) for pack in packs),
                ("copy", files_of("index")[-1], (flip, cut, gone), archive | volume),
                ("copy", files_of("keys")[0], (flip, cut, gone), archive), ("copy", repository / "config", (flip, cut, gone), archive)):
            for number, change in enumerate(changes):
                with self.subTest(f"{kind} {file.name} {number}"), changed(file, change):
                    job, drilled = drill(STAGE[kind], ready_timeout_seconds=5)
                    self.assertEqual((job["state"], drilled["state"]), ("PARTIAL", "NOT_WHOLE"), job["message"])
                    self.assertTrue({reason for reason, _ in found(drilled)} & reasons, drilled["problems"])

    def test_a_snapshot_that_the_storage_has_lost_is_found(self):
        api = STAGE["api"]
        point, _ = api.back_up("lost", STAGE["cluster"], {"namespaces": ["shop"]})
        claims = api.find("kubepvclaims", {"backupinst_id": point["_id"]})
        handle = next(claim for claim in claims if claim["name"] == "data")["snapshot_handle"]
        subprocess.run(["rm", "-r", pathlib.Path(STAGE["storage"]) / DRIVER / "snapshots" / handle], check=True, timeout=20)

        job, drilled = drill(point, ready_timeout_seconds=5)

        self.assertEqual(drilled["state"], "NOT_WHOLE", job["message"])
        self.assertIn("PersistentVolumeClaim shop/data", {where for _, where in found(drilled)})
        STAGE["before"] |= {entry for entry in standing() if entry[0] == CONTENTS}

    def test_a_server_that_is_killed_goes_on_and_removes_all(self):
        server = STAGE["server"]
        cluster = Node(STAGE["plane"]).cluster
        job = start(STAGE["copy"])
        sandbox = f"/api/v1/namespaces/drill-{job[-8:]}-shop"
        wait_for("a restored claim", lambda: (items_of(cluster, sandbox + "/persistentvolumeclaims")))

        server.kill()
        server.start()
        STAGE["api"] = api = server.client()

        ended = api.wait_for_job(job)
        self.assertEqual(ended["state"], "COMPLETED", ended["message"])
        self.assertEqual(standing(), STAGE["before"])

    def test_a_drill_that_is_cancelled_leaves_nothing(self):
        api = STAGE["api"]
        cluster = Node(STAGE["plane"]).cluster
        job = start(STAGE["copy"])
        wait_for("the sandbox", lambda: items_of(cluster, f"/api/v1/namespaces/drill-{job[-8:]}-shop/persistentvolumeclaims"))

        api.post(f"jobs/{job}/action/cancel")

        self.assertEqual(api.wait_for_job(job)["state"], "CANCELED")

    def test_an_application_that_does_not_come_to_life_is_no_damage(self):
        space = make_space(STAGE["plane"], "lame")
        try:
            add(space, "apps/v1", "deployments", "Deployment", "web", spec={
                "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
                "template": template("web", pod_spec(["sleep", "1000"]) | {"containers": [{"name": "c", "image": "nowhere.invalid/none:1"}]})})
            point, _ = STAGE["api"].back_up("lame", STAGE["cluster"], {"namespaces": ["lame"]})

            job, drilled = drill(point, ready_timeout_seconds=20)

            self.assertEqual((job["state"], drilled["state"]), ("PARTIAL", "DOUBTFUL"), job["message"])
            self.assertEqual(found(drilled), {("WORKLOAD_NOT_READY", "Deployment lame/web")})
            self.assertIn("image", drilled["problems"][0]["message"].lower())
        finally:
            space.cluster.request("DELETE", "/api/v1/namespaces/lame")

    def test_the_command_line_tells_it_and_prints_evidence(self):
        shown = salvor("backup", "drill", STAGE["snapshot"]["_id"], "--namespace", "shop", "--wait")
        self.assertEqual(shown.returncode, 0, shown.stdout + shown.stderr)
        self.assertIn(b"READY  Deployment shop/web-data", shown.stdout)
        self.assertIn(b"PASSED", salvor("get", "backupinstances").stdout)
        with tempfile.TemporaryDirectory() as folder:
            printed = salvor("backup", "evidence", STAGE["snapshot"]["_id"], "--kind", "drill", "--signature", f"{folder}/sig",
                             "--key", f"{folder}/pem").stdout
            (pathlib.Path(folder) / "json").write_bytes(printed)
            check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "pem", "-rawin", "-in", "json", "-sigfile", "sig"]
            self.assertEqual(subprocess.run(check, cwd=folder, capture_output=True, timeout=60).returncode, 0)


def items_of(cluster, path):
    return cluster.request("GET", path)["items"]


if __name__ == "__main__":
    unittest.main()
