"""Two clusters with all that the scenarios want to be there, one recovery point of the source, and their restores."""

import concurrent.futures
import contextlib
import pathlib
import threading
import time

import yaml

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.salvor_server import SalvorServer

from .expectation import Finding, check, unmet, within_patience
from .site import Site, definition_of, expanded, is_definition

# Most of a restore's time is spent waiting for a controller or the next poll.
WORKERS = 8
SHARED = pathlib.Path(__file__).resolve().parents[1] / "definitions.yaml"


class World(contextlib.ExitStack):
    def begin(self, cases):
        """Brings both clusters up, fills them, and takes the recovery point."""
        self.cases = cases
        planes = self.bring_up()
        self.source, self.target = (Site(plane.kubeconfig) for plane in planes)
        for site in (self.source, self.target):
            self.callback(site.cluster.close)
        self.pool = self.enter_context(concurrent.futures.ThreadPoolExecutor(WORKERS))
        self.define_kinds()
        self.fill_all()
        self.server = self.enter_context(SalvorServer("--jobs", str(WORKERS)))
        self.clients = threading.local()
        ids = [self.client().add_cluster(name, plane.kubeconfig) for name, plane in zip(("source", "target"), planes)]
        self.ids = {self.source: ids[0], self.target: ids[1]}
        self.point, job = self.client().back_up("all", ids[0], {"all_namespaces": True, "snapshotPersistentVolumes": False})
        if self.point is None:
            raise RuntimeError(f"the backup ended {job['state']}: {job['message']}")

    def bring_up(self):
        """Both control planes, side by side."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(self.enter_context, (ControlPlane(), ControlPlane())))

    def client(self):
        """One connection a thread."""
        if not hasattr(self.clients, "one"):
            self.clients.one = self.server.client()
        return self.clients.one

    def define_kinds(self):
        """Kinds of other projects are there in both clusters, a scenario's own ones where it says so."""
        shared = [definition_of(entry) for entry in yaml.safe_load(SHARED.read_text(encoding="utf-8"))]
        for site, manifests in ((self.source, "source"), (self.target, "target")):
            own = (expanded(entry) for case in self.cases for entry in getattr(case, manifests))
            bodies = shared + [body for body in own if is_definition(body)]
            for body in bodies:
                site.make(body, None)
            site.wait_until_served(bodies)

    def fill_all(self):
        """Late ones after all others, since what they make would change what the others make."""
        self.failures = {}
        for is_late in (False, True):
            chosen = [case for case in self.cases if case.late == is_late]
            self.failures |= zip((case.name for case in chosen), self.pool.map(self.fill, chosen))

    def fill(self, case):
        """Makes a scenario's objects. The failure, if so."""
        try:
            self.make_all(self.source, case.namespace, case.source)
            self.make_all(self.place_of(case), case.home, case.target)
            for site, wanted, home in ((self.source, case.before_backup, case.namespace),
                                       (self.place_of(case), case.before_restore, case.home)):
                lines = within_patience(lambda: unmet(site, wanted, home))
                if lines:
                    raise TimeoutError(f"before the restore: {lines}")
        except Exception as failure:  # whatever it is, it fails this scenario and no other
            return failure
        return None

    def place_of(self, case):
        return self.source if case.into == "same" else self.target

    @staticmethod
    def make_all(site, namespace, manifests):
        """Makes objects and changes them, in their order; first the namespace, if they need it and do not bring it."""
        bodies = [expanded(manifest) for manifest in manifests if "patch" not in manifest]
        has_own = any(body["kind"] == "Namespace" and body["metadata"]["name"] == namespace for body in bodies)
        if not has_own and any(site.resource(body["kind"]).namespaced for body in bodies):
            site.make({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, namespace)
        for entry in manifests:
            if "patch" in entry:
                site.change(entry, namespace)
            elif "definition" not in entry and not is_definition(entry):
                site.make(entry, namespace)

    def start(self):
        """All restores, side by side; the longest ones first."""
        order = sorted(self.cases, key=lambda case: -case.within)
        self.runs = {case.name: self.pool.submit(self.run, case) for case in order}

    def run(self, case):
        """Lines for all that came otherwise than the scenario says."""
        if self.failures[case.name]:
            raise self.failures[case.name]
        site, client = self.place_of(case), self.client()
        for change in case.after_backup:
            self.source.change(change, case.namespace)
        before = [site.find(body, case.home) for body in case.untouched_objects()]
        definition = client.define_restore(case.name, self.point, cluster=self.ids[site], **case.definition())["_id"]
        checks = self.plan(client, definition) if case.plan else []
        started = time.monotonic()
        job = client.wait_for_job(client.start_restore(definition), 300)
        seconds = time.monotonic() - started
        rows = client.find("kuberestoreitems", {"job_id": job["_id"]}, sort="seq")
        time.sleep(case.settle)
        return check(case, site, Finding(job, rows, checks, before, seconds))

    @staticmethod
    def plan(client, definition):
        """The findings of the plan."""
        plan = client.post(f"kuberestores/{definition}/action/plan")["status"]["plan_jobid"]
        job = client.wait_for_job(plan)
        if job["state"] != "COMPLETED":
            raise RuntimeError(f"the plan ended {job['state']}: {job['message']}")
        return client.get(f"kuberestoreplans/{plan}")["checks"]
