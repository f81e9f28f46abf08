#!/usr/bin/python3
"""`depthwire backfill` of one-minute bars, killed in the middle on either side: nothing refused, fetched twice or missing.

usage: backfill_test.py BUILD_DIRECTORY [DAYS SYMBOLS]     default: 92 days of 1; by hand: 365 8
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

import journal
from checks import envelope_class
from processes import ENVIRONMENT, Pipeline, wait_for

BARS_REQUEST = 2137
NAMES = ("EURUSD", "GBPUSD", "USDJPY", "AUDUSD", "USDCAD", "USDCHF", "NZDUSD", "EURGBP")
MARKET_BEGIN = datetime(2026, 1, 5, 7, tzinfo=timezone.utc)  # of every generated market
SERVICES = ("historical", "persister")


class Backfill:
    """The command as a child, whose output can be read while it runs."""

    runs = 0

    def __init__(self, pipeline, symbols, start, end):
        Backfill.runs += 1
        self.log = pipeline.root / f"backfill.{Backfill.runs}.log"
        command = [pipeline.binaries / "depthwire", "--config", pipeline.config, "backfill", "--symbols", ",".join(symbols),
                   "--period", "M1", "--from", f"{start:%Y-%m-%dT%H:%M}", "--to", f"{end:%Y-%m-%dT%H:%M}"]
        self.child = subprocess.Popen(list(map(str, command)), stdout=self.log.open("ab"), stderr=subprocess.STDOUT, env=ENVIRONMENT)

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def interrupt(self):
        wait_for(lambda: "requests/s" in self.log.read_text(), "it tells how far it is")
        self.child.send_signal(signal.SIGINT)
        assert self.child.wait(30) == 130 and "stopped at" in self.log.read_text(), self.log.read_text()

    def end(self, patience):
        assert self.child.wait(patience) == 0, self.log.read_text()
        return self.log.read_text()


def received(pipeline):
    """What the broker got: [(seconds, range in ms, symbol)] of the requests for bars."""
    requests = []
    for line in (pipeline.root / "received.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["event"] == "received" and entry["type"] == BARS_REQUEST:
            asked = entry["payload"]
            requests.append((entry["time_ns"] / 1e9, (int(asked["fromTimestamp"]), int(asked["toTimestamp"])), int(asked["symbolId"])))
    return requests


def journaled(pipeline, build):
    """{symbol: [minute]} of the bars in historical's journal, and the last job records by id."""
    Envelope = envelope_class(build / "python")
    minutes, jobs = defaultdict(list), {}
    for record in journal.records(pipeline.journal("historical")):
        if record.type == journal.BAR:
            envelope = Envelope.FromString(record.payload)
            minutes[envelope.symbol].append(envelope.bar.open_time_ns // 60_000_000_000)
        elif record.type == journal.JOB:
            job = Envelope.FromString(record.payload).job
            jobs[job.id] = job
    return minutes, jobs


def trading_minutes(start, end):
    """Minutes while the market is open: not from Friday to Sunday, 17:00 in New York (all in winter time or told by hand)."""
    from zoneinfo import ZoneInfo

    count, hour = 0, start
    while hour < end:
        local = hour.astimezone(ZoneInfo("America/New_York"))
        of_week = (local.weekday() + 1) % 7 * 24 + local.hour
        count += 60 if 17 <= of_week < 5 * 24 + 17 else 0
        hour += timedelta(hours=1)
    return count


def no_second_is_too_full(requests):
    times = sorted(time for time, _, _ in requests)
    for first, sixth in zip(times, times[5:]):
        assert sixth - first >= 1, f"six requests within {sixth - first:.3f} s"


def nothing_is_asked_for_twice(requests, kills):
    """But for what was under way when historical was killed."""
    again = 0
    by_symbol = defaultdict(list)
    for _, asked, symbol in requests:
        # A cut answer is followed back within its window: the end is what tells two requests apart.
        again += asked[1] in by_symbol[symbol]
        by_symbol[symbol].append(asked[1])
    assert again <= 4 * kills, f"{again} requests were made twice after {kills} kills"
    return again


def run(build, root, days, symbols):
    settings = {"simulator": {"symbols": ",".join(symbols), "log_received": str(root / "received.jsonl"), "past": f"{days + 10}d"}}
    pipeline = Pipeline(root, build / "bin", settings, SERVICES)
    start, end = MARKET_BEGIN - timedelta(days=days), MARKET_BEGIN
    expected = trading_minutes(start, end)
    try:
        pipeline.migrate()
        pipeline.start()
        wait_for(lambda: pipeline.ready("historical"), "historical is ready")

        def bars():
            return pipeline.metrics("historical").get("depthwire_history_bars_total", 0)

        began = time.monotonic()
        kills, step = 0, expected * len(symbols) / 5
        backfill = Backfill(pipeline, symbols, start, end)
        wait_for(lambda: bars() > step, "a fifth is there", 600)
        pipeline.kill_and_restart("historical")
        kills += 1
        wait_for(lambda: pipeline.ready("historical"), "historical is ready again")
        wait_for(lambda: bars() > 0, "it goes on by itself", 600)
        backfill.kill()  # its jobs go on
        backfill = Backfill(pipeline, symbols, start, end)
        backfill.interrupt()
        backfill = Backfill(pipeline, symbols, start, end)
        text = backfill.end(3600)
        took = time.monotonic() - began
        assert "done: " in text, text

        minutes, jobs = journaled(pipeline, build)
        for symbol in symbols:
            assert len(minutes[symbol]) == len(set(minutes[symbol])) == expected, \
                f"{symbol}: {len(minutes[symbol])} bars, {len(set(minutes[symbol]))} different, {expected} expected"
        requests = received(pipeline)
        no_second_is_too_full(requests)
        again = nothing_is_asked_for_twice(requests, kills)
        log = (pipeline.root / "simulator.log").read_text() + pipeline.processes["historical"].text()
        assert "REQUEST_FREQUENCY_EXCEEDED" not in log and "BLOCKED_PAYLOAD_TYPE" not in log, log
        print(f"{len(symbols)} symbols, {days} days: {expected * len(symbols)} bars with {len(requests)} requests in {took:.0f} s, "
              f"{len(requests) / took:.2f} requests/s; {again} made again after a kill")

        wait_for(lambda: pipeline.query("SELECT count(*) FROM candles WHERE period = 'm1'")[0][0] == expected * len(symbols),
                 "all bars are stored", 600)
        coverage = json.loads(pipeline.command("history", "coverage", "--json"))
        series = {each["symbol"]: each for each in coverage["series"] if each["series"] == "m1"}
        for symbol in symbols:
            assert series[symbol]["rows"] == expected and not series[symbol]["missing"], series[symbol]
        assert "nothing to do" in pipeline.command("backfill", "--symbols", symbols[0], "--period", "M1", "--from",
                                                   f"{start:%Y-%m-%dT%H:%M}", "--to", f"{end:%Y-%m-%dT%H:%M}")
        wrong_commands_are_told(pipeline, build)
        assert set(pipeline.stop().values()) == {0}
    finally:
        pipeline.abandon()


def wrong_commands_are_told(pipeline, build):
    def fails(code, words, *arguments):
        done = subprocess.run([build / "bin" / "depthwire", "--config", pipeline.config, "backfill", *arguments],
                              capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
        assert done.returncode == code and words in done.stderr, (arguments, done)

    bars = ("--symbols", "EURUSD", "--period", "M1")
    fails(64, "did you mean EURUSD?", "--symbols", "EURUSF", "--period", "M1", "--from", "2025-12-01", "--to", "2025-12-02")
    fails(64, "is not before", *bars, "--from", "2025-12-02", "--to", "2025-12-01")
    fails(64, "in the future", *bars, "--from", "2199-01-01")
    fails(64, "expected a UTC time", *bars, "--from", "yesterday")
    fails(64, "--period: expected", "--symbols", "EURUSD", "--period", "M7", "--from", "2025-12-01")
    fails(64, "either a --period", "--symbols", "EURUSD", "--from", "2025-12-01")
    fails(78, "the configuration is of sim", *bars, "--from", "2025-12-01", "--env", "live")
    pipeline.processes["historical"].stop()
    fails(69, "does not answer", *bars, "--from", "2025-12-01")
    pipeline.processes["historical"].start()
    wait_for(lambda: pipeline.ready("historical"), "historical is ready again")


def main():
    build = Path(sys.argv[1])
    days, count = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else (92, 1)
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        run(build, Path(directory), days, NAMES[:count])


if __name__ == "__main__":
    main()
