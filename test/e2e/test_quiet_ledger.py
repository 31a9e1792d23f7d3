"""What was done is noted a quarter of a second later, also when nothing else gets done meanwhile.

Else a server that dies while the API server stalls has noted nothing, and does all of it again.
"""

import time
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.faulty_proxy import FaultyProxy
from salvor_e2e.mixed_set import make_mixed_set
from salvor_e2e.salvor_server import SalvorServer

STALL_MS = 4000
LOOK_AFTER_SECONDS = 2.5


class QuietLedger(unittest.TestCase):
    def test_answered_writes_are_noted_while_others_stall(self):
        with ControlPlane() as plane, FaultyProxy(plane) as proxy, SalvorServer() as server:
            names = make_mixed_set(plane, 200, 2)
            api = server.client()
            target = api.add_cluster("target", proxy.kubeconfig)
            point, _ = api.back_up("set", target, {"all_namespaces": True})
            restore = api.define_restore("stalled", point, selection={"namespaces": names}, namespaces_prefix="s-")
            proxy.reset()
            proxy.direct(kill={"request": 60, "moment": "before", "pid": server.process.pid, "hold_ms": STALL_MS})

            job = api.start_restore(restore["_id"])
            time.sleep(LOOK_AFTER_SECONDS)

            # All writes before the one that stalls were answered.
            answered = proxy.status()["writes"] - 1
            noted = api.count("kuberestoreitems", {"job_id": job, "state": {"$in": ["DONE", "KEPT"]}})
            self.assertGreater(answered, 20)
            self.assertGreaterEqual(noted, answered)


if __name__ == "__main__":
    unittest.main()
