"""Velero's server as a process of this machine, since the test control plane has no node for its pod."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from salvor_e2e.kubernetes import ApiError, Cluster
from salvor_e2e.paths import ROOT

BUILT = ROOT / "build" / "velero"
PROGRAM = BUILT / "velero"
NAMESPACE = "velero"
API = f"/apis/velero.io/v1/namespaces/{NAMESPACE}"
# The defaults of 100 would be what is measured: they hold a restore at 50 objects a second.
LIMITS = ("--client-qps", "1000", "--client-burst", "2000")
FINAL_PHASES = ("Completed", "PartiallyFailed", "Failed", "FailedValidation")


class VeleroServer:
    """Velero for one cluster, with its backups in `store`; up while the `with` block runs.

    There can be one at a time: it also listens on port 8080, which none of its flags changes.
    """

    def __init__(self, kubeconfig, store):
        self.kubeconfig = kubeconfig
        self.store = store
        self.cluster = Cluster(kubeconfig)
        self.process = None

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="salvor-velero-"))
        self.log = open(self.folder / "server.log", "ab")
        try:
            self.install()
            self.start()
            # A backup or restore before that fails at once.
            self.wait_for_phase("backupstoragelocations/default", ("Available",), 120)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.stop()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        """In mid-restore Velero takes half a minute to end; its plugins may outlive it, so the group ends too."""
        self.process.terminate()
        try:
            self.process.wait(timeout=45)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def install(self):
        """What `velero install` makes; the location before the server starts, which looks once a minute."""
        for definition in definitions():
            self.define(definition)
        self.cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
        self.cluster.request("POST", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments", deployment())
        self.cluster.request("POST", f"{API}/backupstoragelocations", location(self.store))

    def define(self, definition):
        """Returns when the kind is served; before that the API server knows no such path, or asks to wait."""
        self.cluster.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        spec = definition["spec"]
        path = f"/apis/{spec['group']}/{spec['versions'][0]['name']}/{spec['names']['plural']}"
        end = time.monotonic() + 30
        while True:
            try:
                return self.cluster.request("GET", path)
            except ApiError as error:
                if error.status not in (404, 429) or time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def start(self):
        credentials = self.folder / "credentials"
        credentials.write_text(f"[default]\naws_access_key_id={self.store.access_key}\n"
                               f"aws_secret_access_key={self.store.secret_key}\n")
        # A group of its own, so that its plugins can be found when it is gone.
        self.process = subprocess.Popen(
            [PROGRAM, "server", "--kubeconfig", self.kubeconfig, "--namespace", NAMESPACE, "--plugin-dir",
             BUILT / "plugins", "--metrics-address", "127.0.0.1:0", "--profiler-address", "127.0.0.1:0", *LIMITS],
            stdout=self.log, stderr=self.log, start_new_session=True,
            env={**os.environ, "HOME": str(self.folder), "VELERO_SCRATCH_DIR": str(self.folder),
                 "AWS_SHARED_CREDENTIALS_FILE": str(credentials)})

    def back_up(self, name, namespaces):
        """The Backup object at its end."""
        self.cluster.request("POST", f"{API}/backups", resource("Backup", name, {
            "includedNamespaces": namespaces, "storageLocation": "default", "snapshotVolumes": False}))
        return self.wait_for_phase(f"backups/{name}", FINAL_PHASES, 600)

    def adopt(self, backup):
        """Makes a backup of another cluster known at once; Velero itself looks once a minute."""
        name = backup["metadata"]["name"]
        self.cluster.request("POST", f"{API}/backups",
                             {**resource("Backup", name, backup["spec"]), "status": backup["status"]})

    def restore(self, name, backup_name, namespaces):
        """The Restore object at its end."""
        self.cluster.request("POST", f"{API}/restores", resource("Restore", name, {
            "backupName": backup_name, "includedNamespaces": namespaces}))
        return self.wait_for_phase(f"restores/{name}", FINAL_PHASES, 1800)

    def wait_for_phase(self, path, phases, seconds):
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            found = self.cluster.request("GET", f"{API}/{path}")
            if found.get("status", {}).get("phase") in phases:
                return found
            time.sleep(0.25)
        raise RuntimeError(f"{path} did not come to {' or '.join(phases)}: {self.end_of_log()}")

    def end_of_log(self):
        return (self.folder / "server.log").read_text(errors="replace")[-2000:]


def definitions():
    command = [PROGRAM, "install", "--crds-only", "--dry-run", "-o", "json"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    return json.loads(printed)["items"]


def resource(kind, name, spec):
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "velero.io/v1", "kind": kind, "metadata": metadata, "spec": spec}


def deployment():
    """A restore fails when there is no Deployment of this name; nothing of it has to run."""
    labels = {"deploy": NAMESPACE}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": NAMESPACE, "image": "velero"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": pod}
    return {"metadata": {"name": NAMESPACE}, "spec": spec}


def location(store):
    return resource("BackupStorageLocation", "default", {
        "provider": "aws", "default": True, "objectStorage": {"bucket": store.buckets[0]},
        "config": {"region": "us-east-1", "s3ForcePathStyle": "true", "s3Url": store.url, "checksumAlgorithm": ""}})
