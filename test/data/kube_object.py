"""A Kubernetes object as parsed JSON: what it is, and where to find things in it."""

import json


def kind_of(obj):
    group = obj["apiVersion"].rpartition("/")[0]
    return f"{obj['kind']}.{group}" if group else obj["kind"]


def at(obj):
    return (obj["metadata"].get("namespace"), obj["metadata"]["name"])


def identity(obj):
    return (kind_of(obj), obj["metadata"].get("namespace") or "", obj["metadata"]["name"])


def labels(obj):
    return obj["metadata"].get("labels") or {}


def annotations(obj):
    return obj["metadata"].get("annotations") or {}


def is_token(obj):
    return obj.get("type") == "kubernetes.io/service-account-token"


def controller_of(obj):
    references = obj["metadata"].get("ownerReferences") or []
    return next((r for r in references if r.get("controller")), None)


def copy_of(obj):
    return json.loads(json.dumps(obj))


def replace_list(obj, key, keep):
    if key in obj:
        obj[key] = [item for item in obj[key] or [] if keep(item)]
        if not obj[key]:
            del obj[key]


def drop(obj, pointer):
    """Removes what the pointer names; `*` stands for each item of a list."""
    parts = [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]
    places = [obj]
    for part in parts[:-1]:
        if part == "*":
            places = [item for place in places if isinstance(place, list) for item in place]
        else:
            places = [p[part] for p in places if isinstance(p, dict) and part in p]
    for place in places:
        if isinstance(place, dict):
            place.pop(parts[-1], None)


def prune_metadata(obj):
    for key in ("labels", "annotations", "finalizers", "ownerReferences"):
        if not obj["metadata"].get(key):
            obj["metadata"].pop(key, None)
