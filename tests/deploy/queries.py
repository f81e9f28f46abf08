#!/usr/bin/env python3
"""queries.py URL: asks the Prometheus at URL every query of the dashboard and of the alert rules. Each
must be answered; those in MAIN with data, after a while, since a rate needs a few scrapes. Prints one
line per query."""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import support

DASHBOARD = support.DEPLOY / "grafana/dashboards/depthwire.json"
ALERTS = support.DEPLOY / "prometheus/alerts.yml"
PATIENCE_S = 90
# Panels that show something whenever a market moves.
MAIN = {"Processes", "Broker", "Alerts", "Oldest symbol", "Broker events", "Records published",
        "Rows stored", "Lag", "Gaps", "Records fetched", "Age of the newest record", "Freshness now",
        "Database transactions", "Processor", "Memory", "Service", "Symbol"}


def get(url: str, **parameters: str):
    address = f"{url}?{urllib.parse.urlencode(parameters, doseq=True)}"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{parameters}: {error.read().decode()}") from error


def filled_in(expression: str, names: list[str]) -> str:
    """The expression with the dashboard's variables as Grafana fills in `All`."""
    expression = expression.replace("$__rate_interval", "1m")
    for name in names:
        expression = expression.replace(f"${name}", ".*")
    return expression


def queries():
    """(title, how it is asked, expression) of all there are."""
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    variables = dashboard["templating"]["list"]
    names = [variable["name"] for variable in variables]
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], "query", filled_in(target["expr"], names)
    for annotation in dashboard["annotations"]["list"]:
        yield f"annotation {annotation['name']}", "query", filled_in(annotation["expr"], names)
    for variable in variables:
        series, label = re.fullmatch(r"label_values\((.*), (\w+)\)",
                                     variable["query"]["query"]).groups()
        yield variable["label"], f"label/{label}/values", series
    rules = ALERTS.read_text(encoding="utf-8")
    for name, one_line, block in re.findall(
            r"- alert: (\w+)\n +expr: (?:(?!\|)(.+)|\|\n((?: {10,}.+\n)+))", rules):
        yield f"alert {name}", "query", one_line or " ".join(block.split())


def ask(url: str, how: str, expression: str) -> int:
    """How many series, or values, the answer holds."""
    if how == "query":
        return len(get(f"{url}/api/v1/query", query=expression)["result"])
    return len(get(f"{url}/api/v1/{how}", **{"match[]": expression}))


def run(url: str) -> int:
    """The exit code: 0 when every query was answered as it should be."""
    deadline = time.monotonic() + PATIENCE_S
    pending, told = list(queries()), {}
    while pending:
        empty = []
        for title, how, expression in pending:
            found = ask(url, how, expression)
            told[title, expression] = found
            if found == 0 and title in MAIN:
                empty.append((title, how, expression))
        pending = empty
        if pending and time.monotonic() > deadline:
            break
        if pending:
            time.sleep(1)
    for (title, expression), found in told.items():
        print(f"{found:5} {title}: {expression}")
    for title, _, expression in pending:
        print(f"no data: {title}: {expression}", file=sys.stderr)
    print(f"{len(told)} queries answered, {len(pending)} without the data they should have")
    return 1 if pending else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1].rstrip("/")))
