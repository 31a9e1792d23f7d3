"""What goes wrong outside: each ends as a FAILED job that says what to do, and nothing is half done
without being reported."""

import base64
import datetime
import pathlib
import subprocess
import tempfile
import unittest

from salvor_e2e.api_client import ApiError
from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.kubernetes import Cluster, apply
from salvor_e2e.salvor_server import SalvorServer


class BadWorld(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = cls.enterClassContext(ControlPlane())
        apply(cls.plane.kubeconfig, "--apps", "shop")
        cls.server = cls.enterClassContext(SalvorServer())
        cls.api = cls.server.client()
        cls.cluster = cls.api.add_cluster("good", cls.plane.kubeconfig)
        cls.point, _ = cls.api.back_up("good", cls.cluster, {"namespaces": ["shop"]})

    def kubeconfig(self):
        return pathlib.Path(self.plane.kubeconfig).read_text()

    def register(self, name, kubeconfig):
        return self.api.post("kubeclusters", {"name": name, "kubeconfig": kubeconfig})["_id"]

    def assert_jobs_fail_saying(self, name, kubeconfig, *texts):
        cluster = self.register(name, kubeconfig)
        point, job = self.api.back_up(name, cluster, {"all_namespaces": True})
        self.assertIsNone(point)
        self.assertEqual(job["state"], "FAILED")
        restored, rows = self.api.restore(name, self.point, cluster=cluster, selection={"all_namespaces": True})
        self.assertEqual((restored["state"], rows), ("FAILED", []))
        for text in texts:
            self.assertIn(text, job["message"] + restored["message"])

    def test_an_unreachable_cluster(self):
        kubeconfig = self.kubeconfig().replace(self.server_of(), "https://127.0.0.1:1")
        self.assert_jobs_fail_saying("unreachable", kubeconfig, "127.0.0.1")

    def server_of(self):
        return next(word for word in self.kubeconfig().split() if word.startswith("https://"))

    def test_a_certificate_that_the_cluster_does_not_know(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=nobody",
                            "-keyout", f"{folder}/key", "-out", f"{folder}/crt"], check=True, capture_output=True)
            kubeconfig = self.with_identity(pathlib.Path(folder, "crt").read_bytes(), pathlib.Path(folder, "key").read_bytes())
        self.assert_jobs_fail_saying("unknown", kubeconfig)

    def with_identity(self, certificate, key):
        lines = []
        for line in self.kubeconfig().splitlines():
            head = line.split(":")[0]
            if head.strip(" -") == "client-certificate-data":
                line = f"{head}: {base64.b64encode(certificate).decode()}"
            elif head.strip(" -") == "client-key-data":
                line = f"{head}: {base64.b64encode(key).decode()}"
            lines.append(line)
        return "\n".join(lines)

    def test_an_account_that_may_do_nothing(self):
        kubernetes = Cluster(self.plane.kubeconfig)
        token = kubernetes.request("POST", "/api/v1/namespaces/default/serviceaccounts/default/token",
                                   {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}})
        lines = [line for line in self.kubeconfig().splitlines() if "client-key-data" not in line]
        kubeconfig = "\n".join(
            line.split("client-certificate-data")[0] + f"token: {token['status']['token']}" if "client-certificate-data" in line else line
            for line in lines)
        self.assert_jobs_fail_saying("forbidden", kubeconfig)

    def test_a_damaged_archive_is_refused_before_anything_is_made(self):
        point, _ = self.api.back_up("damaged", self.cluster, {"namespaces": ["shop"]})
        archives = sorted((self.server.folder / "data" / "store" / "backups").glob("*/*.tar.gz"), key=lambda p: p.stat().st_mtime)
        damaged = archives[-1]
        content = bytearray(damaged.read_bytes())
        content[len(content) // 2] ^= 1
        damaged.chmod(0o600)
        damaged.write_bytes(content)

        job, rows = self.api.restore("damaged", point, selection={"all_namespaces": True}, namespaces_prefix="dmg-")

        self.assertEqual((job["state"], rows), ("FAILED", []))
        names = {item["metadata"]["name"] for item in Cluster(self.plane.kubeconfig).request("GET", "/api/v1/namespaces")["items"]}
        self.assertNotIn("dmg-shop", names)

    def test_names_that_collide_or_are_no_labels_are_refused_before_anything_is_made(self):
        for fields in ({"namespaces_prefix": "x" * 60}, {"namespaces_map": {"shop": "Not A Label"}}):
            with self.assertRaises(ApiError) as refused:
                self.api.define_restore("bad names", self.point, selection={"all_namespaces": True}, **fields)
            self.assertEqual(refused.exception.status, 422)

    def test_a_storage_class_that_is_not_there_fails_the_job_with_its_name(self):
        job, rows = self.api.restore("classes", self.point, selection={"all_namespaces": True},
                                     storage_class_map={"fast": "no-such-class"}, namespaces_prefix="sc-")
        self.assertEqual((job["state"], rows), ("FAILED", []))
        self.assertIn("no-such-class", job["message"])

    def test_a_full_disk_leaves_no_point_and_no_rubbish(self):
        with tempfile.TemporaryDirectory() as folder:
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True)
            if mounted.returncode != 0:
                self.fail("this test mounts a small file system and so needs to run as root")
            try:
                self.full_disk(folder)
            finally:
                subprocess.run(["umount", "-l", folder], check=True)

    def full_disk(self, folder):
        with SalvorServer() as server:
            store = server.folder / "data" / "store"
            server.stop()
            subprocess.run(["mount", "--bind", folder, store], check=True)
            try:
                (pathlib.Path(folder) / "ballast").write_bytes(b"x" * ((3 << 20) - 65536))
                server.start()
                api = server.client()
                cluster = api.add_cluster("full", self.plane.kubeconfig)
                point, job = api.back_up("full", cluster, {"all_namespaces": True})
                self.assertEqual((point, job["state"]), (None, "FAILED"))
                self.assertRegex(job["message"].lower(), "space|full|disk")
                server.stop()
                server.start()
                left = [str(path.relative_to(store)) for path in store.rglob("*") if path.is_file()]
                self.assertEqual(left, ["ballast"])
                server.stop()
            finally:
                subprocess.run(["umount", "-l", store], check=True)

    def test_an_expired_certificate(self):
        with tempfile.TemporaryDirectory() as folder:
            today = datetime.date.today()
            dates = [(today - datetime.timedelta(days=days)).strftime("%y%m%d000000Z") for days in (10, 5)]
            files = self.expired_certificate(folder, *dates)
            kubeconfig = self.with_identity(*files)
        self.assert_jobs_fail_saying("expired", kubeconfig, "expired")

    def expired_certificate(self, folder, start, end):
        """Signed by the cluster's own authority, whose key is in the control plane's folder."""
        authority = next(path for path in pathlib.Path(self.plane.folder).rglob("ca.key"))
        run = lambda *command: subprocess.run(command, check=True, capture_output=True, cwd=folder)
        run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=system:masters/CN=late",
            "-keyout", "key", "-out", "csr")
        pathlib.Path(folder, "index").touch()
        pathlib.Path(folder, "serial").write_text("1000\n")
        pathlib.Path(folder, "conf").write_text(
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n"
            "email_in_dn=no\nunique_subject=no\n[p]\ncommonName=supplied\norganizationName=optional\n"
            "[e]\nextendedKeyUsage=clientAuth\nkeyUsage=digitalSignature\n")
        run("openssl", "ca", "-batch", "-config", "conf", "-extensions", "e", "-keyfile", str(authority), "-cert",
            str(authority.with_suffix(".crt")), "-in", "csr", "-out", "crt", "-startdate", start, "-enddate", end, "-notext")
        return pathlib.Path(folder, "crt").read_bytes(), pathlib.Path(folder, "key").read_bytes()


if __name__ == "__main__":
    unittest.main()
