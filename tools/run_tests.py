#!/usr/bin/env python3
"""Runs everything: tidy, unit tests and suites, simulation, end-to-end tests, schemathesis, scenarios.

The servers that tests run beside are built while the unit tests compile. Each step's output
is shown when it fails. The last line is "N passed, N failed, N skipped".
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
GTEST_PASSED = re.compile(r"^\[  PASSED  \] (\d+) test", re.M)
GTEST_FAILED = re.compile(r"^\s*(\d+) FAILED TEST", re.M)
GTEST_SKIPPED = re.compile(r"^\[  SKIPPED \] (\d+) test", re.M)
UNITTEST = re.compile(r"^Ran (\d+) tests? in", re.M)
UNITTEST_BAD = re.compile(r"^FAILED \((.*)\)$", re.M)
GO_RESULT = re.compile(r"^\s*--- (PASS|FAIL|SKIP):", re.M)


# Their suites run against what is in the process, and against a real server that a tool starts beside them.
WITH_CLUSTER = "kube_test"
WITH_S3 = "objectstore_test"


@dataclasses.dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def first(pattern, text):
    found = pattern.search(text)
    return int(found.group(1)) if found else 0


def count_gtest(text, _):
    return Counts(first(GTEST_PASSED, text), first(GTEST_FAILED, text), first(GTEST_SKIPPED, text))


def count_unittest(text, _):
    bad = UNITTEST_BAD.search(text)
    numbers = dict(re.findall(r"(\w+)=(\d+)", bad.group(1))) if bad else {}
    failed = int(numbers.get("failures", 0)) + int(numbers.get("errors", 0))
    skipped = len(re.findall(r"skipped=(\d+)", text)) and int(re.search(r"skipped=(\d+)", text).group(1))
    return Counts(first(UNITTEST, text) - failed - skipped, failed, skipped)


def count_go(text, _):
    results = GO_RESULT.findall(text)
    return Counts(results.count("PASS"), results.count("FAIL"), results.count("SKIP"))


def count_one(_, succeeded):
    return Counts(passed=1) if succeeded else Counts(failed=1)


class Run:
    def __init__(self):
        self.counts = Counts()
        self.lock = threading.Lock()

    def step(self, name, command, counter, seconds=1800, **environment):
        """Runs one command; a crash that no counter saw still counts as a failure."""
        start = time.monotonic()
        try:
            done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, text=True, errors="replace",
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
            output, succeeded = done.stdout, done.returncode == 0
        except subprocess.TimeoutExpired as late:
            output, succeeded = f"{late.stdout or ''}\ntook longer than {seconds} s", False
        counts = counter(output, succeeded)
        if not succeeded and counts.failed == 0:
            counts.failed = 1
        with self.lock:
            self.counts.add(counts)
            print(f"{'ok  ' if succeeded else 'FAIL'} {time.monotonic() - start:6.1f} s  {name}: "
                  f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped", flush=True)
            if not succeeded:
                print(output[-12000:], flush=True)
        return succeeded

    def unit_tests(self):
        """All but those that want a real server beside them."""
        tests = sorted(path for path in (ROOT / "build" / "dev").rglob("*_test") if path.is_file())
        if not tests:
            self.step("unit tests are built", ["false"], count_one)
        for test in tests:
            if test.name not in (WITH_CLUSTER, WITH_S3):
                self.step(test.name, [test], count_gtest)


def build_in_background(run):
    """The servers that tests run beside; a thread that ends when they are there."""

    def build():
        run.step("build the control plane", ["test/cluster/build"], count_one, 3600)
        run.step("build the S3 server", ["test/s3/build"], count_one, 3600)

    thread = threading.Thread(target=build)
    thread.start()
    return thread


def main():
    run = Run()
    python = "/usr/bin/python3"
    run.step("tidy", [python, "tools/tidy.py"], count_one)
    run.step("tests of tidy", [python, "-m", "unittest", "discover", "-s", "tools", "-p", "*_test.py"], count_unittest)
    run.step("tests of the comparison", [python, "test/data/compare_test.py"], count_unittest)
    background = build_in_background(run)
    run.step("build for tests", ["make", "--no-print-directory", "dev"], count_one, 3600)
    run.unit_tests()
    run.step("build the program", ["make", "--no-print-directory", "build"], count_one, 3600)
    background.join()
    run.step(f"{WITH_CLUSTER} beside a control plane", [python, "tools/with_cluster.py", f"build/dev/{WITH_CLUSTER}"], count_gtest)
    run.step(f"{WITH_S3} beside an S3 server", [python, "tools/with_s3.py", f"build/dev/{WITH_S3}"], count_gtest)
    go = ROOT / "build" / "go" / "bin"
    path = f"{go}:{os.environ['PATH']}" if go.exists() else os.environ["PATH"]
    run.step("tests of the control plane's tool", ["go", "-C", "test/cluster", "test", "-v", "./internal/..."], count_go, PATH=path)
    run.step("end to end", [python, "-m", "unittest", "discover", "-v", "-s", "test/e2e", "-t", "test/e2e"], count_unittest, 3600)
    run.step("scenarios", [python, "-m", "unittest", "discover", "-v", "-s", "test/scenario", "-t", "test/scenario"], count_unittest)
    counts = run.counts
    print(f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped")
    return 1 if counts.failed else 0


if __name__ == "__main__":
    sys.exit(main())
