"""The S3 server that holds Velero's backup."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from salvor_e2e.paths import ROOT

PROGRAM = ROOT / "build" / "velero" / "versitygw"


class S3Server:
    """versitygw over a folder of its own, with one bucket; up while the `with` block runs."""

    BUCKET = "velero"
    ACCESS = "bench"
    SECRET = "bench-secret"

    def __init__(self):
        self.process = None

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="salvor-s3-"))
        # A folder of the data is a bucket.
        (self.folder / "data" / self.BUCKET).mkdir(parents=True)
        self.log = open(self.folder / "server.log", "ab")
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=60)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        # Metadata beside the files, as not every file system has extended attributes.
        (self.folder / "metadata").mkdir()
        self.process = subprocess.Popen(
            [PROGRAM, "--port", f"127.0.0.1:{port}", "--keep-alive", "--quiet", "posix", "--sidecar",
             self.folder / "metadata", self.folder / "data"], stdout=self.log, stderr=self.log,
            env={**os.environ, "ROOT_ACCESS_KEY": self.ACCESS, "ROOT_SECRET_KEY": self.SECRET})
        self.wait_until_it_listens(port)

    def wait_until_it_listens(self, port):
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"the S3 server did not start: {(self.folder / 'server.log').read_text()[-2000:]}")


def free_port():
    """The S3 server takes a port only as a number."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
