"""What can happen to a pipeline. Each fault breaks something, mends it as an operator's machine would by itself (a
supervisor starts what died), and returns once everything works again."""

import os
import shutil
import signal
import subprocess
import time

from processes import wait_for

PATIENCE = 60


def hold(seconds):
    """A fault lasts for a while; that while is the fault, nothing is waited for."""
    time.sleep(seconds)


class Faults:
    def __init__(self, pipeline, wire, clock, random, lengths):
        self.pipeline, self.wire, self.clock, self.random, self.lengths = pipeline, wire, clock, random, lengths
        self.services = [name for name in pipeline.processes if name != "simulator"]
        self.kills = 0
        self.slowest = {}  # seconds until ready again, by service
        self.outages = 0  # how often streaming was made to lose its connection
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
        wait_for(lambda: not self.pipeline.ready("persister"), "the persister misses the database")
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
        """The disk fails a sync once: fail-stop with 74; then the operator starts it on a good disk."""
        service = self.random.choice([name for name in ("streaming", "aggregator", "analyzer")])
        process = self.pipeline.processes[service]
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO", "-o", os.devnull,
             "-p", str(process.child.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            code = wait_for(lambda: process.child.poll() is not None and [process.child.returncode], f"{service} gives up", 30)[0]
        finally:
            tracer.terminate()
            tracer.wait()
        assert code == 74, f"{service}: exit code {code} after a failed sync"
        process.start()
        self.outages += service == "streaming"
        self.wait_ready()


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
