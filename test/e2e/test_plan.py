"""Plans on a real control plane: what they foretell is what comes, and making them changes nothing."""

import json
import random
import unittest

from salvor_e2e.api_client import ALL_OBJECTS
from salvor_e2e.audit import writes_of_salvor
from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import ApiError, Cluster, apply
from salvor_e2e.salvor_server import SalvorServer

# What somebody may have done to a target: kind, path of its list, and a merge patch.
CHANGES = [("ConfigMap", "/api/v1/configmaps", {"data": {"changed-by": "somebody"}}),
           ("Secret", "/api/v1/secrets", {"stringData": {"changed-by": "somebody"}}),
           ("Service", "/api/v1/services", {"metadata": {"labels": {"changed-by": "somebody"}}}),
           ("Deployment", "/apis/apps/v1/deployments", {"spec": {"minReadySeconds": 7}}),
           ("Role", "/apis/rbac.authorization.k8s.io/v1/roles", {"rules": []}),
           ("NetworkPolicy", "/apis/networking.k8s.io/v1/networkpolicies", {"metadata": {"annotations": {"a": "b"}}})]

WANTS_A_NODE = """
version: v1
resourceModifierRules:
- conditions: {groupResource: deployments.apps}
  mergePatches:
  - patchData: |
      spec:
        template:
          spec:
            affinity:
              nodeAffinity:
                requiredDuringSchedulingIgnoredDuringExecution:
                  nodeSelectorTerms: [{matchExpressions: [{key: accelerator, operator: In, values: [WANTED]}]}]
"""


class Plan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        source = cls.enterClassContext(ControlPlane())
        cls.target = cls.enterClassContext(ControlPlane("--audit"))
        apply(source.kubeconfig)
        cls.cluster = Cluster(cls.target.kubeconfig)
        cls.api = cls.enterClassContext(SalvorServer()).client()
        source_id = cls.api.add_cluster("source", source.kubeconfig)
        cls.target_id = cls.api.add_cluster("target", cls.target.kubeconfig)
        cls.point, _ = cls.api.back_up("everything", source_id, ALL_OBJECTS)

    def define(self, name, **fields):
        body = {"selection": {"all_namespaces": True}, "cluster": self.target_id} | fields
        return self.api.define_restore(name, self.point, **body)["_id"]

    def plan(self, restore):
        before = len(list(self.writes()))
        plan = self.api.plan(restore)
        self.assertEqual(len(list(self.writes())), before, "a plan wrote to the target")
        return plan, self.api.find("kuberestoreplanitems", {"plan_id": plan["_id"]}, sort="seq")

    def writes(self):
        return (write for write in writes_of_salvor(self.target) if not write.resource.startswith("selfsubject"))

    def run_as_planned(self, restore, plan):
        self.api.post(f"kuberestores/{restore}/action/run", {"plan_hash": plan["hash"]})
        job = self.api.wait_for_job(self.api.get(f"kuberestores/{restore}")["status"]["jobid"])
        return job, self.api.find("kuberestoreitems", {"job_id": job["_id"]}, sort="seq")

    def change_some(self, random_numbers):
        """Each second object of some kinds is changed, each fourth deleted."""
        for _, path, patch in CHANGES:
            for item in self.cluster.request("GET", path)["items"]:
                meta = item["metadata"]
                if meta["namespace"].startswith("kube-") or meta["name"] in ("kube-root-ca.crt", "kubernetes"):
                    continue
                one = path.replace("/v1/", f"/v1/namespaces/{meta['namespace']}/", 1) + f"/{meta['name']}"
                chosen = random_numbers.randrange(4)
                try:
                    if chosen == 0:
                        self.cluster.request("DELETE", one)
                    elif chosen == 1:
                        self.cluster.request("PATCH", one, patch, content_type="application/merge-patch+json")
                except ApiError as refused:  # one marked immutable
                    self.assertEqual(refused.status, 422, refused)

    def test_what_is_foretold_comes(self):
        numbers = random.Random(7)
        right, wrong = 0, []
        for name, change, fields in [("into an empty cluster", False, {}), ("again", False, {}),
                                     ("keep", True, {}), ("replace", True, {"existing_policy": "replace"}),
                                     ("merge", True, {"existing_policy": "merge"}),
                                     ("recreate", True, {"existing_policy": "recreate"}),
                                     ("fail", True, {"existing_policy": "fail"}),
                                     ("renamed", False, {"namespaces_prefix": "new-"})]:
            with self.subTest(name):
                if change:
                    self.change_some(numbers)
                restore = self.define(name, **fields)
                plan, foretold = self.plan(restore)
                job, done = self.run_as_planned(restore, plan)
                self.assertEqual(len(foretold), len(done), job["message"])
                self.assertEqual(plan["num_items"], len(done))
                for before, after in zip(foretold, done):
                    if before["reason"] == after["reason"]:
                        right += 1
                    elif before["predictable"]:
                        wrong.append((name, before["kind"], before["namespace"], before["name"], before["reason"],
                                      after["reason"], after["message"], json.dumps(before["diff"])[:300]))
        print(f"foretold {right} outcomes, {len(wrong)} came otherwise")
        self.assertGreaterEqual(right / (right + len(wrong)), 0.99, "\n".join(map(str, wrong[:40])))

    def test_modifiers_are_shown_and_done(self):
        rules = """
version: v1
resourceModifierRules:
- conditions:
    groupResource: deployments.apps
    namespaces: [shop]
  strategicPatches:
  - patchData: |
      spec:
        replicas: 0
        template: {metadata: {labels: {modified: "yes"}}}
- conditions:
    groupResource: configmaps
    matches: [{path: /metadata/namespace, value: modified}]
  patches:
  - {operation: add, path: /metadata/labels, value: '{"modified": "yes"}'}
"""
        restore = self.define("modified", selection={"namespaces": ["shop"]}, namespaces_map={"shop": "modified"},
                              modifiers=rules)
        plan, items = self.plan(restore)
        shown = next(item for item in items if item["kind"] == "Deployment")["rewrites"]
        self.assertIn({"path": "/spec/template/metadata/labels/modified", "after": "yes"}, shown)

        job, rows = self.run_as_planned(restore, plan)

        self.assertEqual(job["state"], "COMPLETED", job["message"])
        for kind, path in (("Deployment", "apis/apps/v1"), ("ConfigMap", "api/v1")):
            made = self.cluster.request("GET", f"/{path}/namespaces/modified/{kind.lower()}s")["items"]
            names = {row["name"] for row in rows if row["kind"] == kind and row["state"] == "DONE"}
            self.assertTrue(names)
            for item in made:
                if item["metadata"]["name"] in names:
                    labels = (item["spec"]["template"] if kind == "Deployment" else item)["metadata"]["labels"]
                    self.assertEqual(labels.get("modified"), "yes", item["metadata"]["name"])

    def test_a_storage_class_that_will_be_missing_is_told(self):
        try:
            self.cluster.request("DELETE", "/apis/storage.k8s.io/v1/storageclasses/training-scratch")
        except ApiError as error:
            self.assertEqual(error.status, 404)

        plan, _ = self.plan(self.define("no class", selection={"namespaces": ["training"], "exclude_resource_types": ["storageclasses"]}))

        found = {check["subject"]: check for check in plan["checks"] if check["check"] == "missing"}
        self.assertIn("storage_class_map", found["storageclasses.storage.k8s.io training-scratch"]["hint"])

    def test_nodes_that_will_not_do_are_told(self):
        taint = {"key": "dedicated", "value": "training", "effect": "NoSchedule"}
        self.make_node("plain")
        self.make_node("tainted", labels={"accelerator": "a"}, taints=[taint])

        found = {accelerator: self.findings_on_nodes(accelerator) for accelerator in "ab"}

        self.assertIn("would do has a taint", found["a"]["accelerator In a"])
        self.assertIn("no node of the target has such labels", found["b"]["accelerator In b"])

    def make_node(self, name, labels=None, taints=()):
        self.cluster.request("POST", "/api/v1/nodes", {"metadata": {"name": name, "labels": labels or {}},
                                                       "spec": {"taints": list(taints)}})
        self.addCleanup(self.cluster.request, "DELETE", f"/api/v1/nodes/{name}")

    def findings_on_nodes(self, accelerator):
        """{subject: message} of a plan in which the shop's Deployments want that label of their nodes."""
        modifiers = WANTS_A_NODE.replace("WANTED", accelerator)
        plan, _ = self.plan(self.define(f"nodes {accelerator}", selection={"namespaces": ["shop"]}, modifiers=modifiers,
                                        namespaces_map={"shop": "nodes"}))
        return {check["subject"]: check["message"] for check in plan["checks"] if check["check"] == "nodes"}

    def test_bad_modifiers_are_refused_by_line(self):
        restore = self.define("bad", modifiers="version: v1\nresourceModifierRules:\n- conditions: {}\n  patches: []\n")

        job = self.api.wait_for_job(self.api.start_restore(restore))

        self.assertEqual(job["state"], "FAILED")
        self.assertIn("rule 1 (line 3): conditions.groupResource is needed", job["message"])

    def test_a_run_with_an_old_plan_does_nothing(self):
        selection = {"selection": {"namespaces": ["shop"]}, "existing_policy": "replace", "namespaces_map": {"shop": "old"}}
        restore = self.define("old", **selection)
        first, _ = self.plan(restore)
        job, _ = self.run_as_planned(restore, first)
        self.assertIn(job["state"], ("COMPLETED", "PARTIAL"), job["message"])
        plan, _ = self.plan(restore)
        target = self.cluster.request("GET", "/api/v1/namespaces/old/configmaps")["items"]
        name = next(item["metadata"]["name"] for item in target if item["metadata"]["name"] != "kube-root-ca.crt")
        self.cluster.request("PATCH", f"/api/v1/namespaces/old/configmaps/{name}", {"data": {"later": "x"}},
                             content_type="application/merge-patch+json")
        before = len(list(self.writes()))

        job, rows = self.run_as_planned(restore, plan)

        self.assertEqual((job["state"], rows), ("FAILED", []))
        self.assertIn("changed since the plan", job["message"])
        self.assertEqual(len(list(self.writes())), before)


if __name__ == "__main__":
    unittest.main()
