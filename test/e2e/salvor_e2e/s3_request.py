"""Signed requests to an S3 server, for what tests ask of it beside the program: AWS Signature Version 4."""

import datetime
import hashlib
import hmac
import urllib.error
import urllib.request


def request(server, method, path, headers=None):
    """Sends it, without a query and a body, and returns the answer's body. Raises HTTPError on a refusal."""
    now = datetime.datetime.now(datetime.timezone.utc)
    host = server.url.removeprefix("http://")
    signed = {"host": host, "x-amz-content-sha256": hashlib.sha256(b"").hexdigest(), "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
              **{name.lower(): value for name, value in (headers or {}).items()}}
    names = ";".join(sorted(signed))
    canonical = "\n".join([method, path, "", *(f"{name}:{signed[name]}" for name in sorted(signed)), "", names,
                           signed["x-amz-content-sha256"]])
    scope = f"{now:%Y%m%d}/us-east-1/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", signed["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{server.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    proof = hmac.new(key, text.encode(), "sha256").hexdigest()
    signed["authorization"] = f"AWS4-HMAC-SHA256 Credential={server.access_key}/{scope}, SignedHeaders={names}, Signature={proof}"
    with urllib.request.urlopen(urllib.request.Request(server.url + path, method=method, headers=signed), timeout=30) as answer:
        return answer.read()


def make_locked_bucket(server, name):
    request(server, "PUT", f"/{name}", {"x-amz-bucket-object-lock-enabled": "true"})
