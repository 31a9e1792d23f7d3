"""An API server that refuses every fifth request for now, and connections that break: the restore is
complete, and nothing is made twice."""

import unittest

from salvor_e2e.audit import made_twice
from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.faulty_proxy import FaultyProxy
from salvor_e2e.kubernetes import compare
from salvor_e2e.mixed_set import make_mixed_set
from salvor_e2e.salvor_server import SalvorServer

OBJECTS = 2000
REFUSED = 0.2
DROP_EVERY = 45  # writes


class FaultyNetwork(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = cls.enterClassContext(ControlPlane("--audit"))
        cls.proxy = cls.enterClassContext(FaultyProxy(cls.plane))
        cls.names = make_mixed_set(cls.plane, OBJECTS, 10)
        cls.api = cls.enterClassContext(SalvorServer()).client()
        source = cls.api.add_cluster("source", cls.plane.kubeconfig)
        cls.target = cls.api.add_cluster("target", cls.proxy.kubeconfig)
        cls.point, _ = cls.api.back_up("set", source, {"all_namespaces": True})

    def tearDown(self):
        self.proxy.direct()

    def test_every_fifth_request_is_refused_for_now(self):
        self.proxy.reset()
        self.proxy.direct(refuse_share=REFUSED, refuse_seed=1, retry_after_seconds=1)

        self.restore_all("refused-")

        status = self.proxy.status()
        print(f"{status['refused']} of {status['requests']} requests refused with 429")
        self.assertGreater(status["refused"], status["requests"] * REFUSED * 0.8)

    def test_connections_break_before_and_after_writes(self):
        moments = ("before", "after")
        drops = [{"write": write, "moment": moments[write // DROP_EVERY % 2]}
                 for write in range(DROP_EVERY, OBJECTS, DROP_EVERY)]
        self.proxy.reset()
        self.proxy.direct(drops=drops)

        self.restore_all("dropped-")

        status = self.proxy.status()
        print(f"{status['dropped']} connections broken over {status['writes']} writes")
        self.assertEqual(status["dropped"], len(drops))

    def restore_all(self, prefix):
        job, rows = self.api.restore(f"set {prefix}", self.point, cluster=self.target, namespaces_prefix=prefix,
                                     selection={"namespaces": self.names})
        failed = [(row["kind"], row["name"], row["reason"], row["message"]) for row in rows
                  if row["state"] == "FAILED"]
        self.assertEqual(failed, [])
        self.assertEqual(job["state"], "COMPLETED", job["message"])
        self.assertGreaterEqual(job["num_restored_resources"], OBJECTS)
        equal, report = compare(self.plane.kubeconfig, self.plane.kubeconfig, "--prefix", prefix,
                                "--namespaces", ",".join(self.names))
        self.assertTrue(equal, report[-4000:])
        self.assertEqual(made_twice(self.plane), {})


if __name__ == "__main__":
    unittest.main()
