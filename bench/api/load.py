"""The load program, and what servers use under it."""

import os
import pathlib
import re
import subprocess

API_LOAD = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bench" / "api_load"


def load(url, key_file, first, last, seconds):
    """What the load program prints, by name."""
    done = subprocess.run([API_LOAD, url, key_file, *map(str, (first, last, seconds))],
                          capture_output=True, text=True, timeout=seconds + 60)
    numbers = {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", done.stdout)}
    if "requests" not in numbers:
        raise SystemExit(f"api_load {url}: {done.stdout}{done.stderr}")
    return numbers


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) / 1024


def cpu_seconds(pid):
    """Of the process and its children."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + sum(map(cpu_seconds, children))
