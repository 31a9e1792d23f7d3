"""Salvor beside Eve: the same requests to both, over the same points.

Eve's store has no indexes and looks at each document, so that a large set would measure the store.
The set has 200 points, 100 a day: there the store takes 0.55 ms of CPU a request beside Eve's 3.9 ms (12 %).
Each round says how much it was.
"""

import json
import statistics
import urllib.parse

from eve_server import EveServer
from load import cpu_seconds, load
from points import FIRST, fill
from salvor_e2e.api_client import ApiClient
from salvor_e2e.salvor_server import SalvorServer

POINTS = 200
STEP = 864  # seconds between two points
LAST = FIRST + POINTS * STEP
DAY = 86_400
WARM_UP_SECONDS = 30  # Eve's; the compiler of its store needs some ten thousand queries
ROUND_SECONDS = 5
OWN_FIELDS = ("_created", "_updated", "_etag")  # each server's own


def without(item, *names):
    return {name: value for name, value in item.items() if name not in names}


def copy(salvor, eve):
    """Eve gets what Salvor answers, so that its answers are as long."""
    eve.post("backupinstances", [without(item, *OWN_FIELDS, "_links") for item in salvor.find("backupinstances", {})])


def answer(api, begin):
    where = {"state": "READY", "start_time": {"$gt": begin, "$lt": begin + DAY}}
    query = {"where": json.dumps(where), "sort": "-start_time", "max_results": 25}
    body = api.get("backupinstances?" + urllib.parse.urlencode(query))
    return {"_meta": body["_meta"], "_items": [without(item, *OWN_FIELDS) for item in body["_items"]]}


def check_same(salvor, eve):
    for begin in range(FIRST - DAY, LAST, DAY // 3):
        ours, theirs = answer(salvor, begin), answer(eve, begin)
        if ours != theirs:
            pair = next((pair for pair in zip(ours["_items"], theirs["_items"]) if pair[0] != pair[1]), "none")
            raise SystemExit(f"answers differ for the day from {begin}: {ours['_meta']}, {theirs['_meta']}, {pair}")
    if not ours["_items"]:
        raise SystemExit("the last answer is empty: nothing was compared")


class Side:
    """One server under load; `pids` are by the name of what the process is."""

    def __init__(self, url, key_file, pids):
        self.url = url
        self.key_file = key_file
        self.pids = pids
        self.rounds = []

    def load(self, seconds):
        """The rate, and CPU milliseconds a request by name."""
        before = {name: cpu_seconds(pid) for name, pid in self.pids.items()}
        numbers = load(self.url, self.key_file, FIRST, LAST, seconds)
        if numbers["refused"]:
            raise SystemExit(f"{self.url}: {numbers['refused']:.0f} of {numbers['requests']:.0f} requests failed")
        cpu = {name: (cpu_seconds(pid) - before[name]) * 1000 / numbers["requests"] for name, pid in self.pids.items()}
        return numbers["per_second"], cpu

    def round(self):
        rate, cpu = self.load(ROUND_SECONDS)
        self.rounds.append((rate, cpu))
        shown = ", ".join(f"{name} {value:.2f} ms" for name, value in cpu.items())
        print(f"  {rate:6.0f}/s, CPU a request: {shown}", flush=True)

    def rate(self):
        return statistics.median(rate for rate, _ in self.rounds)

    def share(self, name):
        """Of the CPU time, what the process of this name took."""
        return statistics.median(cpu[name] / sum(cpu.values()) for _, cpu in self.rounds)


def speedup(rounds):
    """Salvor's rate to Eve's, medians of alternating rounds."""
    with SalvorServer() as salvor:
        fill(salvor.client(), POINTS, STEP)
        with EveServer(salvor.key) as eve:
            client = ApiClient(eve.url, salvor.key)
            copy(salvor.client(), client)
            check_same(salvor.client(), client)
            client.close()
            key_file = salvor.folder / "data" / "admin.key"
            sides = (Side(eve.url, key_file, {"Eve": eve.gunicorn.pid, "its store": eve.store.pid}),
                     Side(salvor.url, key_file, {"Salvor": salvor.process.pid}))
            return race(rounds, *sides)


def race(rounds, eve, salvor):
    eve.load(WARM_UP_SECONDS)
    salvor.load(ROUND_SECONDS)
    for _ in range(rounds):
        eve.round()
        salvor.round()
    ratio, share = salvor.rate() / eve.rate(), eve.share("its store")
    print(f"  {ratio:.1f} times Eve's rate; {ratio * (1 - share):.1f} times if its store, {share:.0%}, took no time")
    return ratio
