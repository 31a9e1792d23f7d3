"""Eve with its store, as tools/dependencies installs them."""

import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "bench" / "api" / "eve"
GUNICORN = ROOT / "build" / "eve" / "bin" / "gunicorn"
JARS = ROOT / "build" / "eve" / "jars"


def missing():
    """What Eve lacks here, in words; empty if it can run."""
    needed = {"java": shutil.which("java"), "build/eve/bin/gunicorn": GUNICORN.exists(), "build/eve/jars": JARS.exists()}
    return ", ".join(name for name, is_there in needed.items() if not is_there)


class EveServer:
    """Up while the `with` block runs; takes `key` as the bearer token."""

    def __init__(self, key):
        self.key = key
        self.store = None
        self.gunicorn = None
        self.url = None

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="salvor-eve-"))
        self.log = open(self.folder / "server.log", "ab")
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in (self.gunicorn, self.store):
            if process is not None:
                process.terminate()
                process.communicate(timeout=60)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        self.store = self.spawn(["java", "-XX:+UseSerialGC", "-cp", JARS / "*", SOURCE / "Store.java"], {})
        environment = {"EVE_STORE": f"mongodb://{self.address_of(self.store)}/eve", "EVE_KEY": self.key}
        self.gunicorn = self.spawn([GUNICORN, "--chdir", SOURCE, "--config", SOURCE / "serving.py", "app:app"], environment)
        self.url = self.address_of(self.gunicorn)

    def spawn(self, command, environment):
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                env={**os.environ, **environment})

    def address_of(self, process):
        line = process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError(f"Eve did not start: {line}{(self.folder / 'server.log').read_text()[-2000:]}")
        return line.split()[-1]
