#!/usr/bin/python3
"""Breaks a running pipeline in every way there is, by seed, and judges what is left at the end.

usage: chaos_test.py BUILD_DIRECTORY [--seed N] [--kills N] [--stop SECONDS] [--away SECONDS] [--recording DIRECTORY]
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))

from faults import Clock, Faults, missing_tools  # noqa: E402
from oracle import Oracle, wait_until_over  # noqa: E402
from processes import Pipeline, free_ports, wait_for  # noqa: E402
from proxy import Wire  # noqa: E402

PACE = 500  # events a second
EVENTS_A_KILL = 1_000  # the market outlasts the faults: a kill with what comes between takes less than two seconds


def parsed():
    parser = argparse.ArgumentParser(description="Breaks a running pipeline and judges what is left.")
    parser.add_argument("build", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--stop", type=float, default=3, help="seconds that a process is stopped")
    parser.add_argument("--away", type=float, default=20, help="seconds that the database is away")
    parser.add_argument("--recording", type=Path, help="replay these files instead of a generated market")
    return parser.parse_args()


def market(options, broker):
    settings = {"listen": f"127.0.0.1:{broker}", "pace": PACE}
    if options.recording:
        return settings | {"recording": str(options.recording)}
    return settings | {"symbols": "4", "seed": options.seed, "events": options.kills * EVENTS_A_KILL}


def plan(options, chance):
    """Names of faults in the order they happen; enough of them for all kills, the rare ones at least once."""
    faults = ["take_database_away", "restart_database", "stop_one", "stop_one", "cut_connection", "slow_connection", "step_clock",
              "step_clock", "fail_sync", "kill_all"]
    kills = 7
    while kills < options.kills:
        name = chance.choices(["kill_one", "kill_several", "kill_all", "stop_one", "cut_connection", "restart_database"],
                              [60, 15, 5, 5, 5, 5])[0]
        faults.append(name)
        kills += {"kill_one": 1, "kill_several": 2, "kill_all": 7}.get(name, 0)
    chance.shuffle(faults)
    return faults


def run(options, root):
    chance = random.Random(options.seed)
    broker = free_ports(1)[0]
    wire = Wire(broker)
    clock = Clock(root)
    settings = {"simulator": market(options, broker), "ctrader": {"port": wire.port}}
    pipeline = Pipeline(root / "pipeline", options.build / "bin", settings, variables=clock.variables)
    faults = Faults(pipeline, wire, clock, chance, options)
    try:
        pipeline.migrate()
        pipeline.start()
        faults.wait_ready()
        wait_for(lambda: (pipeline.head("streaming") or 0) > PACE, "the market runs")
        for name in plan(options, chance):
            getattr(faults, name)()
        print(f"{faults.kills} kills; slowest until ready again, in seconds: "
              + ", ".join(f"{name} {seconds:.1f}" for name, seconds in sorted(faults.slowest.items())))
        wait_until_over(pipeline, options.kills * EVENTS_A_KILL / PACE + 120)
        Oracle(options.build, pipeline).judge(faults.outages)
        codes = pipeline.stop()
        assert set(codes.values()) == {0}, codes
    except BaseException:
        print_logs(pipeline)
        raise
    finally:
        pipeline.abandon()
        wire.close()


def print_logs(pipeline):
    for name, process in pipeline.processes.items():
        print(f"--- {name}", *process.text().splitlines()[-8:], sep="\n", file=sys.stderr)


def main():
    options = parsed()
    if missing := missing_tools():
        sys.exit(f"chaos_test: {', '.join(missing)} missing: scripts/deps test installs them")
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        run(options, Path(directory))


if __name__ == "__main__":
    main()
