#!/usr/bin/env python3
"""docker-compose.yml: accepted by docker-compose, and in step with what it mounts and names."""

import os
import pathlib
import re
import subprocess
import unittest

import support

COMPOSE = support.need("docker-compose")
ALWAYS = {"simulator", "streaming", "historical", "aggregator", "analyzer", "persister", "auditor",
          "gateway"}
OURS = ALWAYS | {"tokens"}


def configuration(*files: str, **variables: str) -> str:
    """What docker-compose makes of the files; no engine is asked."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables}
    arguments = [part for file in files for part in ("-f", str(support.DEPLOY / file))]
    done = subprocess.run([COMPOSE, *arguments, "config"], env=environment, text=True,
                          capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def services(text: str) -> dict:
    """The services of a configuration as docker-compose prints it: two spaces a level, and only the
    values that the tests ask for."""
    found, section, name = {}, "", ""
    for line in text.splitlines():
        if line and not line.startswith(" "):
            section = line
        elif section == "services:" and (match := re.match(r"  (\S+):$", line)):
            name = match[1]
            found[name] = []
        elif section == "services:" and name:
            found[name].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.services = services(configuration("docker-compose.yml"))

    def test_all_processes_and_what_they_need_are_there(self):
        self.assertEqual(set(self.services),
                         OURS | {"setup", "login", "migrate", "postgres", "prometheus", "grafana"})

    def test_everything_published_is_on_the_loopback_of_the_host(self):
        published = re.findall(r"^    - (\S+:\d+/tcp)$", "\n".join(self.services.values()), re.M)

        self.assertEqual(len(published), 3)
        for port in published:
            self.assertTrue(port.startswith("127.0.0.1:"), port)

    def test_our_containers_may_do_no_more_than_they_need(self):
        for name in OURS:
            service = self.services[name]
            self.assertIn("cap_drop:\n    - ALL", service, name)
            self.assertIn("no-new-privileges:true", service, name)
            self.assertIn("read_only: true", service, name)
            self.assertNotIn("user:", service, name)

    def test_the_health_that_is_asked_is_the_one_that_is_served_and_scraped(self):
        scraped = (support.DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8")
        for name in OURS:
            service = self.services[name]
            port = re.search(r"- healthcheck\n\s+- '(\d+)'", service)[1]
            self.assertIn(f"DEPTHWIRE_{name.upper()}_HEALTH: 0.0.0.0:{port}\n", service + "\n")
            if name in ALWAYS:
                self.assertIn(f'targets: ["{name}:{port}"], labels: {{service: {name}}}', scraped)
            else:
                self.assertIn(f"{{names: [{name}], type: A, port: {port}}}", scraped)

    def test_what_is_mounted_from_the_repository_exists(self):
        mounts = re.findall(r"^    - (/\S+?):/\S+:ro$", "\n".join(self.services.values()), re.M)

        self.assertGreater(len(mounts), 0)
        for mount in mounts:
            self.assertTrue(pathlib.Path(mount).exists(), mount)

    def test_images_account_and_ports_can_be_chosen(self):
        chosen = services(configuration(
            "docker-compose.yml", DEPTHWIRE_IMAGE="a:1", POSTGRES_IMAGE="b:2", PROMETHEUS_IMAGE="c:3",
            GRAFANA_IMAGE="d:4", BASE_IMAGE="e:5", GATEWAY_PORT="18080", CTRADER_CLIENT_ID="me",
            DEPTHWIRE_ENVIRONMENT="demo"))

        self.assertIn("image: a:1", chosen["streaming"])
        self.assertIn("image: b:2", chosen["postgres"])
        self.assertIn("image: c:3", chosen["prometheus"])
        self.assertIn("image: d:4", chosen["grafana"])
        self.assertIn("BASE_IMAGE: e:5", chosen["setup"])
        self.assertIn("127.0.0.1:18080:8080", chosen["gateway"])
        self.assertIn("CTRADER_CLIENT_ID: me", chosen["historical"])
        self.assertIn("DEPTHWIRE_ENVIRONMENT: demo", chosen["analyzer"])

    def test_what_is_not_set_is_not_handed_on(self):
        self.assertIn("CTRADER_ACCOUNT_ID: null", self.services["streaming"])
        self.assertIn("DEPTHWIRE_ENVIRONMENT: null", self.services["streaming"])

    def test_the_account_is_given_to_nobody_who_does_not_connect(self):
        for name in OURS - {"streaming", "historical"}:
            self.assertNotIn("CTRADER_ACCESS_TOKEN", self.services[name], name)

    def test_the_store_of_the_grant_is_mounted_by_nobody_who_does_not_hold_it(self):
        holders = {name for name, service in self.services.items() if "/depthwire/var/grant" in service}

        self.assertEqual(holders, {"tokens", "login"})

    def test_a_recording_can_be_replayed(self):
        both = services(configuration("docker-compose.yml", "docker-compose.recording.yml",
                                      DEPTHWIRE_RECORDING="/recorded"))

        self.assertIn("/recorded:/recording:ro", both["simulator"])
        self.assertIn("DEPTHWIRE_SIMULATOR_RECORDING: /recording", both["simulator"])


if __name__ == "__main__":
    unittest.main()
