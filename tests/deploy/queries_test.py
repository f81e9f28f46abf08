#!/usr/bin/env python3
"""queries_test.py BIN: runs the pipeline, lets a real Prometheus scrape it as deploy/ says, and asks
every query of the dashboard and of the alert rules."""

import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import queries
import support

BINARIES = pathlib.Path(sys.argv.pop(1))
PROMETHEUS = support.need("prometheus")
PUBLISHERS = ("streaming", "historical", "aggregator", "analyzer")
OTHERS = ("persister", "auditor", "gateway", "simulator")


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; held together, so that they differ."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def settings(ports: list[int]) -> dict:
    """The default pipeline on free ports; JSON is YAML too."""
    broker, database, *bus = ports
    address = iter(f"tcp://127.0.0.1:{port}" for port in bus)
    config = {
        "environment": "sim",
        "service": {"run_dir": "var/run"},
        "database": {"host": "var/postgres/socket", "port": database},
        "ctrader": {"port": broker},
        "simulator": {"listen": f"127.0.0.1:{broker}", "listen_json": "127.0.0.1:0", "time": "now", "rate": 50},
        "gateway": {"port": 0},
        "bus": {name: {"publish": next(address), "requests": next(address)} for name in PUBLISHERS},
    }
    for name in PUBLISHERS + OTHERS:
        config.setdefault(name, {})["health"] = "127.0.0.1:0"
    return config


def scrape_configuration(root: pathlib.Path) -> str:
    """deploy/prometheus/prometheus.yml with the addresses of this run."""
    text = (support.DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8")
    for name in PUBLISHERS + OTHERS:
        told = json.loads((root / f"var/run/{name}.json").read_text(encoding="utf-8"))
        text, found = re.subn(rf'"{name}:\d+"', f'"{told["health"]}"', text)
        assert found == 1, name
    return text.replace("scrape_interval: 5s", "scrape_interval: 1s")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def ask_prometheus(root: pathlib.Path) -> int:
    home = root / "prometheus"
    home.mkdir()
    (home / "prometheus.yml").write_text(scrape_configuration(root), encoding="utf-8")
    shutil.copy(support.DEPLOY / "prometheus/alerts.yml", home)
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    with subprocess.Popen([PROMETHEUS, f"--config.file={home}/prometheus.yml",
                           f"--storage.tsdb.path={home}/data",
                           f"--web.listen-address={url.removeprefix('http://')}",
                           "--log.level=warn"]) as server:
        try:
            deadline = time.monotonic() + 60
            while not answers(f"{url}/-/ready"):
                assert server.poll() is None and time.monotonic() < deadline, "no Prometheus"
                time.sleep(0.1)  # between two looks
            return queries.run(url)
        finally:
            server.terminate()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="dw-", ignore_cleanup_errors=True) as directory:
        root = pathlib.Path(directory)
        (root / "depthwire.yaml").write_text(json.dumps(settings(free_ports(10))), encoding="utf-8")
        depthwire = [BINARIES / "depthwire", "--root", root]
        try:
            subprocess.run([*depthwire, "up"], check=True, timeout=300)
            return ask_prometheus(root)
        finally:
            subprocess.run([*depthwire, "down"], check=True, timeout=120)


if __name__ == "__main__":
    sys.exit(main())
