#!/usr/bin/env python3
"""The scrape configuration and the alert rules: valid, firing when they should, about real metrics."""

import re
import subprocess
import unittest

import support

PROMTOOL = support.need("promtool")
PROMETHEUS = support.DEPLOY / "prometheus"
TESTS = support.ROOT / "tests/deploy/alerts_test.yml"


def promtool(*arguments):
    return subprocess.run([PROMTOOL, *map(str, arguments)], text=True, capture_output=True,
                          check=False)


class Prometheus(unittest.TestCase):
    def setUp(self):
        self.rules = (PROMETHEUS / "alerts.yml").read_text(encoding="utf-8")

    def test_the_configuration_and_the_rules_it_names_are_valid(self):
        checked = promtool("check", "config", PROMETHEUS / "prometheus.yml")

        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_alerts_fire_when_they_should_and_only_then(self):
        tested = promtool("test", "rules", TESTS)

        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)

    def test_every_alert_is_tested(self):
        tests = TESTS.read_text(encoding="utf-8")
        for alert in re.findall(r"- alert: (\w+)", self.rules):
            self.assertIn(f"alertname: {alert}\n", tests)

    def test_every_metric_is_one_that_a_process_registers(self):
        self.assertLessEqual(support.metrics_in(self.rules), support.metrics_in_code())


if __name__ == "__main__":
    unittest.main()
