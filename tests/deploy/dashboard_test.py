#!/usr/bin/env python3
"""The Grafana dashboard: well formed, whole, and about metrics that exist."""

import itertools
import json
import unittest

import support

GRAFANA = support.DEPLOY / "grafana"
DASHBOARD = GRAFANA / "dashboards/depthwire.json"
COLUMNS = 24
PANELS = {"row", "stat", "table", "timeseries"}


def overlap(a, b):
    return (a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"]
            and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"])


class Dashboard(unittest.TestCase):
    def setUp(self):
        self.dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
        self.panels = self.dashboard["panels"]

    def expressions(self):
        for panel in self.panels:
            for target in panel.get("targets", []):
                yield panel["title"], target["expr"]
        for annotation in self.dashboard["annotations"]["list"]:
            yield annotation["name"], annotation["expr"]
        for variable in self.dashboard["templating"]["list"]:
            yield variable["name"], variable["query"]["query"]

    def test_every_panel_has_its_own_number_and_place(self):
        numbers = [panel["id"] for panel in self.panels]
        self.assertEqual(len(numbers), len(set(numbers)))
        for panel in self.panels:
            place = panel["gridPos"]
            self.assertIn(panel["type"], PANELS, panel["title"])
            self.assertLessEqual(place["x"] + place["w"], COLUMNS, panel["title"])
        for a, b in itertools.combinations(self.panels, 2):
            self.assertFalse(overlap(a["gridPos"], b["gridPos"]), (a["title"], b["title"]))

    def test_every_panel_explains_itself_and_asks_the_provisioned_source(self):
        source = (GRAFANA / "provisioning/datasources/prometheus.yaml").read_text(encoding="utf-8")
        for panel in self.panels:
            if panel["type"] == "row":
                continue
            self.assertTrue(panel["description"], panel["title"])
            self.assertTrue(panel["fieldConfig"]["defaults"]["unit"], panel["title"])
            for asked in [panel, *panel["targets"]]:
                self.assertIn(f"uid: {asked['datasource']['uid']}\n", source, panel["title"])
            references = [target["refId"] for target in panel["targets"]]
            self.assertEqual(len(references), len(set(references)), panel["title"])

    def test_it_shows_rates_lag_gaps_and_freshness_per_symbol(self):
        text = " ".join(expression for _, expression in self.expressions())

        for wanted in ("rate(depthwire_feed_events_total", "rate(depthwire_journal_head_offset",
                       "depthwire_lag_records", "depthwire_gaps_total",
                       "time() - max by (service, kind, symbol) (depthwire_publish_time_seconds"):
            self.assertIn(wanted, text)

    def test_every_variable_that_is_used_is_there(self):
        known = {variable["name"] for variable in self.dashboard["templating"]["list"]}
        for title, expression in self.expressions():
            rest = expression.replace("$__rate_interval", "")
            for name in known:
                rest = rest.replace(f"${name}", "")
            self.assertNotIn("$", rest, title)

    def test_every_metric_is_one_that_a_process_registers(self):
        known = support.metrics_in_code()
        for title, expression in self.expressions():
            self.assertLessEqual(support.metrics_in(expression), known, title)


if __name__ == "__main__":
    unittest.main()
