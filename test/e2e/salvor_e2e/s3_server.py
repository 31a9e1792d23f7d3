"""A real S3 server: versitygw, over a folder of its own."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from .paths import VERSITYGW


class S3Server:
    """Up while the `with` block runs, with these buckets. It is started again when it dies."""

    access_key = "salvor-tests"
    secret_key = "a-secret-for-tests"

    def __init__(self, *buckets, address="127.0.0.1"):
        self.buckets = buckets
        self.address = address
        self.process = None
        self.watcher = None
        self.stopping = threading.Event()

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="salvor-s3-"))
        for name in ("data", "metadata", "versions", "iam"):
            (self.folder / name).mkdir()
        for bucket in self.buckets:
            # A folder of the data is a bucket.
            (self.folder / "data" / bucket).mkdir()
        self.port = free_port(self.address)
        self.url = f"http://{self.address}:{self.port}"
        self.log = open(self.folder / "server.log", "ab")
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        self.watcher = threading.Thread(target=self.start_again)
        self.watcher.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=60)
        if self.watcher is not None:
            self.watcher.join()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def keys(self):
        """As environment variables."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    @property
    def access_log(self):
        """A line for each request, in the form of Amazon's server access logs."""
        return self.folder / "access.log"

    @property
    def process_file(self):
        """Holds the number of the process of the moment."""
        return self.folder / "process"

    def start(self):
        self.process = subprocess.Popen(
            [VERSITYGW, "--port", f"{self.address}:{self.port}", "--keep-alive", "--quiet", "--access-log", self.access_log, "--iam-dir", self.folder / "iam",
             "--virtual-domain", "localhost", "posix", "--versioning-dir", self.folder / "versions",
             *self.metadata_flags(), self.folder / "data"], stdout=self.log, stderr=self.log,
            env={**os.environ, "ROOT_ACCESS_KEY": self.access_key, "ROOT_SECRET_KEY": self.secret_key})
        self.process_file.write_text(str(self.process.pid))
        self.wait_until_it_listens()

    def metadata_flags(self):
        """Metadata stand beside the files only where those can have no attributes. There the removal of a folder's last
        object may take along what is written to it at the same time."""
        try:
            os.setxattr(self.folder / "metadata", "user.salvor", b"x")
            return []
        except OSError:
            return ["--sidecar", self.folder / "metadata"]

    def start_again(self):
        while True:
            self.process.wait()
            if self.stopping.is_set():
                return
            self.start()
            # It may have been meant for the one before.
            if self.stopping.is_set():
                self.process.terminate()

    def wait_until_it_listens(self):
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection((self.address, self.port), timeout=1).close()
                return
            time.sleep(0.1)
        if self.stopping.is_set():
            return
        raise RuntimeError(f"the S3 server did not start: {(self.folder / 'server.log').read_text()[-2000:]}")


def free_port(address):
    """The S3 server takes a port only as a number."""
    with socket.socket() as listener:
        listener.bind((address, 0))
        return listener.getsockname()[1]
