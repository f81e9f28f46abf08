"""What must hold after a run, whatever happened during it."""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import journal
import rebuild


def envelope_class(python_protos):
    sys.path.insert(0, str(python_protos))
    from proto.bus import envelope_pb2

    return envelope_pb2.Envelope


class Checks:
    def __init__(self, build, pipeline):
        self.build, self.pipeline = Path(build), pipeline
        self.Envelope = envelope_class(self.build / "python")

    def parsed(self, service, kind):
        for record in journal.records(self.pipeline.journal(service)):
            if record.type == kind:
                yield record, self.Envelope.FromString(record.payload)

    def offsets_have_no_hole(self, service):
        expected = 1
        for record in journal.records(self.pipeline.journal(service)):
            assert record.offset == expected, f"{service}: offset {record.offset} after {expected - 1}"
            expected += 1

    def read_depth(self):
        """Goes through streaming's journal once: the position of each depth change, and the quotes that rest at its end."""
        self.changes, self.quotes = defaultdict(list), defaultdict(dict)
        for record, envelope in self.parsed("streaming", journal.DEPTH):
            depth, quotes = envelope.depth, self.quotes[envelope.symbol]
            if depth.kind == depth.keyframe:
                continue
            if depth.kind == depth.reset:
                quotes.clear()
                continue
            self.changes[envelope.symbol].append((record.epoch, record.offset))
            for gone in depth.removed:
                quotes.pop(gone, None)
            for quote in depth.added:
                quotes[quote.id] = (quote.side, quote.price_points, quote.size_cents)
        self.rows = self.rows_of_changes(self.changes)

    def sent_is_journaled_is_stored(self, report):
        """Depth changes sent = journaled = rows, per symbol; resets and keyframes apart."""
        self.read_depth()
        for symbol, counts in report.items():
            sent = counts["depth_events"]
            journaled, stored = len(self.changes[symbol]), len(self.rows[symbol])
            assert sent == journaled == stored, f"{symbol}: {sent} sent, {journaled} journaled, {stored} stored"
        print(f"depth changes sent = journaled = stored: {sum(map(len, self.rows.values()))}")

    def rows_of_changes(self, changes):
        """{symbol: [(bids, asks, mid, spread, imbalance)]} of the rows that a change caused, in order of cause."""
        rows = defaultdict(list)
        causes = {position for positions in changes.values() for position in positions}
        for symbol, epoch, offset, *view in self.pipeline.query(
            "SELECT symbol, cause_epoch, cause_offset, bids, asks, mid_price, spread, imbalance "
            "FROM market_depth ORDER BY symbol, cause_epoch, cause_offset"):
            if (epoch, offset) in causes:
                rows[symbol].append(view)
        return rows

    def stored_books_equal(self, symbol, books):
        """Every stored view of `symbol` equals the independently rebuilt book after the same event; so does the whole
        book at the end, every level of it, as streaming's journal tells it."""
        count = 0
        for count, (row, book) in enumerate(zip(self.rows[symbol], books, strict=True), start=1):
            bids, asks, mid, spread, imbalance = rebuild.summary(book)
            stored_bids, stored_asks, stored_mid, stored_spread, stored_imbalance = row
            where = f"{symbol}, event {count}"
            assert [tuple(level) for level in stored_bids] == bids, where
            assert [tuple(level) for level in stored_asks] == asks, where
            assert stored_mid == (None if mid is None else Decimal(mid) / 200_000), where
            assert stored_spread == (None if spread is None else Decimal(spread) / 100_000), where
            assert stored_imbalance == imbalance, where
        levels = {"B": defaultdict(int), "A": defaultdict(int)}
        for side, price, size in self.quotes[symbol].values():
            levels["BA"[side]][price] += size
        assert levels["B"] == book["B"] and levels["A"] == book["A"], f"{symbol}: final books differ"
        print(f"{symbol}: {count} stored books and the final one ({len(book['B'])} + {len(book['A'])} levels) equal the rebuilt ones")

    def depthwire(self, *arguments, code=0):
        done = subprocess.run([self.build / "bin" / "depthwire", *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == code, f"depthwire {' '.join(map(str, arguments))}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def derived_journals_equal_a_replay(self, *bounds, stage="both"):
        """Replays streaming's journal and compares what comes out; `bounds`: `--to POSITION`."""
        journals = self.pipeline.journal("streaming").parent
        with tempfile.TemporaryDirectory(prefix="depthwire-replay-") as directory:
            replayed = Path(directory) / "out"
            done = json.loads(self.depthwire("replay", "--journal", journals, "--out", replayed, "--stage", stage, "--json", *bounds))
            for each in done["stages"]:
                assert each["parameters_from"] == str(journals / each["source"]), each
                assert each["outputs"] > 0, each
            print(self.depthwire("replay", "--diff", replayed, journals, *bounds).strip(), *bounds)

    def another_parameter_gives_other_outputs(self):
        """What a replay with another parameter gives differs, and the difference is told in words."""
        journals = self.pipeline.journal("streaming").parent
        with tempfile.TemporaryDirectory(prefix="depthwire-replay-") as directory:
            out = Path(directory) / "out"
            replay = ("replay", "--journal", journals, "--out", out, "--stage", "aggregator")
            assert "expected an integer from 1" in self.depthwire(*replay, "--set", "depth=0", code=78)
            self.depthwire(*replay, "--set", "depth=2")
            assert "is not an empty directory" in self.depthwire(*replay, code=64)
            told = self.depthwire("replay", "--diff", out / "sim.aggregator", self.pipeline.journal("aggregator"), code=1)
            assert "book.bid_prices_points[2] is nothing in a and" in told, told
            print(told.strip())

    def skipping_is_refused(self, code, text):
        """`depthwire skip` of an input that the aggregator has stepped."""
        first = next(record for record in journal.records(self.pipeline.journal("streaming")) if record.type == journal.DEPTH)
        said = self.depthwire("--config", self.pipeline.config, "skip", "--source", "sim.streaming", "--stage", "aggregator",
                              "--position", f"{first.epoch}:{first.offset}", "--reason", "a test", code=code)
        assert text in said, said

    def signal_rows_point_to_their_inputs(self, samples=3):
        """Each signal row names inputs that exist, and a replay up to its last input gives the same row."""
        total, bad = self.pipeline.query(
            "SELECT count(*), count(*) FILTER (WHERE input_from_offset > input_to_offset OR input_to_offset > "
            "(SELECT record_offset FROM checkpoint WHERE source = 'sim.streaming') OR input_source <> 'sim.streaming') "
            "FROM order_flow_signals")[0]
        assert total > 0 and bad == 0, f"{bad} of {total} signal rows name no inputs"
        ends = self.pipeline.query("SELECT DISTINCT cause_epoch, cause_offset FROM order_flow_signals ORDER BY 1, 2")
        for index in range(1, samples + 1):
            epoch, offset = ends[len(ends) * index // (samples + 1)]
            self.derived_journals_equal_a_replay("--to", f"{epoch}:{offset}", stage="analyzer")
        print(f"{total} signal rows point to their inputs")

    def rows_equal_records(self):
        """Each stored kind: as many rows as records."""
        for service, kind, sql in (
            ("streaming", journal.CONNECTION, "SELECT count(*) FROM connection_log WHERE source = 'sim.streaming'"),
            ("historical", journal.CONNECTION, "SELECT count(*) FROM connection_log WHERE source = 'sim.historical'"),
            ("aggregator", journal.BOOK, "SELECT count(*) FROM market_depth"),
            ("analyzer", journal.SIGNAL, "SELECT count(*) FROM order_flow_signals"),
            ("analyzer", journal.SENTIMENT, "SELECT count(*) FROM sentiment_data"),
            ("aggregator", journal.BAR, "SELECT count(*) FROM market_data_candles WHERE source = 'sim.aggregator'"),
        ):
            journaled = sum(record.type == kind for record in journal.records(self.pipeline.journal(service)))
            stored = self.pipeline.query(sql)[0][0]
            assert journaled == stored, f"{sql}: {stored} rows, {journaled} records"
        self.spots_are_ticks()

    def nothing_is_stored_twice(self):
        for table in ("market_depth", "ticks", "market_data_candles", "order_flow_signals", "sentiment_data", "connection_log"):
            side = ", side" if table == "ticks" else ""
            twice = self.pipeline.query(f"SELECT count(*) FROM (SELECT 1 FROM {table} GROUP BY source, epoch, record_offset"
                                        f"{side} HAVING count(*) > 1) AS repeated")[0][0]
            assert twice == 0, f"{table}: {twice} records are stored more than once"

    def spots_are_ticks(self):
        """A row for each side that a spot tells, but for the first of a subscription, which repeats the last one before it."""
        sides = sum(envelope.spot.HasField("bid_points") + envelope.spot.HasField("ask_points")
                    for _, envelope in self.parsed("streaming", journal.SPOT)
                    if not envelope.spot.HasField("session_close_points"))
        stored = self.pipeline.query("SELECT count(*) FROM ticks WHERE source = 'sim.streaming'")[0][0]
        assert sides == stored > 0, f"ticks: {stored} rows, {sides} sides of spots"

    def journaled_is_stored(self):
        """Each change of depth has its row, and there are no others."""
        self.read_depth()
        for symbol, changes in self.changes.items():
            stored = len(self.rows[symbol])
            assert len(changes) == stored, f"{symbol}: {len(changes)} journaled, {stored} stored"
        print(f"depth changes journaled = stored: {sum(map(len, self.rows.values()))}")

    def table_contents(self):
        """{table: [rows]} without epochs and arrival times, which differ between any two runs."""
        contents = {}
        for table, order in (("market_depth", "source, record_offset"), ("ticks", "source, record_offset, side"),
                             ("market_data_candles", "source, record_offset"), ("order_flow_signals", "source, record_offset"),
                             ("sentiment_data", "source, record_offset")):
            columns = [name for (name,) in self.pipeline.query(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s "
                "ORDER BY ordinal_position", table) if "epoch" not in name and name not in ("record_offset", "stored_at")]
            contents[table] = self.pipeline.query(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}")
        return contents

    def masked_journal(self, service):
        """The topics and envelopes of all but control records, epochs masked."""
        out = []
        for record in journal.data_records(self.pipeline.journal(service)):
            envelope = self.Envelope.FromString(record.payload)
            if envelope.HasField("cause"):
                envelope.cause.epoch = 0
            for payload in ("signal", "flow", "sentiment", "regime", "correlation"):
                if envelope.HasField(payload):
                    getattr(envelope, payload).inputs.epoch = 0
            out.append((record.topic, envelope.SerializeToString(deterministic=True)))
        return out
