#!/usr/bin/env python3
"""Restores of single objects that are easy to get wrong, each a case in cases/*.yaml, on real control planes.

Each case is a test. `test_scenarios.py -k NAME` runs one, with SCENARIOS=pending those that are known to fail.
"""

import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

from salvor_scenario.case import read_cases  # noqa: E402
from salvor_scenario.world import World  # noqa: E402

CASES = read_cases(HERE / os.environ.get("SCENARIOS", "cases"))


class Scenarios(unittest.TestCase):
    """Its methods are made from the cases; only those that will run are put into the clusters."""

    chosen = {}

    @classmethod
    def setUpClass(cls):
        cls.world = cls.enterClassContext(World())
        cls.world.begin(list(cls.chosen.values()))
        cls.world.start()

    def run_case(self, case):
        lines = self.world.runs[case.name].result()
        if lines:
            self.fail("\n".join(["", f"{case.file}, {case.name}: {case.why}", *lines]))


def method_of(case):
    def method(self):
        self.run_case(case)

    method.__doc__ = case.why
    return method


for each in CASES:
    setattr(Scenarios, f"test_{each.name}", method_of(each))


def load_tests(_loader, tests, _pattern):
    """Called with what is to be run, so that a single test needs the objects of its case only."""
    names = {test.id().rsplit(".test_", 1)[1] for suite in tests for test in suite}
    Scenarios.chosen = {case.name: case for case in CASES if case.name in names}
    return tests


if __name__ == "__main__":
    unittest.main()
