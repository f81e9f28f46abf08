#!/usr/bin/python3
"""What users get wrong: each gives a clear error and the exit code or the waiting that the handbook promises.

usage: bad_input_test.py BUILD_DIRECTORY
"""

import json
import socket
import sys
import tempfile
from pathlib import Path

import journal
from checks import envelope_class
from processes import Pipeline, http_get, wait_for


class Case:
    """One pipeline that is wrong in one way."""

    def __init__(self, build, root, name, settings, services=("streaming",)):
        base = {"simulator": {"symbols": "1", "events": 100}}
        for section, values in settings.items():
            base.setdefault(section, {}).update(values)
        self.name, self.build = name, build
        self.pipeline = Pipeline(root / name.replace(" ", "-"), build / "bin", base, services)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.pipeline.abandon()

    def exit_code(self, service):
        process = self.pipeline.processes[service]
        wait_for(lambda: process.child.poll() is not None, f"{self.name}: {service} ends", 30)
        return process.child.returncode

    def expect_exit(self, service, code, *words):
        got, text = self.exit_code(service), self.pipeline.processes[service].text()
        assert got == code, f"{self.name}: exit code {got}, not {code}\n{text}"
        for word in words:
            assert word in text, f"{self.name}: nothing of '{word}' in\n{text}"
        print(f"{self.name}: exit {code}: {text.strip().splitlines()[-1]}")

    def expect_waiting(self, service, *words):
        """The process stays up, is not ready, and says why."""
        def reasons():
            status, text = http_get(self.pipeline.health[service], "/readyz")
            return status == 503 and all(word in text for word in words) and json.loads(text)["reasons"]

        print(f"{self.name}: waits: {wait_for(reasons, f'{self.name}: /readyz names {words}', 30)}")
        assert self.pipeline.processes[service].child.poll() is None


def broker_refuses(build, root):
    for name, settings, code in (("wrong secret", {"client_secret": "guessed"}, "CH_CLIENT_AUTH_FAILURE"),
                                 ("wrong account", {"account_id": 4711}, "CH_CTID_TRADER_ACCOUNT_NOT_FOUND")):
        with Case(build, root, name, {"ctrader": settings}) as case:
            case.pipeline.start()
            case.expect_waiting("streaming", code)
            Envelope = envelope_class(build / "python")
            last = [Envelope.FromString(record.payload).connection for record in journal.records(
                case.pipeline.journal("streaming")) if record.type == journal.CONNECTION][-1]
            assert last.state == last.error and code in last.reason, last
            assert "guessed" not in case.pipeline.processes["streaming"].text()


def wrong_authority(build, root):
    with Case(build, root, "wrong CA", {}) as case:
        other = Case(build, root, "another simulator", {})
        try:
            for each in (case, other):
                each.pipeline.start("simulator")
            ca = other.pipeline.root / "simulator" / "ca.pem"
            wait_for(ca.exists, "the other simulator's CA")
            config = json.loads(case.pipeline.config.read_text())
            config["ctrader"]["ca_file"] = str(ca)
            case.pipeline.config.write_text(json.dumps(config))
            case.pipeline.start("streaming")
            case.expect_exit("streaming", 78, str(ca))
        finally:
            other.pipeline.abandon()


def port_in_use(build, root):
    with Case(build, root, "port in use", {}) as case, socket.socket() as squatter:
        squatter.bind(("127.0.0.1", case.pipeline.bus["streaming"][0]))
        squatter.listen()
        case.pipeline.start("streaming")
        case.expect_exit("streaming", 69, str(case.pipeline.bus["streaming"][0]))


def clear_text_to_the_world(build, root):
    """An address that others can reach, and no keys."""
    for socket_kind in ("publish", "requests"):
        with Case(build, root, f"{socket_kind} in clear", {}) as case:
            port = case.pipeline.bus["streaming"][0 if socket_kind == "publish" else 1]
            address = f"tcp://0.0.0.0:{port}"
            case.pipeline.processes["streaming"].command += ["--set", f"bus.streaming.{socket_kind}={address}"]
            case.pipeline.start("streaming")
            case.expect_exit("streaming", 78, f"refusing to bind {address} in clear", "depthwire keys", "bus.keys")


def missing_bus_key(build, root):
    keys = root / "empty"
    keys.mkdir()
    with Case(build, root, "missing bus key", {"bus": {"keys": str(keys)}}) as case:
        case.pipeline.start("streaming")
        case.expect_exit("streaming", 78, str(keys / "streaming.secret"), "depthwire keys")


def unknown_key(build, root):
    with Case(build, root, "unknown key", {"streaming": {"symbol": ["EURUSD"]}}) as case:
        case.pipeline.start("streaming")
        case.expect_exit("streaming", 78, "streaming.symbol", "symbols", str(case.pipeline.config))


def unreachable_database(build, root):
    with Case(build, root, "unreachable database", {}, ("persister",)) as case:
        case.pipeline.migrate()
        case.pipeline.postgres.stop()
        case.pipeline.start("persister")
        case.expect_waiting("persister", "database")
        case.pipeline.postgres.start()
        wait_for(lambda: "database" not in http_get(case.pipeline.health["persister"], "/readyz")[1].split('"info"')[0],
                 "the persister finds its database", 60)


def corrupt_recording(build, root):
    market = root / "corrupt"
    market.mkdir()
    path = market / "EURUSD.test.csv"
    path.write_text("ts_us,bid,ask,bid_vol,ask_vol\n1399237200462000,1.38817,1.38884,,\n1399237202120000,1.3879x,1.38894,,\n")
    with Case(build, root, "corrupt recording", {"simulator": {"recording": str(market)}}) as case:
        case.pipeline.start("simulator")
        case.expect_exit("simulator", 65, str(path), "3")


def unwritable_journal(build, root):
    blocked = root / "file"
    blocked.write_text("a file where the journals should be")
    with Case(build, root, "unwritable journal", {"bus": {"journals": str(blocked)}}) as case:
        case.pipeline.start("streaming")
        case.expect_exit("streaming", 74, str(blocked))


def main():
    build = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="depthwire-") as directory:
        for check in (broker_refuses, wrong_authority, port_in_use, clear_text_to_the_world, missing_bus_key, unknown_key,
                      unreachable_database, corrupt_recording, unwritable_journal):
            check(build, Path(directory))


if __name__ == "__main__":
    main()
