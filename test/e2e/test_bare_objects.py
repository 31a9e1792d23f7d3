"""An object that says nothing but its name is known as the restore's own after its answer was lost.

The API server keeps no managedFields entry for a manager that set no field, so such an object does not
bear the job's field manager. `kubectl create serviceaccount` makes one.
"""

import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.faulty_proxy import FaultyProxy
from salvor_e2e.kubernetes import Cluster
from salvor_e2e.salvor_server import SalvorServer

KINDS = {"ServiceAccount": "serviceaccounts", "ConfigMap": "configmaps"}
WRITES_MAX = 20  # more than there are


class BareObjects(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = cls.enterClassContext(ControlPlane("--audit"))
        cls.proxy = cls.enterClassContext(FaultyProxy(cls.plane))
        cluster = Cluster(cls.plane.kubeconfig)
        cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": "bare"}})
        for kind, resource in KINDS.items():
            cluster.request("POST", f"/api/v1/namespaces/bare/{resource}",
                            {"apiVersion": "v1", "kind": kind, "metadata": {"name": "nothing-else"}})
        cls.api = cls.enterClassContext(SalvorServer()).client()
        target = cls.api.add_cluster("target", cls.proxy.kubeconfig)
        cls.point, _ = cls.api.back_up("set", target, {"namespaces": ["bare"]})

    def test_what_this_restore_made_was_not_there_before(self):
        self.assertEqual(self.outcomes("kept-"), {"ServiceAccount": "CREATED", "ConfigMap": "CREATED"})

    def test_what_this_restore_made_is_no_conflict(self):
        self.assertEqual(self.outcomes("failed-", existing_policy="fail"),
                         {"ServiceAccount": "CREATED", "ConfigMap": "CREATED"})

    def outcomes(self, prefix, **fields):
        """{kind: reason} of the two, each created over a connection that broke before the answer."""
        self.proxy.reset()
        self.proxy.direct(drops=[{"write": write, "moment": "after"} for write in range(1, WRITES_MAX)])
        _, rows = self.api.restore(f"bare {prefix}", self.point, namespaces_prefix=prefix,
                                   selection={"namespaces": ["bare"]}, **fields)
        return {row["kind"]: row["reason"] for row in rows if row["name"] == "nothing-else"}


if __name__ == "__main__":
    unittest.main()
