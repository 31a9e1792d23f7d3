"""A namespace of the target that is being deleted and does not end: its 5,000 items cost one deadline, and all
else comes back meanwhile."""

import threading
import time
import unittest

from salvor_e2e.audit import writes_of_salvor
from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import ApiError, Cluster, compare
from salvor_e2e.mixed_set import make_mixed_set
from salvor_e2e.salvor_server import SalvorServer

STUCK, FREE = 5000, 500
DEADLINE_SECONDS = 60
HOLDER = "/api/v1/namespaces/{}/configmaps/holder"


class StuckNamespace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source, cls.target = (cls.enterClassContext(ControlPlane(*flags)) for flags in ((), ("--audit",)))
        cls.cluster = Cluster(cls.target.kubeconfig)
        cls.names = make_mixed_set(cls.source, STUCK, 1, prefix="stuck") + make_mixed_set(cls.source, FREE, 5, "free")
        cls.api = cls.enterClassContext(SalvorServer()).client()
        source = cls.api.add_cluster("source", cls.source.kubeconfig)
        cls.target_id = cls.api.add_cluster("target", cls.target.kubeconfig)
        cls.point, _ = cls.api.back_up("set", source, {"all_namespaces": True})

    def test_that_does_not_end_costs_one_deadline(self):
        self.hold("kept-stuck-0")

        started = time.monotonic()
        job, rows = self.restore("kept-")
        seconds = time.monotonic() - started

        asked_for = [row for row in rows if row["state"] != "SKIPPED"]
        stuck = [row for row in asked_for if "stuck-0" in (row["source_namespace"], row["source_name"])]
        free = [row for row in asked_for if row["source_namespace"].startswith("free-")]
        writes = [write for write in writes_of_salvor(self.target) if "kept-stuck-0" in (write.namespace, write.name)]
        print(f"{len(stuck)} items of a stuck namespace: {seconds:.0f} s and {len(writes)} writes there")
        self.assertEqual(job["state"], "PARTIAL", job["message"])
        self.assertGreater(len(stuck), STUCK)
        self.assertEqual({row["state"] for row in stuck}, {"FAILED"})
        self.assertEqual({row["reason"] for row in stuck}, {"NAMESPACE_UNAVAILABLE"})
        self.assertGreaterEqual(len(free), FREE)
        self.assertEqual({row["state"] for row in free}, {"DONE"})
        self.assertLess(max(row["end_time"] for row in free), min(row["end_time"] for row in stuck))
        self.assertLess(seconds, DEADLINE_SECONDS + 30)
        self.assertLess(len(writes), 50)

    def test_that_ends_in_time_is_restored_whole(self):
        self.hold("late-stuck-0")
        threading.Timer(DEADLINE_SECONDS / 4, self.let_go, ["late-stuck-0"]).start()

        job, _ = self.restore("late-")

        self.assertEqual(job["state"], "COMPLETED", job["message"])
        equal, report = compare(self.source.kubeconfig, self.target.kubeconfig, "--prefix", "late-",
                                "--namespaces", ",".join(self.names))
        self.assertTrue(equal, report[-4000:])

    def restore(self, prefix):
        return self.api.restore(f"set {prefix}", self.point, cluster=self.target_id, namespaces_prefix=prefix,
                                selection={"namespaces": self.names})

    def hold(self, name):
        """A namespace that is being deleted, and that a finalizer of something in it holds back."""
        self.cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
        holder = {"metadata": {"name": "holder", "finalizers": ["salvor.test/hold"]}}
        self.cluster.request("POST", HOLDER.format(name).rsplit("/", 1)[0], holder)
        self.cluster.request("DELETE", f"/api/v1/namespaces/{name}")
        self.addCleanup(self.let_go, name)

    def let_go(self, name):
        try:
            self.cluster.request("PATCH", HOLDER.format(name), {"metadata": {"finalizers": None}},
                                 content_type="application/merge-patch+json")
        except ApiError as gone:
            self.assertEqual(gone.status, 404)


if __name__ == "__main__":
    unittest.main()
