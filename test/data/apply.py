#!/usr/bin/env python3
"""Applies the applications in test/data/apps to a cluster, for backup and restore tests.

    apply.py --kubeconfig FILE [--apps gitops,shop] [--data DIR]
    apply.py --only-count [--apps gitops,shop]

An application is a folder of YAML files named by a two-digit wave: 00-crds.yaml and so on. All
applications go together, wave by wave: custom resource definitions first, until they are served;
then namespaces; then the rest, a few at a time. Objects are created by plain POST with strict field
validation; one that is already there is left as it is, so a second run changes nothing.

A file cannot say who owns an object, as a reference holds the owner's uid. The applications' wishes
stand in owners.json, a list of {"child", "owner", "controller", "blockOwnerDeletion"}; they are
patched in at the end with the uids of the live owners (an owner lives in its child's namespace, or
in none).

The last line is `applied objects=N kinds=K namespaces=M seconds=S`. Any refusal is printed and
makes the exit status 1.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import pathlib
import sys
import time

from kube_client import ApiError, Cluster, parse_documents

DATA = pathlib.Path(__file__).resolve().parent / "apps"
WORKERS = 6
DEADLINE_S = 30
PAUSE_S = 0.1

# Refusals that pass by themselves: controllers fill in what a new namespace or kind needs.
PASSING = [
    (404, "could not find the requested resource", "a new kind is served a moment after its CRD"),
    (403, "error looking up service account", "the default ServiceAccount comes from a controller"),
    (403, "status unknown for quota", "a new ResourceQuota counts only once a controller saw it"),
    (429, "", "the server asks for patience"),
    (503, "", "the server is starting"),
]


@dataclasses.dataclass(frozen=True)
class Item:
    """One object of the set, and the file it came from."""

    app: str
    file: str
    body: dict

    @property
    def kind(self):
        return self.body["kind"]

    @property
    def key(self):
        return key_of(self.body["apiVersion"], self.kind, self.body["metadata"])

    def __str__(self):
        metadata = self.body["metadata"]
        name = "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
        return f"{self.app}/{self.file}: {self.kind} {name}"


@dataclasses.dataclass(frozen=True)
class Ownership:
    app: str
    child: dict
    owner: dict
    controller: bool
    block: bool


def main():
    arguments = parse_arguments()
    folders = choose_folders(arguments.data, arguments.apps)
    items = load_items(folders)
    started = time.monotonic()
    refusals = []
    if not arguments.only_count:
        try:
            run = apply(Cluster(arguments.kubeconfig), items, load_ownerships(folders))
        except (ApiError, OSError, ValueError) as error:
            sys.exit(f"cannot apply: {error}")
        refusals = run.refusals
        print(f"created {len(run.live)}, {len(items) - len(run.live) - len(refusals)} were there")
    print_summary(items, time.monotonic() - started)
    for refusal in refusals:
        print(f"refused: {refusal}", file=sys.stderr)
    return 1 if refusals else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kubeconfig", help="the cluster to fill")
    parser.add_argument("--apps", default="", help="only these, with commas between")
    parser.add_argument("--only-count", action="store_true", help="touch no cluster")
    parser.add_argument("--data", type=pathlib.Path, default=DATA, help="another set")
    arguments = parser.parse_args()
    if not arguments.kubeconfig and not arguments.only_count:
        parser.error("--kubeconfig is needed, unless --only-count is given")
    return arguments


def choose_folders(data, names):
    folders = {path.name: path for path in sorted(data.iterdir()) if path.is_dir()}
    chosen = [name for name in names.split(",") if name] or list(folders)
    unknown = [name for name in chosen if name not in folders]
    if unknown:
        sys.exit(f"no such application: {', '.join(unknown)}; there are: {', '.join(folders)}")
    return [folders[name] for name in chosen]


def load_items(folders):
    items, seen = [], {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            for body in parse_documents(path.read_text(encoding="utf-8")):
                item = Item(folder.name, path.name, body)
                if item.key in seen:
                    sys.exit(f"{item} is also in {seen[item.key]}")
                seen[item.key] = item
                items.append(item)
    return items


def load_ownerships(folders):
    ownerships = []
    for folder in folders:
        path = folder / "owners.json"
        for entry in json.loads(path.read_text(encoding="utf-8")) if path.exists() else []:
            ownerships.append(
                Ownership(
                    folder.name,
                    entry["child"],
                    entry["owner"],
                    entry.get("controller", False),
                    entry.get("blockOwnerDeletion", False),
                )
            )
    return ownerships


def apply(cluster, items, ownerships):
    """Creates everything, wave by wave, and links the owners."""
    run = Run(cluster)
    for wave in waves(items):
        run.create_all(wave)
        if wave[0].kind == "CustomResourceDefinition":
            run.wait_until_served(wave)
    if not run.refusals:
        run.link_all(ownerships)
    return run


def waves(items):
    """The items in groups that may go side by side: by kind for the first two, then by file."""
    groups = collections.defaultdict(list)
    for item in items:
        rank = {"CustomResourceDefinition": 0, "Namespace": 1}.get(item.kind, 2)
        groups[(rank, item.file[:2] if rank == 2 else "")].append(item)
    return [groups[key] for key in sorted(groups)]


class Run:
    """One run against one cluster: what it serves, what was created in it, what it refused."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.refusals = []
        self.live = {}
        self.resources = {}
        self._read_discovery()

    def create_all(self, items):
        self._side_by_side(self._create, items)

    def wait_until_served(self, definitions):
        wanted = {
            (f"{item.body['spec']['group']}/{version['name']}", item.body["spec"]["names"]["kind"])
            for item in definitions
            for version in item.body["spec"]["versions"]
            if version["served"]
        }
        deadline = time.monotonic() + DEADLINE_S
        while not wanted <= self.resources.keys():
            if time.monotonic() > deadline:
                missing = sorted(wanted - self.resources.keys())
                self.refusals.append(f"not served {DEADLINE_S} s after their CRDs: {missing}")
                return
            time.sleep(PAUSE_S)
            self._read_discovery()

    def link_all(self, ownerships):
        children = collections.defaultdict(list)
        for ownership in ownerships:
            child = ownership.child
            key = key_of(child["apiVersion"], child["kind"], child_metadata(child))
            children[key].append(ownership)
        self._side_by_side(self._link, list(children.values()))

    def _read_discovery(self):
        self.resources = {(r.api_version, r.kind): r for r in self.cluster.discover()}

    def _side_by_side(self, work, things):
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for refusal in pool.map(work, things):
                if refusal:
                    self.refusals.append(refusal)

    def _create(self, item):
        """Creates one object. Returns why not, if so."""
        resource = self.resources.get((item.body["apiVersion"], item.kind))
        if resource is None:
            return f"{item}: the cluster does not serve {item.body['apiVersion']}"
        metadata = item.body["metadata"]
        path = resource.path(metadata.get("namespace")) + "?fieldValidation=Strict"
        try:
            self.live[item.key] = patiently(lambda: self.cluster.request("POST", path, item.body))
        except ApiError as error:
            if error.reason != "AlreadyExists" and not self._exists(resource, metadata):
                return f"{item}: {error}"
        return None

    def _exists(self, resource, metadata):
        # A second create is not always answered by "already exists": a Service's own node port is
        # refused as taken, and a full quota refuses, before the server comes to look at the name.
        try:
            self.cluster.request("GET", resource.path(metadata.get("namespace"), metadata["name"]))
        except ApiError:
            return False
        return True

    def _link(self, ownerships):
        """Sets one child's owners. Returns why not, if so."""
        child = ownerships[0].child
        where = f"{ownerships[0].app}/owners.json: {child['kind']} {child['name']}"
        try:
            wanted = [self._reference(ownership) for ownership in ownerships]
            path = self._path(child["apiVersion"], child["kind"], child_metadata(child))
            present = self.cluster.request("GET", path)["metadata"].get("ownerReferences") or []
            missing = missing_references(present, wanted)
            if missing:
                body = {"metadata": {"ownerReferences": present + missing}}
                self.cluster.request("PATCH", path, body, "application/merge-patch+json")
        except ApiError as error:
            return f"{where}: {error}"
        except KeyError as error:
            return f"{where}: the cluster does not serve {error}"
        return None

    def _reference(self, ownership):
        owner = ownership.owner
        metadata = {"name": owner["name"], "namespace": ownership.child.get("namespace")}
        live = self._live_owner(owner["apiVersion"], owner["kind"], metadata)
        return {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["name"],
            "uid": live["metadata"]["uid"],
            "controller": ownership.controller,
            "blockOwnerDeletion": ownership.block,
        }

    def _live_owner(self, api_version, kind, metadata):
        known = self.live.get(key_of(api_version, kind, metadata))
        return known or self.cluster.request("GET", self._path(api_version, kind, metadata))

    def _path(self, api_version, kind, metadata):
        return self.resources[(api_version, kind)].path(metadata.get("namespace"), metadata["name"])


def patiently(call):
    """The call's answer; a refusal that passes by itself is waited out."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        try:
            return call()
        except ApiError as error:
            if not is_passing(error) or time.monotonic() > deadline:
                raise
        time.sleep(PAUSE_S)


def is_passing(error):
    return any(error.status == status and text in error.message for status, text, _ in PASSING)


def missing_references(live, wanted):
    have = {(reference["uid"], reference.get("controller", False)) for reference in live}
    return [r for r in wanted if (r["uid"], r["controller"]) not in have]


def child_metadata(child):
    return {"name": child["name"], "namespace": child.get("namespace")}


def key_of(api_version, kind, metadata):
    return (api_version, kind, metadata.get("namespace") or "", metadata["name"])


def print_summary(items, seconds):
    kinds = collections.Counter((item.kind, item.body["apiVersion"]) for item in items)
    for (kind, api_version), count in sorted(kinds.items()):
        print(f"{count:6}  {kind:32} {api_version}")
    namespaces = sum(item.kind == "Namespace" for item in items)
    unlike = len({(kind, api_version.split("/")[0]) for kind, api_version in kinds})
    print(
        f"applied objects={len(items)} kinds={unlike} namespaces={namespaces} seconds={seconds:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
