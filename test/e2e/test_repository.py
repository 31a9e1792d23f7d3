"""Repositories of Salvor's and of restic's, each read, checked and tended by the other."""

import collections
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import unittest

from salvor_e2e.paths import SALVOR
from salvor_e2e.random_tree import RandomTree, differences, entries
from salvor_e2e.s3_server import S3Server

PASSWORD = "a password for tests"
FIRST = int(os.environ.get("SALVOR_FIRST_TREE", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("SALVOR_TREES", "12")))
KILLS = int(os.environ.get("SALVOR_KILLS", "12"))
KIND_OF_TYPE = {"file": stat.S_IFREG, "dir": stat.S_IFDIR, "symlink": stat.S_IFLNK, "dev": stat.S_IFBLK, "chardev": stat.S_IFCHR,
                "fifo": stat.S_IFIFO, "socket": stat.S_IFSOCK}


class Tool:
    """A program that works on a repository."""

    def __init__(self, repository, **environment):
        self.repository = str(repository)
        self.environment = {**os.environ, "RESTIC_PASSWORD": PASSWORD, "SALVOR_REPO_PASSWORD": PASSWORD,
                            "SALVOR_REPO": self.repository, "RESTIC_REPOSITORY": self.repository,
                            "RESTIC_CACHE_DIR": self.repository + ".cache", **environment}

    def call(self, *words, cwd=None, expected=0):
        done = subprocess.run([*self.PROGRAM, *map(str, words)], env=self.environment, cwd=cwd, capture_output=True,
                              text=True, errors="replace", timeout=900)
        if done.returncode != expected:
            raise AssertionError(f"{self.PROGRAM[0]} {words}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *words):
        return subprocess.Popen([*self.PROGRAM, *map(str, words)], env=self.environment, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def peak_mib(self, *words):
        # Not of getrusage: that counts what this process had when it made the other.
        process, peak = self.start(*words), 0
        while process.poll() is None:
            with contextlib.suppress(OSError, AttributeError):
                status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
                peak = max(peak, int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.02)
        process.stderr.close()
        assert process.returncode == 0
        return peak / 1024


class Restic(Tool):
    PROGRAM = ["restic", "--quiet"]

    def init(self):
        self.call("init")

    def back_up(self, folder):
        """The summary of the snapshot."""
        lines = subprocess.run(["restic", "--json", "backup", "."], env=self.environment, cwd=folder, check=True,
                               capture_output=True, text=True, errors="replace", timeout=900).stdout.splitlines()
        return json.loads(lines[-1])

    def restore(self, target):
        # The root's own owner is no part of the snapshot of ".".
        self.call("restore", "latest", "--target", target)

    def listed(self):
        """How often each (kind, uid, gid) is in the last snapshot, and the paths that are UTF-8."""
        lines = [json.loads(line) for line in self.call("ls", "latest", "--json").splitlines()]
        nodes = [line for line in lines if line.get("struct_type") == "node"]
        return (collections.Counter((KIND_OF_TYPE[node["type"]], node["uid"], node["gid"]) for node in nodes),
                {node["path"][1:] for node in nodes if "\ufffd" not in node["path"]})

    def check(self):
        self.call("check", "--read-data")

    def forget_all_but_last(self):
        self.call("forget", "--keep-last", "1", "--group-by", "", "--prune", "--max-unused", "0")


class Salvor(Tool):
    PROGRAM = [str(SALVOR)]

    def init(self):
        self.call("repo", "init")

    def back_up(self, folder):
        return json.loads(self.call("repo", "backup", folder, "--as", "/data", "-o", "json"))["summary"]

    def restore(self, target):
        self.call("repo", "restore", "latest", "--target", target)

    def check(self):
        self.call("repo", "check", "--read-data")

    def forget_all_but_last(self):
        for snapshot in json.loads(self.call("repo", "snapshots", "-o", "json"))["items"][:-1]:
            self.call("repo", "forget", snapshot["id"])
        self.call("repo", "prune")


def is_text(path):
    with contextlib.suppress(UnicodeDecodeError):
        return bool(path.decode())
    return False


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="salvor-repo-")))

    def tree(self, seed, **how):
        root = self.folder / f"tree{seed}"
        made = RandomTree(root, seed, **how)
        if seed % 100 == 50:
            made.add_large(is_dense=seed % 500 == 450)
        return root

    def assert_restores(self, tool, tree):
        target = self.folder / "target"
        try:
            tool.restore(target)
            self.assertEqual(differences(tree, target), [])
        finally:
            shutil.rmtree(target, ignore_errors=True)


class RepositoryInABucket(Case):
    """The same location, written the same way, for both."""

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(S3Server("bucket"))
        location = f"s3:{self.server.url}/bucket/a/path"
        environment = {**self.server.keys, "RESTIC_CACHE_DIR": str(self.folder / "cache")}
        self.salvor, self.restic = Salvor(location, **environment), Restic(location, **environment)

    def test_restic_tends_what_we_wrote(self):
        self.tend(self.salvor, self.restic)

    def test_we_tend_what_restic_wrote(self):
        self.tend(self.restic, self.salvor)

    def tend(self, owner, other):
        owner.init()
        for seed in range(3):
            tree = self.tree(seed, all_kinds=False)
            owner.back_up(tree)
            self.assert_restores(other, tree)
            other.back_up(tree)
            self.assert_restores(owner, tree)
        for tool in (owner, other):
            tool.check()
            tool.forget_all_but_last()
            other.check()
            owner.check()
        self.assert_restores(owner, tree)
        self.assert_restores(other, tree)

    def test_a_server_that_is_killed_holds_nothing_up(self):
        tree = self.folder / "tree"
        tree.mkdir()
        for number in range(6):
            (tree / f"file{number}").write_bytes(os.urandom(30_000_000))
        self.salvor.init()
        backup = self.salvor.start("repo", "backup", tree)
        packs = self.server.folder / "data" / "bucket" / "a" / "path" / "data"
        while len(list(packs.glob("*/*"))) < 3:
            self.assertIsNone(backup.poll(), "the backup ended before the server was killed")
        self.server.process.kill()
        self.assertEqual(backup.wait(timeout=120), 0, backup.stderr.read())
        backup.stderr.close()
        restore = self.salvor.start("repo", "restore", "latest", "--target", self.folder / "target")
        while not (self.folder / "target").exists():
            self.assertIsNone(restore.poll(), "the restore ended before the server was killed")
        self.server.process.kill()
        self.assertEqual(restore.wait(timeout=120), 0, restore.stderr.read())
        restore.stderr.close()
        self.assertEqual(differences(tree, self.folder / "target"), [])
        self.restic.check()

    def test_a_users_own_store_is_verified(self):
        location = f"s3:{self.server.url}/bucket/other"
        made = json.loads(self.salvor.call("store", "verify", location, "-o", "json"))
        self.assertTrue(made["good"], made)
        self.assertEqual(list((self.server.folder / "data" / "bucket").rglob("*salvor-verify*/*/*")), [])
        self.salvor.environment["AWS_SECRET_ACCESS_KEY"] = "wrong"
        refused = json.loads(self.salvor.call("store", "verify", location, "-o", "json", expected=1))
        self.assertIn("AWS_SECRET_ACCESS_KEY", refused["checks"][0]["reason"])


class Repository(Case):
    def setUp(self):
        super().setUp()
        self.repository = self.folder / "repository"
        self.salvor, self.restic = Salvor(self.repository), Restic(self.repository)

    def test_random_trees_come_back(self):
        self.salvor.init()
        for seed in SEEDS:
            with self.subTest(seed=seed):
                tree = self.tree(seed)
                self.salvor.back_up(tree)
                self.assert_restores(self.salvor, tree)
                shutil.rmtree(tree)
        self.salvor.check()

    def test_restic_restores_ours(self):
        self.salvor.init()
        for seed in SEEDS:
            with self.subTest(seed=seed):
                tree = self.tree(seed, all_kinds=False)
                self.salvor.back_up(tree)
                self.assert_listed(tree)
                self.assert_restores(self.restic, tree)
                shutil.rmtree(tree)
        self.restic.check()

    def assert_listed(self, tree):
        found = entries(tree, with_root=False)
        kinds, paths = self.restic.listed()
        self.assertEqual(kinds, collections.Counter((stat.S_IFMT(int(entry["mode"], 8)), entry["uid"], entry["gid"])
                                                    for entry in found.values()))
        self.assertEqual(paths, {path.decode() for path in found if is_text(path)})

    def test_we_restore_restics(self):
        self.restic.init()
        for seed in SEEDS:
            with self.subTest(seed=seed):
                tree = self.tree(seed, all_kinds=False)
                self.restic.back_up(tree)
                self.assert_restores(self.salvor, tree)
                shutil.rmtree(tree)
        self.salvor.check()

    def test_both_cut_files_into_the_same_chunks(self):
        tree = self.folder / "tree"
        tree.mkdir()
        for number in range(5):
            (tree / f"file{number}").write_bytes(os.urandom(20_000_000))
        self.salvor.init()
        self.salvor.back_up(tree)
        self.assertEqual(self.restic.back_up(tree)["data_blobs"], 0)
        other = Salvor(self.folder / "other")
        Restic(other.repository).init()
        Restic(other.repository).back_up(tree)
        self.assertEqual(other.back_up(tree)["data_blobs"], 0)

    def test_each_tends_what_the_other_wrote(self):
        self.salvor.init()
        tree = None
        for seed in range(6):
            tree = self.tree(seed, all_kinds=False)
            (self.restic if seed % 2 else self.salvor).back_up(tree)
        for seed, tool, other in ((100, self.restic, self.salvor), (200, self.salvor, self.restic)):
            tool.forget_all_but_last()
            tool.check()
            other.check()
            self.assert_restores(other, tree)
            for number in range(4):
                tree = self.tree(seed + number, all_kinds=False)
                (tool if number % 2 else other).back_up(tree)

    def test_prune_frees_what_nobody_needs(self):
        self.salvor.init()
        for number in range(4):
            tree = self.folder / f"tree{number}"
            tree.mkdir()
            (tree / "own").write_bytes(os.urandom(30_000_000))
            self.salvor.back_up(tree)
        self.salvor.forget_all_but_last()
        size = sum(file.stat().st_size for file in self.repository.rglob("*") if file.is_file())
        self.assertLess(size, 33_000_000)
        self.restic.check()

    def test_keys_are_shared(self):
        self.salvor.init()
        new = self.folder / "new"
        new.write_text("another password\n")
        self.salvor.call("repo", "add-key", new)
        self.restic.call("--password-file", new, "key", "passwd", "--new-password-file", new)
        self.restic.call("--password-file", new, "snapshots")
        keys = json.loads(self.salvor.call("repo", "keys", "--password-file", new, "-o", "json"))["items"]
        self.assertEqual(len(keys), 2)
        old = next(key["id"] for key in keys if not key["current"])
        self.salvor.call("repo", "remove-key", old, "--password-file", new)
        self.salvor.call("repo", "snapshots", expected=4)
        self.restic.call("snapshots", expected=1)
        self.salvor.call("repo", "snapshots", "--password-file", new)

    def test_killed_at_any_moment_it_goes_on(self):
        self.salvor.init()
        chance = random.Random(1)
        tree = self.folder / "tree"
        tree.mkdir()
        for number in range(KILLS):
            (tree / f"file{number}").write_bytes(chance.randbytes(10_000_000))
            # Every other time something is to be pruned: the snapshots before.
            words = ["prune"] if number % 2 else ["backup", tree, "--as", "/data"]
            work = self.salvor.start("repo", *words)
            with contextlib.suppress(subprocess.TimeoutExpired):
                work.wait(timeout=chance.uniform(0.1, 0.6))
            work.kill()
            work.communicate()
            self.salvor.check()
            if number % 4 == 2:
                self.salvor.back_up(tree)
            if number % 4 == 3:
                self.salvor.forget_all_but_last()
        self.salvor.back_up(tree)
        self.assert_restores(self.salvor, tree)
        self.restic.check()
        self.assertFalse(any((self.repository / "locks").glob("*")))

    def test_a_killed_backup_is_not_done_again(self):
        self.salvor.init()
        tree = self.folder / "tree"
        tree.mkdir()
        for number in range(6):
            (tree / f"file{number}").write_bytes(os.urandom(30_000_000))
        backup = self.salvor.start("repo", "backup", tree, "--as", "/data")
        packs = self.repository / "data"
        while len(list(packs.glob("*/*"))) < 6:
            self.assertIsNone(backup.poll(), "the backup ended before it was killed")
        backup.kill()
        backup.communicate()
        there = len(list(packs.glob("*/*")))
        again = self.salvor.back_up(tree)
        # What no pack had yet: at most what was gathered for one, and on its way.
        self.assertLess(again["data_added"], 180_000_000 - 15_000_000 * (there - 1))
        self.restic.check()

    def test_memory_is_bounded(self):
        self.salvor.init()
        tree = self.folder / "tree"
        tree.mkdir()
        chance = random.Random(1)
        words = [chance.randbytes(5).hex() for _ in range(3000)]
        with open(tree / "large", "w") as large:
            for _ in range(40):
                large.write(" ".join(chance.choices(words, k=1_000_000)))
        self.assertLess(self.salvor.peak_mib("repo", "backup", tree), 100)
        self.assertLess(self.salvor.peak_mib("repo", "restore", "latest", "--target", self.folder / "target"), 110)

    def test_restic_prune_waits_for_a_backup_of_ours(self):
        self.salvor.init()
        tree = self.folder / "tree"
        tree.mkdir()
        for number in range(8):
            (tree / f"file{number}").write_bytes(os.urandom(30_000_000))
        backup = self.salvor.start("repo", "backup", tree)
        locks = self.repository / "locks"
        while not (locks.exists() and any(locks.iterdir())):
            self.assertIsNone(backup.poll(), "the backup ended before its lock was seen")
        backup.send_signal(signal.SIGSTOP)
        refused = subprocess.run(["restic", "prune"], env=self.restic.environment, capture_output=True, text=True,
                                 timeout=60)
        backup.send_signal(signal.SIGCONT)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("already locked", refused.stderr)
        self.assertEqual(backup.wait(timeout=120), 0, backup.stderr.read())
        backup.stderr.close()
        self.assertEqual([*locks.iterdir()] if locks.exists() else [], [])
        self.restic.check()


if __name__ == "__main__":
    unittest.main()
