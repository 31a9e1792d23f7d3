"""The demo's part with data: files in volumes, lost with their namespace, and back again.

Two clusters with a node each, which share nothing, and an S3 server; all in a network of their own. A
pod writes files; a recovery point takes snapshots of them, and data movers copy it into a bucket. The
namespace is deleted and restored from the snapshots; then it is restored from the copy in the other
cluster, into a storage class of another driver. Each time a pod reads the files and compares. Needs root,
as a node does.
"""

import time

from salvor_e2e.control_plane import ControlPlane
from salvor_e2e.node import Node, make_space, row_of_claim, wait_for, wait_for_account
from salvor_e2e.own_network import OwnNetwork
from salvor_e2e.paths import SALVOR
from salvor_e2e.s3_server import S3Server
from salvor_e2e.salvor_server import SalvorServer

IMAGE = "salvor-mover:demo"
SPACE = "files"
CLAIM = "data"
WRITE = ["sh", "-c", "cd /data; mkdir -m 750 reports; for i in 1 2 3 4 5 6 7 8; do head -c 4000000 /dev/urandom > reports/$i; done;"
         " chown -R 1000:2000 reports; sha256sum reports/*; stat -c '%a %u %g %n' reports reports/1"]
READ = ["sh", "-c", "cd /data; sha256sum reports/*; stat -c '%a %u %g %n' reports reports/1"]


def read_back(node, name):
    wait_for_account(node)
    return node.run_pod(name, READ, CLAIM)


def show_claim(job, rows):
    row = row_of_claim(rows, CLAIM)
    print(f"    claim {row['namespace']}/{row['name']}: {row['reason']}, {row['message']}")
    print(f"    job {job['_id']}: {job['state']}, {job['message']}")
    return job["state"] == "COMPLETED"


def volumes(say):
    """Whether all files came back as they were."""
    say("starting two clusters with a node each, and an S3 server")
    with OwnNetwork(), ControlPlane(node=True) as home, ControlPlane(node=True) as away, \
            S3Server("copies", address=OwnNetwork.address) as s3, SalvorServer("--mover-image", IMAGE) as server:
        for plane in (home, away):
            plane.image(IMAGE, SALVOR)
        return files_come_back(say, home, away, s3, server.client())


def files_come_back(say, home, away, s3, api):
    node = make_space(home, SPACE)
    say(f"writing 32 MB of files into volume {SPACE}/{CLAIM}")
    node.claim(CLAIM)
    written = node.run_pod("writes", WRITE, CLAIM)
    source = api.add_cluster("home", home.kubeconfig)
    target = api.add_cluster("away", away.kubeconfig)

    say("taking a recovery point with a snapshot, and copying it into a bucket")
    point, job = api.back_up(SPACE, source, {"namespaces": [SPACE]})
    print(f"    {point['name']}: {job['num_volume_snapshots_completed']} snapshot, {job['state']}")
    store = api.add_object_store("bucket", s3, "copies")
    start = time.monotonic()
    copy, job = api.copy(SPACE, point, store, delete_snapshots=False)
    moved = job["kube_copy_progress"]["stats"]
    print(f"    {copy['name']}: {moved['io_size'] / 1e6:.0f} MB of files in {time.monotonic() - start:.0f} s, {job['state']}")

    say(f"deleting namespace {SPACE} with its volume, and restoring it from the snapshot")
    node.cluster.request("DELETE", f"/api/v1/namespaces/{SPACE}")
    wait_for("the end of the namespace", lambda: node.is_gone(f"/api/v1/namespaces/{SPACE}"), 120)
    is_complete = show_claim(*api.restore("from-snapshot", point, selection={"namespaces": [SPACE]}))
    same_home = read_back(node, "reads") == written
    print(f"    the files are {'the same' if same_home else 'NOT THE SAME'}")

    say("restoring it from the copy in the other cluster, into storage class plain")
    restored = api.restore("from-copy", copy, cluster=target, selection={"namespaces": [SPACE]},
                           storage_class_map={"standard": "plain"})
    is_complete = show_claim(*restored) and is_complete
    same_away = read_back(Node(away, SPACE), "reads") == written
    print(f"    the files are {'the same' if same_away else 'NOT THE SAME'}")
    return is_complete and same_home and same_away
