#!/usr/bin/python3
"""F13 with the real process: the journal's disk, a small tmpfs, fills up under streaming and gets room again.

usage: full_disk_test.py BUILD_DIRECTORY     (as root, who may mount; else it is skipped)
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import journal
from checks import envelope_class
from processes import Pipeline, http_get, wait_for

SKIPPED = 77
SEGMENT_MB = 64  # a disk of one and a half takes one segment, and no second


def mount(directory, megabytes, *options):
    directory.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join([*options, f"size={megabytes}m"]), "tmpfs", str(directory)]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0


def reasons(pipeline):
    return json.loads(http_get(pipeline.health["streaming"], "/readyz")[1] or "{}").get("reasons", {})


def check(build, pipeline):
    pipeline.start()
    wait_for(lambda: "journal_full" in reasons(pipeline), "the disk is full and streaming says so")
    wait_for(lambda: pipeline.metrics("streaming").get("depthwire_journal_dropped_records_total", 0) > 0, "drops are counted")
    assert pipeline.processes["streaming"].child.poll() is None, "streaming has ended"

    assert mount(pipeline.root / "journals", 4 * SEGMENT_MB, "remount")
    wait_for(lambda: pipeline.ready("streaming"), "streaming goes on by itself")
    losses = wait_for(lambda: [r for r in journal.records(pipeline.journal("streaming")) if r.type == journal.LOSS],
                      "the hole is declared")

    envelope = envelope_class(build / "python")()
    envelope.ParseFromString(losses[0].payload)
    assert envelope.loss.records > 0 and envelope.loss.to_offset == 0, envelope
    assert envelope.loss.from_offset == losses[0].offset - 1, envelope
    lost = envelope.loss.records
    told_anew = {}
    for record in journal.records(pipeline.journal("streaming")):
        if record.offset > losses[0].offset and record.type == journal.DEPTH:
            envelope.ParseFromString(record.payload)
            told_anew.setdefault(envelope.symbol, []).append(envelope.depth.kind)
    kinds = {symbol: of[0] for symbol, of in told_anew.items()}
    assert kinds and set(kinds.values()) == {1}, f"each book begins with a reset: {kinds}"
    assert pipeline.processes["streaming"].stop() == 0
    print(pipeline.command("journal", "verify", str(pipeline.journal("streaming"))).strip())
    print(f"{losses[0].offset - 1} records, then {lost} lost and declared at offset {losses[0].offset}")


def main():
    build = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as directory:
        settings = {"simulator": {"symbols": "4", "seed": 7, "speed": "max", "events": 800000}}
        pipeline = Pipeline(Path(directory) / "run", build / "bin", settings, ("streaming",))
        if os.geteuid() != 0 or not mount(pipeline.root / "journals", SEGMENT_MB * 3 // 2):
            print("only root may mount a small disk: skipped")
            return SKIPPED
        try:
            check(build, pipeline)
        finally:
            pipeline.abandon()
            subprocess.run(["umount", str(pipeline.root / "journals")], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
