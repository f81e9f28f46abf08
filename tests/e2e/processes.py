"""Starts and stops the processes of one pipeline in a directory of its own, on free ports."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import journal
import psycopg2

PATIENCE = float(os.environ.get("DEPTHWIRE_TEST_PATIENCE", "120"))
POSTGRES = Path("/usr/lib/postgresql/15/bin")
# What the caller has set for its own processes (a recording, an account) is not for those of a test.
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith(("DEPTHWIRE_", "CTRADER_"))}


def free_ports(count):
    """Ports that were free a moment ago; held together, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def wait_for(condition, what, patience=PATIENCE):
    """Waits until `condition()` gives something true and returns it."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience:.0f} s: {what}")
        time.sleep(0.05)  # between two looks at the condition


def http_get(port, path):
    """(status, text); status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, urllib.error.URLError):
        return 0, ""


class Postgres:
    """A private cluster; as root it runs as the user postgres."""

    def __init__(self, root):
        self.root = Path(root) / "postgres"
        self.data = self.root / "data"
        self.port = free_ports(1)[0]
        self.root.mkdir(parents=True)
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            for parent in [self.root, *self.root.parents]:
                if parent.stat().st_mode & 0o5 != 0o5 and parent != Path("/"):
                    parent.chmod(parent.stat().st_mode | 0o55)
            shutil.chown(self.root, self.user)
        self._run("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        self.make_roles()

    def make_roles(self):
        with self.connect().cursor() as cursor:
            for role in ("owner", "persister", "reader"):
                cursor.execute(f"CREATE ROLE depthwire_{role} LOGIN")
            cursor.execute("CREATE DATABASE depthwire_sim OWNER depthwire_owner")

    def _run(self, program, *arguments):
        command = [POSTGRES / program, *arguments]
        if self.user:
            command = ["runuser", "-u", self.user, "--", *command]
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.root} -c fsync=off"
        self._run("pg_ctl", "-D", self.data, "-w", "-o", options, "-l", self.root / "log", "start")

    def stop(self, mode="fast"):
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def connect(self, database="postgres", user="postgres"):
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, dbname=database, user=user)
        connection.autocommit = True
        return connection


class Process:
    def __init__(self, name, command, log, variables=None):
        self.name, self.command, self.log = name, list(map(str, command)), Path(log)
        self.variables = variables or {}
        self.child = None

    def start(self):
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(self.command, stdout=log, stderr=log, env=ENVIRONMENT | self.variables, start_new_session=True)
        return self

    def kill(self):
        """As the kernel would: no last word."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self, patience=10):
        if self.child is None or self.child.poll() is not None:
            return self.child.returncode if self.child else None
        self.child.terminate()
        try:
            return self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not stop within {patience} s; see {self.log}") from None

    def text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""


SERVICES = ("streaming", "historical", "aggregator", "analyzer", "persister", "auditor", "gateway")


class Pipeline:
    """All processes of one environment; `settings` is {section: {key: value}} beyond what tests share."""

    def __init__(self, root, binaries, settings, services=SERVICES, broker_port=None, variables=None):
        """`variables`: {process: {variable: value}} for the environment of some."""
        self.root, self.binaries = Path(root), Path(binaries)
        self.root.mkdir(parents=True, exist_ok=True)
        names = ("simulator", *SERVICES)
        ports = iter(free_ports(2 * 4 + len(names) + 2))
        self.health = {name: next(ports) for name in names}
        self.bus = {name: (next(ports), next(ports)) for name in ("streaming", "historical", "aggregator", "analyzer")}
        self.broker, self.web = broker_port or next(ports), next(ports)
        self.report = self.root / "report.json"
        self.postgres = Postgres(self.root) if "persister" in services else None
        self.config = self.root / "depthwire.yaml"
        self._write_config(settings)
        self.processes = {}
        for name in ("simulator", *services):
            program = self.binaries / ("depthwire-sim" if name == "simulator" else f"depthwire-{name}")
            self.processes[name] = Process(name, [program, "--config", self.config], self.root / f"{name}.log",
                                           (variables or {}).get(name))

    def _write_config(self, settings):
        config = {
            "environment": "sim",
            "bus": {"journals": str(self.root / "journals"), **{
                name: {"publish": f"tcp://127.0.0.1:{pub}", "requests": f"tcp://127.0.0.1:{requests}"}
                for name, (pub, requests) in self.bus.items()}},
            "ctrader": {"host": "127.0.0.1", "port": self.broker, "ca_file": str(self.root / "simulator" / "ca.pem")},
            "simulator": {"listen": f"127.0.0.1:{self.broker}", "listen_json": "127.0.0.1:0", "state": str(self.root / "simulator"),
                          "report": str(self.report), "health": f"127.0.0.1:{self.health['simulator']}"},
            "database": {"host": "127.0.0.1", "port": self.postgres.port if self.postgres else 1},
        }
        for name in SERVICES:
            config[name] = {"health": f"127.0.0.1:{self.health[name]}"}
        config["gateway"]["port"] = self.web
        config["auditor"]["directory"] = str(self.root / "logs" / "ctrader")
        for section, values in settings.items():
            config.setdefault(section, {}).update(values)
        self.config.write_text(json.dumps(config, indent=1))  # JSON is YAML

    def journal(self, service):
        return self.root / "journals" / f"sim.{service}"

    def migrate(self):
        self.command("db", "migrate")

    def command(self, *arguments):
        """Runs `depthwire ...` and returns what it prints."""
        done = subprocess.run([self.binaries / "depthwire", "--config", self.config, *arguments],
                              capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
        assert done.returncode == 0, f"depthwire {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, *names):
        """All, unless named. The market first: who knocks before it opens journals a failed attempt, and two runs differ."""
        if not names:
            self.processes["simulator"].start()
            wait_for(lambda: self.ready("simulator"), "the simulator is ready")
            names = [name for name in self.processes if name != "simulator"]
        for name in names:
            self.processes[name].start()

    def kill_and_restart(self, name):
        self.processes[name].kill()
        self.processes[name].start()

    def ready(self, name):
        status, text = http_get(self.health[name], "/readyz")
        return status == 200 and json.loads(text)

    def reasons(self, name):
        """{code: text} of why it is not ready; {} when it is, and when it does not answer."""
        status, text = http_get(self.health[name], "/readyz")
        return json.loads(text)["reasons"] if status else {}

    def metrics(self, name):
        """{name with labels: value}"""
        _, text = http_get(self.health[name], "/metrics")
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        return {key: float(value) for key, value in pairs}

    def market_report(self):
        """{symbol: {depth_events, spots, ...}} once the market has ended, else None."""
        return json.loads(self.report.read_text()) if self.report.exists() else None

    def head(self, service):
        """The newest offset that the publisher has journaled, by its own word; None when it does not answer."""
        status, text = http_get(self.health[service], "/readyz")
        info = json.loads(text)["info"] if status else {}
        return int(info["head"]) if "head" in info else None

    def wait_drained(self):
        """Until everything sent has been journaled, stepped and stored."""
        report = wait_for(self.market_report, "the market ends")
        sent = sum(symbol["depth_events"] + symbol["spots"] for symbol in report.values())

        def journaled():
            kinds = (journal.SPOT, journal.DEPTH)
            return sum(record.type in kinds for record in journal.records(self.journal("streaming"))) >= sent

        wait_for(journaled, f"{sent} events are journaled")
        for stage in ("aggregator", "analyzer"):
            if stage in self.processes:
                wait_for(lambda stage=stage: self.caught_up(stage), f"{stage} has stepped all")
        if self.postgres:
            wait_for(self.all_stored, "all is stored")
        return report

    def applied(self, stage):
        """The newest offset of its input that the stage has stepped, by its own word; None when it does not answer."""
        status, text = http_get(self.health[stage], "/readyz")
        info = json.loads(text)["info"] if status else {}
        return int(info["applied"]) if "applied" in info else None

    def caught_up(self, stage):
        applied = self.applied(stage)
        return applied is not None and applied == self.head("streaming")

    def all_stored(self):
        stored = dict(self.query("SELECT source, record_offset FROM checkpoint"))
        names = [name for name in ("streaming", "aggregator", "analyzer") if name in self.processes]
        return all(stored.get(f"sim.{name}") == self.head(name) for name in names)

    def query(self, sql, *parameters):
        with self.postgres.connect("depthwire_sim") as connection, connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def stop(self):
        """Stops all; returns {name: exit code}."""
        codes = {}
        for name in reversed(self.processes):
            codes[name] = self.processes[name].stop()
        if self.postgres:
            self.postgres.stop()
        return codes

    def abandon(self):
        """Leaves nothing behind, however the test went."""
        for process in self.processes.values():
            if process.child and process.child.poll() is None:
                process.kill()
        if self.postgres and (self.postgres.data / "postmaster.pid").exists():
            self.postgres.stop("immediate")
