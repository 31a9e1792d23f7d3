"""Whether a real object has what a scenario expects of it. Pure; a mismatch is a line that says where and what."""

import fnmatch

from . import release

ABSENT = "$absent"
PRESENT = "$present"
HAS = "$has"
HAS_NOT = "$has_not"
CONTAINS = "$contains"
ONLY = "$only"


def mismatches(wanted, found, path=""):
    """Lines for all that differs. Mappings may have more than is wanted, lists may not."""
    if isinstance(wanted, dict):
        return mismatches_of_mapping(wanted, found, path)
    if wanted == PRESENT:
        return [] if found not in (None, "", [], {}) else [f"{path}: is not there"]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [line for index, pair in enumerate(zip(wanted, found)) for line in mismatches(*pair, f"{path}/{index}")]
    return [] if wanted == found else [f"{path}: {found!r} instead of {wanted!r}"]


def mismatches_of_mapping(wanted, found, path):
    if CONTAINS in wanted:
        return [] if wanted[CONTAINS] in str(found) else [f"{path}: {found!r} does not contain {wanted[CONTAINS]!r}"]
    if release.MARK in wanted:
        return mismatches(wanted[release.MARK], release.decoded(found), path)
    if ONLY in wanted:
        return [] if wanted[ONLY] == found else [f"{path}: {found!r} instead of exactly {wanted[ONLY]!r}"]
    if HAS in wanted or HAS_NOT in wanted:
        return mismatches_of_elements(wanted, found or [], path)
    if not isinstance(found, dict):
        found = {}  # so that what must be absent is, and all else is named by its whole path
    lines = []
    for key, value in wanted.items():
        if value == ABSENT:
            lines += [f"{path}/{key}: is there: {found[key]!r}"] if key in found else []
        else:
            lines += mismatches(value, found.get(key), f"{path}/{key}")
    return lines


def mismatches_of_elements(wanted, found, path):
    lines = [f"{path}: none is like {element!r} in {found!r}" for element in wanted.get(HAS, [])
             if all(mismatches(element, other) for other in found)]
    lines += [f"{path}: one is like {element!r}" for element in wanted.get(HAS_NOT, [])
              if not all(mismatches(element, other) for other in found)]
    return lines


def row_fits(wanted, row):
    """Whether a row is one of those that an expectation speaks of: kind and names, which may have wildcards."""
    identity = ("kind", "name", "namespace", "source_name", "source_namespace")
    return all(fnmatch.fnmatchcase(str(row.get(key, "")), wanted[key]) for key in identity if key in wanted)


def row_mismatches(wanted, rows):
    """Lines for an expectation about rows of a report or plan: `count` of them, or at least one, and each so."""
    fitting = [row for row in rows if row_fits(wanted, row)]
    label = f"row {wanted.get('kind')} {wanted.get('name', wanted.get('source_name', ''))}"
    if "count" in wanted and len(fitting) != wanted["count"]:
        return [f"{label}: {len(fitting)} instead of {wanted['count']}"]
    if not fitting and "count" not in wanted:
        return [f"{label}: there is none"]
    return [f"{label}: {line} ({row.get('reason')}: {row.get('message')})" for row in fitting
            for line in value_mismatches(wanted, row)]


def value_mismatches(wanted, row):
    """Texts for people are found by a part of them, codes are equal."""
    lines = []
    for key, value in wanted.items():
        if key in ("kind", "name", "namespace", "source_name", "source_namespace", "count"):
            continue
        is_text = key in ("message", "hint", "subject", "why")
        fits = value in row.get(key, "") if is_text else value == row.get(key)
        lines += [] if fits else [f"{key} {row.get(key)!r} instead of {value!r}"]
    return lines


def order_mismatches(kinds, rows):
    """Lines where a kind was not wholly in an earlier wave than the next one."""
    waves = [{row["wave"] for row in rows if row["kind"] == kind and row["action"] != "SKIP"} for kind in kinds]
    lines = [f"order: nothing of kind {kind} was restored" for kind, found in zip(kinds, waves) if not found]
    return lines or [f"order: {kinds[i]} in wave {max(waves[i])}, {kinds[i + 1]} in {min(waves[i + 1])}"
                     for i in range(len(kinds) - 1) if max(waves[i]) >= min(waves[i + 1])]
