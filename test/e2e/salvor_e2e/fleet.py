"""Many small volumes in one namespace, restored from a copy in an order that was asked for."""

import time

from .node import Node, make_space, wait_for, wait_for_account

SPACE = "fleet"
PRIORITY = "salvor.io/restore-priority"
# Claim 1 first, then those of gold, then the rest; among these the later ones have the higher priority.
ORDER = [{"namespace": SPACE, "claim": "data-001"}, {"label_selector": {"tier": "gold"}}]


class Fleet:
    """`count` claims with a file each, and a deployment for each `workload_every`th of them, made in a cluster."""

    def __init__(self, plane, count, workload_every):
        self.names = [f"data-{i:03}" for i in range(count)]
        self.golden = set(self.names[::5])
        self.workloads = self.names[::workload_every]
        self.node = make_space(plane, SPACE)
        for name in self.names:
            self.node.cluster.request("POST", self.node.core + "persistentvolumeclaims", self.claim(name))
        self.node.run_pod_with_all("writes", self.names, "for i in /data/*; do echo $i > $i/name; done")
        for name in self.workloads:
            self.node.cluster.request("POST", f"/apis/apps/v1/namespaces/{SPACE}/deployments", deployment(name))

    def claim(self, name):
        labels = {"tier": "gold"} if name in self.golden else {}
        return {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
                "metadata": {"name": name, "labels": labels, "annotations": {PRIORITY: name[-3:].lstrip("0") or "0"}},
                "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "standard",
                         "resources": {"requests": {"storage": "16Mi"}}}}

    def expected_order(self):
        first = "data-001"
        golden = sorted(self.golden - {first}, reverse=True)
        return [first, *golden, *sorted(set(self.names) - self.golden - {first}, reverse=True)]

    def read_in(self, plane):
        """What the files say in another cluster."""
        node = Node(plane, SPACE)
        wait_for_account(node)
        return sorted(node.run_pod_with_all("reads", self.names, "cat /data/*/name").split())


def deployment(claim):
    pod = {"terminationGracePeriodSeconds": 1,
           "containers": [{"name": "only", "image": "busybox:test", "command": ["sleep", "36000"],
                           "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
           "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]}
    labels = {"app": claim}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": claim},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}}


class Restoring:
    """A restore of a fleet, looked at until it ends."""

    def __init__(self, api, plane, job_id):
        self.api, self.job_id, self.node = api, job_id, Node(plane, SPACE)
        self.left_when_ready = None  # volumes that were not there when the first workload was ready
        self.most_at_work = 0
        begun = time.monotonic()
        self.job = wait_for("the end of the restore", self.look, seconds=3000)
        self.seconds = time.monotonic() - begun
        self.rows = {row["name"]: row for row in api.find("kubepvcprogress", {"job_id": job_id})}
        items = api.find("kuberestoreitems", {"job_id": job_id}, sort="seq")
        self.reasons = {row["name"]: row["reason"] for row in items if row["kind"] == "PersistentVolumeClaim"}
        self.order = [row["name"] for row in items if row.get("fill_order")]

    def look(self):
        job = self.api.get(f"jobs/{self.job_id}")
        moved = job.get("kube_copy_progress", {})
        self.most_at_work = max(self.most_at_work, moved.get("active_pvs", 0))
        if self.left_when_ready is None and self.ready_workloads():
            self.left_when_ready = moved["total_pvs"] - moved["completed_pvs"]
        return job["state"] not in ("PENDING", "RUNNING") and job

    def ready_workloads(self):
        path = f"/apis/apps/v1/namespaces/{SPACE}/deployments"
        return [item["metadata"]["name"] for item in self.node.get(path)["items"] if item["status"].get("readyReplicas")]

    def out_of_turn(self):
        """Volumes that were begun before one whose turn was earlier."""
        starts = [self.rows[name]["start_time"] for name in self.order]
        return [name for name, start, later in zip(self.order, starts, starts[1:]) if start > later]
