#!/usr/bin/env python3
"""Compares the objects of a cluster with what a restore made of them in another (or the same) one.

    compare.py --source kubeconfigA --target kubeconfigB --report report.json
        [--map old=new,...] [--prefix P] [--suffix S] [--namespaces n1,n2] [--cluster-scoped]

Every kind that both clusters serve with list, get and create is listed and compared, object by
object, after the rows of compare_rules.py took away what may differ. --map, --prefix and --suffix
say how the restore named the namespaces: one in the map goes by the map, all others get prefix and
suffix. With --namespaces only these are compared, and of the cluster-wide objects only these
Namespaces, unless --cluster-scoped asks for all. The namespaces of the system are left out.

Prints what is missing, different and extra, and at last
    compared N objects: M equal, D different, X missing
The exit status is 1 if D or X is not 0, and 2 if the comparison could not be made.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import hashlib
import json
import sys

import compare_rules
from compare_rules import Rules, Side
from json_diff import ABSENT, differences
from kube_client import ApiError, Cluster
from kube_object import identity, kind_of

WORKERS = 4
PATHS_SHOWN = 4
ROWS_SHOWN = 60
VALUE_LENGTH_MAX = 60
NEEDED_VERBS = {"list", "get", "create"}


@dataclasses.dataclass
class Result:
    """What came out: identities of the source's objects, but for `extra`."""

    equal: list = dataclasses.field(default_factory=list)
    different: dict = dataclasses.field(default_factory=dict)
    missing: dict = dataclasses.field(default_factory=dict)
    left_out: dict = dataclasses.field(default_factory=dict)
    extra: list = dataclasses.field(default_factory=list)

    @property
    def compared(self):
        return len(self.equal) + len(self.different) + len(self.missing)

    def last_line(self):
        return (
            f"compared {self.compared} objects: {len(self.equal)} equal, "
            f"{len(self.different)} different, {len(self.missing)} missing"
        )


@dataclasses.dataclass(frozen=True)
class Scope:
    """Which of the source's objects are compared, and the names of namespaces in the target."""

    mapping: dict
    namespaces: frozenset
    cluster_wide: bool

    def holds(self, obj):
        namespace = obj["metadata"].get("namespace")
        if namespace:
            return namespace in self.namespaces
        if kind_of(obj) == "Namespace":
            return obj["metadata"]["name"] in self.namespaces
        return self.cluster_wide

    def as_in_target(self):
        names = frozenset(self.mapping.get(name, name) for name in self.namespaces)
        return Scope({}, names, self.cluster_wide)


def main():
    arguments = parse_arguments()
    try:
        source, target = Cluster(arguments.source), Cluster(arguments.target)
        result, rules, scope = compare(source, target, arguments)
    except (ApiError, OSError, ValueError) as error:
        print(f"cannot compare: {error}", file=sys.stderr)
        return 2
    print_result(result)
    if arguments.report:
        write_report(arguments.report, result, rules, scope)
    print(result.last_line())
    return 1 if result.different or result.missing else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", required=True, help="kubeconfig of the cluster backed up")
    parser.add_argument("--target", required=True, help="kubeconfig of the cluster restored into")
    parser.add_argument("--map", default="", type=parse_mapping, help="old=new, commas between")
    parser.add_argument("--prefix", default="", help="before the names of namespaces not in --map")
    parser.add_argument("--suffix", default="", help="after the names of namespaces not in --map")
    parser.add_argument("--namespaces", default="", help="only these, as the source names them")
    parser.add_argument("--cluster-scoped", action="store_true", help="all cluster-wide too")
    parser.add_argument("--report", help="where to write everything, as JSON")
    return parser.parse_args()


def parse_mapping(text):
    pairs = [pair.split("=") for pair in text.split(",") if pair]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise argparse.ArgumentTypeError("wants old=new[,old=new…]")
    return dict(pairs)


def compare(source, target, arguments):
    here, there = source.discover(), target.discover()
    kinds = common_kinds(here, there)
    before = list_kinds(source, [kind for kind, _ in kinds])
    after = list_kinds(target, [twin for _, twin in kinds if twin])
    scope = make_scope(before, is_same_cluster(before, after), arguments)
    rules = Rules(Side(before, groups(here)), Side(after, groups(there)), scope.mapping)
    return compare_objects(before, after, scope, rules), rules, scope


def common_kinds(here, there):
    """Each kind of the source with its twin in the target: the version both serve, or None."""
    served = {(r.group, r.version, r.kind): r for r in there if NEEDED_VERBS <= r.verbs}
    versions = collections.defaultdict(list)
    for resource in sorted(here, key=lambda r: r.rank):
        if NEEDED_VERBS <= resource.verbs and not compare_rules.is_never_compared(resource):
            versions[(resource.group, resource.kind)].append(resource)
    pairs = []
    for candidates in versions.values():
        twins = [(r, served.get((r.group, r.version, r.kind))) for r in candidates]
        pairs.append(next((pair for pair in twins if pair[1]), twins[0]))
    return pairs


def groups(resources):
    return {resource.group for resource in resources}


def list_kinds(cluster, resources):
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        return [obj for objects in pool.map(cluster.list_all, resources) for obj in objects]


def is_same_cluster(before, after):
    def uid(objects):
        system = ("Namespace", "", "kube-system")
        return next((o["metadata"]["uid"] for o in objects if identity(o) == system), None)

    return uid(before) == uid(after)


def make_scope(before, same_cluster, arguments):
    existing = {o["metadata"]["name"] for o in before if kind_of(o) == "Namespace"}
    wanted = {name for name in arguments.namespaces.split(",") if name}
    if wanted - existing:
        raise ValueError(f"the source has no namespace {', '.join(sorted(wanted - existing))}")
    chosen = wanted or existing - set(compare_rules.SYSTEM_NAMESPACES)
    mapping = {
        name: arguments.map.get(name, arguments.prefix + name + arguments.suffix) for name in chosen
    }
    mapping = {old: new for old, new in mapping.items() if old != new}
    # A copy beside the original shares its cluster-wide objects, which cannot name both.
    cluster_wide = arguments.cluster_scoped or not (wanted or (same_cluster and mapping))
    return Scope(mapping, frozenset(chosen), cluster_wide)


def compare_objects(before, after, scope, rules):
    result = Result()
    found = {identity(o): o for o in after if "deletionTimestamp" not in o["metadata"]}
    expected = set()
    for obj in before:
        if not scope.holds(obj) or rules.skipped(obj, rules.source):
            continue
        where = rules.map_identity(identity(obj))
        expected.add(where)
        judge(obj, found.get(where), rules, result)
    there = scope.as_in_target()
    for obj in after:
        if there.holds(obj) and identity(obj) not in expected:
            if not rules.skipped(obj, rules.target):
                result.extra.append(identity(obj))
    return result


def judge(obj, twin, rules, result):
    who = identity(obj)
    if twin is None:
        row = rules.optional(obj)
        if row:
            result.left_out[who] = f"{row.rule}: {row.why}"
        else:
            result.missing[who] = rules.map_identity(who)
        return
    wanted, made = rules.pair(obj, twin)
    for side in (wanted, made):
        side["metadata"].pop("name")
        side["metadata"].pop("namespace", None)
    paths = list(differences(wanted, made))
    if paths:
        secret = who[0] == "Secret"
        result.different[who] = [(p, shown(a, secret), shown(b, secret)) for p, a, b in paths]
    else:
        result.equal.append(who)


def shown(value, secret):
    if value is ABSENT:
        return "(absent)"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if secret:
        return f"(hidden, sha256 {hashlib.sha256(text.encode()).hexdigest()[:8]})"
    return text


def print_result(result):
    print_table("missing", [(describe(a), describe(b)) for a, b in result.missing.items()])
    rows = []
    for who, paths in result.different.items():
        for path, wanted, made in paths[:PATHS_SHOWN]:
            rows.append((describe(who), path, clipped(wanted) + " → " + clipped(made)))
        if len(paths) > PATHS_SHOWN:
            rows.append((describe(who), f"… {len(paths) - PATHS_SHOWN} more places", ""))
    print_table("different", rows)
    print_table("extra", [(describe(who),) for who in result.extra])


def print_table(title, rows):
    if not rows:
        return
    print(f"{title}:")
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    for row in rows[:ROWS_SHOWN]:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    if len(rows) > ROWS_SHOWN:
        print(f"  … {len(rows) - ROWS_SHOWN} more lines; all are in the report")


def describe(who):
    kind, namespace, name = who
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


def clipped(text):
    return text if len(text) <= VALUE_LENGTH_MAX else text[: VALUE_LENGTH_MAX - 1] + "…"


def write_report(path, result, rules, scope):
    report = {
        "summary": result.last_line(),
        "compared": result.compared,
        "equal": len(result.equal),
        "different": len(result.different),
        "missing": len(result.missing),
        "extra": len(result.extra),
        "namespaces": sorted(scope.namespaces),
        "mapping": scope.mapping,
        "cluster_scoped": scope.cluster_wide,
        "different_objects": [
            {**named(who), "places": [{"path": p, "source": a, "target": b} for p, a, b in paths]}
            for who, paths in result.different.items()
        ],
        "missing_objects": [named(who) for who in result.missing],
        "extra_objects": [named(who) for who in result.extra],
        "left_out": [{**named(who), "rule": rule} for who, rule in result.left_out.items()],
        "rules": [
            {**dataclasses.asdict(row), "objects": count} for row, count in rules.hits.items()
        ],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1, ensure_ascii=False)
        file.write("\n")


def named(who):
    return dict(zip(("kind", "namespace", "name"), who))


if __name__ == "__main__":
    sys.exit(main())
