"""The test control plane's node: pods, volumes, snapshots, and faults of the CSI drivers."""

import hashlib
import http.server
import json
import pathlib
import subprocess
import tempfile
import threading
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.node import CORE, Node, wait_for
from salvor_e2e.own_network import OwnNetwork
from salvor_e2e.paths import CLUSTER

WRITE = ["sh", "-c", "head -c 5000000 /dev/urandom > /data/blob; ln /data/blob /data/same; mkdir -m 750 /data/folder;"
         " chown 1234:5678 /data/folder; cd /data; sha256sum blob; stat -c '%a %u %g %h' blob folder"]
READ = ["sh", "-c", "cd /data; sha256sum blob; stat -c '%a %u %g %h' blob folder"]

STAGE = {}


def setUpModule():
    STAGE["network"] = unittest.enterModuleContext(OwnNetwork())
    STAGE["storage"] = unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="salvor-storage-"))
    plane = unittest.enterModuleContext(ControlPlane(node=True, storage=STAGE["storage"]))
    STAGE["node"] = node = Node(plane)
    node.claim("source")
    STAGE["written"] = node.run_pod("writer", WRITE, "source")
    node.snapshot_of("source", "shared")
    node.wait_ready("shared")


def stored_snapshots():
    folder = pathlib.Path(STAGE["storage"]) / "hostpath.csi.salvor.test" / "snapshots"
    return {entry.name for entry in folder.iterdir()}


class Volumes(unittest.TestCase):
    def setUp(self):
        self.node = STAGE["node"]

    def test_a_claim_from_a_snapshot_has_its_files(self):
        self.node.claim("restored", snapshot="shared")

        self.assertEqual(self.node.run_pod("reader", READ, "restored"), STAGE["written"])

    def test_a_late_claim_waits_for_its_pod(self):
        self.node.claim("late", "late")
        self.assertEqual(self.node.get(CORE + "persistentvolumeclaims/late")["status"]["phase"], "Pending")

        self.node.run_pod("late", ["touch", "/data/file"], "late")

        self.node.wait_bound("late")

    def test_a_bound_claim_grows(self):
        self.node.claim("growing", size="1Gi")
        self.node.wait_bound("growing")

        self.node.cluster.request("PATCH", CORE + "persistentvolumeclaims/growing",
                                  {"spec": {"resources": {"requests": {"storage": "3Gi"}}}},
                                  content_type="application/merge-patch+json")

        wait_for("3Gi", lambda: self.node.wait_bound("growing")["status"]["capacity"]["storage"] == "3Gi")

    def test_the_plain_driver_makes_no_snapshots(self):
        self.node.claim("plain", "plain")
        self.node.wait_bound("plain")

        self.node.snapshot_of("plain", "of-plain")
        self.node.snapshot("of-plain-forced", source={"persistentVolumeClaimName": "plain"},
                           volumeSnapshotClassName="standard")

        self.node.wait_error("of-plain", "cannot find default snapshot class")
        self.node.wait_error("of-plain-forced", "there is no")

    def test_a_legacy_claim_stays_pending(self):
        self.node.claim("legacy", "legacy")

        def is_told():
            return any(event["involvedObject"]["name"] == "legacy" and "example.com/in-tree" in event["message"]
                       for event in self.node.get(CORE + "events")["items"])

        wait_for("an event that says who would provision", is_told)
        self.assertEqual(self.node.get(CORE + "persistentvolumeclaims/legacy")["status"]["phase"], "Pending")


class SecondCluster(unittest.TestCase):
    def test_a_handle_is_good_in_another_cluster_on_the_same_storage(self):
        with ControlPlane(node=True, storage=STAGE["storage"]) as plane:
            other = Node(plane)
            other.import_snapshot("imported", STAGE["node"].handle_of("shared"))
            other.wait_ready("imported")
            other.claim("restored", snapshot="imported")
            read = other.run_pod("reader", READ, "restored")
            other.start_pod("idle", ["sleep", "1000"], "restored")
            other.wait_phase("idle", "Running")
            key = json.loads(pathlib.Path(plane.folder, "cluster.json").read_text())["node"]["key"]
            inside = [int(line.split()[1]) for line in plane.run("status").splitlines()]
            devices = network_devices()

        self.assertEqual(read, STAGE["written"])
        self.assertFalse(pathlib.Path(plane.folder).exists())
        self.assertEqual([pid for pid in inside if is_alive(pid)], [])
        self.assertEqual(list(pathlib.Path("/sys/fs/cgroup").glob(f"**/{key}")), [])
        self.assertNotIn(plane.folder, pathlib.Path("/proc/mounts").read_text())
        wait_for("the end of its pods' devices", lambda: network_devices() < devices)


def is_alive(pid):
    """One that ended may stay visible until its parent asks for it."""
    try:
        return "State:\tZ" not in pathlib.Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def network_devices():
    """Of this network: the machine's are not to be seen here."""
    lines = pathlib.Path("/proc/thread-self/net/dev").read_text().splitlines()
    return {line.split(":")[0].strip() for line in lines if ":" in line}


class Faults(unittest.TestCase):
    def setUp(self):
        self.node = STAGE["node"]
        self.plane = self.node.plane
        self.addCleanup(self.plane.fault, "hostpath")

    def calls(self, method="CreateSnapshot"):
        return self.plane.calls("hostpath").get(method, {})

    def test_a_stalled_snapshot_is_not_ready_until_the_stall_ends(self):
        before = self.calls()["calls"]
        self.plane.fault("hostpath", "create-snapshot=stall")
        self.node.snapshot_of("source", "stalled")

        wait_for("the call", lambda: self.calls()["calls"] > before)
        self.assertFalse(self.node.snapshot_status("stalled").get("readyToUse"))
        self.plane.fault("hostpath")

        self.node.wait_ready("stalled")

    def test_a_failing_snapshot_tells_why_and_leaves_none_behind(self):
        stored = stored_snapshots()
        self.plane.fault("hostpath", "create-snapshot=error:the disk is on fire")
        self.node.snapshot_of("source", "failing")

        self.node.wait_error("failing", "the disk is on fire")
        self.assertEqual(stored_snapshots(), stored)
        self.plane.fault("hostpath")
        self.node.wait_ready("failing")
        self.assertEqual(stored_snapshots() - stored, {self.node.handle_of("failing")})
        self.node.delete_snapshot("failing")

        wait_for("the end of what was stored", lambda: stored_snapshots() == stored)

    def test_a_snapshot_may_be_there_and_not_ready(self):
        self.plane.fault("hostpath", "create-snapshot=not-ready")
        self.node.snapshot_of("source", "unready")

        status = wait_for("its content", lambda: (s := self.node.snapshot_status("unready")).get("restoreSize") and s)
        self.assertIs(status["readyToUse"], False)
        self.plane.fault("hostpath")

        self.node.wait_ready("unready")

    def test_a_volume_can_fail_to_be_made_and_to_be_published(self):
        self.plane.fault("hostpath", "create-volume=error:no room", "node-publish=error:no way")
        failed = self.calls("CreateVolume").get("Internal", 0)
        self.node.claim("refused")
        wait_for("the refusal", lambda: self.calls("CreateVolume").get("Internal", 0) > failed)
        self.plane.fault("hostpath", "node-publish=error:no way")
        self.node.wait_bound("refused")

        self.node.start_pod("refused", ["true"], "refused")
        wait_for("the refusal", lambda: self.calls("NodePublishVolume").get("Internal", 0) > 0)
        self.plane.fault("hostpath")

        self.node.wait_phase("refused", "Succeeded")

    def test_a_killed_driver_works_again(self):
        self.plane.run("kill", "csi-hostpath")
        self.node.snapshot_of("source", "after-kill")
        self.plane.run("start", "csi-hostpath")

        self.node.wait_ready("after-kill")
        self.node.claim("after-kill", snapshot="after-kill")
        self.assertEqual(self.node.run_pod("after-kill", READ, "after-kill"), STAGE["written"])


class Machine(unittest.TestCase):
    def setUp(self):
        self.node = STAGE["node"]

    def test_pods_reach_what_listens_on_the_networks_address(self):
        server = http.server.ThreadingHTTPServer((OwnNetwork.address, 0), Greeter)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

        url = f"http://{OwnNetwork.address}:{server.server_port}/"
        said = self.node.run_pod("visitor", ["wget", "-q", "-O", "-", url])

        self.assertEqual(said, Greeter.text)

    def test_pods_reach_the_api_server_where_they_look_for_it(self):
        said = self.node.run_pod("client", ["sh", "-c", "wget -q -O - https://$KUBERNETES_SERVICE_HOST/version"])

        self.assertIn('"gitVersion": "v1.34', said)

    def test_a_program_of_the_machine_runs_in_a_pod(self):
        self.node.plane.image("tool:test", "/usr/bin/sha256sum", "/usr/bin/env")
        empty = hashlib.sha256(b"").hexdigest()

        self.assertEqual(self.node.run_pod("tool", None, image="tool:test"), f"{empty}  -\n")
        self.assertIn("PATH=/bin", self.node.run_pod("tool-env", ["/bin/env"], image="tool:test"))

    def test_a_node_is_refused_to_users_but_root(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([CLUSTER, "up", f"{folder}/c", "--node"], user=65534, group=65534, extra_groups=[],
                                  capture_output=True, text=True, timeout=60)

        self.assertEqual(done.returncode, 1)
        self.assertIn("root", done.stderr)


class Greeter(http.server.BaseHTTPRequestHandler):
    text = "good day\n"

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.text.encode())

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    unittest.main()
