"""What can happen to a pipeline. Each fault breaks something, mends it as an operator's machine would by itself (a
supervisor starts what died), and returns once everything works again."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager

import journal
from checks import envelope_class
from processes import wait_for

PATIENCE = 60
PUBLISHERS = ("streaming", "historical", "aggregator", "analyzer")


def hold(seconds):
    """A fault lasts for a while; that while is the fault, nothing is waited for."""
    time.sleep(seconds)


class Faults:
    def __init__(self, pipeline, wire, clock, disk, random, lengths):
        """`disk`: that of the journals, None when it cannot be filled."""
        self.pipeline, self.wire, self.clock, self.disk = pipeline, wire, clock, disk
        self.random, self.lengths = random, lengths
        self.services = [name for name in pipeline.processes if name != "simulator"]
        self.kills = 0
        self.slowest = {}  # seconds until ready again, by service
        self.outages = 0  # how often streaming was made to lose its connection
        self.losses = []  # positions of the LOSS records that a full disk has led to
        self.days = 0

    def wait_ready(self, *services):
        for service in services or self.services:
            wait_for(lambda: self.pipeline.ready(service), f"{service} is ready again", PATIENCE)

    def kill_one(self):
        self._kill([self.random.choice(self.services)])

    def kill_several(self):
        self._kill(self.random.sample(self.services, self.random.randint(2, len(self.services) - 1)))

    def kill_all(self):
        self._kill(self.services)

    def _kill(self, services):
        for service in services:
            self.pipeline.processes[service].kill()
        began = time.monotonic()
        for service in services:
            self.pipeline.processes[service].start()
        for service in services:
            self.wait_ready(service)
            took = time.monotonic() - began
            self.slowest[service] = max(self.slowest.get(service, 0), took)
        self.kills += len(services)
        self.outages += "streaming" in services
        self.wait_ready()

    def stop_one(self):
        """SIGSTOP: to all others it is dead, and then it goes on as if nothing had been."""
        service = self.random.choice(self.services)
        child = self.pipeline.processes[service].child
        child.send_signal(signal.SIGSTOP)
        hold(self.lengths.stop)
        if service == "streaming":
            wait_for(lambda: not self.pipeline.ready("aggregator"), "streaming is seen to be silent")
        child.send_signal(signal.SIGCONT)
        self.wait_ready()

    def restart_database(self):
        self.pipeline.postgres.stop(self.random.choice(["fast", "immediate"]))
        self.pipeline.postgres.start()
        self.wait_ready()

    def take_database_away(self):
        self.pipeline.postgres.stop("fast")
        # Who has nothing to store does not miss it.
        wait_for(lambda: not self.pipeline.ready("persister") or self.pipeline.market_report(), "the persister misses the database")
        hold(self.lengths.away)
        self.pipeline.postgres.start()
        self.wait_ready()

    def cut_connection(self):
        self.wire.cut()
        self.outages += 1
        wait_for(lambda: not self.pipeline.ready("streaming"), "streaming sees that the wire is cut", 10)
        self.wait_ready()

    def slow_connection(self):
        self.wire.delay = 0.2
        hold(2)
        self.wire.delay = 0.0
        self.wait_ready()

    def step_clock(self):
        """The wall clock of some processes is set, forward and back; nobody's data may change by it."""
        if not self.clock:
            return
        self.days = 0 if self.days else self.random.choice([-1, 1])
        self.clock.set(self.days)
        hold(2)
        self.wait_ready()

    def fail_sync(self):
        self._fail_disk("fdatasync")

    def fail_write(self):
        self._fail_disk("pwrite64")

    def _fail_disk(self, call):
        """The disk fails once, as each thread sees it: who tried again would go on as if nothing had been. It is
        fail-stop with 74; then the operator starts it on a good disk."""
        service = self.random.choice(("streaming", "aggregator", "analyzer"))
        process = self.pipeline.processes[service]
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when=1", "-o", os.devnull,
             "-p", str(process.child.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            code = wait_for(lambda: process.child.poll() is not None and [process.child.returncode], f"{service} gives up", 30)[0]
        finally:
            tracer.terminate()
            tracer.wait()
        assert code == 74, f"{service}: exit code {code} after a failed {call}"
        process.start()
        self.outages += service == "streaming"
        self.wait_ready()

    @contextmanager
    def _full_disk(self):
        """From when streaming finds its disk full until all goes on. Stages wait; streaming drops, counts, and declares
        later what it has dropped: that and no more. No process ends of it."""
        streaming = self.pipeline.processes["streaming"]
        head = wait_for(lambda: self.pipeline.head("streaming"), "streaming tells its head")
        before, life = self._dropped(), streaming.child
        self.disk.fill()
        wait_for(lambda: "journal_full" in self.pipeline.reasons("streaming") or self.pipeline.market_report(),
                 "streaming finds its disk full", PATIENCE)
        yield
        ended = [name for name in self.services if self.pipeline.processes[name].child.poll() is not None]
        assert not ended, f"{ended} ended on a full disk"
        self.disk.make_room()
        self.wait_ready()
        if streaming.child is life:
            wait_for(lambda: self._declared(head) == self._dropped() - before, "what was dropped is declared", PATIENCE)
            self.losses += [(record.epoch, record.offset) for record in self._loss_records(head)]
        # Else what it had dropped lies in the outage that its next life begins with.

    def fill_disk(self):
        if not self.disk:
            return
        before = self._dropped()
        with self._full_disk():
            wait_for(lambda: self._dropped() > before or self.pipeline.market_report(), "streaming drops records")

    def kill_on_full_disk(self):
        """Who starts then waits for room."""
        if not self.disk:
            return
        service = self.random.choice(PUBLISHERS)
        process = self.pipeline.processes[service]
        with self._full_disk():
            process.kill()
            process.start()
            wait_for(lambda: "journal_full" in self.pipeline.reasons(service) or self.pipeline.ready(service),
                     f"{service} waits for room")
        self.kills += 1
        self.outages += service == "streaming"

    def cut_on_full_disk(self):
        """The whole outage has no room in the journal, and is told later all the same."""
        if not self.disk:
            return
        with self._full_disk():
            self.wire.cut()
            self.outages += 1
            wait_for(lambda: "ctrader" in self.pipeline.reasons("streaming"), "streaming sees that the wire is cut", 10)
            wait_for(lambda: "ctrader" not in self.pipeline.reasons("streaming"), "streaming is connected again", PATIENCE)

    def _dropped(self):
        return self.pipeline.metrics("streaming").get("depthwire_journal_dropped_records_total", 0)

    def _loss_records(self, after):
        return [record for record in journal.records(self.pipeline.journal("streaming"), after) if record.type == journal.LOSS]

    def _declared(self, after):
        parse = envelope_class(self.lengths.build / "python").FromString
        return sum(parse(record.payload).loss.records for record in self._loss_records(after))


class Clock:
    """The wall clock that some processes see, by libfaketime; their steady clock stays as it is."""

    # Not those that wait by Boost.Asio: libfaketime moves its timers, which are of the steady clock, by the step.
    PROCESSES = ("aggregator", "analyzer", "persister")
    LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"

    def __init__(self, directory):
        self.file = directory / "clock"
        self.set(0)
        fake = {"LD_PRELOAD": self.LIBRARY, "FAKETIME_TIMESTAMP_FILE": str(self.file),
                            "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.variables = {name: fake for name in self.PROCESSES}

    def set(self, days):
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{days:+d}d\n")
        fresh.rename(self.file)  # in one step: nobody reads half of it


def missing_tools():
    return [tool for tool, there in (("strace", shutil.which("strace")), ("libfaketime", os.path.exists(Clock.LIBRARY))) if not there]
