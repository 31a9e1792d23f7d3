"""A small client of the Kubernetes API for the scripts beside it.

HTTPS with the client certificate or token of a kubeconfig, JSON bodies, one kept-alive connection
a thread. Standard library and PyYAML only, so that the tests need neither kubectl nor pip.
"""

import base64
import dataclasses
import http.client
import json
import os
import ssl
import tempfile
import threading
import urllib.parse

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_TIMEOUT_S = 60
_PAGE = 500


class ApiError(Exception):
    """The API server said no. `status` is the HTTP status, `reason` Kubernetes' own word for it."""

    def __init__(self, status, reason, message):
        super().__init__(f"{status} {reason}: {message}")
        self.status, self.reason, self.message = status, reason, message


@dataclasses.dataclass(frozen=True)
class Resource:
    """One kind as the server serves it. `rank` 0 is the version its group prefers."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset
    rank: int

    @property
    def api_version(self):
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace=None, name=None):
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        parts.append(self.plural)
        if name:
            parts.append(name)
        return "/" + "/".join(urllib.parse.quote(part, safe="") for part in parts)


def parse_documents(text):
    """The YAML documents of a text that are not empty."""
    return [document for document in yaml.load_all(text, Loader=_LOADER) if document]


class Cluster:
    """One API server. Any thread may call; each has a connection of its own.

    A kubeconfig that cannot be used raises ValueError or OSError.
    """

    def __init__(self, kubeconfig):
        cluster, user = _current(_read_config(kubeconfig), kubeconfig)
        url = urllib.parse.urlsplit(cluster["server"])
        self.server = cluster["server"].rstrip("/")
        self._host, self._port = url.hostname, url.port or 443
        self._prefix = url.path.rstrip("/")
        self._tls = _tls_context(cluster, user, os.path.dirname(os.path.abspath(kubeconfig)))
        self._headers = {"Accept": "application/json", "User-Agent": "salvor-test-data"}
        if user.get("token"):
            self._headers["Authorization"] = "Bearer " + user["token"]
        self._thread = threading.local()
        self._connections = []

    def close(self):
        """Ends the connections of all threads, which must have nothing under way."""
        for connection in self._connections:
            connection.close()

    def request(self, method, path, body=None, content_type="application/json", accept=None):
        """The parsed answer. Raises ApiError for any status of 400 and above."""
        data = None if body is None else json.dumps(body).encode()
        headers = dict(self._headers)
        if data is not None:
            headers["Content-Type"] = content_type
        if accept:
            headers["Accept"] = accept
        status, raw = self._exchange(method, self._prefix + path, data, headers)
        if status >= 400:
            raise _api_error(status, raw)
        return json.loads(raw)

    def discover(self):
        """What the server serves now: a list of Resource, subresources left out."""
        resources = []
        for root in ("/api", "/apis"):
            answer = self.request("GET", root, accept=_DISCOVERY)
            for group in answer["items"]:
                resources += _resources_of(group)
        return resources

    def list_all(self, resource, namespace=None):
        """All objects of a kind, page by page, each with apiVersion and kind filled in."""
        objects, token = [], ""
        while True:
            query = {"limit": _PAGE, **({"continue": token} if token else {})}
            path = resource.path(namespace) + "?" + urllib.parse.urlencode(query)
            page = self.request("GET", path)
            for item in page.get("items") or []:
                objects.append({**item, "apiVersion": resource.api_version, "kind": resource.kind})
            token = page.get("metadata", {}).get("continue")
            if not token:
                return objects

    def _exchange(self, method, path, data, headers):
        # A server may close an idle connection just as we use it. One new try is safe: a create
        # that did arrive answers "already exists" the second time, and a patch is the same twice.
        for attempt in (1, 2):
            connection = self._connection()
            try:
                connection.request(method, path, body=data, headers=headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (http.client.HTTPException, ConnectionError, ssl.SSLEOFError):
                self._thread.connection = None
                connection.close()
                if attempt == 2:
                    raise

    def _connection(self):
        connection = getattr(self._thread, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=_TIMEOUT_S, context=self._tls
            )
            self._thread.connection = connection
            self._connections.append(connection)
        return connection


def _read_config(kubeconfig):
    with open(kubeconfig, encoding="utf-8") as file:
        try:
            config = yaml.load(file, Loader=_LOADER)
        except yaml.YAMLError as error:
            raise ValueError(f"{kubeconfig} is no YAML: {error}") from error
    if not isinstance(config, dict) or "clusters" not in config:
        raise ValueError(f"{kubeconfig} is no kubeconfig")
    return config


def _current(config, kubeconfig):
    contexts = {entry["name"]: entry["context"] for entry in config.get("contexts") or []}
    context = contexts.get(config.get("current-context"))
    if context is None:
        raise ValueError(f"{kubeconfig} names no current-context that it holds")
    clusters = {entry["name"]: entry["cluster"] for entry in config["clusters"]}
    users = {entry["name"]: entry.get("user") or {} for entry in config["users"]}
    return clusters[context["cluster"]], users[context["user"]]


def _tls_context(cluster, user, folder):
    authority = _material(cluster, "certificate-authority", folder)
    context = ssl.create_default_context(cadata=authority.decode() if authority else None)
    certificate = _material(user, "client-certificate", folder)
    key = _material(user, "client-key", folder)
    if certificate and key:
        # OpenSSL's Python binding reads a client certificate from a file only.
        with tempfile.NamedTemporaryFile() as file:
            file.write(certificate.rstrip() + b"\n" + key)
            file.flush()
            context.load_cert_chain(file.name)
    return context


def _material(section, key, folder):
    if section.get(key + "-data"):
        return base64.b64decode(section[key + "-data"])
    if section.get(key):
        with open(os.path.join(folder, section[key]), "rb") as file:
            return file.read()
    return None


def _api_error(status, raw):
    try:
        body = json.loads(raw)
        return ApiError(status, body.get("reason") or "Unknown", body.get("message") or "")
    except ValueError:
        return ApiError(status, "Unknown", raw[:300].decode(errors="replace"))


def _resources_of(group):
    resources = []
    for rank, version in enumerate(group.get("versions") or []):
        for entry in version.get("resources") or []:
            resources.append(
                Resource(
                    group=group["metadata"].get("name") or "",
                    version=version["version"],
                    kind=entry["responseKind"]["kind"],
                    plural=entry["resource"],
                    namespaced=entry["scope"] == "Namespaced",
                    verbs=frozenset(entry.get("verbs") or []),
                    rank=rank,
                )
            )
    return resources
