#!/usr/bin/python3
"""Outages are healed: after cuts of every kind, ticks and candles in PostgreSQL are those of a run without any.

usage: healing_test.py BUILD_DIRECTORY [CUTS [SEED]]     default: 10 cuts; by hand: 100
"""

import random
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from processes import ENVIRONMENT, Pipeline, wait_for

SERVICES = ("streaming", "aggregator", "persister")
PACE = 500  # events a second
EVENTS_PER_CUT = 6_000  # so many are there to be used up
TICKS = "SELECT symbol, side, event_time, price, record_offset FROM ticks"
CANDLES = ("SELECT symbol, period, open_time, open, high, low, close, ask_open, ask_high, ask_low, ask_close, tick_volume "
           "FROM candles WHERE origin = 'aggregator'")
LENGTHS = {"s1": 1, "m1": 60, "m5": 300, "m15": 900, "h1": 3600, "h4": 4 * 3600, "d1": 24 * 3600}


def market(cuts, seed, **pace):
    return {"simulator": {"symbols": "3", "seed": seed, "events": EVENTS_PER_CUT * (cuts + 1), **pace}}


class Stored:
    """What PostgreSQL has of ticks and of candles that have ended, up to some time of the market."""

    def __init__(self, pipeline):
        self.ticks = [(row[:-1], row[-1]) for row in pipeline.query(TICKS)]
        self.candles = pipeline.query(CANDLES)

    def of_one_instant(self, key):
        """Whether a candle opens with several changes of one millisecond: in what order, history does not tell."""
        symbol, period, start = key
        within = [(time, offset) for (name, _, time, _), offset in self.ticks
                  if name == symbol and start <= time < start + timedelta(seconds=LENGTHS[period])]
        first = min(within)[0]
        return len({offset for time, offset in within if time == first}) > 1

    def ticks_until(self, time):
        return Counter(tick for tick, _ in self.ticks if tick[2] <= time)

    def candles_until(self, time):
        return {candle[:3]: candle[3:] for candle in self.candles if candle[2] + timedelta(seconds=LENGTHS[candle[1]]) <= time}


def undisturbed(build, root, cuts, seed):
    """A run without a cut, as fast as it goes."""
    pipeline = Pipeline(root, build / "bin", market(cuts, seed, speed="max"), SERVICES)
    try:
        pipeline.migrate()
        pipeline.start()
        pipeline.wait_drained()
        stored = Stored(pipeline)
        pipeline.stop()
        return stored
    finally:
        pipeline.abandon()


class Cuts:
    """What goes wrong, one after another, each once the one before is over."""

    def __init__(self, pipeline, chance):
        self.pipeline, self.chance = pipeline, chance
        self.kinds = (self.drop, self.kill, self.kill_both, self.drop_and_kill_historical)
        self.made = Counter()

    def simulator(self, fault):
        subprocess.run([self.pipeline.binaries / "depthwire-sim", "ctl", "--state", self.pipeline.root / "simulator", fault],
                       check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)

    def drop(self):
        self.simulator("drop")

    def kill(self):
        self.pipeline.kill_and_restart("streaming")

    def kill_both(self):
        self.pipeline.processes["streaming"].kill()
        self.pipeline.kill_and_restart("historical")
        self.pipeline.start("streaming")

    def drop_and_kill_historical(self):
        self.simulator("drop")
        self.pipeline.kill_and_restart("historical")

    def make(self, count):
        for _ in range(count):
            wait_for(lambda: self.pipeline.ready("streaming"), "streaming is ready again")
            seen = wait_for(lambda: self.pipeline.head("streaming"), "streaming tells its head") + self.chance.randrange(50, 600)
            wait_for(lambda: (self.pipeline.head("streaming") or 0) > seen, "the market goes on")
            assert self.pipeline.market_report() is None, f"the market ended after {self.made.total()} cuts"
            outages = self.outages()
            kind = self.chance.choice(self.kinds)
            kind()
            self.made[kind.__name__] += 1
            wait_for(lambda: self.outages() > outages, f"the outage of {kind.__name__} is over")

    def outages(self):
        return self.pipeline.query("SELECT count(*) FROM outage WHERE source = 'sim.streaming' AND ended_at IS NOT NULL")[0][0]


def outages_equal_cuts(pipeline, cuts):
    found = pipeline.query("SELECT started_at, ended_at FROM outage WHERE source = 'sim.streaming' ORDER BY started_at")
    assert len(found) == cuts, f"{len(found)} outages, {cuts} cuts"
    # Event times are milliseconds: a tick may look up to one older than the outage.
    strangers = pipeline.query(
        "SELECT count(*) FROM ticks WHERE synthetic AND NOT EXISTS (SELECT FROM outage WHERE outage.source = 'sim.streaming' "
        "AND ticks.time BETWEEN started_at - interval '1 ms' AND ended_at)")[0][0]
    assert strangers == 0, f"{strangers} ticks were fetched of times that are no outage"


def run(build, root, cuts, seed):
    whole = undisturbed(build, root / "undisturbed", cuts, seed)
    pipeline = Pipeline(root / "cut", build / "bin", market(cuts, seed, pace=PACE), (*SERVICES, "historical"))
    try:
        pipeline.migrate()
        pipeline.start()
        made = Cuts(pipeline, random.Random(seed))
        made.make(cuts)
        # The market goes on; what was before now is not to change any more but by healing.
        until = pipeline.query("SELECT min(newest) FROM (SELECT max(event_time) AS newest FROM ticks GROUP BY symbol) AS symbols")[0][0]
        ticks, candles = whole.ticks_until(until), whole.candles_until(until)

        def differing(found):
            now = found.candles_until(until)
            return [(key, candles.get(key), now.get(key)) for key in sorted(candles.keys() | now.keys())
                    if candles.get(key) != now.get(key) and not (key in candles and key in now and whole.of_one_instant(key))]

        def healed():
            found = Stored(pipeline)
            return found.ticks_until(until) == ticks and not differing(found)

        try:
            wait_for(healed, "all is healed", 60)
        except AssertionError:
            found = Stored(pipeline)
            missing, strange = ticks - found.ticks_until(until), found.ticks_until(until) - ticks
            assert not missing and not strange, f"ticks missing: {missing}, too many: {strange}"
            raise AssertionError(f"candles that differ (key, without cuts, with): {differing(found)}") from None
        outages_equal_cuts(pipeline, cuts)
        synthetic = pipeline.query("SELECT (SELECT count(*) FROM ticks WHERE synthetic), "
                                   "(SELECT count(*) FROM market_data_candles WHERE synthetic)")[0]
        assert synthetic[0] > 0 and synthetic[1] > 0, "nothing was lost: the cuts cut nothing"
        pipeline.stop()
        print(f"{cuts} cuts {dict(made.made)}: {ticks.total()} ticks, {synthetic[0]} of them healed; {len(candles)} candles, "
              f"{synthetic[1]} built anew; {cuts} outages")
    finally:
        pipeline.abandon()


def main():
    build = Path(sys.argv[1])
    cuts = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory(prefix="depthwire-healing-") as root:
        run(build, Path(root), cuts, seed)


if __name__ == "__main__":
    main()
