"""The set of objects that both tools restore, and what of it is in a cluster."""

import base64
import concurrent.futures
import hashlib
import json
import os
import urllib.parse

from salvor_e2e.kubernetes import Cluster

PREFIX = "set"
OBJECTS_PER_NAMESPACE = 300
BYTES = 768  # 1 KB as base64
WORKERS = 8
PAGE = 500


def make(kubeconfig, namespaces):
    """Per namespace 200 ConfigMaps and 100 Secrets of 1 KB that does not compress."""
    cluster = Cluster(kubeconfig)
    for name in namespace_names(namespaces):
        cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    # Namespaces take turns, so that no one of them is the last one's alone.
    wanted = [(name, number) for number in range(OBJECTS_PER_NAMESPACE) for name in namespace_names(namespaces)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        for _ in workers.map(lambda one: make_one(cluster, *one), wanted):
            pass


def make_one(cluster, namespace, number):
    resource = "secrets" if number % 3 == 2 else "configmaps"
    cluster.request("POST", f"/api/v1/namespaces/{namespace}/{resource}",
                    {"metadata": {"name": f"object-{number:07d}"},
                     "data": {"data": base64.b64encode(os.urandom(BYTES)).decode()}})


def namespace_names(namespaces):
    return [f"{PREFIX}-{number}" for number in range(namespaces)]


def contents(kubeconfig):
    """A digest of the data by (kind, namespace, name), without what controllers make in each namespace."""
    cluster = Cluster(kubeconfig)
    found = {}
    for resource in ("configmaps", "secrets"):
        for item in pages(cluster, resource):
            key = (resource, item["metadata"]["namespace"], item["metadata"]["name"])
            if key[1].startswith(f"{PREFIX}-") and key[2].startswith("object-"):
                found[key] = hashlib.sha256(json.dumps(item["data"], sort_keys=True).encode()).digest()
    return found


def pages(cluster, resource):
    query = {"limit": PAGE}
    while True:
        page = cluster.request("GET", f"/api/v1/{resource}?{urllib.parse.urlencode(query)}")
        yield from page["items"]
        query["continue"] = page["metadata"].get("continue")
        if not query["continue"]:
            return


def check_same(tool, wanted, kubeconfig):
    """A restore that leaves objects out, or their data, is no restore to compare with."""
    found = contents(kubeconfig)
    bad = [key for key in wanted if found.get(key) != wanted[key]]
    if bad:
        raise SystemExit(f"{tool}: {len(bad)} of {len(wanted)} objects are missing or differ, as {'/'.join(bad[0])}")
