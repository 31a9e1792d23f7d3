"""Where restores are disturbed and judged: a source, a target behind a proxy, and a server with a backup."""

import contextlib

from .api_client import ALL_OBJECTS
from .audit import made_twice
from .control_plane import ControlPlane
from .disturbed import Disturber, never
from .faulty_proxy import FaultyProxy
from .half_filled import half_fill
from .kubernetes import compare
from .salvor_server import SalvorServer

RESUME_SECONDS_MAX = 5
SHARED = "CustomResourceDefinition"  # the second restore into a target finds it there


class KillStage(contextlib.ExitStack):
    """Each restore gets a prefix of its own. The target, unless given, is a control plane of its own."""

    def __init__(self, source, names, target=None):
        super().__init__()
        self.source, self.names = source, names
        self.target = target or self.enter_context(ControlPlane("--audit"))
        self.proxy = self.enter_context(FaultyProxy(self.target))
        self.server = self.enter_context(SalvorServer())
        api = self.server.client()
        source_id = api.add_cluster("source", source.kubeconfig)
        self.target_id = api.add_cluster("target", self.proxy.kubeconfig)
        self.point, _ = api.back_up("set", source_id, ALL_OBJECTS)
        self.disturber = Disturber(self.server, self.proxy)
        self.restores, self.kills, self.resumes = 0, [], []

    def undisturbed(self, **fields):
        """What each row comes to when nobody is killed."""
        return self.disturb(never, **fields)

    def disturb(self, next_kill, changes=None, **fields):
        """Restores into new namespaces, or into half filled ones if changes are given; the run."""
        if changes and self.restores == 0:
            self.undisturbed()  # brings the custom kind, without which the target cannot be half filled
        self.restores += 1
        prefix = f"k{self.restores}-"
        if changes:
            half_fill(self.source.kubeconfig, self.target.kubeconfig, self.names, prefix, changes)
        run = self.disturber.restore(f"restore {prefix}", self.point, next_kill, cluster=self.target_id,
                                     selection={"namespaces": self.names}, namespaces_prefix=prefix, **fields)
        self.kills += run.kills
        self.resumes += run.resume_seconds
        self._judge(run, prefix)
        return run

    def _judge(self, run, prefix):
        failed = [(row["kind"], row["name"], row["reason"], row["message"]) for row in run.rows
                  if row["state"] == "FAILED"]
        assert not failed, failed
        assert run.job["state"] == "COMPLETED", run.job["message"]
        assert len(run.rows) == run.job["num_total_resources"], f"{len(run.rows)} rows: {run.job}"
        equal, report = compare(self.source.kubeconfig, self.target.kubeconfig, "--prefix", prefix,
                                "--namespaces", ",".join(self.names))
        assert equal, f"{prefix}: {report[-4000:]}"

    def assert_nothing_was_made_twice(self):
        twice = made_twice(self.target)
        assert not twice, twice


def outcomes(run):
    """{object: (state, reason)} under the names of the source; of two like runs they are equal."""
    return {(row["kind"], row["source_namespace"], row["source_name"]): (row["state"], row["reason"])
            for row in run.rows if row["kind"] != SHARED}


def states(run):
    """As above, but how an object came back is left out: who deleted it and was killed says "created"."""
    return {who: state for who, (state, _) in outcomes(run).items()}
