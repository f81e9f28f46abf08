#!/usr/bin/python3
"""Each process killed with -9 during a run, one after another, nothing lost and nothing counted twice.

usage: kills_test.py BUILD_DIRECTORY [EVENTS]
"""

import sys
import tempfile
import time
from pathlib import Path

import journal
from checks import Checks
from processes import Pipeline, wait_for

VICTIMS = ("historical", "aggregator", "analyzer", "persister", "auditor", "gateway")
PACE = 2_500  # events a second: the market outlasts all kills on a slow machine


def settings(events):
    # Snapshots often, so that stages restart from them.
    return {"simulator": {"symbols": "4", "seed": 11, "pace": PACE, "events": events},
            "aggregator": {"snapshot_interval": "300ms"}, "analyzer": {"snapshot_interval": "300ms"}}


def kill_each(pipeline, victims):
    """Kills one after another while the market runs, each as soon as the one before works again."""
    wait_for(lambda: (pipeline.head("streaming") or 0) > PACE // 2, "the market runs")
    for victim in victims:
        assert pipeline.market_report() is None, f"the market ended before {victim} was killed"
        began = time.monotonic()
        pipeline.kill_and_restart(victim)
        wait_for(lambda name=victim: pipeline.ready(name), f"{victim} is ready again", 30)
        print(f"{victim}: killed, ready again after {time.monotonic() - began:.2f} s")


def connection_events_are_audited(pipeline):
    """A line for each connection event, none twice."""
    log = pipeline.root / "logs" / "ctrader" / "sim_connection.log"
    events = sum(record.type == journal.CONNECTION for name in ("streaming", "historical")
                 for record in journal.records(pipeline.journal(name)))
    lines = wait_for(lambda: (found := log.read_text().splitlines()) and len(found) >= events and found,
                     f"{events} connection events are audited")
    assert len(lines) == len(set(lines)) == events, f"{len(lines)} audit lines, {events} connection events"


def killed_stages_went_on_from_a_snapshot(pipeline, victims):
    for stage in ("aggregator", "analyzer"):
        went_on = "state: goes on from" in (pipeline.root / f"{stage}.log").read_text()
        assert went_on == (stage in victims), f"{stage}: went on from a snapshot: {went_on}"


def run(build, root, events, victims):
    pipeline = Pipeline(root, build / "bin", settings(events))
    try:
        pipeline.migrate()
        pipeline.start()
        kill_each(pipeline, victims)
        report = pipeline.wait_drained()
        checks = Checks(build, pipeline)
        checks.rows_equal_records()
        checks.derived_journals_equal_a_replay()
        for service in ("streaming", "aggregator", "analyzer"):
            checks.offsets_have_no_hole(service)
        tables = checks.table_contents()
        outages = pipeline.query("SELECT started_at, ended_at FROM outage WHERE source = 'sim.streaming'")
        if "streaming" in victims:
            checks.journaled_is_stored()
        else:
            checks.sent_is_journaled_is_stored(report)
        killed_stages_went_on_from_a_snapshot(pipeline, victims)
        connection_events_are_audited(pipeline)
        pipeline.stop()
        return tables, outages
    finally:
        pipeline.abandon()


def main():
    build = Path(sys.argv[1])
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 45_000
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        root = Path(directory)
        whole, _ = run(build, root / "whole", events, ())
        killed, _ = run(build, root / "killed", events, VICTIMS)
        for table, rows in whole.items():
            assert rows == killed[table], f"{table}: differs after kills ({len(rows)} and {len(killed[table])} rows)"
            print(f"{table}: {len(rows)} rows, the same with and without kills")
        _, outages = run(build, root / "source", events, ("streaming",))
        assert len(outages) == 1 and None not in outages[0], f"outages: {outages}"
        print(f"streaming killed: rows equal its journal, outage declared {outages[0][0]} to {outages[0][1]}")


if __name__ == "__main__":
    main()
