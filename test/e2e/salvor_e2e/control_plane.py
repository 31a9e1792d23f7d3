"""Real control planes, each in a folder of its own, with a node if asked for."""

import pathlib
import subprocess
import tempfile

from .paths import CLUSTER


class ControlPlane:
    """etcd, kube-apiserver and kube-controller-manager, up while the `with` block runs. With
    node=True (needs root) also a node that runs pods, CSI drivers and snapshots; two such may be
    given one `storage` folder."""

    def __init__(self, *flags, node=False, storage=None):
        self.flags = [*flags, *(["--node"] if node else []), *([f"--storage={storage}"] if storage else [])]
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

    def image(self, reference, *programs):
        """Makes an image of programs of this machine; a container of it starts the first."""
        self.run("image", reference, *(f"--program={program}" for program in programs))

    def fault(self, driver, *faults):
        """Has calls of a CSI driver go wrong from now on; with no faults, none does any more."""
        self.run("fault", driver, *(faults or ["clear"]))

    def calls(self, driver):
        """{"CreateSnapshot": {"calls": 2, "OK": 1, "Internal": 1}, ...}"""
        counts = {}
        for line in self.run("calls", driver).splitlines():
            method, *pairs = line.split()
            counts[method] = {name: int(count) for name, count in (pair.split("=") for pair in pairs)}
        return counts
