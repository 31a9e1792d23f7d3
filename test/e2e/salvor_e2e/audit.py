"""What Salvor wrote to a control plane that was brought up with --audit, as its API server saw it."""

import collections
import json
import pathlib

WRITES = {"create", "update", "patch", "delete", "deletecollection"}

# `is_rehearsed`: a dry run, which changes nothing.
Write = collections.namedtuple("Write", "verb resource namespace name code is_rehearsed")


def writes_of_salvor(plane):
    """Every answered write, refused ones too, in the order of their ends."""
    with open(pathlib.Path(plane.folder) / "audit.log", encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if (event["stage"] != "ResponseComplete" or event["verb"] not in WRITES
                    or not event.get("userAgent", "").startswith("salvor/")):
                continue
            target = event.get("objectRef", {})
            yield Write(event["verb"], target.get("resource"), target.get("namespace", ""), target.get("name", ""),
                        event.get("responseStatus", {}).get("code", 0), "dryRun=All" in event["requestURI"])


def made_twice(plane):
    """{(resource, namespace, name): how often} of what was created more often than it was deleted and once."""
    made = collections.Counter()
    for write in writes_of_salvor(plane):
        if write.is_rehearsed:
            continue
        key = (write.resource, write.namespace, write.name)
        made[key] += write.verb == "create" and write.code == 201
        made[key] -= write.verb == "delete" and write.code == 200
    if not made:
        raise AssertionError("the audit log has no write of Salvor")
    return {key: number for key, number in made.items() if number > 1}
