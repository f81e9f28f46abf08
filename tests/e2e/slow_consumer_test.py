#!/usr/bin/python3
"""A consumer is stopped at 5,000 events a second (F4): the others go on without it, and it gets every record once and in
order when it comes back. How fast is measured by bench/bus.cpp.

usage: slow_consumer_test.py BUILD_DIRECTORY [SECONDS]     how long each is stopped, by the market's events
"""

import signal
import sys
import tempfile
from pathlib import Path

from checks import Checks
from processes import Pipeline, wait_for

RATE = 5_000
READERS = ("aggregator", "analyzer", "persister")  # of streaming
SERVICES = ("streaming", *READERS)


def applied(pipeline, reader):
    """How far it is in streaming's journal."""
    if reader != "persister":
        return pipeline.applied(reader)
    return pipeline.query("SELECT coalesce(max(record_offset), 0) FROM checkpoint WHERE source = 'sim.streaming'")[0][0]


def all_but_one(pipeline, stopped, events):
    """Stops one; returns its last position, once the market has gone on by `events` and the others with it."""
    others = [reader for reader in READERS if reader != stopped]
    process = pipeline.processes[stopped].child
    at_stop = applied(pipeline, stopped)
    process.send_signal(signal.SIGSTOP)
    begin = pipeline.head("streaming")
    wait_for(lambda: pipeline.head("streaming") >= begin + events, "the market goes on")
    for other in others:
        head = pipeline.head("streaming")
        wait_for(lambda: (applied(pipeline, other) or 0) >= head, f"{other} reaches the head while {stopped} stands")
    state = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    assert state == "T", f"{stopped} has not stood all the time: {state}"
    process.send_signal(signal.SIGCONT)
    head = pipeline.head("streaming")
    assert pipeline.market_report() is None, "the market ended before all was tried"
    wait_for(lambda: (applied(pipeline, stopped) or 0) >= head, f"{stopped} catches up")
    print(f"{stopped}: stood at {at_stop}, others went on to {head}; it has caught up")


def run(build, root, seconds):
    events = seconds * RATE
    settings = {"simulator": {"symbols": "4", "seed": 3, "pace": RATE, "events": 2 * events + 12 * RATE}}
    pipeline = Pipeline(root, build / "bin", settings, SERVICES)
    try:
        pipeline.migrate()
        pipeline.start()
        wait_for(lambda: (pipeline.head("streaming") or 0) > RATE, "the market runs")
        for reader in ("aggregator", "persister"):
            all_but_one(pipeline, reader, events)
        report = pipeline.wait_drained()
        checks = Checks(build, pipeline)
        # Every record once and in order: rows are the journals' records, and the stages' outputs those of a replay.
        checks.sent_is_journaled_is_stored(report)
        checks.rows_equal_records()
        checks.nothing_is_stored_twice()
        for service in SERVICES[:3]:
            checks.offsets_have_no_hole(service)
        checks.derived_journals_equal_a_replay()
        codes = pipeline.stop()
        assert set(codes.values()) == {0}, codes
    finally:
        pipeline.abandon()


def main():
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        run(Path(sys.argv[1]), Path(directory) / "run", seconds)


if __name__ == "__main__":
    main()
