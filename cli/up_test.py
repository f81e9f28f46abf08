"""`depthwire up`, `status`, `tail`, `db`, `journal` and `down`, as a user types them."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

BINARIES = Path(sys.argv.pop(1))
SERVICES = ["simulator", "streaming", "historical", "aggregator", "analyzer", "persister", "auditor",
            "gateway"]


def free_ports(count):
    """Ports that were free a moment ago; held together, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def eventually(condition, what, patience=60):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.1)  # between two looks
    raise AssertionError(f"not within {patience} s: {what}")


def lives(pid):
    """True while the process runs; one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class UpTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="dw-", ignore_cleanup_errors=True)
        self.root = Path(self.directory.name)
        self.addCleanup(self.directory.cleanup)
        self.addCleanup(self.abandon)
        ports = iter(free_ports(10))
        broker = next(ports)
        config = {
            "environment": "sim",
            "service": {"run_dir": "var/run"},
            "database": {"host": "var/postgres/socket", "port": next(ports)},
            "ctrader": {"port": broker},
            "simulator": {"listen": f"127.0.0.1:{broker}", "listen_json": "127.0.0.1:0", "time": "now", "rate": 50},
            "bus": {name: {"publish": f"tcp://127.0.0.1:{next(ports)}",
                           "requests": f"tcp://127.0.0.1:{next(ports)}"}
                    for name in ("streaming", "historical", "aggregator", "analyzer")},
            "gateway": {"port": 0},
        }
        for name in SERVICES:
            config.setdefault(name, {})["health"] = "127.0.0.1:0"
        self.config = config
        self.write_config()

    def write_config(self):
        (self.root / "depthwire.yaml").write_text(json.dumps(self.config, indent=1))

    def depthwire(self, *arguments, expect=0, variables=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DEPTHWIRE_")}
        done = subprocess.run([BINARIES / "depthwire", "--root", self.root, *arguments],
                              capture_output=True, text=True, timeout=180,
                              env={**environment, **(variables or {})})
        self.assertEqual(done.returncode, expect, f"{arguments}\n{done.stdout}{done.stderr}{self.logs()}")
        return done.stdout

    def logs(self):
        return "".join(f"\n== {log.name}\n{log.read_text(errors='replace')[-2000:]}"
                       for log in sorted(self.root.glob("var/log/*.log")))

    def abandon(self):
        running = self.root / "var/run/supervisord.pid"
        if running.exists() and lives(int(running.read_text())):
            pid = int((self.root / "var/run/supervisord.pid").read_text())
            os.kill(pid, signal.SIGTERM)
            eventually(lambda: not (self.root / "var/run/supervisord.pid").exists(), "supervisord ends")

    def status(self, expect=0):
        rows = json.loads(self.depthwire("status", "--json", expect=expect))["processes"]
        return {row["process"]: row for row in rows}

    def test_the_pipeline_starts_shows_itself_stops_and_continues(self):
        output = self.depthwire("up")
        self.assertIn("To stop:", output)
        url = next(line.split()[-1] for line in output.splitlines() if line.startswith("The page:"))
        with urllib.request.urlopen(url, timeout=5) as page:
            self.assertEqual(page.status, 200)

        status = self.status()
        for name in SERVICES:
            self.assertEqual(status[name]["state"], "RUNNING", name)
            self.assertTrue(status[name]["ready"], status[name])
        self.assertEqual(status["postgres"]["state"], "RUNNING")

        book = json.loads(self.depthwire("tail", "--kind", "book", "--count", "1", "--json"))
        self.assertTrue(book["topic"].startswith("sim.book."))
        shown = self.depthwire("tail", "--kind", "ProtoOASpotEvent", "--count", "5").splitlines()
        self.assertEqual(len(shown), 5)
        self.assertRegex(shown[-1], r"^\d\d:\d\d:\d\d\.\d{3} spot +\w+ +(\d+\.\d+|-) / (\d+\.\d+|-)$")
        self.tail_tells_what_cannot_come()

        def stored():
            tables = json.loads(self.depthwire("db", "status", "--json"))["tables"]
            rows = {table["table"]: table["rows"] for table in tables}
            return rows["market_depth"] > 0 and rows["ticks"] > 0 and rows
        before = eventually(stored, "rows in market_depth and ticks")
        count = self.depthwire("db", "shell", "--", "-Atc", "SELECT COUNT(*) FROM market_depth;")
        self.assertGreaterEqual(int(count), before["market_depth"])

        self.doctor_finds_nothing_wrong()

        head = self.status()["streaming"]["head"]
        self.assertGreater(head, 0)
        self.assertIn("all processes have ended", self.depthwire("down"))
        self.assertIn("FAIL  processes:    nothing runs", self.depthwire("doctor", expect=1))
        verified = self.depthwire("journal", "verify", self.root / "var/journals", "--json")
        journals = {row["source"]: row for row in map(json.loads, verified.splitlines())}
        self.assertEqual({row["damage"] for row in journals.values()}, {""})

        self.depthwire("up")
        self.assertGreater(self.status()["streaming"]["head"], head)
        self.depthwire("down")
        self.assertIn("nothing was running", self.depthwire("down"))

    def doctor_finds_nothing_wrong(self):
        findings = json.loads(self.depthwire("doctor", "--json"))["findings"]
        marks = {finding["about"]: finding["mark"] for finding in findings}
        for about in ("processes", "connections", "environment", "grant", "depth", "rows", "limits"):
            self.assertEqual(marks.get(about), "pass", findings)
        self.assertIn("two authentications", self.depthwire("doctor"))

    def tail_tells_what_cannot_come(self):
        tail = [BINARIES / "depthwire", "--root", self.root, "tail"]
        done = subprocess.run([*tail, "--kind", "spott"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn("--kind: there is no spott; known: spot, depth, bar", done.stderr)
        with subprocess.Popen([*tail, "--symbol", "NOSUCH"], stderr=subprocess.PIPE, text=True) as waits:
            hint = waits.stderr.readline()
            waits.terminate()
        self.assertRegex(hint, r"nothing of NOSUCH for 3 s; symbols that come: [A-Z]{6}(, [A-Z]{6})*\. ")

    def test_only_some_processes_and_then_others(self):
        self.depthwire("up", "--only", "simulator,streaming")
        self.assertEqual(self.status()["aggregator"]["state"], "STOPPED")
        pid = self.status()["streaming"]["pid"]

        self.depthwire("up", "--only", "aggregator")
        status = self.status()
        self.assertEqual(status["aggregator"]["state"], "RUNNING")
        self.assertEqual(status["streaming"]["pid"], pid)
        self.depthwire("down")

    def test_a_killed_process_comes_back(self):
        self.depthwire("up", "--only", "simulator,streaming")
        pid = self.status()["streaming"]["pid"]
        os.kill(pid, signal.SIGKILL)
        def back():
            done = subprocess.run([BINARIES / "depthwire", "--root", self.root, "status", "--json"],
                                  capture_output=True, text=True, timeout=60)
            row = next(row for row in json.loads(done.stdout)["processes"]
                       if row["process"] == "streaming")
            return done.returncode == 0 and row["pid"] != pid and row
        self.assertEqual(eventually(back, "streaming is back")["restarts"], 1)
        self.depthwire("down")

    def test_what_a_killed_supervisor_leaves_behind_is_found_and_ended(self):
        def kill_supervisor():
            pid = int((self.root / "var/run/supervisord.pid").read_text())
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not lives(pid), "supervisord is gone")

        self.depthwire("up", "--only", "simulator,streaming,postgres")
        kill_supervisor()
        status = self.status()
        left = [status[name]["pid"] for name in ("postgres", "simulator", "streaming")]
        self.assertTrue(all(map(lives, left)), left)
        self.assertEqual([status[name]["state"] for name in ("postgres", "streaming")],
                         ["RUNNING", "RUNNING"])

        output = self.depthwire("down")
        self.assertIn("left behind: postgres, simulator, streaming", output)
        self.assertIn("all processes have ended", output)
        self.assertFalse(any(map(lives, left)), left)

        self.depthwire("up", "--only", "simulator,streaming,postgres")
        kill_supervisor()
        self.assertIn("left behind", self.depthwire("up", "--only", "simulator,streaming,postgres"))
        self.assertTrue(self.status()["streaming"]["ready"])
        self.depthwire("down")

    def test_all_ports_in_use_are_named_before_anything_starts(self):
        taken = {}
        for name in ("auditor", "database", "streaming"):
            peer = socket.create_server(("127.0.0.1", 0))
            self.addCleanup(peer.close)
            taken[name] = peer.getsockname()[1]
        self.config["auditor"]["health"] = f"127.0.0.1:{taken['auditor']}"
        self.config["database"]["port"] = taken["database"]
        self.config["bus"]["streaming"]["publish"] = f"tcp://127.0.0.1:{taken['streaming']}"
        self.write_config()

        done = subprocess.run([BINARIES / "depthwire", "--root", self.root, "up"],
                              capture_output=True, text=True, timeout=60)

        self.assertEqual(done.returncode, 69, done.stdout + done.stderr)
        for key, name in (("auditor.health", "auditor"), ("database.port", "database"),
                          ("bus.streaming.publish", "streaming")):
            self.assertRegex(done.stderr, rf"{key}: 127.0.0.1:{taken[name]} is in use by \w+ "
                                          rf"\(pid {os.getpid()}\)")
        self.assertIn(f"other addresses: in {self.root}/depthwire.yaml", done.stderr)
        self.assertFalse((self.root / "var/postgres").exists())
        self.assertFalse((self.root / "var/run/supervisord.pid").exists())

    def test_an_error_that_does_not_pass_is_told_at_once_and_only_once(self):
        self.config["ctrader"]["client_secret"] = "wrong"
        self.config["simulator"]["client_secret"] = "right"
        self.write_config()
        begin = time.monotonic()
        output = self.depthwire("up", "--only", "simulator,streaming,aggregator", expect=1)
        self.assertLess(time.monotonic() - begin, 25)
        self.assertRegex(output, r"streaming +not ready: error: CH_CLIENT_AUTH_FAILURE")
        self.assertRegex(output, r"aggregator +ready")
        shown = self.depthwire("status", expect=1)
        self.assertRegex(shown, r"streaming +not ready .*\n +error: CH_CLIENT_AUTH_FAILURE")
        self.assertLessEqual(max(map(len, shown.splitlines())), 80, shown)
        self.depthwire("down")
        self.assertEqual({row["pid"] for row in self.status(expect=3).values()}, {None})

        (self.root / "var/journals/sim.aggregator").rename(self.root / "kept")
        (self.root / "var/journals/sim.aggregator").write_text("no directory")
        self.config["ctrader"]["client_secret"] = "right"
        self.write_config()
        output = self.depthwire("up", "--only", "simulator,streaming,aggregator", expect=1)
        self.assertRegex(output, r"streaming +ready")
        self.assertNotIn("CH_CLIENT_AUTH_FAILURE", output)
        self.assertRegex(output, r"aggregator +ended \(exit status 74\): .*sim.aggregator")
        failed = self.status(expect=1)["aggregator"]
        self.assertEqual((failed["state"], failed["restarts"]), ("EXITED", 0))
        self.assertIn("sim.aggregator", failed["last_error"])
        self.depthwire("down")

    def test_a_wrong_configuration_starts_nothing(self):
        self.config["gateway"]["prot"] = 1
        self.write_config()
        done = subprocess.run([BINARIES / "depthwire", "--root", self.root, "up"], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r'depthwire.yaml:\d+:\d+: gateway.prot: unknown key; did you '
                                      r'mean "port"\?')
        self.assertFalse((self.root / "var/run/supervisord.pid").exists())

    def test_root_and_config_may_follow_every_subcommand(self):
        other = self.root / "other.yaml"
        other.write_text("environment: sim\n")
        for words in (["config", "check"], ["config", "reference"], ["status"], ["down"],
                      ["db", "status"], ["journal", "stat", "."]):
            done = subprocess.run([BINARIES / "depthwire", *words, "--config", other, "--root", self.root],
                                  capture_output=True, text=True, timeout=60)
            self.assertNotIn("not expected", done.stderr, words)
        self.assertIn(f"{other}: fine", self.depthwire("config", "check", "--config", other))

    def test_who_only_reads_writes_nothing(self):
        (self.root / "depthwire.yaml").unlink()
        for words in (["config", "check"], ["status"], ["doctor"], ["down"], ["db", "status"]):
            subprocess.run([BINARIES / "depthwire", "--root", self.root, *words], capture_output=True,
                           text=True, timeout=60)
            self.assertEqual(list(self.root.iterdir()), [], words)
            missing = self.root.parent / (self.root.name + "-missing")
            done = subprocess.run([BINARIES / "depthwire", "--root", missing, *words],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 78, f"{words}: {done.stdout}")
            self.assertIn(f"the root {missing} is no directory", done.stderr)
            self.assertFalse(missing.exists(), words)

    def test_the_env_file_is_read_and_the_environment_wins(self):
        (self.root / ".env").write_text("DEPTHWIRE_ENVIRONMENT=demo\nCTRADER_CLIENT_ID=a\n")
        done = subprocess.run([BINARIES / "depthwire", "--root", self.root, "config", "check"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 78, done.stdout)
        self.assertIn("ctrader.client_secret", done.stderr)
        output = self.depthwire("config", "check", variables={"DEPTHWIRE_ENVIRONMENT": "sim"})
        self.assertIn("fine, environment sim", output)


if __name__ == "__main__":
    unittest.main()
