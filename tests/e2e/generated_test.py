#!/usr/bin/python3
"""The whole pipeline on a generated market, twice: two runs give the same topics and envelopes.

usage: generated_test.py BUILD_DIRECTORY [EVENTS]
"""

import sys
import tempfile
from pathlib import Path

from checks import Checks
from processes import Pipeline, free_ports

SERVICES = ("streaming", "aggregator", "analyzer", "persister")


def run(build, root, events, broker_port):
    settings = {"simulator": {"symbols": "4", "seed": 7, "speed": "max", "events": events}}
    pipeline = Pipeline(root, build / "bin", settings, SERVICES, broker_port)
    try:
        pipeline.migrate()
        pipeline.start()
        report = pipeline.wait_drained()
        checks = Checks(build, pipeline)
        checks.sent_is_journaled_is_stored(report)
        checks.rows_equal_records()
        checks.signal_rows_point_to_their_inputs()
        checks.derived_journals_equal_a_replay()
        checks.another_parameter_gives_other_outputs()
        checks.skipping_is_refused(75, "sim.aggregator is running")
        journals = {name: checks.masked_journal(name) for name in ("streaming", "aggregator", "analyzer")}
        codes = pipeline.stop()
        assert set(codes.values()) == {0}, codes
        checks.skipping_is_refused(64, "has stepped")
        return journals
    finally:
        pipeline.abandon()


def main():
    build = Path(sys.argv[1])
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        port = free_ports(1)[0]  # the broker's address is part of the connection records
        first = run(build, Path(directory) / "first", events, port)
        second = run(build, Path(directory) / "second", events, port)
    for name, records in first.items():
        assert records == second[name], f"{name}: the two runs differ"
        print(f"{name}: {len(records)} records, the same in both runs")


if __name__ == "__main__":
    main()
