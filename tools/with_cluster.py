#!/usr/bin/env python3
"""Runs a command beside a real control plane, whose kubeconfig is in SALVOR_TEST_KUBECONFIG.

    tools/with_cluster.py build/dev/kube_test
"""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "test" / "e2e"))

from salvor_e2e.control_plane import ControlPlane  # noqa: E402

if __name__ == "__main__":
    with ControlPlane() as plane:
        environment = {**os.environ, "SALVOR_TEST_KUBECONFIG": plane.kubeconfig}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
