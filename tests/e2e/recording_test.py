#!/usr/bin/python3
"""The whole pipeline on recorded markets: what is stored equals books rebuilt straight from the files.

usage: recording_test.py BUILD_DIRECTORY

DEPTHWIRE_RECORDING names the directory of the recordings: l2/, l3/ and fx_ticks/. Exit code 77 (skipped) without it.
"""

import os
import sys
import tempfile
from pathlib import Path

import rebuild
from checks import Checks
from processes import Pipeline
from recordings import chosen, gather

SERVICES = ("streaming", "aggregator", "analyzer", "persister")
SKIPPED = 77


def books_of(path):
    return rebuild.l3_books(path) if "l3" in path.parts and "top20" not in path.name else rebuild.l2_books(path)


def symbols_of(files):
    """The simulator's names: up to the first dot; of several, all but the first with their source."""
    named = {}
    for path in sorted(files, key=lambda file: file.name):
        plain, source = path.name.split(".")[:2]
        named[plain if plain not in named else f"{plain}.{source}"] = path
    return named


def main():
    build = Path(sys.argv[1])
    recordings = Path(os.environ.get("DEPTHWIRE_RECORDING", ""))
    files = chosen(recordings) if recordings.parts else []
    if not files:
        print("SKIPPED: DEPTHWIRE_RECORDING names no directory with recordings")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        market = gather(files, Path(directory) / "market")
        # Series every second over hours of market would be most of the rows and none of the proof.
        settings = {"simulator": {"recording": str(market), "speed": "max"}, "analyzer": {"series_interval": "10s"}}
        pipeline = Pipeline(Path(directory) / "run", build / "bin", settings, SERVICES)
        try:
            pipeline.migrate()
            pipeline.start()
            report = pipeline.wait_drained()
            checks = Checks(build, pipeline)
            checks.sent_is_journaled_is_stored(report)
            checks.rows_equal_records()
            for symbol, path in symbols_of(files).items():
                if path.parent.name == "fx_ticks":
                    continue
                checks.stored_books_equal(symbol, books_of(path))
            checks.signal_rows_point_to_their_inputs()
            checks.derived_journals_equal_a_replay()
            codes = pipeline.stop()
            assert set(codes.values()) == {0}, codes
        finally:
            pipeline.abandon()


if __name__ == "__main__":
    main()
