#!/usr/bin/env python3
"""Tests of the comparison that need no cluster: python3 test/data/compare_test.py"""

import json
import unittest

from compare import Scope, compare_objects
from compare_rules import ROWS, Rules, Side
from kube_object import drop

GROUPS = {"", "apps", "batch", "streams.tidewater.example"}


def thing(kind, name, namespace="shop", uid=None, api="v1", **body):
    metadata = {"name": name, "uid": uid or f"{kind}-{namespace}-{name}"}
    if namespace:
        metadata["namespace"] = namespace
    metadata.update(body.pop("metadata", {}))
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **body}


def owned_by(kind, name, uid, api="v1"):
    reference = {"apiVersion": api, "kind": kind, "name": name, "uid": uid, "controller": True}
    return {"ownerReferences": [reference]}


def remembered(namespace):
    metadata = {"name": "a", "namespace": namespace}
    text = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    return {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": text}}


def binding(namespace, named):
    subjects = [
        {"kind": "ServiceAccount", "name": "a", "namespace": named},
        {"kind": "User", "name": f"system:serviceaccount:{named}:a"},
        {"kind": "Group", "name": f"system:serviceaccounts:{named}"},
        {"kind": "Group", "name": "system:serviceaccounts"},
        {"kind": "User", "name": "shop"},
    ]
    api = "rbac.authorization.k8s.io/v1"
    return thing("RoleBinding", "b", namespace, api=api, subjects=subjects)


def run(before, after, **mapping):
    scope = Scope(mapping, frozenset(["shop"]), True)
    rules = Rules(Side(before, GROUPS), Side(after, GROUPS), mapping)
    return compare_objects(before, after, scope, rules)


class Comparison(unittest.TestCase):
    def assert_equal(self, before, after, **mapping):
        result = run(before, after, **mapping)
        self.assertEqual((result.different, result.missing, result.extra), ({}, {}, []))

    def paths(self, before, after, **mapping):
        result = run(before, after, **mapping)
        return [path for places in result.different.values() for path, _, _ in places]

    def test_server_owned_metadata_and_status_do_not_count(self):
        before = thing("ConfigMap", "a", uid="1", data={"x": "y"}, status={"old": True})
        after = thing("ConfigMap", "a", uid="2", data={"x": "y"}, metadata={"labels": {}})

        self.assert_equal([before], [after])

    def test_each_kind_of_difference_is_named_by_its_path(self):
        before = thing("ConfigMap", "a", data={"x": "y", "a/b": "1"}, list=[1, True])
        after = thing("ConfigMap", "a", data={"x": "z"}, list=[1, 1, 2])

        places = self.paths([before], [after])
        self.assertEqual(places, ["/data/a~1b", "/data/x", "/list/1", "/list/2"])

    def test_a_missing_and_an_extra_object_are_found(self):
        result = run([thing("ConfigMap", "a")], [thing("ConfigMap", "b")])

        self.assertEqual(list(result.missing), [("ConfigMap", "shop", "a")])
        self.assertEqual(result.extra, [("ConfigMap", "shop", "b")])

    def test_an_object_on_its_way_out_of_the_target_is_missing(self):
        gone = thing("ConfigMap", "a", metadata={"deletionTimestamp": "2024-01-01T00:00:00Z"})

        self.assertEqual(len(run([thing("ConfigMap", "a")], [gone]).missing), 1)

    def test_a_secret_is_not_shown(self):
        before, after = (thing("Secret", "a", data={"k": value}) for value in ("aGk=", "aG8="))

        places = run([before], [after]).different[("Secret", "shop", "a")]

        self.assertNotIn("aG", json.dumps(places))

    def test_an_owner_is_compared_by_identity(self):
        old, new = (thing("Secret", "c", metadata=owned_by("ConfigMap", "o", u)) for u in "12")
        before = [thing("ConfigMap", "o", uid="1"), old]
        owner = thing("ConfigMap", "o", uid="2")

        self.assert_equal(before, [owner, new])
        self.assertEqual(self.paths(before, [owner, old]), ["/metadata/ownerReferences/0/owner"])

    def test_an_owner_that_is_not_in_the_target_is_dropped(self):
        mark = {"annotations": {"control-plane.alpha.kubernetes.io/leader": "{}"}}
        lock = thing("ConfigMap", "l", uid="1", metadata=mark)
        child = thing("Secret", "c", metadata=owned_by("ConfigMap", "l", "1"))

        self.assert_equal([lock, child], [thing("Secret", "c")])

    def test_foreign_finalizers_stay_where_their_group_is_served(self):
        kept, foreign = "streams.tidewater.example/topic", "other.example/x"
        before = thing("ConfigMap", "a", metadata={"finalizers": [kept, foreign, "orphan"]})

        self.assert_equal([before], [thing("ConfigMap", "a", metadata={"finalizers": [kept]})])
        self.assertEqual(self.paths([before], [thing("ConfigMap", "a")]), ["/metadata/finalizers"])

    def test_children_of_controllers_are_left_out(self):
        pod = thing("Pod", "p", spec={}, metadata=owned_by("ReplicaSet", "r", "1", "apps/v1"))

        self.assert_equal([pod], [])

    def test_a_volume_named_like_a_token_is_compared(self):
        volumes = [{"name": "importer-token-cache", "emptyDir": {}}]
        before = thing("Pod", "p", spec={"volumes": volumes, "containers": []})
        after = thing("Pod", "p", spec={"containers": []})

        self.assertEqual(self.paths([before], [after]), ["/spec/volumes"])

    def test_a_job_may_come_back_suspended_but_not_wake_up(self):
        awake = thing("Job", "j", api="batch/v1", spec={"suspend": False})
        asleep = thing("Job", "j", api="batch/v1", spec={"suspend": True})

        self.assert_equal([awake], [asleep])
        self.assertEqual(self.paths([asleep], [awake]), ["/spec/suspend"])

    def test_three_ways_to_name_an_account_are_mapped(self):
        self.assert_equal([binding("shop", "shop")], [binding("laden", "laden")], shop="laden")
        places = self.paths([binding("shop", "shop")], [binding("laden", "shop")], shop="laden")
        self.assertEqual(places, ["/subjects/0/namespace", "/subjects/1/name", "/subjects/2/name"])

    def test_service_names_are_mapped_and_others_are_not(self):
        names = {
            "web.shop.svc.cluster.local": "web.laden.svc.cluster.local",
            "pod.web.shop.svc": "pod.web.laden.svc",
            "web.shop": "web.laden",
            "shop.example.org": "shop.example.org",
            "www.shop.example": "www.shop.example",
        }
        for old, new in names.items():
            before = thing("Service", "s", spec={"externalName": old})
            after = thing("Service", "s", "laden", spec={"externalName": new})
            with self.subTest(old):
                self.assert_equal([before], [after], shop="laden")

    def test_kubectls_memory_is_mapped(self):
        before = thing("ConfigMap", "a", metadata=remembered("shop"))
        mapped = thing("ConfigMap", "a", "laden", metadata=remembered("laden"))
        stale = thing("ConfigMap", "a", "laden", metadata=remembered("shop"))

        self.assert_equal([before], [mapped], shop="laden")
        self.assertEqual(len(self.paths([before], [stale], shop="laden")), 1)


class Table(unittest.TestCase):
    def test_each_row_says_why(self):
        for row in ROWS:
            self.assertTrue(row.why and row.rule.startswith("C"), row)

    def test_a_pointer_reaches_into_lists_and_odd_keys(self):
        obj = {"a": [{"x/y": 1, "z": 2}, {"x/y": 3}], "b": 4}

        drop(obj, "/a/*/x~1y")
        drop(obj, "/no/such/place")

        self.assertEqual(obj, {"a": [{"z": 2}, {}], "b": 4})


if __name__ == "__main__":
    unittest.main()
