"""Random restores into a populated cluster, each taken back again: what is there afterwards is what was
there before, but for what others changed meanwhile, which the undo's rows name."""

import dataclasses
import json
import random
import re
import threading
import time

from .api_client import ALL_OBJECTS
from .control_plane import ControlPlane
from .kubernetes import ApiError, Cluster, apply
from .salvor_server import SalvorServer

CHANGES = {"ConfigMap": {"data": {"changed-by": "{}"}}, "Secret": {"stringData": {"changed-by": "{}"}},
           "Service": {"metadata": {"labels": {"changed-by": "{}"}}},
           "Deployment": {"metadata": {"annotations": {"changed-by": "{}"}}},
           "Role": {"metadata": {"labels": {"changed-by": "{}"}}},
           "NetworkPolicy": {"metadata": {"annotations": {"changed-by": "{}"}}}}
POLICIES = ("keep", "merge", "replace", "recreate", "fail")
# What the cluster's own controllers make and change all the time.
RESTLESS = {"Event", "Lease", "EndpointSlice", "Endpoints", "ControllerRevision", "Node", "PodMetrics", "NodeMetrics",
            "ComponentStatus", "IPAddress", "APIService", "FlowSchema", "PriorityLevelConfiguration"}
SERVER_FIELDS = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink")
UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
VOLUME_NOTE = re.compile(r"pv\.kubernetes\.io/|volume(\.beta)?\.kubernetes\.io/storage-provisioner")
SETTLE_SECONDS_MAX = 30


@dataclasses.dataclass(frozen=True, order=True)
class Key:
    kind: str
    group: str
    namespace: str
    name: str


@dataclasses.dataclass
class Scenario:
    """What was done, and what came of it."""

    seed: int
    fields: dict
    is_meddled: bool
    restored: int = 0
    undone: int = 0
    left: int = 0
    problems: list = dataclasses.field(default_factory=list)


def is_operated(kind):
    """By something that is not here: an operator, or the cloud behind a Service."""
    return kind.kind == "Service" or ("." in kind.group and not kind.group.endswith(".k8s.io"))


class Operators(threading.Thread):
    """What operators and clouds would do: let go of what is being deleted."""

    def __init__(self, cluster, kinds):
        super().__init__(daemon=True)
        self.cluster, self.kinds, self.stopped = cluster, kinds, threading.Event()

    def stop(self):
        self.stopped.set()
        self.join()

    def run(self):
        while not self.stopped.wait(0.5):
            for kind in self.kinds:
                self.let_go_of(kind)

    def let_go_of(self, kind):
        for item in self.cluster.list_all(kind):
            meta = item["metadata"]
            if "deletionTimestamp" in meta and meta.get("finalizers"):
                path = kind.path(meta.get("namespace"), meta["name"])
                try:
                    self.cluster.request("PATCH", path, {"metadata": {"finalizers": None}},
                                         content_type="application/merge-patch+json")
                except ApiError as refused:  # gone meanwhile
                    if refused.status != 404:
                        raise


class UndoStage:
    """One cluster with all sample applications and their backup; scenarios follow each other in it."""

    def __enter__(self):
        self.plane = ControlPlane()
        self.plane.__enter__()
        apply(self.plane.kubeconfig)
        self.cluster = Cluster(self.plane.kubeconfig)
        self.kinds = [kind for kind in self.cluster.discover()
                      if kind.rank == 0 and {"list", "get", "create"} <= kind.verbs and kind.kind not in RESTLESS]
        self.paths = {(kind.kind, kind.group): kind for kind in self.kinds}
        self.operators = Operators(self.cluster, [kind for kind in self.kinds if is_operated(kind)])
        self.operators.start()
        self.server = SalvorServer()
        self.server.__enter__()
        self.api = self.server.client()
        cluster_id = self.api.add_cluster("target", self.plane.kubeconfig)
        self.point, _ = self.api.back_up("everything", cluster_id, ALL_OBJECTS)
        names = {row["name"] for row in self.api.find("kubenamespaces", {"backupinst_id": self.point["_id"]})}
        self.names = sorted(name for name in names if not name.startswith("kube-") and name != "default")
        return self

    def __exit__(self, *failure):
        self.operators.stop()
        self.server.__exit__(*failure)
        self.plane.__exit__(*failure)

    def play(self, seed):
        """One restore and its undo."""
        chance = random.Random(seed)
        chosen = chance.sample(self.names, chance.randint(1, 3))
        fields = {"selection": {"namespaces": chosen}, "existing_policy": chance.choice(POLICIES)}
        is_renamed = chance.random() < 0.3
        if is_renamed:
            fields["namespaces_prefix"] = f"u{seed}-"
        elif chance.random() < 0.25:
            fields["prune"] = True
        if not is_renamed:
            self.disturb(chance, chosen, f"before-{seed}")
        scenario = Scenario(seed, fields, is_meddled=chance.random() < 0.5)
        before = self.settled()
        job, rows = self.api.restore(f"undo {seed}", self.point, **fields)
        done = [row for row in rows if row["state"] == "DONE"]
        scenario.restored = len(done)
        meddled = self.meddle(chance, done, seed) if scenario.is_meddled and done else set()
        undo_rows = self.undo(job, scenario)
        self.judge(scenario, before, meddled, undo_rows)
        self.clear_away(seed)
        return scenario

    def undo(self, job, scenario):
        restore = job["restore_id"] if "restore_id" in job else self.api.find(
            "kuberestores", {"name": f"undo {scenario.seed}"})[0]["_id"]
        self.api.post(f"kuberestores/{restore}/action/undo", {"job_id": job["_id"]})
        undo = self.api.wait_for_job(self.api.get(f"kuberestores/{restore}")["status"]["undo_jobid"])
        rows = self.api.find("kuberestoreitems", {"job_id": undo["_id"]}, sort="seq")
        scenario.undone = sum(row["state"] == "DONE" for row in rows)
        left = [row for row in rows if row["state"] not in ("DONE", "SKIPPED")]
        scenario.left = len(left)
        failed = [f"{row['kind']} {row['namespace']}/{row['name']}: {row['reason']} {row['message']}"
                  for row in left if row["state"] != "KEPT"]
        scenario.problems += [f"failed: {text}" for text in failed]
        wanted = ("PARTIAL", "FAILED") if left else ("COMPLETED",) if rows else ("SKIPPED",)
        if undo["state"] not in wanted:
            scenario.problems.append(f"the undo is {undo['state']} and left {len(left)} items")
        return rows

    def judge(self, scenario, before, meddled, undo_rows):
        """Whatever differs must be somebody's work, and whatever was left must be told."""
        told = {Key(row["kind"], row["group"], row["namespace"], row["name"])
                for row in undo_rows if row["state"] == "KEPT" or row["reason"] == "GONE"}
        if not scenario.is_meddled:
            left = [f"{row['kind']} {row['namespace']}/{row['name']}: {row['message']}"
                    for row in undo_rows if row["state"] == "KEPT"]
            scenario.problems += [f"left though nobody touched it: {text}" for text in left]
        kept_spaces = {key.name for key in told if key.kind == "Namespace"}
        end = time.monotonic() + SETTLE_SECONDS_MAX
        while True:
            after = self.snapshot()
            differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
            strange = {key for key in differing - meddled - told
                       if not (key.namespace in kept_spaces and key.name == "default")}
            if not strange or time.monotonic() > end:
                break
            time.sleep(0.5)
        scenario.problems += [f"differs: {key}\n    before {before.get(key)}\n    after  {after.get(key)}"
                              for key in sorted(strange)]

    def meddle(self, chance, done, seed):
        """Somebody changes, deletes and adds a few of what the restore made; their keys."""
        touched = set()
        changeable = [row for row in done if row["kind"] in CHANGES]
        for row in chance.sample(changeable, min(len(changeable), 3)):
            key = Key(row["kind"], row["group"], row["namespace"], row["name"])
            if self.change(chance, key, f"since-{seed}"):
                touched.add(key)
        space = chance.choice([row["namespace"] for row in done if row["namespace"]] or [""])
        if space and chance.random() < 0.3:
            self.cluster.request("POST", f"/api/v1/namespaces/{space}/configmaps",
                                 {"metadata": {"name": f"strangers-{seed}"}, "data": {"a": "b"}})
            touched.add(Key("ConfigMap", "", space, f"strangers-{seed}"))
        return touched

    def disturb(self, chance, namespaces, mark):
        """What has happened to the namespaces since the backup."""
        for namespace in namespaces:
            for kind, group in [("ConfigMap", ""), ("Secret", ""), ("Service", ""), ("Deployment", "apps"),
                                ("Role", "rbac.authorization.k8s.io"), ("NetworkPolicy", "networking.k8s.io")]:
                for item in self.cluster.list_all(self.paths[kind, group], namespace):
                    name = item["metadata"]["name"]
                    if name != "kube-root-ca.crt" and chance.random() < 0.3:
                        self.change(chance, Key(kind, group, namespace, name), mark)

    def change(self, chance, key, mark):
        """Deletes one in four, patches the others; False when the API server would not."""
        path = self.paths[key.kind, key.group].path(key.namespace, key.name)
        patch = json.loads(json.dumps(CHANGES[key.kind]).replace("{}", mark))
        try:
            if chance.random() < 0.25:
                self.cluster.request("DELETE", path)
            else:
                self.cluster.request("PATCH", path, patch, content_type="application/merge-patch+json")
        except ApiError as refused:  # marked immutable, or already gone
            if refused.status not in (404, 422):
                raise
            return False
        return True

    def clear_away(self, seed):
        """What a meddled undo left under new names would be in the next scenario's way."""
        end = time.monotonic() + SETTLE_SECONDS_MAX
        while True:
            left = [space["metadata"] for space in self.cluster.list_all(self.paths["Namespace", ""])
                    if space["metadata"]["name"].startswith(f"u{seed}-")]
            for meta in left:
                if "deletionTimestamp" not in meta:
                    self.cluster.request("DELETE", f"/api/v1/namespaces/{meta['name']}")
            if not left:
                return
            if time.monotonic() > end:
                raise TimeoutError(f"{left[0]['name']} is not gone: {self.held_in(left[0]['name'])}")
            time.sleep(0.2)

    def held_in(self, space):
        return [f"{kind.kind} {item['metadata']['name']}" for kind in self.kinds if kind.namespaced
                for item in self.cluster.list_all(kind, space) if item["metadata"].get("finalizers")]

    def settled(self):
        """The cluster once nothing in it changes any more by itself."""
        end, last = time.monotonic() + SETTLE_SECONDS_MAX, self.snapshot()
        while time.monotonic() < end:
            time.sleep(0.3)
            now = self.snapshot()
            if now == last:
                return now
            last = now
        raise TimeoutError("the cluster does not come to rest")

    def snapshot(self):
        """{key: what it says} of all objects that no controller makes by itself."""
        objects = {}
        for kind in self.kinds:
            for item in self.cluster.list_all(kind):
                meta = item["metadata"]
                owners = meta.get("ownerReferences", [])
                if meta["name"] == "kube-root-ca.crt" or any(owner.get("controller") for owner in owners):
                    continue
                objects[Key(kind.kind, kind.group, meta.get("namespace", ""), meta["name"])] = essence(item)
        return objects


def essence(item):
    """What a person wrote of an object, as text."""
    item = {name: value for name, value in item.items() if name != "status"}
    meta = {name: value for name, value in item["metadata"].items() if name not in SERVER_FIELDS}
    meta["annotations"] = {name: value for name, value in meta.get("annotations", {}).items()
                           if name != "deployment.kubernetes.io/revision" and not VOLUME_NOTE.match(name)}
    meta["ownerReferences"] = sorted((owner["kind"], owner["name"]) for owner in meta.get("ownerReferences", []))
    if item["kind"] in ("PersistentVolume", "PersistentVolumeClaim"):  # bound by a controller in its own time
        item["spec"] = {name: value for name, value in item["spec"].items() if name not in ("claimRef", "volumeName")}
    return UID.sub("uid", json.dumps({**item, "metadata": meta}, sort_keys=True))
