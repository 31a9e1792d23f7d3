"""The set of objects that both tools restore, and what of it is in a cluster."""

import hashlib
import json
import subprocess
import urllib.parse

from salvor_e2e.kubernetes import Cluster
from salvor_e2e.paths import CLUSTER

PREFIX = "set"
OBJECTS_PER_NAMESPACE = 300
PAGE = 500


def make(kubeconfig, namespaces):
    """Per namespace 200 ConfigMaps and 100 Secrets of 1 KB that does not compress."""
    flags = {"--objects": namespaces * OBJECTS_PER_NAMESPACE, "--in-flight": 32, "--namespaces": namespaces,
             "--prefix": PREFIX}
    command = [CLUSTER, "ceiling", kubeconfig, *(str(word) for flag in flags.items() for word in flag)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=900)


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
