"""A proxy before a control plane's API server that counts what passes and lets things go wrong."""

import http.client
import json
import subprocess
import urllib.parse

from .paths import CLUSTER


class FaultyProxy:
    """Serves while the `with` block runs. `flags` are those of `salvor-cluster proxy`."""

    def __init__(self, plane, *flags):
        self.plane = plane
        self.flags = flags
        self.process = None
        self.control = None

    def __enter__(self):
        self.process = subprocess.Popen([CLUSTER, "proxy", self.plane.folder, *map(str, self.flags)],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("proxy="):
            self.__exit__()
            raise RuntimeError("the proxy did not start")
        words = dict(word.split("=", 1) for word in line.split())
        self.kubeconfig = words["kubeconfig"]
        self.control = http.client.HTTPConnection(urllib.parse.urlsplit(words["control"]).netloc, timeout=10)
        return self

    def __exit__(self, *_):
        if self.control:
            self.control.close()
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def _command(self, method, path, body=None):
        self.control.request(method, path, body=None if body is None else json.dumps(body))
        answer = self.control.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"the proxy refuses {method} {path}: {text}")
        return text

    def direct(self, **script):
        """Replaces what goes wrong: refuse_share, drops, kill; the counts go on."""
        self._command("PUT", "/script", script)

    def reset(self):
        """The counts begin anew."""
        self._command("POST", "/reset")

    def status(self):
        """The counts: requests, writes, refused, dropped, first_write_at, kills, problems."""
        status = json.loads(self._command("GET", "/status"))
        if status["problems"]:
            raise RuntimeError(f"the proxy could not do as told: {status['problems']}")
        return status
