"""Real control planes, each in a folder of its own."""

import pathlib
import subprocess
import tempfile

from .paths import CLUSTER


class ControlPlane:
    """etcd, kube-apiserver and kube-controller-manager, up while the `with` block runs."""

    def __init__(self, *flags):
        self.flags = flags
        self.folder = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="salvor-cluster-")
        self.run("up", *self.flags)
        return self

    def __exit__(self, *_):
        self.run("down")
        pathlib.Path(self.folder).rmdir() if pathlib.Path(self.folder).exists() else None

    @property
    def kubeconfig(self):
        return f"{self.folder}/kubeconfig"

    def run(self, command, *arguments):
        done = subprocess.run([CLUSTER, command, self.folder, *arguments], capture_output=True, text=True, timeout=180)
        if done.returncode != 0:
            raise RuntimeError(f"salvor-cluster {command}: {done.stdout}{done.stderr}")
        return done.stdout
