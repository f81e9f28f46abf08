#!/usr/bin/python3
"""Breaks a running pipeline in every way there is, by seed, and judges what is left at the end.

usage: chaos_test.py BUILD_DIRECTORY [--seed N] [--kills N] [--stop SECONDS] [--away SECONDS] [--market SECONDS]
                     [--recording [DIRECTORY]]

--recording alone takes what DEPTHWIRE_RECORDING names; exit code 77 (skipped) without it. Only root may mount a disk
to fill: for others no disk gets full.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))

from faults import Clock, Faults, missing_tools  # noqa: E402
from oracle import Oracle, wait_until_over  # noqa: E402
from processes import Pipeline, free_ports, wait_for  # noqa: E402
from proxy import Wire  # noqa: E402
from recordings import chosen, gather  # noqa: E402
from small_disk import SmallDisk  # noqa: E402

SKIPPED = 77
PACE = 500  # events a second
SECONDS_A_KILL = 1.4  # the market outlasts the faults: a kill with what comes between takes less


def parsed():
    parser = argparse.ArgumentParser(description="Breaks a running pipeline and judges what is left.")
    parser.add_argument("build", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--stop", type=float, default=3, help="seconds that a process is stopped")
    parser.add_argument("--away", type=float, default=20, help="seconds that the database is away")
    parser.add_argument("--market", type=float, help="seconds that the market lasts; default: enough for all faults")
    parser.add_argument("--recording", nargs="?", const=os.environ.get("DEPTHWIRE_RECORDING", ""),
                        help="replay these files instead of a generated market")
    return parser.parse_args()


def market(options, broker, root):
    settings = {"listen": f"127.0.0.1:{broker}", "pace": PACE, "events": int(options.market * PACE)}
    if options.recording:
        one_of_each = {path.parent: path for path in chosen(Path(options.recording))}
        return settings | {"recording": str(gather(one_of_each.values(), root / "market"))}
    return settings | {"symbols": "4", "seed": options.seed}


def plan(options, chance):
    """Names of faults in the order they happen; about enough of them for all kills, the rare ones at least once."""
    faults = ["take_database_away", "restart_database", "stop_one", "stop_one", "cut_connection", "slow_connection", "step_clock",
              "step_clock", "fail_sync", "fail_write", "kill_all"]
    full = ["fill_disk", "kill_on_full_disk", "cut_on_full_disk"]
    kills = 7
    while kills < options.kills:
        name = chance.choices(["kill_one", "kill_several", "kill_all", "stop_one", "cut_connection", "restart_database", *full],
                              [60, 15, 5, 5, 5, 5, 1, 1, 1])[0]
        faults.append(name)
        kills += {"kill_one": 1, "kill_several": 4, "kill_all": 7}.get(name, 0)
    chance.shuffle(faults)
    for name in full:  # early, for without a market nothing fills a disk
        faults.insert(chance.randrange(len(faults) // 2), name)
    return faults


def seconds_of(faults, options):
    """Longer than all of them take: the usual ones, and what is long by the options."""
    long_ones = options.away + faults.count("stop_one") * options.stop
    return options.kills * SECONDS_A_KILL + max(0, long_ones - 30)


def small_disk(options, pipeline):
    """A disk for the journals that has room for all of the run and can be filled; None where there can be none."""
    disk = SmallDisk(pipeline.root / "journals", 512 + 4 * options.kills)
    if disk.mount():
        return disk
    print("only root may mount a small disk: no disk gets full")
    return None


def run(options, root):
    chance = random.Random(options.seed)
    names = plan(options, chance)
    options.market = options.market or seconds_of(names, options)
    broker = free_ports(1)[0]
    wire = Wire(broker)
    clock = Clock(root)
    # Segments that are soon full: then journals have many, and a full disk is soon noticed. None is to go because a
    # process began on a day that the clock was set to.
    bus = {"segment_bytes": 2**20 if options.kills > 200 else 2**18, "retention": {"age": "720h"}}
    settings = {"simulator": market(options, broker, root), "ctrader": {"port": wire.port}, "bus": bus}
    pipeline = Pipeline(root / "pipeline", options.build / "bin", settings, variables=clock.variables)
    disk = small_disk(options, pipeline)
    faults = Faults(pipeline, wire, clock, disk, chance, options)
    try:
        pipeline.migrate()
        pipeline.start()
        faults.wait_ready()
        wait_for(lambda: (pipeline.head("streaming") or 0) > PACE, "the market runs")
        began = time.monotonic()
        for name in names:
            getattr(faults, name)()
        while faults.kills < options.kills:
            faults.kill_one()
        print(f"{faults.kills} kills in {time.monotonic() - began:.0f} s; slowest until ready again, in seconds: "
              + ", ".join(f"{name} {seconds:.1f}" for name, seconds in sorted(faults.slowest.items())))
        wait_until_over(pipeline, options.market + 120)
        Oracle(options.build, pipeline).judge(faults.outages, faults.losses)
        codes = pipeline.stop()
        assert set(codes.values()) == {0}, codes
    except BaseException:
        print_logs(pipeline)
        raise
    finally:
        pipeline.abandon()
        wire.close()
        if disk:
            disk.unmount()


def print_logs(pipeline):
    for name, process in pipeline.processes.items():
        print(f"--- {name}", *process.text().splitlines()[-8:], sep="\n", file=sys.stderr)


def main():
    options = parsed()
    if missing := missing_tools():
        sys.exit(f"chaos_test: {', '.join(missing)} missing: scripts/deps test installs them")
    if options.recording is not None and not (options.recording and chosen(Path(options.recording))):
        print("SKIPPED: DEPTHWIRE_RECORDING names no directory with recordings")
        sys.exit(SKIPPED)
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        run(options, Path(directory))


if __name__ == "__main__":
    main()
