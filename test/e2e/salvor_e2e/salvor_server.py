"""The built program, serving from a folder of its own."""

import pathlib
import shutil
import signal
import subprocess
import tempfile

from .api_client import ApiClient
from .paths import SALVOR


class SalvorServer:
    """Up while the `with` block runs; can be killed and started again on the same data."""

    def __init__(self, *flags):
        self.flags = flags
        self.process = None
        self.url = None
        self.clients = []

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="salvor-data-"))
        self.log = open(self.folder / "server.log", "ab")
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        self.process = subprocess.Popen(
            [SALVOR, "serve", "--data", self.folder / "data", "--listen", "127.0.0.1:0", *self.flags],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError(f"the server did not start: {(self.folder / 'server.log').read_text()[-2000:]}")
        self.url = line.split()[-1]

    def stop(self, with_signal=signal.SIGTERM):
        for client in self.clients:
            client.close()
        self.clients.clear()
        if self.process and self.process.poll() is None:
            self.process.send_signal(with_signal)
            self.process.wait(timeout=60)
        if self.process:
            self.process.stdout.close()

    def kill(self):
        self.stop(signal.SIGKILL)

    @property
    def key(self):
        return (self.folder / "data" / "admin.key").read_text().strip()

    def client(self):
        """A new client; closed when the server stops."""
        self.clients.append(ApiClient(self.url, self.key))
        return self.clients[-1]
