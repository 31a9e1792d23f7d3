#!/usr/bin/env python3
"""The comparison must find what differs: one that accepts everything would let every scenario pass."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from salvor_scenario import release  # noqa: E402
from salvor_scenario.match import mismatches, order_mismatches, row_mismatches  # noqa: E402


class Objects(unittest.TestCase):
    def assert_fits(self, wanted, found):
        self.assertEqual(mismatches(wanted, found), [])

    def assert_differs(self, wanted, found):
        self.assertNotEqual(mismatches(wanted, found), [])

    def test_a_mapping_may_have_more_than_is_wanted(self):
        self.assert_fits({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}})
        self.assert_differs({"a": {"b": 1}}, {"a": {"c": 2}})
        self.assert_differs({"a": {"b": 1}}, {})

    def test_a_list_may_not(self):
        self.assert_fits({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]})
        self.assert_differs({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": 1}]})
        self.assert_differs({"a": [{"b": 1}]}, {"a": [{"b": 2}]})

    def test_what_must_be_absent_or_there(self):
        self.assert_fits({"a": {"b": "$absent"}}, {})
        self.assert_differs({"a": {"b": "$absent"}}, {"a": {"b": None}})
        self.assert_fits({"a": "$present"}, {"a": 1})
        self.assert_differs({"a": "$present"}, {"a": []})

    def test_elements_of_a_list(self):
        self.assert_fits({"$has": [{"a": 1}]}, [{"a": 2}, {"a": 1, "b": 1}])
        self.assert_differs({"$has": [{"a": 1}]}, [{"a": 2}])
        self.assert_fits({"$has_not": [{"a": 1}]}, None)
        self.assert_differs({"$has_not": [{"a": 1}]}, [{"a": 1}])

    def test_parts_and_wholes(self):
        self.assert_fits({"$contains": "b"}, "abc")
        self.assert_differs({"$contains": "b"}, None)
        self.assert_fits({"$only": {"a": 1}}, {"a": 1})
        self.assert_differs({"$only": {"a": 1}}, {"a": 1, "b": 1})

    def test_what_is_packed_in_a_release(self):
        packed = release.with_releases({"data": {"release": {"$release": {"namespace": "a"}}}})
        self.assert_fits({"data": {"release": {"$release": {"namespace": "a"}}}}, packed)
        self.assert_differs({"data": {"release": {"$release": {"namespace": "b"}}}}, packed)


class Rows(unittest.TestCase):
    rows = [{"kind": "Pod", "name": "web-1", "state": "DONE", "message": "all of it", "wave": 8, "action": "CREATE"},
            {"kind": "Pod", "name": "web-2", "state": "FAILED", "message": "", "wave": 8, "action": "CREATE"},
            {"kind": "Secret", "name": "tls", "state": "DONE", "message": "", "wave": 5, "action": "CREATE"}]

    def test_all_that_fit_must_be_so(self):
        wanted = {"kind": "Pod", "name": "web-1", "state": "DONE", "message": "all"}
        self.assertEqual(row_mismatches(wanted, self.rows), [])
        self.assertNotEqual(row_mismatches({"kind": "Pod", "name": "web-*", "state": "DONE"}, self.rows), [])
        self.assertNotEqual(row_mismatches({"kind": "Pod", "name": "db", "state": "DONE"}, self.rows), [])

    def test_how_many(self):
        self.assertEqual(row_mismatches({"kind": "Pod", "count": 2}, self.rows), [])
        self.assertEqual(row_mismatches({"kind": "Node", "count": 0}, self.rows), [])
        self.assertNotEqual(row_mismatches({"kind": "Pod", "count": 0}, self.rows), [])

    def test_the_order_of_kinds(self):
        self.assertEqual(order_mismatches(["Secret", "Pod"], self.rows), [])
        self.assertNotEqual(order_mismatches(["Pod", "Secret"], self.rows), [])
        self.assertNotEqual(order_mismatches(["Pod", "Node"], self.rows), [])


if __name__ == "__main__":
    unittest.main()
