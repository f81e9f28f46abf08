#!/usr/bin/python3
"""F13 with the real process: the journal's disk, a small tmpfs, fills up under streaming and gets room again.

usage: full_disk_test.py BUILD_DIRECTORY     (as root, who may mount; else it is skipped)
"""

import sys
import tempfile
from pathlib import Path

import journal
from checks import envelope_class
from processes import Pipeline, wait_for
from small_disk import SmallDisk

SKIPPED = 77
SEGMENT_MB = 64  # a disk of one and a half takes one segment, and no second


def check(build, pipeline, disk):
    pipeline.start()
    wait_for(lambda: "journal_full" in pipeline.reasons("streaming"), "the disk is full and streaming says so")
    wait_for(lambda: pipeline.metrics("streaming").get("depthwire_journal_dropped_records_total", 0) > 0, "drops are counted")
    assert pipeline.processes["streaming"].child.poll() is None, "streaming has ended"

    disk.make_room(4 * SEGMENT_MB)
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
        disk = SmallDisk(pipeline.root / "journals", SEGMENT_MB * 3 // 2)
        if not disk.mount():
            print("only root may mount a small disk: skipped")
            return SKIPPED
        try:
            check(build, pipeline, disk)
        finally:
            pipeline.abandon()
            disk.unmount()
    return 0


if __name__ == "__main__":
    sys.exit(main())
