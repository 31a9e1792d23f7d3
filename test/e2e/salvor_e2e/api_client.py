"""A client of the REST API on the standard library, so that tests see bytes and headers as they are."""

import http.client
import json
import time
import urllib.parse


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


# What a backup takes of a cluster without a node. Its volumes are no more than objects, and whether their controller
# has bound one yet is a matter of seconds.
ALL_OBJECTS = {"all_namespaces": True, "snapshotPersistentVolumes": False}

IDLE_SECONDS_MAX = 10  # the server closes connections that are idle for longer


class ApiClient:
    """One keep-alive connection. `url` is what the server says it listens on."""

    def __init__(self, url, key):
        self.address = urllib.parse.urlsplit(url).netloc
        self.key = key
        self.connection = None
        self.used = 0.0

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def raw(self, method, target, body=None, headers=None):
        """(status, headers, body text); the target goes out as it is."""
        headers = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, (bytes, str)) else json.dumps(body)
        if time.monotonic() - self.used > IDLE_SECONDS_MAX:
            self.close()
        self.used = time.monotonic()
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            self.connection.request(method, target, body=body, headers=headers)
            answer = self.connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def call(self, method, path, body=None, headers=None):
        status, _, text = self.raw(method, f"/api/v1/{path}", body, headers)
        if status >= 400:
            raise ApiError(status, text)
        return json.loads(text) if text else None

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None):
        return self.call("POST", path, body)

    def delete(self, path):
        return self.call("DELETE", path)

    def find(self, resource, where, **parameters):
        """All matches, page by page."""
        items, page = [], 1
        while True:
            query = urllib.parse.urlencode({"where": json.dumps(where), "max_results": 1000, "page": page, **parameters})
            answer = self.get(f"{resource}?{query}")
            items += answer["_items"]
            if len(items) >= answer["_meta"]["total"] or not answer["_items"]:
                return items
            page += 1

    def count(self, resource, where):
        query = urllib.parse.urlencode({"where": json.dumps(where), "max_results": 1})
        return self.get(f"{resource}?{query}")["_meta"]["total"]

    def wait_for(self, what, look, seconds=60):
        """Polls until `look()` gives something true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.1)
        raise TimeoutError(f"no {what} within {seconds} s")

    # The main job, in the terms of the API.

    def add_cluster(self, name, kubeconfig_file):
        with open(kubeconfig_file, encoding="utf-8") as file:
            cluster = self.post("kubeclusters", {"name": name, "kubeconfig": file.read()})
        active = lambda: self.get(f"kubeclusters/{cluster['_id']}")["status"].get("state") == "ACTIVE"
        self.wait_for(f"ACTIVE cluster {name}", active)
        return cluster["_id"]

    def wait_for_job(self, job_id, seconds=300):
        over = ("COMPLETED", "PARTIAL", "FAILED", "SKIPPED", "CANCELED")

        def look():
            job = self.get(f"jobs/{job_id}")
            return job if job["state"] in over else None

        return self.wait_for(f"end of job {job_id}", look, seconds)

    def back_up(self, name, cluster, source):
        """(recovery point, job)"""
        definition = self.post("kubebackups", {"name": name, "cluster": cluster, "source": source, "trigger_type": "ADHOC"})
        self.post(f"kubebackups/{definition['_id']}/action/run")
        job = self.find("jobs", {"backupdef": definition["_id"]}, sort="-start_time")[0]
        job = self.wait_for_job(job["_id"])
        points = self.find("backupinstances", {"backupdef": definition["_id"], "state": "READY"}, sort="-start_time")
        return (points[0] if points else None), job

    def add_object_store(self, name, s3, bucket, prefix="", **fields):
        """A bucket of an S3Server; its id."""
        return self.post("objectstores", {
            "name": name, "private": False, "provider_type": "aws", "bucket_name": bucket, "region": "us-east-1", "prefix": prefix,
            "s3provider": {"endpoint": s3.url, "credentials": {"access_key": s3.access_key, "secret_key": s3.secret_key}}, **fields})["_id"]

    def start_copy(self, name, snapshot, store, run=None, **fields):
        """(id of the definition, id of the job); `run` goes with action/run"""
        definition = self.post("kubeoffloads", {
            "name": name, "trigger_type": "ADHOC", "backup_inst": snapshot["_id"], "backupdef": snapshot["backupdef"],
            "offload_provider": {"user_objectstore": store}, **fields})["_id"]
        self.post(f"kubeoffloads/{definition}/action/run", run)
        return definition, self.find("jobs", {"offloaddef": definition}, sort="-start_time")[0]["_id"]

    def copy(self, name, snapshot, store, **fields):
        """(recovery point of type COPY or None, job)"""
        definition, job = self.start_copy(name, snapshot, store, **fields)
        job = self.wait_for_job(job)
        points = self.find("backupinstances", {"offload_def": definition, "state": "READY"})
        return (points[0] if points else None), job

    def define_restore(self, name, point, **fields):
        return self.post("kuberestores", {"name": name, "backup_inst": point["_id"], **fields})

    def plan(self, restore_id):
        """The plan's document."""
        status = self.post(f"kuberestores/{restore_id}/action/plan")["status"]
        job = self.wait_for_job(status["plan_jobid"])
        if job["state"] != "COMPLETED":
            raise AssertionError(f"no plan: {job['message']}")
        return self.get(f"kuberestoreplans/{job['_id']}")

    def start_restore(self, restore_id):
        """The job's id."""
        self.post(f"kuberestores/{restore_id}/action/run")
        return self.get(f"kuberestores/{restore_id}")["status"]["jobid"]

    def restore(self, name, point, seconds=300, **fields):
        """(job, rows of its items)"""
        job = self.start_restore(self.define_restore(name, point, **fields)["_id"])
        job = self.wait_for_job(job, seconds)
        return job, self.find("kuberestoreitems", {"job_id": job["_id"]}, sort="seq")
