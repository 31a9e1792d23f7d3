#!/usr/bin/env python3
"""Checks of the source itself: who includes whom, sizes, banned words, tests and files without a home.

Prints one line a finding, `file:line: what and what instead`, and exits with 1 if there is any.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Which rooms a room may include; the reason for what is missing stands in ARCHITECTURE.md.
ROOMS = {
    "base": set(),
    "http": {"base"},
    "schema": {"base"},
    "resources": {"base", "schema"},
    "kube": {"base", "http"},
    "objectstore": {"base", "http"},
    "archive": {"base", "objectstore"},
    "repo": {"base", "objectstore"},
    "mover": {"base", "objectstore", "repo"},
    "catalog": {"base", "schema", "resources"},
    "jobs": {"base", "schema", "resources", "catalog"},
    "volume": {"base", "kube", "objectstore"},
    "backup": {"base", "schema", "resources", "catalog", "kube", "objectstore", "archive", "jobs", "volume"},
    "restore": {"base", "schema", "resources", "catalog", "kube", "objectstore", "archive", "jobs", "volume"},
    "proof": {"base", "schema", "resources", "catalog", "kube", "objectstore", "archive", "jobs", "volume"},
    "api": {"base", "http", "schema", "resources", "catalog", "jobs"},
    "cli": {"base", "http", "schema", "resources", "objectstore", "repo"},
    "server": {"base", "http", "schema", "resources", "kube", "objectstore", "archive", "repo", "catalog", "jobs", "volume",
               "backup", "restore", "proof", "api"},
}

# A library is seen by the rooms that wrap it.
LIBRARIES = {
    "boost/": {"http"},
    "curl/": {"http"},
    "sqlite3.h": {"catalog"},
    "archive.h": {"archive"},
    "archive_entry.h": {"archive"},
    "zlib.h": {"archive"},
    "openssl/": {"base", "http", "archive", "objectstore", "repo"},
    "expat.h": {"objectstore"},
    "zstd.h": {"repo"},
    "simdjson.h": {"repo"},
    "sodium.h": {"base"},
    "yaml-cpp/": {"kube", "cli"},
    "re2/": {"restore"},
    "CLI/": {"cli"},
}

# (pattern, where it is allowed, what instead)
BANNED = [
    (r"\bstd::thread\b", (), "std::jthread, or base/pool.h"),
    (r"\bsleep_for\b|\busleep\(|\bsleep\(", (), "Context::wait, or a condition"),
    (r"::now\(", ("src/base/clock.cc",), "the Clock that is handed in"),
    (r"\bgetenv\(", ("src/server/serve.cc", "src/main.cc", "src/base/testing/snapshot.cc", "src/kube/testing/suite.cc",
                     "src/objectstore/testing/s3_server.cc"),
     "a value handed in by the wiring"),
    (r"\b(s?rand|drand48)\(", (), "base/random.h, or a seeded engine in tests"),
    (r"\busing namespace (?!schema;|std::(chrono_)?literals)", (), "names in full"),
    (r"catch \(\.\.\.\)", (), "the library's own exception type"),
    (r"\bNOLINT\b(?!.*: )", (), "NOLINT(check): and a reason"),
    (r"\bFIXME\b|\bXXX\b", (), "an issue"),
    (r"\bTODO\b(?!\(#\d+\))", (), "TODO(#issue)"),
    (r"\bGTEST_SKIP\b|\bDISABLED_", (), "a test that runs"),
]

# clang-format breaks lines; what it leaves long is a literal or an address, which would be changed.
UNBREAKABLE = re.compile(r'"|https?://')

FILE_LINES_MAX = 400
LINE_LENGTH_MAX = 100
FUNCTION_LINES_MAX = 70


def sources():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "src"], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout.split()
    return [path for path in listed if path.endswith((".h", ".cc")) and (ROOT / path).exists()]


def room_of(path):
    parts = pathlib.PurePath(path).parts
    return parts[1] if len(parts) > 2 else None


def is_test(path):
    return path.endswith("_test.cc") or "/testing/" in path


def check_includes(path, lines):
    room = room_of(path)
    if room is None:
        return
    for number, line in enumerate(lines, 1):
        found = re.match(r'#include ["<]([^">]+)[">]', line)
        if found:
            yield from check_include(path, number, room, found.group(1))


def check_include(path, number, room, target):
    other = target.split("/")[0]
    if other in ROOMS and "/" in target:
        if not is_test(path) and other != room and other not in ROOMS[room]:
            yield number, f"{room} may not include {other}"
        if "/internal/" in target and other != room:
            yield number, f"{target} is internal to {other}"
        if "/testing/" in target and not is_test(path):
            yield number, "testing code is for tests"
    for library, rooms in LIBRARIES.items():
        if target.startswith(library) and room not in rooms and not is_test(path):
            yield number, f"{library} belongs behind {' or '.join(sorted(rooms))}"


def check_words(path, lines):
    for number, line in enumerate(lines, 1):
        code = line.split("//")[0]
        for pattern, allowed, instead in BANNED:
            text = line if "TODO" in pattern or "FIXME" in pattern or "NOLINT" in pattern else code
            if re.search(pattern, text) and path not in allowed:
                yield number, f"'{re.search(pattern, text).group(0)}' is banned: use {instead}"
        if "shared_ptr" in code and not any("hared" in near for near in comments_near(lines, number)):
            yield number, "shared_ptr without a comment that says who shares it and why"


def comments_near(lines, number):
    return [line.split("//", 1)[1] for line in lines[max(0, number - 12):number] if "//" in line]


def check_sizes(path, lines):
    if len(lines) > FILE_LINES_MAX and not is_test(path):
        yield 1, f"{len(lines)} lines; a file has at most {FILE_LINES_MAX}"
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_LENGTH_MAX and not UNBREAKABLE.search(line):
            yield number, f"{len(line)} columns; a line has at most {LINE_LENGTH_MAX}"
    yield from check_functions(path, lines)


def check_functions(path, lines):
    """Functions at the left margin, or members two columns in, from their opening line to their brace."""
    start = None
    for number, line in enumerate(lines, 1):
        opens = re.match(r"(  )?[A-Za-z_~].*\)( const| override| noexcept| final)* \{$", line)
        if opens and start is None:
            start, indent = number, opens.group(1) or ""
        elif start is not None and line.rstrip() == f"{indent}}}":
            if number - start + 1 > FUNCTION_LINES_MAX and not is_test(path):
                yield start, f"function of {number - start + 1} lines; at most {FUNCTION_LINES_MAX}"
            start = None


def check_text(path, lines):
    """All findings of one file, as (line, text)."""
    for check in (check_includes, check_words, check_sizes):
        yield from check(path, lines)


def main():
    findings = 0
    for path in sources():
        lines = (ROOT / path).read_text(encoding="utf-8").split("\n")
        for number, text in check_text(path, lines):
            print(f"{path}:{number}: {text}")
            findings += 1
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
