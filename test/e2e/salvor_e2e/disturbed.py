"""A restore whose server is killed with SIGKILL at chosen requests to the API server, and started again
each time until the job is over."""

import dataclasses
import http.client
import itertools
import random
import time

POLL_SECONDS = 0.01
JOB_SECONDS_MAX = 300
OVER = ("COMPLETED", "PARTIAL", "FAILED", "SKIPPED", "CANCELED")


@dataclasses.dataclass
class Disturbed:
    """What came of it. The numbers of requests go on from one life of the server to the next."""

    job: dict
    rows: list
    kills: list  # as the proxy tells them
    resume_seconds: list  # from a start of the process to its first write, or to the end of the job
    requests: int


# Where to kill: functions from the number of the last kill's request to the next kill, None for no more.


def every(gap, first, moment, last_max, hold_ms=0):
    """At request `first` and each `gap` requests later, up to request `last_max`. Requests that come while the
    process dies are counted, and the next kill may be late for its number, unless they are held back."""

    def next_kill(last):
        request = last + gap if last else first
        return {"request": request, "moment": moment, "hold_ms": hold_ms} if request <= last_max else None

    return next_kill


def staircase(moment, count):
    """At the first request of the first life, at the second one of the second life, and so on."""
    steps = iter(range(1, count + 1))

    def next_kill(last):
        step = next(steps, None)
        return step and {"request": last + step, "moment": moment}

    return next_kill


def at_random(seed, gap_max, count):
    """So many kills, up to `gap_max` requests apart."""
    chance, left = random.Random(seed), itertools.count(count, -1)

    def next_kill(last):
        if next(left) <= 0:
            return None
        return {"request": last + chance.randint(1, gap_max), "moment": chance.choice(("before", "after"))}

    return next_kill


def at_each(method, moment, count):
    """At the first request of that method in each of so many lives: killed before it, none gets any further."""
    left = itertools.count(count, -1)
    return lambda last: {"request": last + 1, "method": method, "moment": moment} if next(left) > 0 else None


def never(_):
    return None


class Disturber:
    """Runs restores of one server whose target is behind the proxy."""

    def __init__(self, server, proxy):
        self.server = server
        self.proxy = proxy

    def restore(self, name, point, next_kill, while_running=lambda restore: None, **fields):
        """`while_running` is called once the job runs, with the restore's id."""
        self.proxy.reset()
        api = self.server.client()
        restore = api.define_restore(name, point, **fields)["_id"]
        self._arm(next_kill(0), self.server.process.pid)
        self._run(api, restore)
        while_running(restore)
        self.killed, resumes = 0, []
        while not self._wait_for_end(restore):
            resumes += self._resume(restore, next_kill)
        self.proxy.direct()
        status = self.proxy.status()
        api = self.server.client()
        job = api.get(f"jobs/{self._job_of(api, restore)}")
        rows = api.find("kuberestoreitems", {"job_id": job["_id"]}, sort="seq")
        return Disturbed(job, rows, status["kills"], resumes, status["requests"])

    def _arm(self, kill, pid):
        self.proxy.direct(**({"kill": {**kill, "pid": pid}} if kill else {}))

    @staticmethod
    def _run(api, restore):
        try:
            api.post(f"kuberestores/{restore}/action/run")
        except (OSError, http.client.HTTPException):
            pass  # the server was killed before it could answer; the job is there

    @staticmethod
    def _job_of(api, restore):
        return api.get(f"kuberestores/{restore}")["status"]["jobid"]

    def _wait_for_end(self, restore):
        """True when the job is over, False when the server is dead."""
        api, job = self.server.client(), None
        end = time.monotonic() + JOB_SECONDS_MAX
        while time.monotonic() < end:
            try:
                job = job or self._job_of(api, restore)
                if api.get(f"jobs/{job}")["state"] in OVER:
                    return True
            except (OSError, http.client.HTTPException):
                self.server.process.wait(timeout=10)
            if self.server.process.poll() is not None:
                return False
            time.sleep(POLL_SECONDS)
        raise TimeoutError(f"restore {restore} is not over after {JOB_SECONDS_MAX} s")

    def _resume(self, restore, next_kill):
        """Starts the dead server and lets it live until the job's end or the next kill; how long it took to
        resume, if it lived long enough to tell."""
        self.server.kill()
        last = self._struck_request()
        start = time.time()
        self.server.start(on_spawn=lambda pid: self._arm(next_kill(last), pid))
        is_over = self._wait_for_end(restore)
        end = time.time()
        first_write = self.proxy.status()["first_write_at"]
        if first_write:
            return [first_write - start]
        return [end - start] if is_over else []

    def _struck_request(self):
        """The request of the kill that just came; the process is dead a moment before the proxy says so."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            kills = self.proxy.status()["kills"]
            if len(kills) > self.killed:
                self.killed = len(kills)
                return kills[-1]["request"]
            time.sleep(POLL_SECONDS)
        raise RuntimeError("the server has ended, and not by the proxy's hand")
