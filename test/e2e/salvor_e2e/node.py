"""Pods, claims and snapshots of a cluster with a node."""

import time

from .kubernetes import ApiError, Cluster

CORE = "/api/v1/namespaces/default/"
SNAPSHOT_GROUP = "snapshot.storage.k8s.io"
MOVERS = "salvor-movers"
CONTENTS = f"/apis/{SNAPSHOT_GROUP}/v1/volumesnapshotcontents"


def wait_for(what, look, seconds=60):
    """The first true thing that `look` returns."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


class Node:
    """What the tests do in one namespace, which must be there."""

    def __init__(self, plane, space="default"):
        self.plane = plane
        self.cluster = Cluster(plane.kubeconfig)
        self.core = f"/api/v1/namespaces/{space}/"
        self.snapshots = f"/apis/{SNAPSHOT_GROUP}/v1/namespaces/{space}/volumesnapshots"
        self.space = space

    def get(self, path):
        return self.cluster.request("GET", path)

    def is_gone(self, path):
        try:
            self.get(path)
            return False
        except ApiError as error:
            return error.status == 404

    def claim(self, name, storage_class="standard", snapshot=None, size="1Gi"):
        spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": storage_class,
                "resources": {"requests": {"storage": size}}}
        if snapshot:
            spec["dataSource"] = {"apiGroup": SNAPSHOT_GROUP, "kind": "VolumeSnapshot", "name": snapshot}
        self.cluster.request("POST", self.core + "persistentvolumeclaims", {
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec})

    def wait_bound(self, name):
        path = self.core + "persistentvolumeclaims/" + name
        return wait_for(f"bound claim {name}", lambda: (c := self.get(path))["status"].get("phase") == "Bound" and c)

    def start_pod(self, name, command, claim=None, image="busybox:test"):
        """With a claim, that one is at /data. Without a command, the image's own one is run."""
        container = {"name": "only", "image": image, **({"command": command} if command else {})}
        spec = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1, "containers": [container]}
        if claim:
            container["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
            spec["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]
        self.cluster.request("POST", self.core + "pods", {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})

    def wait_phase(self, pod, *phases, seconds=60):
        path = self.core + "pods/" + pod
        return wait_for(f"pod {pod} {' or '.join(phases)}",
                        lambda: (p := self.get(path))["status"].get("phase") in phases and p["status"]["phase"], seconds)

    def run_pod(self, name, command, claim=None, image="busybox:test", seconds=60):
        """Runs a pod to its end; what it printed."""
        self.start_pod(name, command, claim, image)
        return self.end_of_pod(name, seconds)

    def end_of_pod(self, name, seconds=60):
        phase = self.wait_phase(name, "Succeeded", "Failed", seconds=seconds)
        log = self.log(name)
        if phase != "Succeeded":
            raise AssertionError(f"pod {name} failed: {log}")
        return log

    def run_pod_with_all(self, name, claims, command):
        """The same with many claims, each at /data/CLAIM."""
        mounts = [{"name": claim, "mountPath": f"/data/{claim}"} for claim in claims]
        volumes = [{"name": claim, "persistentVolumeClaim": {"claimName": claim}} for claim in claims]
        container = {"name": "only", "image": "busybox:test", "command": ["sh", "-c", command], "volumeMounts": mounts}
        self.cluster.request("POST", self.core + "pods", {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
            "spec": {"restartPolicy": "Never", "containers": [container], "volumes": volumes}})
        return self.end_of_pod(name, seconds=60 + 5 * len(claims))

    def log(self, pod):
        status, text = self.cluster._exchange("GET", f"{self.core}pods/{pod}/log", None, self.cluster._headers)
        assert status == 200, text
        return text.decode()

    def snapshot(self, name, **spec):
        """Of a claim: source={"persistentVolumeClaimName": …}."""
        self.cluster.request("POST", self.snapshots, {
            "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot",
            "metadata": {"name": name}, "spec": spec})

    def snapshot_of(self, claim, name):
        self.snapshot(name, source={"persistentVolumeClaimName": claim})

    def snapshot_status(self, name):
        return self.get(f"{self.snapshots}/{name}").get("status", {})

    def wait_ready(self, snapshot):
        return wait_for(f"ready snapshot {snapshot}",
                        lambda: (s := self.snapshot_status(snapshot)).get("readyToUse") and s)

    def wait_error(self, snapshot, part):
        def look():
            message = self.snapshot_status(snapshot).get("error", {}).get("message", "")
            return part in message and message

        return wait_for(f"{part!r} in the status of snapshot {snapshot}", look)

    def content_of(self, snapshot):
        return self.get(f"{CONTENTS}/{self.snapshot_status(snapshot)['boundVolumeSnapshotContentName']}")

    def handle_of(self, snapshot):
        return self.content_of(snapshot)["status"]["snapshotHandle"]

    def import_snapshot(self, name, handle, driver="hostpath.csi.salvor.test"):
        """A snapshot that this cluster did not take, by the driver's own id of it."""
        self.cluster.request("POST", CONTENTS, {
            "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshotContent", "metadata": {"name": name},
            "spec": {"driver": driver, "deletionPolicy": "Retain", "source": {"snapshotHandle": handle},
                     "volumeSnapshotRef": {"namespace": self.space, "name": name}}})
        self.snapshot(name, source={"volumeSnapshotContentName": name})

    def delete_snapshot(self, name):
        self.cluster.request("DELETE", f"{self.snapshots}/{name}")
        wait_for(f"end of snapshot {name}", lambda: self.is_gone(f"{self.snapshots}/{name}"))


def make_space(plane, name):
    """A new namespace that pods can run in."""
    node = Node(plane, name)
    node.cluster.request("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    wait_for_account(node)
    return node


def wait_for_account(node):
    """Pods need it."""
    wait_for("the namespace's account", lambda: not node.is_gone(node.core + "serviceaccounts/default"))


def row_of_claim(rows, claim):
    """Of a restore's rows."""
    return next(row for row in rows if row["kind"] == "PersistentVolumeClaim" and row["name"] == claim)


def left_of_movers(plane):
    """What there is in the movers' namespace, and volumes and contents that carry our marks."""
    cluster = Node(plane).cluster
    paths = [f"/apis/batch/v1/namespaces/{MOVERS}/jobs", f"/api/v1/namespaces/{MOVERS}/pods", f"/api/v1/namespaces/{MOVERS}/secrets",
             f"/api/v1/namespaces/{MOVERS}/persistentvolumeclaims",
             f"/apis/{SNAPSHOT_GROUP}/v1/namespaces/{MOVERS}/volumesnapshots",
             f"{CONTENTS}?labelSelector=salvor.io/copy", "/api/v1/persistentvolumes?labelSelector=salvor.io/job"]
    return [item["metadata"]["name"] for path in paths for item in cluster.request("GET", path)["items"]]
