#!/usr/bin/python3
"""The broker's side of the story: minutes of faults, and nothing in what it received that a broker would hold against us.

usage: judged_test.py BUILD_DIRECTORY [SECONDS [SEED]]     default: 60; by hand: 180
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from pathlib import Path

from processes import ENVIRONMENT, Pipeline, wait_for

HEARTBEAT, APPLICATION, ACCOUNT = 51, 2100, 2102
BEFORE_THE_ACCOUNT = {2149, ACCOUNT}  # the list of accounts
HISTORICAL = {2137, 2145}
LIMITS = {False: 50, True: 5}  # requests within a second; of history
SILENCE = 10  # seconds
JITTER = 1.5  # of a loaded machine, between the client's clock and the log
NAMES = ("EURUSD", "GBPUSD", "USDJPY", "AUDUSD")
FAULTS = ("drop", "stall 4s", "split 2s", "join 3s", "slow 20000 3s", "garbage", "empty-frame", "oversize", "refuse 2s", "restart 1s",
          "error CH_SERVER_NOT_REACHABLE ProtoOAAccountAuthReq 2", "ignore ProtoOASymbolsListReq", "account-disconnect",
          "rate-limit ProtoOAGetTrendbarsReq 3s", "maintenance 3s")


class Client:
    """One connection, judged message by message."""

    def __init__(self, number, now):
        self.number, self.last, self.seen = number, now, set()
        self.windows = {False: deque(), True: deque()}

    def silent_until(self, now):
        silence, self.last = now - self.last, now
        assert silence <= SILENCE + JITTER, f"connection {self.number}: {silence:.2f} s without a message"
        return silence

    def sends(self, now, kind):
        if kind == HEARTBEAT:
            return 0
        where = f"connection {self.number}: a message of type {kind}"
        if kind != APPLICATION:
            assert APPLICATION in self.seen, f"{where} before the application's authentication"
            assert kind in BEFORE_THE_ACCOUNT or ACCOUNT in self.seen, f"{where} before the account's authentication"
        self.seen.add(kind)
        window, limit = self.windows[kind in HISTORICAL], LIMITS[kind in HISTORICAL]
        window.append(now)
        while now - window[0] >= 1:
            window.popleft()
        assert len(window) <= limit, f"{where}: {len(window)} requests within a second"
        return len(window)


def judge(log):
    """Reads what the broker received; gives figures for people."""
    clients, counts, longest, most = {}, defaultdict(int), 0, {False: 0, True: 0}
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        now, number = entry["time_ns"] / 1e9, entry.get("connection")
        counts[entry["event"]] += 1
        if entry["event"] == "connected":
            clients[number] = Client(number, now)
        elif entry["event"] == "received":
            longest = max(longest, clients[number].silent_until(now))
            historical = entry["type"] in HISTORICAL
            most[historical] = max(most[historical], clients[number].sends(now, entry["type"]))
        elif entry["event"] == "closed" and number in clients:
            longest = max(longest, clients.pop(number).silent_until(now))
    return dict(counts), longest, most


def make_faults(pipeline, seconds, chance):
    """One after another until the time is over, whether the one before has healed or not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        fault = chance.choice(FAULTS)
        subprocess.run([pipeline.binaries / "depthwire-sim", "ctl", "--state", pipeline.root / "simulator", *fault.split()],
                       check=True, timeout=30, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        time.sleep(min(chance.uniform(0.5, 12), max(0, end - time.monotonic())))  # the pace of the faults, not a wait


def run(build, root, seconds, seed):
    settings = {"simulator": {"symbols": ",".join(NAMES), "pace": 200, "past": "366d", "log_received": str(root / "received.jsonl")}}
    pipeline = Pipeline(root, build / "bin", settings, ("streaming", "historical"))
    try:
        pipeline.start()
        for name in ("streaming", "historical"):
            wait_for(lambda name=name: pipeline.ready(name), f"{name} is ready")
        # Work for the whole time, as far as the limits allow.
        backfill = subprocess.Popen([pipeline.binaries / "depthwire", "--config", pipeline.config, "backfill", "--symbols", ",".join(NAMES),
                                     "--period", "M1", "--from", "2025-01-10"], env=ENVIRONMENT,
                                    stdout=(root / "backfill.log").open("ab"), stderr=subprocess.STDOUT)
        make_faults(pipeline, seconds, random.Random(seed))
        for name in ("streaming", "historical"):
            wait_for(lambda name=name: pipeline.ready(name), f"{name} is ready again")
        backfill.kill()
        backfill.wait()
        pipeline.stop()
        counts, longest, most = judge(root / "received.jsonl")
        assert counts.get("fault", 0) >= seconds / 12, f"too few faults: {counts}"
        print(f"{seconds} s: {counts}; at most {most[False]} requests within a second and {most[True]} of history; "
              f"{longest:.2f} s the longest silence")
    finally:
        pipeline.abandon()


def main():
    build = Path(sys.argv[1])
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory(prefix="depthwire-judged-") as root:
        run(build, Path(root), seconds, seed)


if __name__ == "__main__":
    main()
