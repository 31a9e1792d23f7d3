"""When an object is in no comparison, or may be absent: the predicates named in compare_rules.py.

Each takes an object as its cluster holds it, and that cluster's Side.
"""

import re

from kube_object import annotations, at, controller_of, is_token, labels


def always(_obj, _side):
    return True


def is_terminating(obj, _side):
    return "deletionTimestamp" in obj["metadata"]


def has_controller(obj, _side):
    return controller_of(obj) is not None


def is_finished_pod(obj, _side):
    return obj.get("status", {}).get("phase") in ("Succeeded", "Failed")


def is_finished_job(obj, _side):
    conditions = obj.get("status", {}).get("conditions") or []
    return any(c["type"] in ("Complete", "Failed") and c["status"] == "True" for c in conditions)


def is_owned_by_cron_job(obj, _side):
    return (controller_of(obj) or {}).get("kind") == "CronJob"


def is_owned_by_pod(obj, _side):
    return (controller_of(obj) or {}).get("kind") == "Pod"


def is_controller_made_endpoints(obj, side):
    service = side.services.get(at(obj))
    by = labels(obj).get("endpoints.kubernetes.io/managed-by")
    return bool(
        by == "endpoint-controller"
        or is_api_server_service(obj, side)
        or (service and service["spec"].get("selector"))
    )


def is_controller_made_slice(obj, side):
    by = labels(obj).get("endpointslice.kubernetes.io/managed-by", "")
    return by in (
        "endpointslice-controller.k8s.io",
        "endpointslicemirroring-controller.k8s.io",
    ) or is_api_server_service(obj, side)


def is_api_server_service(obj, _side):
    return at(obj) == ("default", "kubernetes")


def is_default_account(obj, _side):
    return obj["metadata"]["name"] == "default"


def is_automatic_token(obj, _side):
    account = annotations(obj).get("kubernetes.io/service-account.name", "")
    pattern = re.escape(account) + "-token-[a-z0-9]{5}"
    return is_token(obj) and re.fullmatch(pattern, obj["metadata"]["name"]) is not None


def is_openshift_pull_secret(obj, _side):
    return obj.get("type") == "kubernetes.io/dockercfg" and any(
        key.startswith("openshift.io/") for key in annotations(obj)
    )


def is_bootstrap_rbac(obj, _side):
    return labels(obj).get("kubernetes.io/bootstrapping") == "rbac-defaults"


def is_automatic_api_service(obj, _side):
    return "kube-aggregator.kubernetes.io/automanaged" in labels(obj)


def is_dynamic_volume(obj, _side):
    return "pv.kubernetes.io/provisioned-by" in annotations(obj)


def is_published_authority(obj, _side):
    return obj["metadata"]["name"] in ("kube-root-ca.crt", "openshift-service-ca.crt")


def is_system_priority(obj, _side):
    return obj["metadata"]["name"].startswith("system-")


def is_leader_lock(obj, _side):
    by_pod = any(r["kind"] == "Pod" for r in obj["metadata"].get("ownerReferences") or [])
    by_name = by_pod and obj["metadata"]["name"].endswith("-lock")
    return by_name or "control-plane.alpha.kubernetes.io/leader" in annotations(obj)


def is_default_service_range(obj, _side):
    return obj["metadata"]["name"] == "kubernetes"


def is_default_flow(obj, _side):
    return "apf.kubernetes.io/autoupdate-spec" in annotations(obj)


def is_bootstrap_token(obj, _side):
    return obj.get("type") == "bootstrap.kubernetes.io/token"
