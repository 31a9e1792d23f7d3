#!/usr/bin/env python3
"""The main job, shown on a real cluster through the REST API.

Deploys a sample application set, takes a recovery point, deletes a namespace, restores it beside
itself under a new name and then as it was, prints what happened to each kind, and cleans up. Then, as root,
the same with files in volumes (demo_volumes.py).
Uses the cluster of KUBECONFIG if that is set, else a control plane of its own.
"""

import collections
import contextlib
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "test" / "e2e"))

import demo_volumes  # noqa: E402
from salvor_e2e.control_plane import ControlPlane  # noqa: E402
from salvor_e2e.kubernetes import ApiError, Cluster, apply  # noqa: E402
from salvor_e2e.salvor_server import SalvorServer  # noqa: E402

APPS = "shop,blog,databases,broker,tenants"
LOST = "shop"
COPY = "shop-copy"


def say(text):
    print(f"\n==> {text}", flush=True)


def table(rows, heads):
    widths = [max(len(str(row[i])) for row in [heads, *rows]) for i in range(len(heads))]
    for row in [heads, *rows]:
        print("    " + "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())


@contextlib.contextmanager
def cluster():
    """A kubeconfig's path; the control plane behind it ends with the block if it is ours."""
    given = os.environ.get("KUBECONFIG")
    if given:
        yield given
        return
    say("starting a control plane (etcd, kube-apiserver, kube-controller-manager)")
    with ControlPlane() as plane:
        yield plane.kubeconfig


def wait_until_gone(kubernetes, namespace, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            kubernetes.request("GET", f"/api/v1/namespaces/{namespace}")
        except ApiError as error:
            if error.status == 404:
                return
            raise
        time.sleep(0.2)
    raise TimeoutError(f"namespace {namespace} is not gone after {seconds} s")


def count(kubernetes, namespace):
    return sum(len(kubernetes.list_all(resource, namespace)) for resource in kubernetes.discover()
               if resource.namespaced and resource.rank == 0 and {"list", "create"} <= resource.verbs
               and resource.plural != "events")


def show(job, rows):
    kinds = collections.defaultdict(collections.Counter)
    for row in rows:
        kinds[row["kind"]][row["state"]] += 1
    states = ("DONE", "KEPT", "SKIPPED", "FAILED")
    table([(kind, *(counter[state] or "" for state in states)) for kind, counter in sorted(kinds.items())],
          ("KIND", "RESTORED", "WAS THERE", "SKIPPED", "FAILED"))
    reasons = collections.Counter(row["reason"] for row in rows if row["state"] in ("SKIPPED", "FAILED"))
    print("    not restored: " + (", ".join(f"{reason} {number}" for reason, number in reasons.most_common()) or "nothing"))
    print(f"    job {job['_id']}: {job['state']}, {job['message']}")


def main_job(server, kubeconfig):
    kubernetes = Cluster(kubeconfig)
    api = server.client()
    say(f"deploying sample applications ({APPS})")
    print("    " + apply(kubeconfig, "--apps", APPS))
    say("registering the cluster and taking a recovery point")
    cluster_id = api.add_cluster("demo", kubeconfig)
    point, job = api.back_up("demo-backup", cluster_id, {"all_namespaces": True})
    if point is None:
        raise SystemExit(f"the backup ended {job['state']}: {job['message']}")
    print(f"    {point['name']}: {point['num_backup_resources']} objects, {point['pv_count']} volumes, {job['state']}")
    before = count(kubernetes, LOST)
    say(f"restoring namespace {LOST} beside itself, as {COPY}")
    show(*api.restore("demo-copy", point, selection={"namespaces": [LOST]}, namespaces_map={LOST: COPY}))
    say(f"deleting namespace {LOST} with its {before} objects")
    kubernetes.request("DELETE", f"/api/v1/namespaces/{LOST}")
    wait_until_gone(kubernetes, LOST)
    print("    gone")
    say(f"restoring namespace {LOST} as it was")
    job, rows = api.restore("demo-restore", point, selection={"namespaces": [LOST]})
    show(job, rows)
    print(f"    {count(kubernetes, LOST)} objects in {LOST} now, {count(kubernetes, COPY)} in {COPY}")
    return job["state"] == "COMPLETED"


def with_volumes():
    if os.geteuid() != 0:
        say("run this as root to see volumes' data come back, too: a node needs it")
        return True
    return demo_volumes.volumes(say)


def look_further(server):
    key = server.folder / "data" / "admin.key"
    say("to look further, start a server of your own:")
    print("    build/release/salvor serve --data my-data &")
    print("    build/release/salvor login http://127.0.0.1:8080 --key-file my-data/admin.key")
    print("    build/release/salvor cluster add NAME --kubeconfig FILE --wait")
    print(f"    (this demo's server kept its key in {key.name}; all of it is removed now)")


def main():
    start = time.monotonic()
    with cluster() as kubeconfig, SalvorServer() as server:
        try:
            is_complete = main_job(server, kubeconfig)
        finally:
            if os.environ.get("KUBECONFIG"):
                remove_copy(Cluster(kubeconfig))
        look_further(server)
    if not os.environ.get("KUBECONFIG"):
        is_complete = with_volumes() and is_complete
    say(f"{'done' if is_complete else 'NOT COMPLETE'} in {time.monotonic() - start:.0f} s")
    return 0 if is_complete else 1


def remove_copy(kubernetes):
    """In somebody's own cluster the copy goes; the sample applications stay, to be looked at."""
    with contextlib.suppress(ApiError):
        kubernetes.request("DELETE", f"/api/v1/namespaces/{COPY}")
    say("the sample applications stay in your cluster; test/data/README.md lists their namespaces")


if __name__ == "__main__":
    sys.exit(main())
