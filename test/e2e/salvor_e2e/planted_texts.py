"""Texts that name a namespace, or only seem to, each planted into an object of its own."""

import copy

import yaml

from .paths import DATA

KIND = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "notes.texts.salvor.test"},
        "spec": {"group": "texts.salvor.test", "scope": "Namespaced",
                 "names": {"plural": "notes", "singular": "note", "kind": "Note"},
                 "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                     "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}
PODS = {"kind": "Deployment", "apiVersion": "apps/v1",
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "texts"}},
                 "template": {"metadata": {"labels": {"app": "texts"}},
                              "spec": {"containers": [{"name": "main", "image": "none"}]}}}}


def load():
    with open(DATA / "free_texts.yaml", encoding="utf-8") as file:
        return yaml.safe_load(file)


class Place:
    """Where the texts of one kind stand: the collection, how an object gets a text, and where it is read."""

    def __init__(self, path, put, read):
        self.path, self.put, self.read = path, put, read


def _in_container(field):
    def put(name, text):
        body = copy.deepcopy(PODS)
        container = body["spec"]["template"]["spec"]["containers"][0]
        container[field] = [{"name": name, "value": text}] if field == "env" else text
        return body

    def read(body, _):
        value = body["spec"]["template"]["spec"]["containers"][0][field]
        return value[0]["value"] if field == "env" else value

    return Place("/apis/apps/v1/namespaces/{}/deployments", put, read)


def _annotated(name, text):
    return {"kind": "ConfigMap", "metadata": {"annotations": {f"example.com/{name}": text}}}


PLACES = {
    "env": _in_container("env"),
    "args": _in_container("args"),
    "command": _in_container("command"),
    "configmap": Place("/api/v1/namespaces/{}/configmaps", lambda name, text: {"kind": "ConfigMap", "data": {name: text}},
                       lambda body, name: body["data"][name]),
    "annotation": Place("/api/v1/namespaces/{}/configmaps", _annotated,
                        lambda body, name: body["metadata"]["annotations"][f"example.com/{name}"]),
    # The suggestion leaves Secrets out; the plan lists them without a value.
    "secret": Place("/api/v1/namespaces/{}/secrets", lambda name, text: {"kind": "Secret", "stringData": {name: text}},
                    None),
    "custom": Place("/apis/texts.salvor.test/v1/namespaces/{}/notes",
                    lambda name, text: {"apiVersion": "texts.salvor.test/v1", "kind": "Note", "spec": {name: text}},
                    lambda body, name: body["spec"][name]),
}


def filled(text, old, new):
    if isinstance(text, list):
        return [filled(one, old, new) for one in text]
    return text.replace("{ns}", old).replace("{to}", new)


def plant(cluster, entries, namespace):
    cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    for entry in entries:
        place = PLACES[entry["where"]]
        body = place.put(entry.get("name"), filled(entry["text"], namespace, ""))
        body.setdefault("metadata", {})["name"] = entry["id"]
        cluster.request("POST", place.path.format(namespace), body)


def read(cluster, entry, namespace):
    place = PLACES[entry["where"]]
    body = cluster.request("GET", place.path.format(namespace) + "/" + entry["id"])
    return place.read(body, entry.get("name"))
