"""The mover: folders saved to repositories and restored from them, as its orders say, and killed meanwhile."""

import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

from salvor_e2e.paths import SALVOR
from salvor_e2e.random_tree import RandomTree, differences
from salvor_e2e.s3_server import S3Server

PASSWORD = "a password for tests"
TREES = int(os.environ.get("SALVOR_TREES", "8"))
KILLS = int(os.environ.get("SALVOR_KILLS", "5"))
SENT_TWICE_MAX = 0.05


class Mover:
    """One run of the program with one order."""

    def __init__(self, folder, order):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mover-", dir=folder))
        self.order, self.report_file = self.folder / "order", self.folder / "report"
        self.order.write_text(json.dumps(order))
        self.order.chmod(0o400)
        self.process = subprocess.Popen([SALVOR, "mover", "--order", self.order, "--report", self.report_file],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, timeout=120):
        """The exit code; afterwards there are `lines` and `log`."""
        out, self.log = self.process.communicate(timeout=timeout)
        self.lines = [json.loads(line) for line in out.splitlines()]
        return self.process.returncode

    @property
    def report(self):
        text = self.report_file.read_bytes()
        assert len(text) <= 4000
        return json.loads(text)


class MoverTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="salvor-mover-")))
        self.source, self.target = self.folder / "source", self.folder / "target"
        self.target.mkdir()
        self.repository = {"location": str(self.folder / "repository"), "password": PASSWORD}
        self.restic_environment = {"RESTIC_REPOSITORY": self.repository["location"]}

    def save_order(self, **more):
        return {"operation": "save", "folder": str(self.source), "repository": {**self.repository, "create": True},
                "save": {"host": "cluster", "path": "/shop/claim", "tags": ["k=v"], "parent": ""}, **more}

    def restore_order(self, snapshot, **more):
        return {"operation": "restore", "folder": str(self.target), "repository": self.repository,
                "restore": {"snapshot": snapshot}, **more}

    def start(self, order):
        mover = Mover(self.folder, order)
        self.addCleanup(self.put_down, mover)
        return mover

    @staticmethod
    def put_down(mover):
        if mover.process.poll() is None:
            mover.process.kill()
        mover.process.communicate()

    def run_to_end(self, order, expected=0):
        mover = self.start(order)
        self.assertEqual(mover.end(), expected, mover.log)
        self.assertEqual(mover.report["state"], "failed" if expected == 1 else "done")
        self.assertNotIn(PASSWORD, mover.log + mover.report_file.read_text())
        return mover.report

    def restic(self, *words):
        environment = {**os.environ, "RESTIC_PASSWORD": PASSWORD, "RESTIC_CACHE_DIR": str(self.folder / "cache"),
                       **self.restic_environment}
        done = subprocess.run(["restic", *map(str, words)], env=environment, capture_output=True, text=True,
                              errors="replace", timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def assert_no_lock(self):
        self.assertEqual(self.restic("--quiet", "list", "locks", "--no-lock").strip(), "")

    def assert_restored(self):
        self.assertEqual(differences(self.source, self.target, with_root=True), [])

    def fill(self, files, size, seed=1):
        chance = random.Random(seed)
        self.source.mkdir(exist_ok=True)
        for number in range(files):
            (self.source / f"folder{number % 7}").mkdir(exist_ok=True)
            (self.source / f"folder{number % 7}" / f"file{number}").write_bytes(chance.randbytes(size))

    def empty_target(self):
        shutil.rmtree(self.target)
        self.target.mkdir()

    def kill_at(self, mover, is_time):
        """Waits for the condition without asking the mover, and kills it."""
        pause = threading.Event()
        while not is_time():
            self.assertIsNone(mover.process.poll(), "it ended before it was killed")
            pause.wait(0.005)
        mover.process.kill()
        mover.process.communicate()

    def stored(self):
        """Bytes of whole packs; a store of a folder has no others under their names."""
        packs = pathlib.Path(self.repository["location"]) / "data"
        return sum(pack.stat().st_size for pack in packs.glob("*/*")) if packs.exists() else 0

    def restored(self):
        return sum(file.stat().st_blocks * 512 for file in self.target.rglob("*") if file.is_file())


class RoundTrip(MoverTest):
    def test_random_folders_come_back_with_their_root(self):
        for seed in range(TREES):
            with self.subTest(seed=seed):
                RandomTree(self.source, seed)
                report = self.run_to_end(self.save_order())
                again = self.run_to_end(self.restore_order(report["snapshot"]))
                self.assertEqual((again["files"], again["bytes"]), (report["files"], report["bytes"]))
                self.assert_restored()
                self.empty_target()
                shutil.rmtree(self.source)
        self.restic("check", "--read-data")
        self.assert_no_lock()

    def test_restic_sees_and_restores_them(self):
        for seed in range(TREES):
            with self.subTest(seed=seed):
                RandomTree(self.source, seed, all_kinds=False)
                report = self.run_to_end(self.save_order())
                snapshot = json.loads(self.restic("snapshots", report["snapshot"], "--json"))[0]
                self.assertEqual((snapshot["hostname"], snapshot["paths"], snapshot["tags"]),
                                 ("cluster", ["/shop/claim"], ["k=v"]))
                self.restic("restore", report["snapshot"], "--target", self.folder / "by-restic")
                self.assertEqual(differences(self.source, self.folder / "by-restic" / "claim", with_root=True), [])
                shutil.rmtree(self.folder / "by-restic")
                shutil.rmtree(self.source)

    def test_a_snapshot_of_restic_comes_back(self):
        RandomTree(self.source, 3, all_kinds=False)
        self.restic("init")
        self.restic("backup", self.source)
        snapshot = json.loads(self.restic("snapshots", "--json"))[0]["id"]
        self.run_to_end(self.restore_order(snapshot))
        # An absolute path of several parts: restic keeps each of its folders.
        self.assertEqual(differences(self.source, self.target / str(self.source).lstrip("/"), with_root=True), [])

    def test_what_is_unchanged_is_not_read_again(self):
        self.fill(20, 1_000_000)
        first = self.run_to_end(self.save_order())
        (self.source / "new").write_text("new")
        second = self.run_to_end(self.save_order())
        self.assertLess(second["transferred_bytes"], 100_000)
        self.assertEqual(second["files"], 21)
        parents = {each["id"]: each.get("parent") for each in json.loads(self.restic("snapshots", "--json"))}
        self.assertEqual(parents[second["snapshot"]], first["snapshot"])

    def test_two_at_the_same_moment_make_one_repository(self):
        self.fill(3, 1000)
        movers = [self.start(self.save_order()) for _ in range(4)]
        for mover in movers:
            self.assertEqual(mover.end(), 0, mover.log)
        self.assertEqual(len(json.loads(self.restic("snapshots", "--json"))), 4)
        self.assertEqual(len(self.restic("--quiet", "list", "keys").split()), 1)

    def test_progress_is_printed_while_it_works(self):
        self.fill(10, 1_000_000)
        mover = self.start(self.save_order(limits={"upload_bytes_per_second": 3_000_000}))
        self.assertEqual(mover.end(), 0, mover.log)
        self.assertGreaterEqual(len(mover.lines), 2)
        self.assertEqual(set(mover.lines[0]),
                         {"files", "bytes", "total_files", "total_bytes", "transferred_bytes"})
        last = mover.lines[-1]
        self.assertEqual((last["files"], last["bytes"]), (10, 10_000_000))
        self.assertEqual((last["total_files"], last["total_bytes"]), (10, 10_000_000))
        for before, after in zip(mover.lines, mover.lines[1:]):
            self.assertTrue(all(before[name] <= after[name] for name in before))


class Failure(MoverTest):
    def test_a_wrong_password_is_named(self):
        self.fill(1, 10)
        report = self.run_to_end(self.save_order())
        self.repository["password"] = "another-secret"
        for order in (self.save_order(), self.restore_order(report["snapshot"])):
            self.assertIn("password", self.run_to_end(order, expected=1)["error"])
        self.repository["password"] = PASSWORD
        self.assertEqual(len(self.restic("--quiet", "list", "keys").split()), 1)

    def test_a_missing_snapshot_is_named(self):
        self.fill(1, 10)
        self.run_to_end(self.save_order())
        missing = "a" * 64
        self.assertIn(missing, self.run_to_end(self.restore_order(missing), expected=1)["error"])
        self.assertEqual(list(self.target.iterdir()), [])
        self.assert_no_lock()

    def test_a_bad_order_is_named_without_its_secrets(self):
        order = self.save_order(more=1)
        self.assertIn("more", self.run_to_end(order, expected=1)["error"])

    def test_damaged_data_are_a_problem_of_their_file(self):
        self.fill(20, 1_500_000)
        report = self.run_to_end(self.save_order())
        pack = max(pathlib.Path(self.repository["location"], "data").glob("*/*"), key=lambda file: file.stat().st_size)
        bytes_of = bytearray(pack.read_bytes())
        bytes_of[1000] ^= 1
        pack.chmod(0o600)
        pack.write_bytes(bytes_of)
        damaged = self.run_to_end(self.restore_order(report["snapshot"]), expected=3)
        self.assertEqual(damaged["problem_count"], 1)
        self.assertRegex(damaged["problems"][0], r"^folder\d/file\d+: ")
        missing = [line for line in differences(self.source, self.target) if "is only in one" in line]
        self.assertEqual(len(missing), 1)

    def test_a_full_disk_is_named(self):
        self.fill(20, 1_000_000)
        report = self.run_to_end(self.save_order())
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", self.target], check=True, timeout=60)
        self.addCleanup(subprocess.run, ["umount", self.target], check=True, timeout=60)
        full = self.run_to_end(self.restore_order(report["snapshot"]), expected=3)
        self.assertGreater(full["problem_count"], 0)
        self.assertIn("No space left on device", full["problems"][0])

    def test_sigterm_stops_it_at_once_and_leaves_a_whole_repository(self):
        self.fill(30, 2_000_000)
        report = self.run_to_end(self.save_order())
        self.fill(30, 2_000_000, seed=2)
        slow = {"upload_bytes_per_second": 20_000_000, "download_bytes_per_second": 20_000_000}
        for order in (self.save_order(limits=slow), self.restore_order(report["snapshot"], limits=slow)):
            mover = self.start(order)
            self.assertTrue(mover.process.stdout.readline())
            mover.process.send_signal(signal.SIGTERM)
            self.assertEqual(mover.end(timeout=10), 143, mover.log)
            self.assertEqual(mover.report["state"], "failed")
            self.assert_no_lock()
            self.restic("check", "--read-data")


class Killed(MoverTest):
    def test_a_killed_save_goes_on(self):
        chance = random.Random(1)
        for number in range(KILLS):
            with self.subTest(number=number):
                self.fill(40, 8_000_000, seed=number)
                total = 40 * 8_000_000
                before = self.stored()
                moment = chance.uniform(0.1, 0.9) * total
                self.kill_at(self.start(self.save_order()), lambda: self.stored() - before > moment)
                there = self.stored() - before
                report = self.run_to_end(self.save_order())
                twice = there + report["transferred_bytes"] - total
                self.assertLess(twice, SENT_TWICE_MAX * total)
                self.run_to_end(self.restore_order(report["snapshot"]))
                self.assert_restored()
                self.empty_target()
                self.assert_no_lock()
        self.restic("check", "--read-data")

    def test_a_killed_restore_goes_on(self):
        chance = random.Random(2)
        self.fill(30, 4_000_000)
        (self.source / "large").write_bytes(chance.randbytes(200_000_000))
        total = 320_000_000
        os.chmod(self.source, 0o2775)
        snapshot = self.run_to_end(self.save_order())["snapshot"]
        for number in range(KILLS):
            with self.subTest(number=number):
                moment = chance.uniform(0.1, 0.9) * total
                self.kill_at(self.start(self.restore_order(snapshot)), lambda: self.restored() > moment)
                self.assertTrue((self.target / f".salvor-restore-{snapshot}").exists())
                there = self.restored()
                report = self.run_to_end(self.restore_order(snapshot))
                self.assertLess(there + report["transferred_bytes"] - total, SENT_TWICE_MAX * total)
                self.assertEqual(report["bytes"], total)
                self.assert_restored()
                self.empty_target()
                self.assert_no_lock()

    def test_killed_at_any_moment_of_its_life(self):
        chance = random.Random(3)
        RandomTree(self.source, 5)
        (self.source / "large").write_bytes(chance.randbytes(30_000_000))
        for _ in range(3 * KILLS):
            mover = self.start(self.save_order())
            with contextlib.suppress(subprocess.TimeoutExpired):
                mover.process.wait(timeout=chance.uniform(0, 0.8))
            self.put_down(mover)
        snapshot = self.run_to_end(self.save_order())["snapshot"]
        for _ in range(3 * KILLS):
            mover = self.start(self.restore_order(snapshot))
            with contextlib.suppress(subprocess.TimeoutExpired):
                mover.process.wait(timeout=chance.uniform(0, 0.8))
            self.put_down(mover)
        self.run_to_end(self.restore_order(snapshot))
        self.assert_restored()
        self.restic("check", "--read-data")
        self.assert_no_lock()


class Bucket(RoundTrip):
    """The same in a bucket of a real S3 server."""

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(S3Server("data"))
        address = re.sub("^http://", "", self.server.url)
        self.repository = {"location": f"s3:http://{address}/data/a/repository", "password": PASSWORD,
                           "access_key": self.server.access_key, "secret_key": self.server.secret_key,
                           "path_style": True}
        self.restic_environment = {"RESTIC_REPOSITORY": self.repository["location"], **self.server.keys}

    def run_to_end(self, order, expected=0):
        report = super().run_to_end(order, expected)
        self.assertNotIn(self.server.secret_key, json.dumps(report))
        return report

    def test_a_wrong_key_is_refused_without_being_shown(self):
        self.fill(1, 10)
        self.repository["secret_key"] = "wrong-secret-of-a-test"
        report = self.run_to_end(self.save_order(), expected=1)
        self.assertNotIn("wrong-secret-of-a-test", json.dumps(report))


if __name__ == "__main__":
    unittest.main()
