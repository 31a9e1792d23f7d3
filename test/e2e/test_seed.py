"""Each request of the restore chapter works as printed there, byte shapes included."""

import json
import os
import re
import stat
import unittest

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import apply
from salvor_e2e.salvor_server import SalvorServer


class Seed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = cls.enterClassContext(ControlPlane())
        apply(cls.plane.kubeconfig, "--apps", "shop,blog")
        cls.server = cls.enterClassContext(SalvorServer())
        cls.api = cls.server.client()
        cls.cluster = cls.api.add_cluster("testcluster", cls.plane.kubeconfig)
        cls.point, _ = cls.api.back_up("testbackup", cls.cluster, {"all_namespaces": True})

    def test_the_first_key_is_a_private_file_that_clients_accept(self):
        file = self.server.folder / "data" / "admin.key"
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        self.assertRegex(file.read_text().strip(), r"^[A-Za-z0-9_-]{100,255}$")

    def test_listing_ready_points_has_the_printed_shape(self):
        target = '/api/v1/backupinstances?where={"state":"READY"}'
        status, headers, body = self.api.raw("GET", target)

        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "application/json")
        answer = json.loads(body)
        self.assertEqual(answer["_meta"], {"max_results": 25, "page": 1, "total": 1})
        self.assertEqual(answer["_links"]["parent"], {"href": "/", "title": "home"})
        item = answer["_items"][0]
        self.assertRegex(item["_etag"], r"^[0-9a-f]{40}$")
        self.assertRegex(item["_id"], r"^[0-9a-f]{24}$")
        self.assertRegex(item["_created"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")
        self.assertEqual(item["_links"]["self"], {"href": f"/v1/backupinstances/{item['_id']}", "title": "Backupinstance"})
        self.assertEqual(item["_links"]["related"]["cluster"],
                         {"href": f"/v1/kubeclusters/{self.cluster}", "title": "Kubecluster"})
        self.assertEqual(item["_links"]["related"]["backupdef"]["title"], "Kubebackup")
        self.assertEqual(item["backup_selection"]["all_namespaces"], True)
        self.assertEqual(item["backup_selection"]["snapshotPersistentVolumes"], True)
        self.assertEqual((item["backupdef_name"], item["cluster_name"]), ("testbackup", "testcluster"))
        self.assertTrue(re.match(r"^backupinst-\d+$", item["name"]))
        self.assertEqual(item["source_type"], "kubernetes")
        self.assertLessEqual(item["start_time"], item["end_time"])
        self.assertIn(": ", body)

    def test_points_are_filtered_by_time_with_line_breaks_in_the_target(self):
        start = self.point["start_time"]
        where = '{"state":"READY",\n                   "start_time":{"$gt":%d,"$lt":%d}}'
        for low, high, number in ((start - 1, start + 1, 1), (start, start + 1, 0)):
            text = (where % (low, high)).replace("\n", "%0A").replace(" ", "%20")
            self.assertEqual(self.api.get(f"backupinstances?where={text}")["_meta"]["total"], number)

    def test_namespaces_and_claims_of_a_point_are_listed(self):
        namespaces = self.api.get('kubenamespaces?where={"backupinst_id":"%s"}' % self.point["_id"])
        self.assertIn("shop", [row["name"] for row in namespaces["_items"]])
        claims = self.api.get('kubepvclaims?where={"backupinst_id":"%s"}' % self.point["_id"])
        self.assertEqual(claims["_meta"]["max_results"], 1000)
        self.assertIn("backupinst_id", claims["_items"][0]["_links"]["related"])
        self.assertLessEqual({"name", "namespace_name", "cluster_id", "snapshot_taken"}, set(claims["_items"][0]))

    def test_storage_classes_and_types_are_listed(self):
        path = f"backupinstances/{self.point['_id']}"
        for body in (None, {}, {"namespaces": []}):
            self.assertIn("storage_class_name", self.api.post(f"{path}/action/list-storage-classes", body)["_items"][0])
        self.assertEqual(self.api.post(f"{path}/action/list-storage-classes", {"namespaces": ["none"]})["_items"], [])
        self.assertIn("secrets", self.api.get(f"{path}/resource-types")["_items"])

    def test_a_restore_is_defined_run_watched_and_deleted(self):
        status, headers, body = self.api.raw("POST", "/api/v1/kuberestores", {
            "backup_inst": self.point["_id"], "name": "testrestore", "namespaces_map": {"shop": "new-shop"},
            "namespaces_prefix": "abc-", "namespaces_suffix": "-def",
            "selection": {"namespaces": ["shop"], "label_selector": {"app.kubernetes.io/part-of": "shop,wordpress"}}})
        self.assertEqual(status, 201, body)
        restore = json.loads(body)
        self.assertTrue(headers["Location"].endswith(f"/api/v1/kuberestores/{restore['_id']}"))

        job = self.api.start_restore(restore["_id"])
        self.assertEqual(self.api.get(f"kuberestores/{restore['_id']}")["status"]["state"], "JOB_CREATED")
        self.assertIn(self.api.wait_for_job(job)["state"], ("COMPLETED", "SKIPPED"))
        self.assertEqual(self.api.get(f"kuberestores/{restore['_id']}")["_etag"], restore["_etag"])

        status, _, _ = self.api.raw("DELETE", f"/api/v1/kuberestores/{restore['_id']}")
        self.assertEqual(status, 204)


if __name__ == "__main__":
    unittest.main()
