"""The lint of free texts, on texts as real configurations have them: what names the old namespace is
found and rewritten, and what only seems to is left alone.

`python3 test/e2e/test_lint.py` prints what was missed, found in vain, or rewritten otherwise.
"""

import time
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import ApiError, Cluster
from salvor_e2e.planted_texts import KIND, PLACES, filled, load, plant, read
from salvor_e2e.salvor_server import SalvorServer

OLD, NEW = "shop", "store"
RECALL_MIN, PRECISION_MIN, REWRITTEN_MIN = 0.99, 0.90, 0.98


class Lint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.entries = load()
        cls.plane = cls.enterClassContext(ControlPlane())
        cls.cluster = Cluster(cls.plane.kubeconfig)
        cls.cluster.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", KIND)
        wait_for_kind(cls.cluster)
        plant(cls.cluster, cls.entries, OLD)
        cls.api = cls.enterClassContext(SalvorServer()).client()
        cluster_id = cls.api.add_cluster("source", cls.plane.kubeconfig)
        point, _ = cls.api.back_up("texts", cluster_id, {"namespaces": [OLD]})
        cls.fields = {"selection": {"namespaces": [OLD]}, "namespaces_map": {OLD: NEW}}
        cls.restore = cls.api.define_restore("texts", point, **cls.fields)["_id"]
        cls.plan = cls.make_plan()
        rows = cls.api.find("kuberestoreplanitems", {"plan_id": cls.plan["_id"]})
        cls.found = {row["source_name"] for row in rows if row["free_texts"]}

    @classmethod
    def make_plan(cls):
        status = cls.api.post(f"kuberestores/{cls.restore}/action/plan")["status"]
        job = cls.api.wait_for_job(status["plan_jobid"])
        return cls.api.get(f"kuberestoreplans/{job['_id']}")

    def test_what_names_the_namespace_is_found(self):
        hits = [entry for entry in self.entries if entry["hit"] and entry["certain"]]
        missed = [entry["id"] for entry in hits if entry["id"] not in self.found]
        recall = 1 - len(missed) / len(hits)
        print(f"recall {recall:.3f} of {len(hits)}, missed: {' '.join(missed) or 'none'}")
        self.assertGreaterEqual(recall, RECALL_MIN)

    def test_what_is_found_names_the_namespace(self):
        texts = {entry["id"]: entry for entry in self.entries if entry["certain"]}
        found = self.found & texts.keys()
        vain = sorted(name for name in found if not texts[name]["hit"])
        precision = 1 - len(vain) / len(found)
        print(f"precision {precision:.3f} of {len(found)}, in vain: {' '.join(vain) or 'none'}")
        self.assertGreaterEqual(precision, PRECISION_MIN)

    def test_the_suggestion_rewrites_what_it_should(self):
        self.api.call("PATCH", f"kuberestores/{self.restore}", {"modifiers": self.plan["suggested_modifiers"]},
                      {"If-Match": self.api.get(f"kuberestores/{self.restore}")["_etag"]})
        job = self.api.wait_for_job(self.api.start_restore(self.restore))
        self.assertEqual(job["state"], "COMPLETED", job["message"])
        wrong = []
        for entry in self.entries:
            if not entry["certain"] or PLACES[entry["where"]].read is None:
                continue
            if entry["hit"] != (entry["id"] in self.found):
                continue  # the other tests count these
            made = read(self.cluster, entry, NEW)
            wanted = filled(entry.get("after", entry["text"]), OLD, NEW)
            if made != wanted:
                wrong.append(f"{entry['id']}\n  made   {made!r}\n  wanted {wanted!r}")
        print(f"{len(wrong)} rewritten otherwise", *wrong, sep="\n")
        self.assertLessEqual(len(wrong), len(self.found) * (1 - REWRITTEN_MIN))


def wait_for_kind(cluster):
    for _ in range(100):
        try:
            return cluster.request("GET", "/apis/texts.salvor.test/v1/notes")
        except ApiError:
            time.sleep(0.1)
    raise TimeoutError("the kind is not served")


if __name__ == "__main__":
    unittest.main()
