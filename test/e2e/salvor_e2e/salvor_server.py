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

    def start(self, on_spawn=lambda pid: None):
        """Returns when the API is served. `on_spawn` is called before that, as soon as the process is there."""
        self.process = self.spawn()
        on_spawn(self.process.pid)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError(f"the server did not start: {(self.folder / 'server.log').read_text()[-2000:]}")
        self.url = line.split()[-1]

    def spawn(self):
        return subprocess.Popen(
            [SALVOR, "serve", "--data", self.folder / "data", "--listen", "127.0.0.1:0", *self.flags],
            stdout=subprocess.PIPE, stderr=self.log, text=True)

    def start_among_rivals(self, count):
        """Starts several at once on the same data, and keeps the one that serves; the exit statuses of the rest."""
        everyone = [self.spawn() for _ in range(count)]
        lines = [(process.stdout.readline(), process) for process in everyone]
        serving = [(line, process) for line, process in lines if line.startswith("listening on ")]
        if len(serving) != 1:
            for process in everyone:
                process.kill()
            raise RuntimeError(f"{len(serving)} servers serve one data folder")
        self.url, self.process = serving[0][0].split()[-1], serving[0][1]
        return [end_of(process) for process in everyone if process is not self.process]

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


def end_of(process):
    """Waits for a process that ends by itself; its exit status."""
    with process.stdout:
        return process.wait(timeout=20)
