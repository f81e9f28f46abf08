#!/usr/bin/python3
"""Live bars that the broker told wrongly end as its history has them: one correction each, none for others, whatever is killed.

usage: live_bars_test.py BUILD_DIRECTORY [ROUNDS [SEED]]     default: 6 rounds; by hand: 50
"""

import random
import subprocess
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import journal
from checks import envelope_class
from processes import ENVIRONMENT, Pipeline, wait_for

SERVICES = ("streaming", "historical", "persister")
EVENTS_PER_ROUND = 36_000
PACE = 3_000  # events a second: a minute of the market takes some three
SPOILED = 2  # bars in a round
MINUTE_NS = 60_000_000_000
COLUMNS = "symbol, (extract(epoch FROM {time}) / 60)::bigint, open, high, low, close, tick_volume"


def spoil(pipeline, bars):
    subprocess.run([pipeline.binaries / "depthwire-sim", "ctl", "--state", pipeline.root / "simulator", f"spoil-bars {bars}"],
                   check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)


def told(pipeline, build):
    """{(symbol, minute): [open, high, low, close, count]} in points: of the live bars that have closed, and of the same bars built
    from the spots in the most obvious way: of bids, and counting both sides."""
    Envelope = envelope_class(build / "python")
    live, built, newest = {}, {}, {}
    for record in journal.records(pipeline.journal("streaming")):
        if record.type not in (journal.BAR, journal.SPOT):
            continue
        envelope = Envelope.FromString(record.payload)
        if record.type == journal.BAR:
            bar, key = envelope.bar, (envelope.symbol, envelope.bar.open_time_ns // MINUTE_NS)
            if bar.closed:
                assert key not in live, f"{key} has closed twice"
                live[key] = [bar.bid.open, bar.bid.high, bar.bid.low, bar.bid.close, bar.tick_count]
            continue
        spot, key = envelope.spot, (envelope.symbol, envelope.event_time_ns // MINUTE_NS)
        if spot.HasField("session_close_points"):
            continue  # repeats an old one
        changes = spot.HasField("bid_points") + spot.HasField("ask_points")
        if spot.HasField("bid_points"):
            bid = spot.bid_points
            open_, high, low, _, count = built.get(key, [bid, bid, bid, bid, 0])
            built[key] = [open_, max(high, bid), min(low, bid), bid, count + changes]
            newest[envelope.symbol] = key
        elif envelope.symbol in newest:
            built[newest[envelope.symbol]][4] += changes
    return live, built


def rows(pipeline, time, rest):
    """[((symbol, minute), [open, high, low, close, count])] with prices in points."""
    return [((symbol, minute), [*(int(price * 100_000) for price in map(Decimal, prices)), count])
            for symbol, minute, *prices, count in pipeline.query(f"SELECT {COLUMNS.format(time=time)} {rest}")]


def run(build, root, rounds, seed):
    pipeline = Pipeline(root, build / "bin", {
        "simulator": {"symbols": "3", "seed": seed, "events": EVENTS_PER_ROUND * (rounds + 2), "pace": PACE},
        "historical": {"check_live_bars_every": "1s"},
    }, SERVICES)
    chance = random.Random(seed)

    def corrections():
        return rows(pipeline, "time", "FROM market_data_candles WHERE origin = 'history'")

    try:
        pipeline.migrate()
        pipeline.start()
        for _ in range(rounds):
            before = len(corrections())
            spoil(pipeline, SPOILED)
            assert pipeline.market_report() is None, "the market ended too early"
            if chance.randrange(2):
                wait_for(lambda before=before: len(corrections()) > before, "something is corrected")
            pipeline.kill_and_restart("historical")
            wait_for(lambda before=before: len(corrections()) > before, "corrections go on after a kill")
        pipeline.wait_drained()
        wait_for(lambda: pipeline.metrics("historical").get("depthwire_live_bars_waiting") == 0, "all live bars are checked")
        live, built = told(pipeline, build)
        # The bar before the market's begin is made up: it may be corrected, as its close is that of the market's first bid.
        known = [key for key in live if key in built]
        assert len(live) - len(known) <= 3, f"{live.keys() - built.keys()} are of no spot"
        spoiled = {key: built[key] for key in known if live[key][:4] != built[key][:4]}
        assert len(spoiled) == rounds * SPOILED, f"{len(spoiled)} bars are spoiled: {spoiled}"
        wait_for(lambda: spoiled.keys() <= {key for key, _ in corrections()}, "all corrections are stored")
        pipeline.processes["historical"].stop()

        found = [row for row in corrections() if row[0] in built]
        times, once = Counter(key for key, _ in found), Counter(spoiled.keys())
        assert times == once, f"corrected without need or again: {times - once}, not corrected: {once - times}"
        assert dict(found) == spoiled
        candles = dict(rows(pipeline, "open_time", "FROM candles"))
        wrong = {key: (candles.get(key), built[key]) for key in known if key not in candles or candles[key][:4] != built[key][:4]}
        assert candles.keys() == live.keys() and not wrong, f"candles (is, should be): {wrong}"
        pipeline.stop()
        print(f"{len(live)} live bars, {len(spoiled)} of them spoiled: {len(found)} corrections, {rounds} kills")
    finally:
        pipeline.abandon()


def main():
    build = Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory(prefix="depthwire-live-bars-") as root:
        run(build, Path(root), rounds, seed)


if __name__ == "__main__":
    main()
