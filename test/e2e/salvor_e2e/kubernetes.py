"""Reading and changing a cluster, through the client of the test data."""

import subprocess
import sys

from .paths import DATA

sys.path.insert(0, str(DATA))

from kube_client import ApiError, Cluster  # noqa: E402,F401  (part of what this module offers)


def apply(kubeconfig, *flags):
    """Applies the application set; its last line."""
    done = subprocess.run(["/usr/bin/python3", DATA / "apply.py", "--kubeconfig", kubeconfig, *flags],
                          capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"apply.py: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout.strip().splitlines()[-1]


def compare(source, target, *flags):
    """(equal, output)"""
    done = subprocess.run(["/usr/bin/python3", DATA / "compare.py", "--source", source, "--target", target, *flags],
                          capture_output=True, text=True, timeout=300)
    return done.returncode == 0, done.stdout + done.stderr
