#!/usr/bin/python3
"""A market that is silent at times, and a broker that goes away: the database tells when, of which stream, and for how long.

usage: quality_test.py BUILD_DIRECTORY
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from processes import Pipeline, wait_for

QUALITY = "SELECT symbol, check_name, detail, value, event_time, receive_time FROM data_quality"


def check(build, pipeline):
    pipeline.migrate()
    pipeline.start()
    wait_for(lambda: pipeline.query(QUALITY + " WHERE check_name = 'stale' AND detail = 'spot'"), "a silent symbol is stale")
    subprocess.run([build / "bin" / "depthwire-sim", "ctl", "--state", pipeline.root / "simulator", "restart", "2s"],
                   check=True, timeout=30)
    lost = "the connection was lost"
    wait_for(lambda: len(pipeline.query(QUALITY + " WHERE check_name = 'gap' AND detail LIKE %s", "%" + lost)) >= 4,
             "the outage is a gap of each stream of both symbols")

    for symbol in ("EURUSD", "GBPUSD"):
        name = f'depthwire_feed_quality_total{{check="gap",symbol="{symbol}"}}'
        wait_for(lambda name=name: pipeline.metrics("streaming").get(name, 0) >= 2, f"{name} counts both streams")
    # The simulator sends fields that the public protocol does not have, as servers do.
    assert pipeline.metrics("streaming")["depthwire_ctrader_unknown_fields_total"] > 0

    rows = pipeline.query(QUALITY + " ORDER BY symbol, time, record_offset")
    for symbol, name, detail, value, begin, end in rows:
        print(f"{symbol} {name} {value:.3f} s {detail}")
        # The simulated market never closes: what is silent is silent in an open market.
        if name == "gap":
            assert abs((end - begin).total_seconds() - value) < 1e-5, (symbol, value, begin, end)
        if name == "gap" and lost in detail:
            assert value >= 2, f"streaming was away for 2 s, not {value}"
    stale = set()
    for symbol, name, detail, _, _, _ in rows:
        stream = (symbol, detail.split(",")[0])
        if name == "stale":
            assert stream not in stale, f"{stream} is stale twice"
            stale.add(stream)
        elif name == "gap":
            stale.discard(stream)


def main():
    build = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        settings = {"simulator": {"symbols": "2", "seed": 7, "rate": 1},
                    "streaming": {"quality": {"spot_silence": "2s", "depth_silence": "2s"}}}
        pipeline = Pipeline(Path(directory) / "run", build / "bin", settings, ("streaming", "persister"))
        try:
            check(build, pipeline)
        finally:
            pipeline.abandon()


if __name__ == "__main__":
    main()
