"""What must be true at the end, whatever was done in between."""

import time

import journal
from checks import Checks
from processes import wait_for


def wait_until_over(pipeline, patience):
    """The market has ended, and every process has dealt with all of it."""
    wait_for(pipeline.market_report, "the market ends", patience)
    at_rest(lambda: pipeline.head("streaming"), 1.0)
    for stage in ("aggregator", "analyzer"):
        wait_for(lambda: pipeline.caught_up(stage), f"{stage} has stepped all")
    wait_for(pipeline.all_stored, "all is stored")


def at_rest(value, seconds, patience=30):
    """Waits until `value()` has not changed for so long."""
    last, since = value(), time.monotonic()

    def quiet():
        nonlocal last, since
        now = value()
        if now != last or now is None:
            last, since = now, time.monotonic()
        return time.monotonic() - since >= seconds

    wait_for(quiet, "no more comes", patience)


class Oracle:
    def __init__(self, build, pipeline):
        self.pipeline = pipeline
        self.checks = Checks(build, pipeline)

    def judge(self, connections_lost, losses):
        """`connections_lost`: how often; `losses`: positions of the LOSS records that full disks have led to."""
        for service in ("streaming", "historical", "aggregator", "analyzer"):
            self.checks.offsets_have_no_hole(service)
        self.checks.journaled_is_stored()
        self.checks.rows_equal_records()
        self.checks.nothing_is_stored_twice()
        self.no_row_is_a_dead_letter()
        self.outages_are_declared(connections_lost)
        self.losses_are_declared(losses)
        self.checks.derived_journals_equal_a_replay()

    def no_row_is_a_dead_letter(self):
        letters = self.pipeline.query("SELECT reason FROM dead_letter LIMIT 3")
        assert not letters, f"dead letters: {letters}"

    def outages_are_declared(self, connections_lost):
        """Each life of streaming begins inside an outage with both bounds. Losses that follow each other before all is
        subscribed again are one outage."""
        holes = self.journaled_outages()
        assert bool(holes) == bool(connections_lost), f"{len(holes)} outages journaled, the connection was lost {connections_lost} times"
        stored = self.pipeline.query("SELECT (extract(epoch FROM started_at) * 1000000)::bigint, (extract(epoch FROM ended_at) * 1000000)::bigint "
                                     "FROM outage WHERE source = 'sim.streaming' ORDER BY epoch, record_offset")
        assert stored == [(start // 1000, end // 1000) for start, end in holes], f"outages: {stored} stored, {holes} journaled"
        print(f"the connection was lost {connections_lost} times: {len(holes)} outages declared")

    def losses_are_declared(self, known):
        """Each hole that a full disk has torn is declared at its place and has a row, and there are no others. That it
        names as many records as were dropped has been seen when it was torn."""
        holes, newest, until, previous = [], 0, 0, None
        for record in journal.records(self.pipeline.journal("streaming")):
            envelope = self.checks.Envelope.FromString(record.payload)
            if record.type == journal.LOSS:
                loss, where = envelope.loss, f"the loss at offset {record.offset}"
                assert (loss.from_epoch, loss.from_offset) == (previous.epoch, previous.offset), where
                assert newest <= loss.from_time_ns <= loss.to_time_ns, where
                until = loss.to_time_ns
                holes.append((record.epoch, record.offset, loss.from_epoch, loss.from_offset, loss.to_offset,
                              loss.from_time_ns // 1000, loss.to_time_ns // 1000))
            elif record.type in (journal.SPOT, journal.DEPTH):
                newest = envelope.receive_time_ns
                assert newest >= until, f"offset {record.offset} lies in a declared hole"
            previous = record
        assert [hole[:2] for hole in holes] == known, f"losses declared: {holes}, known: {known}"
        stored = self.pipeline.query(
            "SELECT epoch, record_offset, from_epoch, from_offset, to_offset, (extract(epoch FROM from_time) * 1000000)::bigint, "
            "(extract(epoch FROM to_time) * 1000000)::bigint FROM loss WHERE source = 'sim.streaming' ORDER BY epoch, record_offset")
        assert stored == holes, f"losses: {stored} stored, {holes} journaled"
        print(f"{len(holes)} losses on a full disk, each declared and stored")

    def journaled_outages(self):
        """[(start, end)] in ns, from SOURCE_UP, which names both; checks the records between as it goes."""
        holes, newest, begun = [], 0, []  # begun: the newest market time at each new life that no outage covers yet
        for record in journal.records(self.pipeline.journal("streaming")):
            envelope = self.checks.Envelope.FromString(record.payload)
            if record.type == journal.SOURCE_UP:
                up = envelope.source_up
                assert up.down_since_ns <= up.time_ns
                assert all(up.down_since_ns <= time for time in begun), f"the outage that ends at offset {record.offset} begins too late"
                begun.clear()
                holes.append((up.down_since_ns, up.time_ns))
            elif record.type == journal.EPOCH_START and newest:
                begun.append(newest)
            elif record.type in (journal.SPOT, journal.DEPTH):
                assert envelope.receive_time_ns >= newest, f"time goes back at offset {record.offset}"
                newest = envelope.receive_time_ns
        assert not begun, f"{len(begun)} lives of streaming are in no outage"
        return holes
