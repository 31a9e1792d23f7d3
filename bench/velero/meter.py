"""What a restore costs: time, requests, and the CPU and memory of the processes that take part.

All from outside, the same way for each tool: the API server's own counters, and /proc.
"""

import collections
import os
import pathlib
import re
import threading
import time

from salvor_e2e.kubernetes import Cluster

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1024 * 1024
COMPONENTS = ("kube-apiserver", "etcd", "kube-controller-manager")
TOOL = "the tool, with its children"
SAMPLE_SECONDS = 0.5
QUIET_CORES = 0.15
# Watches are streams; the kinds of the set leave out what the control plane asks itself for.
COUNTED = re.compile(r'apiserver_request_total\{(?=.*resource="(?:namespaces|configmaps|secrets)")'
                     r'.*verb="(?!WATCH)([A-Z]+)".*\} (\S+)')

Process = collections.namedtuple("Process", "parent own_ticks dead_children_ticks rss")


def look_at(pid):
    """None when it has just ended."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name before the last bracket may hold anything.
    fields = text.rsplit(")", 1)[1].split()
    own, dead = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
    return Process(int(fields[1]), own, dead, int(fields[21]) * PAGE)


def tree(root):
    """The process and all that descend from it, by pid."""
    seen = {int(entry): look_at(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    seen = {pid: process for pid, process in seen.items() if process}
    found, level = {}, {root}
    while level:
        found.update({pid: seen[pid] for pid in level if pid in seen})
        level = {pid for pid, process in seen.items() if process.parent in level and pid not in found}
    return found


def cpu_seconds(root):
    """Of a whole tree; what has ended and was waited for is counted at its parent."""
    return sum(process.own_ticks + process.dead_children_ticks for process in tree(root).values()) / TICKS


def machine_cpu_seconds():
    """user, nice, system, irq, softirq and steal of all cores."""
    fields = list(map(int, pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]))
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def peak_mib_of_one(pid):
    """By the kernel, which misses nothing between two samples."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def share_of_pages(pid):
    """Bytes in memory, with pages of several processes divided among them."""
    try:
        text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE).group(1)) * 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0


class Meter:
    """Measures while the `with` block runs. `pid` is the tool's, which may have children."""

    def __init__(self, plane, pid):
        self.kubeconfig = plane.kubeconfig
        self.pids = {**component_pids(plane), TOOL: pid}
        self.peak_rss = self.peak_pss = 0
        self.over = threading.Event()

    def __enter__(self):
        self.wait_until_quiet()
        self.load_before = load_average()
        self.requests_before = requests(self.kubeconfig)
        self.sampler = threading.Thread(target=self.sample)
        self.cpu_before = self.cpu_now()
        self.began = time.monotonic()
        self.sampler.start()
        return self

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.began
        after = self.cpu_now()
        self.over.set()
        self.sampler.join()
        used = {name: after[name] - self.cpu_before[name] for name in after}
        self.other_cores = (used.pop("machine") - sum(used.values())) / self.seconds
        self.cpu = used
        self.requests = requests(self.kubeconfig) - self.requests_before
        self.load_after = load_average()

    def cpu_now(self):
        return {**{name: cpu_seconds(pid) for name, pid in self.pids.items()}, "machine": machine_cpu_seconds()}

    def wait_until_quiet(self):
        """Fresh servers are busy for some seconds; that is no cost of the restore."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            before = sum(map(cpu_seconds, self.pids.values()))
            time.sleep(2)
            if sum(map(cpu_seconds, self.pids.values())) - before < 2 * QUIET_CORES:
                return

    def sample(self):
        while not self.over.wait(SAMPLE_SECONDS):
            processes = tree(self.pids[TOOL])
            self.peak_rss = max(self.peak_rss, sum(process.rss for process in processes.values()))
            self.peak_pss = max(self.peak_pss, sum(map(share_of_pages, processes)))
        self.peak_rss = max(self.peak_rss, peak_mib_of_one(self.pids[TOOL]) * MIB)

    @property
    def peak_mib(self):
        return self.peak_rss / MIB

    @property
    def peak_pss_mib(self):
        return self.peak_pss / MIB


def component_pids(plane):
    lines = (line.split() for line in plane.run("status").splitlines())
    found = {fields[0]: int(fields[1]) for fields in lines if fields[0] in COMPONENTS}
    return {name: found[name] for name in COMPONENTS}


def requests(kubeconfig):
    """Requests that the API server has counted for the kinds of the set, by verb."""
    _, raw = Cluster(kubeconfig)._exchange("GET", "/metrics", None, {"Accept": "text/plain"})
    total = collections.Counter()
    for line in raw.decode().splitlines():
        found = COUNTED.match(line)
        if found:
            total[found.group(1)] += int(float(found.group(2)))
    return total


def load_average():
    return pathlib.Path("/proc/loadavg").read_text().split()[0]
