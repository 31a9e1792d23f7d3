"""The text in which Helm keeps a release in a Secret: gzipped JSON in base64, and as data of a Secret once more so."""

import base64
import gzip
import json

MARK = "$release"


def encoded(release):
    packed = gzip.compress(json.dumps(release).encode(), mtime=0)
    return base64.b64encode(base64.b64encode(packed)).decode()


def decoded(text):
    return json.loads(gzip.decompress(base64.b64decode(base64.b64decode(text))))


def with_releases(value):
    """A copy in which each {"$release": a release} is that text."""
    if isinstance(value, dict):
        return encoded(value[MARK]) if MARK in value else {key: with_releases(entry) for key, entry in value.items()}
    return [with_releases(entry) for entry in value] if isinstance(value, list) else value
