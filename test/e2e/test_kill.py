"""kill -9 of the server at a hundred points of restores: the end is that of an undisturbed run, and
nothing is made twice."""

import random
import time
import unittest

from salvor_e2e.api_client import ALL_OBJECTS
from salvor_e2e.audit import made_twice
from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import apply, compare
from salvor_e2e.salvor_server import SalvorServer

KILLS = 100
LIFE_MAX_SECONDS = 0.8  # an undisturbed restore takes a few seconds
APPS = "shop,broker,databases,certificates,tenants"


class Kill(unittest.TestCase):
    half_way = 0

    def test_a_restore_goes_on_after_each_of_a_hundred_kills(self):
        with ControlPlane("--audit") as plane, SalvorServer() as server:
            apply(plane.kubeconfig, "--apps", APPS)
            api = server.client()
            cluster = api.add_cluster("only", plane.kubeconfig)
            point, _ = api.back_up("everything", cluster, ALL_OBJECTS)
            names = sorted({row["name"] for row in api.find("kubenamespaces", {"backupinst_id": point["_id"]})
                            if not row["name"].startswith("kube-") and row["name"] != "default"})
            kills, round_number = 0, 0
            while kills < KILLS:
                round_number += 1
                kills += self.disturbed_restore(server, point, names, f"k{round_number}-", KILLS - kills)
                equal, report = compare(plane.kubeconfig, plane.kubeconfig, "--prefix", f"k{round_number}-",
                                        "--namespaces", ",".join(names))
                self.assertTrue(equal, report[-4000:])
            print(f"{kills} kills in {round_number} restores, {self.half_way} of them with a part of the rows done")
            self.assertGreaterEqual(self.half_way, KILLS // 2)
            self.assertEqual(made_twice(plane), {})

    def disturbed_restore(self, server, point, names, prefix, kills_max):
        """Starts a restore, kills until it is over; how often."""
        seed = random.Random(prefix)
        api = server.client()
        restore = api.define_restore(f"restore {prefix}", point, selection={"namespaces": names}, namespaces_prefix=prefix)
        job = api.start_restore(restore["_id"])
        kills = 0
        while kills < kills_max:
            time.sleep(seed.uniform(0.0, LIFE_MAX_SECONDS))
            if server.client().get(f"jobs/{job}")["state"] not in ("PENDING", "RUNNING"):
                break
            server.kill()
            kills += 1
            server.start()
            open_rows = server.client().count("kuberestoreitems", {"job_id": job, "state": "PENDING"})
            done_rows = server.client().count("kuberestoreitems", {"job_id": job, "state": "DONE"})
            self.half_way += open_rows > 0 and done_rows > 0
        api = server.client()
        ended = api.wait_for_job(job)
        rows = api.find("kuberestoreitems", {"job_id": job})
        failed = [(row["kind"], row["name"], row["reason"], row["message"]) for row in rows if row["state"] == "FAILED"]
        self.assertEqual(failed, [])
        self.assertEqual(ended["state"], "COMPLETED", ended["message"])
        self.assertGreaterEqual(len(rows), 500)
        return kills


if __name__ == "__main__":
    unittest.main()
