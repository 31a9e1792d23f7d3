"""One cluster as scenarios see it: objects by kind and name, made in the ways that a manifest cannot say."""

import json
import re
import sys
import time

from salvor_e2e.kubernetes import ApiError, Cluster
from salvor_e2e.paths import DATA

from .match import mismatches
from .release import with_releases

sys.path.insert(0, str(DATA))

from apply import patiently  # noqa: E402  (the refusals that pass by themselves)

MERGE = "application/merge-patch+json"
PAUSE_S = 0.1


class Site:
    """Any thread may call."""

    def __init__(self, kubeconfig):
        self.cluster = Cluster(kubeconfig)
        self.read_discovery()

    def read_discovery(self):
        self.resources = sorted(self.cluster.discover(), key=lambda resource: resource.rank)

    def resource(self, kind, api_version=None):
        """The kind in the version asked for, or in its group's preferred one. "Kind.group" tells groups apart."""
        found = self.known(kind, api_version)
        if not found:  # a restore may have brought it
            self.read_discovery()
            found = self.known(kind, api_version)
        if not found:
            raise LookupError(f"the cluster does not serve {api_version or ''} {kind}")
        return found

    def known(self, kind, api_version):
        name, _, group = kind.partition(".")
        for resource in self.resources:
            is_version = api_version in (None, resource.api_version)
            if resource.kind == name and is_version and (not group or resource.group == group):
                return resource
        return None

    def path(self, body, namespace, with_name=True):
        """Of the object that a body or an expectation names; its namespace is `namespace` unless it says another."""
        metadata = body.get("metadata", {})
        resource = self.resource(body["kind"], body.get("apiVersion"))
        return resource.path(metadata.get("namespace", namespace), metadata["name"] if with_name else None)

    def find(self, body, namespace):
        """The live object, or None."""
        try:
            return self.cluster.request("GET", self.path(body, namespace))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def all_like(self, body, namespace):
        """The live objects of a kind and namespace that have all that the body has."""
        items = self.cluster.request("GET", self.path(body, namespace, with_name=False)).get("items") or []
        wanted = {key: value for key, value in body.items() if key not in ("apiVersion", "kind")}
        return [item for item in items if not mismatches(wanted, item)]

    def make(self, manifest, namespace):
        """Creates what is not there. `status` is written as a controller would, `$deleted` begins the deletion."""
        body = with_releases(self.with_uids(manifest, namespace))
        is_deleted = body.pop("$deleted", False)
        self.make_whole(body, namespace)
        if "status" in body:
            self.write_status(body, namespace)
        if is_deleted:
            self.cluster.request("DELETE", self.path(body, namespace))

    def make_whole(self, body, namespace):
        """What a controller had made meanwhile, such as the default ServiceAccount, gets what the manifest says."""
        path = self.path(body, namespace, with_name=False) + "?fieldValidation=Strict"
        try:
            patiently(lambda: self.cluster.request("POST", path, body))
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
            self.cluster.request("PATCH", self.path(body, namespace), body, MERGE)

    def write_status(self, body, namespace):
        try:
            self.cluster.request("PATCH", self.path(body, namespace) + "/status", {"status": body["status"]}, MERGE)
        except ApiError as error:
            if error.status != 404:  # a kind without the subresource has its status from the creation
                raise

    def change(self, change, namespace):
        """{"delete": "Kind/name"}, or {"patch": "Kind/name", "with": a merge patch}, perhaps of a `subresource`."""
        body = reference(change.get("delete") or change["patch"])
        path = self.path(body, namespace)
        if "delete" in change:
            self.cluster.request("DELETE", path)
            self.wait_for(f"{path} to be gone", lambda: self.find(body, namespace) is None)
        else:
            below = f"/{change['subresource']}" if "subresource" in change else ""
            self.cluster.request("PATCH", path + below, self.with_uids(change["with"], namespace), MERGE)

    def with_uids(self, value, namespace):
        """A copy in which each "$uid(Kind/name)" is the live object's uid."""
        def uid(found):
            live = self.find(reference(found.group(1)), namespace)
            return live["metadata"]["uid"] if live else "of-nobody"

        return json.loads(re.sub(r"\$uid\(([^)]*)\)", uid, json.dumps(value)))

    def wait_for(self, what, look, seconds=30):
        end = time.monotonic() + seconds
        while not look():
            if time.monotonic() > end:
                raise TimeoutError(f"{what}: not within {seconds} s")
            time.sleep(PAUSE_S)

    def serves(self, definition):
        spec = definition["spec"]
        kind = f"{spec['names']['kind']}.{spec['group']}"
        return all(self.known(kind, f"{spec['group']}/{version['name']}") for version in spec["versions"])

    def wait_until_served(self, definitions):
        """A kind is served some time after its definition is accepted."""
        def look():
            self.read_discovery()
            return all(self.serves(definition) for definition in definitions)

        self.wait_for("definitions to be served", look)


def reference(text):
    """"Kind/name" or "Kind/namespace/name" as a body without anything else. Names of cluster roles may hold colons."""
    kind, *home, name = text.split("/")
    return {"kind": kind, "metadata": {"name": name, **({"namespace": home[0]} if home else {})}}


def definition_of(entry):
    """The custom resource definition that {"definition": "plural.group", "kind": …} is short for."""
    plural, _, group = entry["definition"].partition(".")
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = entry.get("versions", ["v1"])
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": entry["definition"], "annotations": {"api-approved.kubernetes.io": "unapproved"}},
            "spec": {"group": group, "scope": entry.get("scope", "Namespaced"),
                     "names": {"plural": plural, "singular": entry["kind"].lower(), "kind": entry["kind"],
                               "listKind": entry["kind"] + "List"},
                     "versions": [{"name": name, "served": True, "storage": name == versions[0],
                                   "schema": entry.get("schema", schema),
                                   **({"subresources": {"status": {}}} if entry.get("has_status") else {})}
                                  for name in versions]}}


def expanded(manifest):
    return definition_of(manifest) if "definition" in manifest else manifest


def is_definition(body):
    return body.get("kind") == "CustomResourceDefinition"
