"""A set of objects of ten kinds, in any number, made by the load generator of the control plane's tool."""

import subprocess

from .kubernetes import Cluster
from .paths import CLUSTER

BLOCK = 20  # objects that name one another; see test/cluster/internal/load/kinds.go
SECRET, OWNER, OWNED_THING = 8, 18, 19  # places in it
THINGS = "/apis/mix.salvor.test/v1/namespaces/{}/things"


def make_mixed_set(plane, objects, namespaces, prefix="set"):
    """Makes the set; the names of its namespaces. Each block gets a Thing that owns a Secret and a Thing."""
    done = subprocess.run([CLUSTER, "ceiling", plane.kubeconfig, "--objects", str(objects),
                           "--namespaces", str(namespaces), "--prefix", prefix],
                          capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"salvor-cluster ceiling: {done.stderr}")
    cluster = Cluster(plane.kubeconfig)
    for block in range(objects // BLOCK):
        own(cluster, f"{prefix}-{block % namespaces}", block)
    return [f"{prefix}-{number}" for number in range(namespaces)]


def own(cluster, namespace, block):
    name = lambda place: f"object-{block * BLOCK + place:07d}"
    things = THINGS.format(namespace)
    owner = cluster.request("GET", f"{things}/{name(OWNER)}")
    reference = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": name(OWNER),
                 "uid": owner["metadata"]["uid"]}
    patch = {"metadata": {"ownerReferences": [reference]}}
    for owned in (f"/api/v1/namespaces/{namespace}/secrets/{name(SECRET)}", f"{things}/{name(OWNED_THING)}"):
        cluster.request("PATCH", owned, patch, content_type="application/merge-patch+json")
