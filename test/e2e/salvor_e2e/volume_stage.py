"""Copies of a volume into a bucket and back, during which the server, the mover and the S3 server are killed."""

import contextlib
import dataclasses
import os
import pathlib
import random
import shutil
import signal
import time
import types

from .api_client import ApiError
from .control_plane import ControlPlane
from .counting_proxy import CountingProxy
from .node import MOVERS, Node, left_of_movers, make_space, row_of_claim, wait_for, wait_for_account
from .own_network import OwnNetwork
from .paths import SALVOR
from .s3_server import S3Server
from .salvor_server import SalvorServer

IMAGE = "salvor-mover:test"
BUCKET = "copies"
FILES, FILE_BYTES, LARGE_BYTES = 20, 4_000_000, 80_000_000
TOTAL = FILES * FILE_BYTES + LARGE_BYTES
BYTES_PER_SECOND = 60_000_000
SECONDS_MAX = 600  # of a job, or a pod
VICTIMS = ("server", "mover", "s3")
WRITE = ["sh", "-c", f"cd /data; mkdir -m 2750 folder; i=0; while [ $i -lt {FILES} ]; do"
         f" head -c {FILE_BYTES} /dev/urandom > folder/$i; i=$((i+1)); done; head -c {LARGE_BYTES} /dev/urandom > large;"
         " ln large same; ln -s large link; echo text > 'folder/a file'; chown 1234:5678 folder 'folder/a file';"
         " chmod 2775 /data; chown 0:4321 /data; touch -d '2020-01-02 03:04:05' large"]
READ = ["sh", "-c", "cd /data; find . -type f ! -name same | sort | while read f; do sha256sum \"$f\"; done; readlink link;"
        " find . | sort | while read f; do stat -c '%n %F %a %u %g %h' \"$f\"; done; find . -mindepth 1 ! -type l | sort |"
        " while read f; do stat -c '%n %Y' \"$f\"; done"]


@dataclasses.dataclass
class Kill:
    victim: str
    moment: float  # the share of the bytes that have passed; less than 0: at once
    is_done: bool = False


@dataclasses.dataclass
class Movement:
    kills: list
    moved: float  # bytes that passed, as a share of those that were to be moved
    stale_locks: int = 0


class VolumeStage(contextlib.ExitStack):
    """A cluster with a claim and its snapshot, a server, and a bucket behind a proxy."""

    def __init__(self):
        super().__init__()
        try:
            self.set_up()
        except BaseException:
            self.close()
            raise

    def set_up(self):
        self.enter_context(OwnNetwork())
        self.plane = self.enter_context(ControlPlane(node=True))
        self.plane.image(IMAGE, SALVOR)
        self.s3 = self.enter_context(S3Server(BUCKET, address=OwnNetwork.address))
        self.proxy = self.enter_context(CountingProxy(OwnNetwork.address, self.s3.port, BYTES_PER_SECOND))
        shop = make_space(self.plane, "shop")
        shop.claim("data")
        shop.run_pod("writes", WRITE, "data", seconds=SECONDS_MAX)
        self.read = shop.run_pod("reads", READ, "data", seconds=SECONDS_MAX)
        self.server = self.enter_context(SalvorServer("--mover-image", IMAGE))
        self.api = self.server.client()
        self.cluster = self.api.add_cluster("one", self.plane.kubeconfig)
        self.snapshot, job = self.api.back_up("shop", self.cluster, {"namespaces": ["shop"]})
        assert job["state"] == "COMPLETED", job

    def kills(self, chance):
        """One of each victim, at moments of its own; some before a byte has passed."""
        moments = [chance.uniform(0, 0.95) if chance.random() < 0.8 else -1 for _ in VICTIMS]
        return [Kill(victim, max(moment, 0.02) if victim == "mover" else moment)
                for victim, moment in zip(VICTIMS, moments)]

    def play(self, number):
        """A copy into a place of its own, and its restore; [Movement, Movement]."""
        chance = random.Random(number)
        reached = types.SimpleNamespace(url=self.proxy.url, access_key=self.s3.access_key, secret_key=self.s3.secret_key)
        store = self.api.add_object_store(f"bucket{number}", reached, BUCKET, f"cycle{number}")
        place = self.s3.folder / "data" / BUCKET / f"cycle{number}"
        definition, job = self.api.start_copy(f"copy{number}", self.snapshot, store, delete_snapshots=False)
        copied = self.disturb(job, "sent", self.kills(chance))
        copied.stale_locks = self.locks(place)
        point, = self.api.find("backupinstances", {"offload_def": definition, "state": "READY"})
        self.expect_nothing_left()
        restore = self.api.define_restore(
            f"restore{number}", point, cluster=self.cluster, namespaces_prefix=f"r{number}-",
            selection={"namespaces": ["shop"], "include_resource_types": ["persistentvolumeclaims"]})
        restored = self.disturb(self.api.start_restore(restore["_id"]), "received", self.kills(chance))
        self.expect_restored(f"r{number}-shop", restore["_id"])
        self.expect_nothing_left()
        restored.stale_locks = self.locks(place) - copied.stale_locks
        shutil.rmtree(place)
        return [copied, restored]

    def disturb(self, job, counter, kills):
        """Waits for the job's end, killing on the way."""
        begin = getattr(self.proxy, counter)
        share = lambda: (getattr(self.proxy, counter) - begin) / TOTAL
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            for kill in kills:
                if not kill.is_done and share() > kill.moment:
                    kill.is_done = self.kill(kill.victim)
            state = self.api.get(f"jobs/{job}")
            if state["state"] not in ("PENDING", "READY", "RUNNING"):
                assert state["state"] == "COMPLETED", state
                return Movement([kill.victim for kill in kills if kill.is_done], share())
            time.sleep(0.02)
        raise AssertionError(f"job {job} did not end: {state}")

    def kill(self, victim):
        """False: there is none at the moment."""
        if victim == "s3":
            self.s3.process.kill()
        elif victim == "server":
            self.server.kill()
            self.server.start()
            self.api = self.server.client()
        else:
            return kill_mover(self.plane)
        return True

    @staticmethod
    def locks(place):
        return len(list(place.glob("restic/*/locks/*")))

    def expect_restored(self, space, restore):
        job = self.api.get(f"kuberestores/{restore}")["status"]["jobid"]
        row = row_of_claim(self.api.find("kuberestoreitems", {"job_id": job}), "data")
        assert row["reason"] == "CREATED", row
        node = Node(self.plane, space)
        wait_for_account(node)
        read = node.run_pod("reads-again", READ, "data", seconds=SECONDS_MAX)
        assert read == self.read, f"{space} differs:\n{read}\n{self.read}"
        node.cluster.request("DELETE", f"/api/v1/namespaces/{space}")
        wait_for(f"the end of {space}", lambda: node.is_gone(f"/api/v1/namespaces/{space}"), SECONDS_MAX)

    def expect_nothing_left(self):
        wait_for("the end of what movers worked with", lambda: left_of_movers(self.plane) == [], SECONDS_MAX)


def kill_mover(plane):
    """Kills the program in the mover's pod that runs; False: none does."""
    try:
        pods = Node(plane).get(f"/api/v1/namespaces/{MOVERS}/pods")["items"]
    except ApiError:
        return False
    folders = [f"/pods/{pod['metadata']['uid']}/" for pod in pods if pod["status"].get("phase") == "Running"]
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            # A pod's volumes are in a folder that has its uid as a name.
            if b"mover" in words and any(folder in (process / "mountinfo").read_text() for folder in folders):
                os.kill(int(process.name), signal.SIGKILL)
                return True
    return False
