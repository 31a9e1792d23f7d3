"""The command line on a person's terminal: completion in real shells, and Ctrl-C."""

import http.server
import json
import os
import pty
import select
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from salvor_e2e.paths import SALVOR

JOB = "5f0000000000000000000001"


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command, environment):
        self.here, there = pty.openpty()
        self.process = subprocess.Popen(["setsid", "--ctty", *command], stdin=there, stdout=there, stderr=there,
                                        env=environment)
        os.close(there)
        self.seen = ""

    def type(self, text):
        os.write(self.here, text.encode())

    def wait_for(self, text, seconds=30):
        """Everything that was shown, once `text` is in it."""
        end = time.monotonic() + seconds
        while text not in self.seen and time.monotonic() < end:
            self.read()
        if text not in self.seen:
            raise TimeoutError(f"no {text!r} within {seconds} s in {self.seen!r}")
        return self.seen

    def read(self):
        if not select.select([self.here], [], [], 0.2)[0]:
            return
        try:
            self.seen += os.read(self.here, 65536).decode(errors="replace")
        except OSError:  # the other end is closed
            time.sleep(0.05)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=10)
        os.close(self.here)


class RunningJob(http.server.BaseHTTPRequestHandler):
    """A server that knows one job, which never ends."""

    def do_GET(self):
        body = json.dumps({"_id": JOB, "type": "BACKUP", "state": "RUNNING", "name": "nightly",
                           "activity": ["Listing"], "num_total_resources": 10}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class OnATerminal(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.environment = {"PATH": f"{SALVOR.parent}:/usr/bin:/bin", "HOME": self.folder, "TERM": "xterm", "PS1": "ready> "}

    def terminal(self, *command, **environment):
        terminal = Terminal(command, self.environment | environment)
        self.addCleanup(terminal.close)
        return terminal

    def assert_completes(self, terminal, shell):
        terminal.type(f"source <(salvor completion {shell})\n")
        terminal.type("echo sour''ced\n")
        terminal.wait_for("sourced")
        terminal.type("salvor rest\t")
        terminal.wait_for("salvor restore")
        terminal.type("cr\t")
        terminal.wait_for("create")
        terminal.type("--pref\t")
        terminal.wait_for("--prefix")

    def test_bash_completes(self):
        self.assert_completes(self.terminal("bash", "--norc", "-i"), "bash")

    def test_zsh_completes(self):
        self.assert_completes(self.terminal("zsh", "-f", "-i"), "zsh")

    def test_work_on_a_repository_shows_how_far_it_is(self):
        settings = {"SALVOR_REPO": f"{self.folder}/repository", "SALVOR_REPO_PASSWORD": "a password for tests"}
        tree = os.path.join(self.folder, "tree")
        os.mkdir(tree)
        for number in range(10):
            with open(os.path.join(tree, f"file{number}"), "wb") as file:
                file.write(os.urandom(40 << 20))
        subprocess.run([SALVOR, "repo", "init"], env=self.environment | settings, check=True, timeout=60,
                       capture_output=True)
        terminal = self.terminal(SALVOR, "repo", "backup", tree, **settings)
        shown = terminal.wait_for("stored")
        self.assertRegex(shown, r"\r\x1b\[K\[#*-*\] +\d+ %  [\d.]+ [MG]iB/400.0 MiB")
        self.assertIn("\r\x1b[Ksnapshot ", shown)

    def test_ctrl_c_ends_a_wait_and_leaves_a_clean_line(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RunningJob)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        key = os.path.join(self.folder, "key")
        with open(key, "w", encoding="ascii") as file:
            file.write("k" * 120)
        terminal = self.terminal(SALVOR, "jobs", "wait", JOB, "--server", f"http://127.0.0.1:{server.server_port}", "--key-file", key)
        terminal.wait_for("0/10 items")

        terminal.type("\x03")

        seen = terminal.wait_for("waits again")
        self.assertIn(f"stopped waiting for job {JOB}", seen)
        self.assertEqual(terminal.process.wait(timeout=10), 130)
        last = seen[seen.rindex("0/10 items"):]
        self.assertIn("\r\x1b[K", last, "the bar was not taken away")


if __name__ == "__main__":
    unittest.main()
