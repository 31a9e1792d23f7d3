"""The two programs, as commands that are measured, and the ceiling of a restore."""

import os
import pathlib
import re
import subprocess
import time

from salvor_e2e.paths import SALVOR

PASSWORD = "bench"
CEILING = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bench" / "volumes_ceiling"
ENVIRONMENT = {**os.environ, "RESTIC_PASSWORD": PASSWORD, "SALVOR_REPO_PASSWORD": PASSWORD}
# As many as Salvor's restore has for its work on two cores.
CEILING_THREADS = 2


def measured(words, environment, cwd):
    """Seconds, CPU seconds and peak MiB of a program."""
    start = time.monotonic()
    process = subprocess.Popen([*map(str, words)], cwd=cwd, env={**ENVIRONMENT, **environment},
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{words}: {process.stderr.read().decode()}")
    process.stderr.close()
    process.returncode = 0
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024}


def make_durable(folder):
    """Seconds until all that was written to the folder's file system is on its disk."""
    start = time.monotonic()
    subprocess.run(["sync", "-f", folder], check=True, timeout=3600)
    return time.monotonic() - start


class Program:
    def __init__(self, store, number):
        self.store = store
        self.place = f"repository-{self.name}-{number}"
        self.repository = store.location(self.place)
        self.call("init")

    def stored_mb(self):
        return self.store.stored_mb(self.place)


class Restic(Program):
    name = "restic"

    def call(self, *words, cwd="/"):
        return measured(["restic", "-q", "--no-cache", "-r", self.repository, *words], self.store.environment, cwd)

    def back_up(self, data):
        return self.call("backup", ".", cwd=data)

    def restore(self, target):
        """To the disk, as Salvor's: restic itself leaves what it wrote to the system."""
        figures = self.call("restore", "latest", "--target", target)
        figures["sync"] = make_durable(target)
        figures["seconds"] += figures["sync"]
        return figures


class Salvor(Program):
    name = "Salvor"

    def call(self, command, *words, cwd="/"):
        return measured([SALVOR, "repo", command, "--repo", self.repository, *words], self.store.environment, cwd)

    def back_up(self, data):
        return self.call("backup", data)

    def restore(self, target):
        return self.call("restore", "latest", "--target", target)

    def ceiling(self):
        """How fast, in MB/s, and for how many CPU seconds an MB, blobs of this repository that lie in memory are
        authenticated, decrypted, decompressed and hashed."""
        done = subprocess.run([CEILING, self.repository, str(CEILING_THREADS)], capture_output=True, text=True,
                              env={**ENVIRONMENT, **self.store.environment}, timeout=600)
        if done.returncode != 0:
            raise SystemExit(f"{CEILING}: {done.stderr}")
        found = {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", done.stdout)}
        return {"mb_per_second": found["mb_per_second"], "cpu_per_mb": found["cpu_per_mb"]}
