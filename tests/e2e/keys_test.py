#!/usr/bin/python3
"""CURVE with all processes: who has the right keys works, who has a wrong one or none gets nothing and says so, and keys
change while everything runs.

usage: keys_test.py BUILD_DIRECTORY
"""

import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import journal
from checks import Checks
from processes import Pipeline, wait_for

PUBLISHERS = ("streaming", "historical", "aggregator", "analyzer")
PACE = 400
WRONG_KEY = "it refuses our key"
NO_KEY = "it wants a key and we have none"


def wait_ready(pipeline):
    for name in pipeline.processes:
        wait_for(lambda: pipeline.ready(name), f"{name} is ready", 60)


@contextmanager
def restarted_with(pipeline, name, keys):
    """The process runs with other keys for a while."""
    process = pipeline.processes[name]
    usual = process.command
    process.stop()
    process.command = [*usual, "--set", f"bus.keys={keys}"]
    process.start()
    yield process
    process.stop()
    process.command = usual
    process.start()


def taken_in(pipeline, name):
    """What tells that a consumer has had records."""
    if name == "persister":
        return sorted(pipeline.query("SELECT source, epoch, record_offset FROM checkpoint"))
    if name == "aggregator":
        return pipeline.applied(name)
    counters = ("depthwire_gateway_records_total", "depthwire_fetched_records_total", "depthwire_auditor_lines_total")
    return {key: value for key, value in pipeline.metrics(name).items() if key.startswith(counters)}


def gets_nothing(pipeline, name, keys, words):
    """Such a consumer is not ready, names the reason there and in its log, and takes in not one record."""
    with restarted_with(pipeline, name, keys) as process:
        said = wait_for(lambda: next((text for code, text in pipeline.reasons(name).items()
                                      if code.endswith("streaming.keys") and words in text), None),
                        f"{name} says that {words}", 30)
        assert said in process.text(), process.text()
        taken = taken_in(pipeline, name)
        head = pipeline.head("streaming")
        wait_for(lambda: pipeline.head("streaming") > head + PACE, "the market goes on")
        assert taken == taken_in(pipeline, name), f"{name} takes records in"
        print(f"{name}: {said}")
    wait_ready(pipeline)


def strangers_keys(pipeline, keys):
    """Pairs of one's own beside the true public keys of the publishers, which are no secret."""
    directory = pipeline.root / "elsewhere"
    pipeline.command("keys", str(directory))
    own = pipeline.root / "one_stranger"
    own.mkdir()
    for name in PUBLISHERS:
        shutil.copy(keys / f"{name}.public", own)
    for name in ("persister", "auditor", "gateway", "aggregator"):
        for kind in ("secret", "public"):
            shutil.copy(directory / f"{name}.{kind}", own)
    return own


def rotate(pipeline, keys, *names):
    """Each named process, or all, gets another pair and is restarted; then the old one is retired."""
    which = [argument for name in names for argument in ("--for", name)]
    pipeline.command("keys", str(keys), "--rotate", *which)
    assert (keys / f"{(names or PUBLISHERS)[0]}.old.public").exists()
    services = names or [name for name in pipeline.processes if name != "simulator"]
    for name in services:
        assert pipeline.processes[name].stop() == 0
        pipeline.processes[name].start()
    wait_ready(pipeline)
    pipeline.command("keys", str(keys), "--retire", *which)
    for name in services:
        pipeline.kill_and_restart(name)
    wait_ready(pipeline)
    stored = dict(pipeline.query("SELECT source, record_offset FROM checkpoint"))["sim.streaming"]
    wait_for(lambda: dict(pipeline.query("SELECT source, record_offset FROM checkpoint"))["sim.streaming"] > stored + PACE,
             "records are stored")
    print(f"rotated: {', '.join(services)}")


def all_is_stored(build, pipeline):
    """Streaming ends first, then those that read it: nothing was lost on any of the ways."""
    for name, readers in (("streaming", ("aggregator", "analyzer")), ("aggregator", ()), ("analyzer", ())):
        assert pipeline.processes[name].stop() == 0
        last = [record.offset for record in journal.records(pipeline.journal(name))][-1]
        for reader in readers:
            wait_for(lambda: pipeline.applied(reader) == last, f"{reader} has stepped all")
        wait_for(lambda: (f"sim.{name}", last) in pipeline.query("SELECT source, record_offset FROM checkpoint"),
                 f"all of {name} is stored")
    checks = Checks(build, pipeline)
    checks.journaled_is_stored()
    checks.rows_equal_records()
    checks.nothing_is_stored_twice()


def run(build, root):
    keys = root / "keys"
    settings = {"simulator": {"symbols": "2", "seed": 5, "pace": PACE, "events": 4_000_000}, "bus": {"keys": str(keys)}}
    pipeline = Pipeline(root, build / "bin", settings)
    try:
        pipeline.command("keys", str(keys))
        pipeline.migrate()
        pipeline.start()
        wait_ready(pipeline)
        strangers = strangers_keys(pipeline, keys)
        for name, directory, words in (("persister", strangers, WRONG_KEY), ("aggregator", "", NO_KEY),
                                       ("auditor", strangers, WRONG_KEY), ("gateway", "", NO_KEY)):
            gets_nothing(pipeline, name, directory, words)
        assert pipeline.metrics("streaming")["depthwire_bus_refused_connections_total"] > 0
        assert "attempts to subscribe were refused" in pipeline.processes["streaming"].text()
        rotate(pipeline, keys, "streaming")
        rotate(pipeline, keys)
        all_is_stored(build, pipeline)
        codes = pipeline.stop()
        assert set(codes.values()) == {0}, codes
    finally:
        pipeline.abandon()


def main():
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        run(Path(sys.argv[1]), Path(directory) / "run")


if __name__ == "__main__":
    main()
