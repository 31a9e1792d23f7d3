"""Where the repositories are: a folder, or a bucket of an S3 server, near or far away."""

import contextlib
import pathlib
import subprocess
import sys

import data_sets
from salvor_e2e.s3_server import S3Server

LATENCY_MS = 20
BUCKET = "bench"


class Folder:
    """Also where the data and the targets are."""

    def __init__(self, work):
        self.work = work
        self.environment = {}

    def location(self, name):
        return self.work / name

    def stored_mb(self, name):
        return data_sets.size_of(self.work / name) / 1e6


class Bucket:
    def __init__(self, server, port):
        self.server = server
        self.port = port
        self.environment = server.keys

    def location(self, name):
        return f"s3:http://{self.server.address}:{self.port}/{BUCKET}/{name}"

    def stored_mb(self, name):
        return data_sets.size_of(self.server.folder / "data" / BUCKET / name) / 1e6


@contextlib.contextmanager
def far_away(port):
    """The port of a proxy that adds a round trip of LATENCY_MS."""
    proxy = pathlib.Path(__file__).with_name("latency_proxy.py")
    process = subprocess.Popen([sys.executable, proxy, str(port), str(LATENCY_MS)], stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


@contextlib.contextmanager
def opened(kind, work):
    if kind in ("memory", "disk"):
        yield Folder(work)
        return
    with S3Server(BUCKET) as server:
        if kind == "s3":
            yield Bucket(server, server.port)
            return
        with far_away(server.port) as port:
            yield Bucket(server, port)


# The data and the targets are in memory unless the disk is what is asked for.
FOLDERS = {"memory": "/dev/shm", "disk": "/var/tmp", "s3": "/dev/shm", "s3-latency": "/dev/shm"}
