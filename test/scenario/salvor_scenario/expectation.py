"""What came of a restore against what its scenario expects."""

import dataclasses
import time

from .match import mismatches, order_mismatches, row_mismatches, value_mismatches
from .site import PAUSE_S, reference

# How long a controller may take to do its part of what is expected.
PATIENCE_S = 40


@dataclasses.dataclass(frozen=True)
class Finding:
    """`before` has the objects that must not be touched, `seconds` is what the job took."""

    job: dict
    rows: list
    checks: list
    before: list
    seconds: float


def check(case, site, finding):
    """Lines for all that is otherwise; none if all is as expected."""
    lines = [line for wanted in case.rows for line in row_mismatches(wanted, finding.rows)]
    lines += [line for kinds in case.order for line in order_mismatches(kinds, finding.rows)]
    lines += [line for wanted in case.plan for line in check_mismatches(wanted, finding.checks)]
    lines += job_mismatches(case, finding)
    lines += within_patience(lambda: unmet(site, case.objects, case.home) + still_there(site, case))
    for body, before in zip(case.untouched_objects(), finding.before):
        lines += touched(body, before, site.find(body, case.home))
    return lines


def job_mismatches(case, finding):
    job = finding.job
    lines = [] if finding.seconds <= case.within else [f"job: took {finding.seconds:.0f} s, more than {case.within} s"]
    if job["state"] == case.job:
        return lines
    bad = [f"{row['kind']} {row['name']} {row['reason']}: {row['message']}" for row in finding.rows
           if row["state"] in ("FAILED", "PARTIAL")]
    return lines + [f"job: {job['state']} instead of {case.job}: {job['message']} {bad}"]


def check_mismatches(wanted, checks):
    """A plan has a finding with all that is wanted."""
    if any(not value_mismatches(wanted, found) for found in checks):
        return []
    return [f"plan: no finding like {wanted} in {[(one['level'], one['check'], one['subject']) for one in checks]}"]


def within_patience(look):
    """The lines that `look` still gives when there has been patience enough."""
    end = time.monotonic() + PATIENCE_S
    while True:
        lines = look()
        if not lines or time.monotonic() > end:
            return lines
        time.sleep(PAUSE_S)


def unmet(site, objects, namespace):
    """Lines for objects that are not as expected; one without a name is about how many there are (`count`)."""
    lines = []
    for wanted in objects:
        body = {key: value for key, value in site.with_uids(wanted, namespace).items() if key != "count"}
        if "name" not in body.get("metadata", {}):
            found = len(site.all_like(body, namespace))
            lines += [] if found == wanted["count"] else [f"{found} instead of {wanted['count']} like {body}"]
            continue
        live = site.find(body, namespace)
        label = f"{body['kind']} {body['metadata']['name']}"
        lines += [f"{label} {line}" for line in mismatches(body, live)] if live else [f"{label} is not there"]
    return lines


def still_there(site, case):
    """Names of what must not be there; a kind that is not served has no objects."""
    return [f"{text} is there" for text in case.gone if is_there(site, reference(text), case.home)]


def is_there(site, body, namespace):
    try:
        return site.find(body, namespace) is not None
    except LookupError:
        return False


def touched(body, before, after):
    label = f"{body['kind']} {body['metadata']['name']}"
    if before is None:
        return [f"{label} was not there before"]
    return [] if before == after else [f"{label} was touched: {before} became {after}"]
