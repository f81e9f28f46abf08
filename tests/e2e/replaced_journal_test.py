#!/usr/bin/python3
"""Streaming's journal is replaced by an older copy (F11): its readers halt and say so, and nothing is stored, until an
operator accepts the journal as it is; then they go on, and the hole stands in the database.

usage: replaced_journal_test.py BUILD_DIRECTORY
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from processes import Pipeline, http_get, wait_for

SERVICES = ("streaming", "aggregator", "persister", "auditor")
READERS = ("aggregator", "persister", "auditor")


def halted(pipeline, name):
    """The reason that /readyz gives, once it tells of a replaced journal."""
    status, text = http_get(pipeline.health[name], "/readyz")
    reasons = json.loads(text)["reasons"] if status == 503 else {}
    return next((reason for reason in reasons.values() if "was replaced" in reason), None)


def goes_on(pipeline, name):
    return http_get(pipeline.health[name], "/readyz")[0] and not halted(pipeline, name)


def checkpoint(pipeline):
    return pipeline.query("SELECT epoch, record_offset FROM checkpoint WHERE source = 'sim.streaming'")[0]


def run(build, root):
    settings = {"simulator": {"symbols": "2", "seed": 5, "pace": 400, "events": 4_000_000}}
    pipeline = Pipeline(root, build / "bin", settings, services=SERVICES)
    streaming = pipeline.processes["streaming"]
    try:
        pipeline.migrate()
        pipeline.start()
        wait_for(lambda: (pipeline.head("streaming") or 0) > 500, "records flow")
        streaming.stop()
        shutil.copytree(pipeline.journal("streaming"), root / "copy")
        streaming.start()
        wait_for(lambda: pipeline.ready("streaming"), "streaming is back")
        epoch = wait_for(lambda: pipeline.query(
            "SELECT epoch FROM checkpoint WHERE source = 'sim.streaming' AND record_offset > 1000"), "more is stored")[0][0]
        streaming.stop()
        shutil.rmtree(pipeline.journal("streaming"))
        shutil.copytree(root / "copy", pipeline.journal("streaming"))
        streaming.start()
        for name in READERS:
            print(f"{name}: {wait_for(lambda name=name: halted(pipeline, name), f'{name} halts', 30)}")
        known = halted(pipeline, "persister").split(" and does not know ")[1]
        last = tuple(int(number) for number in known.split(":"))
        wait_for(lambda: checkpoint(pipeline) == last, "all that was delivered is stored", 30)
        # A second life of a reader does not forget it either, not even of a stage that has no snapshot yet.
        for name in ("persister", "aggregator"):
            pipeline.kill_and_restart(name)
            wait_for(lambda name=name: halted(pipeline, name), f"the restarted {name} halts", 30)
        assert checkpoint(pipeline) == last, "something of the old copy was stored"

        print(pipeline.command("accept", "streaming", "--reason", "restored from Monday's backup").strip())
        for name in READERS:
            wait_for(lambda name=name: goes_on(pipeline, name), f"{name} goes on", 30)
        wait_for(lambda: checkpoint(pipeline)[0] > epoch, "what followed is stored", 30)
        losses = pipeline.query("SELECT kind, from_epoch, from_offset, to_epoch, to_offset, cause FROM loss"
                                " WHERE lost_source = 'sim.streaming' AND source = 'sim.streaming'")
        assert len(losses) == 1, losses
        kind, from_epoch, from_offset, to_epoch, _, cause = losses[0]
        assert (kind, (from_epoch, from_offset)) == ("declared", last), losses
        assert to_epoch > epoch and "accepted" in cause, losses
        told = wait_for(lambda: pipeline.query("SELECT from_epoch, from_offset, to_epoch FROM loss"
                                               " WHERE lost_source = 'sim.streaming' AND source = 'sim.aggregator'"),
                        "the aggregator has told what it was never given", 30)
        assert len(told) == 1 and told[0][2] == to_epoch, told
        assert all(code == 0 for code in pipeline.stop().values())
    finally:
        pipeline.abandon()


def main():
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        run(Path(sys.argv[1]), Path(directory) / "run")


if __name__ == "__main__":
    main()
