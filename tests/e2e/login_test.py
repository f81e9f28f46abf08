#!/usr/bin/python3
"""A login in a browser and what comes of it: the process tokens tells streaming and historical, a refresh costs one
outage on the same connection, a dead refresh token needs another login, and no secret is seen anywhere.

usage: login_test.py BUILD_DIRECTORY
"""

import base64
import json
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from html import unescape
from pathlib import Path

import journal
from processes import ENVIRONMENT, POSTGRES, Pipeline, Process, free_ports, wait_for

ACCOUNT = 1_000_001
SECRETS = {"client_secret": "canarySecret+/=&%7f3a91", "access_token": "canaryAccess5c1e77d2", "refresh_token": "canaryRefresh90ab44e6"}
ACCOUNT_AUTH = 2102


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Login:
    """The pipeline, and a browser."""

    def __init__(self, root, build):
        self.root, self.build = Path(root), Path(build)
        web, back, health = free_ports(3)
        self.web, self.redirect = f"https://localhost:{web}", f"http://127.0.0.1:{back}/back"
        self.received = self.root / "received.jsonl"
        keep = self.root / "secrets"
        keep.mkdir(parents=True)
        files = {}
        for name, value in SECRETS.items():
            (keep / name).write_text(value)
            files[name] = f"file:{keep / name}"
        self.pipeline = Pipeline(self.root, self.build / "bin", {
            "simulator": {"web": f"127.0.0.1:{web}", "redirect_uri": self.redirect, "symbols": "2", "pace": 200, "time": "now",
                          "log_received": str(self.received), **files},
            "ctrader": {"tokens": str(self.root / "tokens" / "sim.sock"), "client_secret": files["client_secret"]},
            "tokens": {"directory": str(self.root / "tokens"), "redirect_uri": self.redirect, "health": f"127.0.0.1:{health}",
                       "consent_page": f"{self.web}/grantingaccess/", "endpoint": f"{self.web}/apps/token"},
        })
        self.pipeline.health["tokens"] = health
        self.pipeline.processes["tokens"] = Process(
            "tokens", [self.build / "bin" / "depthwire-tokens", "--config", self.pipeline.config], self.root / "tokens.log")
        self.said = ""  # all that commands have printed

    def browser(self):
        trust = ssl.create_default_context(cafile=self.root / "simulator" / "ca.pem")
        return urllib.request.build_opener(NoRedirect, urllib.request.HTTPSHandler(context=trust), urllib.request.ProxyHandler({}))

    def open(self, url):
        """(status, text, where it redirects to)"""
        try:
            with self.browser().open(url, timeout=20) as answer:
                return answer.status, answer.read().decode(), None
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers.get("Location")

    def auth(self, *arguments, code=0):
        done = subprocess.run([self.build / "bin" / "depthwire", "--config", self.pipeline.config, "auth", *arguments],
                              capture_output=True, text=True, timeout=120, env=ENVIRONMENT)
        self.said += done.stdout + done.stderr
        assert done.returncode == code, f"auth {arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def begin_login(self):
        """The command, and the page that it asks its user to open."""
        login = subprocess.Popen([self.build / "bin" / "depthwire", "--config", self.pipeline.config, "auth", "login", "--no-browser"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT)
        page = None
        while page is None:
            line = login.stdout.readline()
            assert line, f"the login has ended: {login.wait()}"
            page = next(iter(re.findall(r"https://\S+", line)), None)
        return login, page

    def end_login(self, login, code):
        text = login.stdout.read()
        login.stdout.close()
        self.said += text
        assert login.wait(60) == code, text
        return text

    def log_in(self):
        login, page = self.begin_login()
        status, text, _ = self.open(page)
        assert status == 200 and "Allow access" in text, text
        status, text, back = self.open(urllib.parse.urljoin(page, unescape(re.search(r'href="([^"]+)"', text)[1])))
        assert status == 302 and back.startswith(self.redirect), text
        assert self.open(back.replace("/back", "/favicon.ico"))[0] == 404
        assert "go back to the terminal" in self.open(back)[1]
        assert f"Logged in: account {ACCOUNT}" in self.end_login(login, 0)

    def wait_ready(self, *names):
        for name in names:
            wait_for(lambda name=name: self.pipeline.ready(name), f"{name} is ready", 60)

    def wait_reason(self, name, words):
        wait_for(lambda: any(words in text for text in self.pipeline.reasons(name).values()), f"{name}: {words}", 60)

    def requests(self, kind):
        """{open connection: how many of this payload type it has sent}"""
        counts = {}
        for line in self.received.read_text().splitlines():
            entry = json.loads(line)
            if entry.get("type") == kind:
                counts[entry["connection"]] = counts.get(entry["connection"], 0) + 1
            elif entry.get("event") == "closed":
                counts.pop(entry["connection"], None)
        return counts

    def outages(self):
        return sum(record.type == journal.SOURCE_DOWN for record in journal.records(self.pipeline.journal("streaming")))


def answers_that_are_not_ours(run):
    login, page = run.begin_login()
    run.open(f"{run.redirect}?code=simulator-code-1&state={'0' * 64}")
    assert "another state" in run.end_login(login, 77)

    login, page = run.begin_login()
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(page).query)["state"][0]
    run.open(f"{run.redirect}?error=access_denied&state={state}")
    assert "access_denied" in run.end_login(login, 77)

    login, _ = run.begin_login()
    assert "cannot listen" in run.auth("login", "--no-browser", code=69)
    login.terminate()
    login.wait()
    login.stdout.close()
    assert "nobody has logged in" in run.auth("status", code=1)
    print("answers that are not ours, and refusals, leave nothing behind")


def the_check_walks_to_arriving_depth(run):
    def check(code):
        done = subprocess.run([run.build / "bin" / "depthwire", "--config", run.pipeline.config, "check", "--minutes", "0.03"],
                              capture_output=True, text=True, timeout=120, env=ENVIRONMENT)
        run.said += done.stdout + done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    said = check(0)
    for step in ("grant", "connection", "application", "account", "symbols", "subscription", "heartbeats", "spots", "depth"):
        assert f"PASS  {step}" in said, said
    subprocess.run([run.build / "bin" / "depthwire-sim", "ctl", "--state", run.root / "simulator",
                    "error", "CH_ACCESS_TOKEN_INVALID", "ProtoOAAccountAuthReq", "1"], check=True, timeout=30, env=ENVIRONMENT)
    said = check(1)
    assert "FAIL  account" in said and "CH_ACCESS_TOKEN_INVALID" in said, said
    print("the check passes, and names the step that fails")


def a_refresh_costs_one_outage(run):
    before, outages = run.requests(ACCOUNT_AUTH), run.outages()
    assert "refreshed; the access token is good until" in run.auth("refresh")
    # Once more with the old token, where the broker's word came before that of tokens.
    wait_for(lambda: all(run.requests(ACCOUNT_AUTH)[connection] > count for connection, count in before.items()),
             "both accounts are authenticated again")
    run.wait_ready("streaming", "historical")
    assert run.requests(ACCOUNT_AUTH).keys() == before.keys(), "the connections stay"
    wait_for(lambda: run.outages() > outages, "the outage is journaled")
    assert run.outages() == outages + 1, f"{run.outages() - outages} outages"
    print("a refresh: one outage, the same connections")


def a_refresh_that_is_killed_is_done_again(run):
    token = json.loads(run.auth("status", "--json"))["obtained_ms"]
    simulator, tokens = run.pipeline.processes["simulator"].child, run.pipeline.processes["tokens"]
    simulator.send_signal(19)  # SIGSTOP: no answer comes
    asked = subprocess.Popen([run.build / "bin" / "depthwire", "--config", run.pipeline.config, "auth", "refresh"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    wait_for(lambda: "refreshing the access token" in tokens.text().rsplit("starts, environment", 1)[-1].split("access token is good")[-1],
             "the refresh has begun")
    tokens.kill()
    simulator.send_signal(18)  # SIGCONT
    tokens.start()
    wait_for(lambda: json.loads(run.auth("status", "--json"))["obtained_ms"] > token, "the refresh is done again")
    assert asked.wait(60) == 0
    run.wait_ready("tokens", "streaming", "historical")
    print("a refresh that was killed is done again")


def a_dead_refresh_token_needs_a_login(run):
    """Somebody else uses the refresh token up."""
    connections = run.requests(ACCOUNT_AUTH).keys()
    for number in range(1, 20):
        token = SECRETS["refresh_token"] + (f"-{number}" if number > 1 else "")
        query = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": token, "client_id": "simulator",
                                        "client_secret": SECRETS["client_secret"]})
        run.open(f"{run.web}/apps/token?{query}")
    run.wait_reason("streaming", "CH_ACCESS_TOKEN_INVALID")
    assert "CH_ACCESS_TOKEN_INVALID" in run.auth("refresh", code=77)
    run.wait_reason("tokens", "depthwire auth login")
    assert "CH_ACCESS_TOKEN_INVALID" in run.auth("status", code=1)

    run.log_in()
    run.wait_ready("tokens", "streaming", "historical")
    assert run.requests(ACCOUNT_AUTH).keys() == connections, "the connections stay"
    print("a dead refresh token: another login heals all, on the same connections")


def spellings(secret):
    """The secret as it is, in hex, for URLs, and in base64 wherever it begins."""
    raw = secret.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield urllib.parse.quote(secret, safe="").encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        inner = encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4]  # without what its neighbours decide
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


def no_secret_is_seen(run):
    canaries = {spelling for secret in SECRETS.values() for spelling in spellings(secret)} | {b"simulator-code-"}
    places = {"what commands print": run.said.encode()}
    for path in run.root.rglob("*"):
        if path.is_file() and path.parent.name != "secrets" and run.root / "postgres" not in path.parents:
            places[str(path.relative_to(run.root))] = path.read_bytes()
    places["database"] = subprocess.run(
        [POSTGRES / "pg_dump", "-h", "127.0.0.1", "-p", str(run.pipeline.postgres.port), "-U", "postgres", "depthwire_sim"],
        check=True, capture_output=True).stdout
    for process in run.pipeline.processes.values():
        places[f"command line of {process.name}"] = Path(f"/proc/{process.child.pid}/cmdline").read_bytes()
        for path in ("/readyz", "/metrics"):
            port = run.pipeline.health[process.name]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                places[f"{path} of {process.name}"] = answer.read()
    for place, content in places.items():
        for canary in canaries:
            assert canary not in content, f"{canary} is in {place}"
    assert len(places) > 30, sorted(places)
    print(f"no secret in {len(places)} places, {sum(map(len, places.values()))} bytes, {len(canaries)} spellings")


def main(build):
    with tempfile.TemporaryDirectory(prefix="depthwire-login-") as directory:
        run = Login(directory, build)
        pipeline = run.pipeline
        try:
            pipeline.migrate()
            pipeline.start()
            run.wait_reason("streaming", "depthwire auth login")
            answers_that_are_not_ours(run)
            run.log_in()
            run.wait_ready(*pipeline.processes)
            status = json.loads(run.auth("status", "--json"))
            assert status["account_id"] == ACCOUNT and status["process_runs"] and not status["login_required"], status
            the_check_walks_to_arriving_depth(run)
            a_refresh_costs_one_outage(run)
            a_refresh_that_is_killed_is_done_again(run)
            a_dead_refresh_token_needs_a_login(run)
            no_secret_is_seen(run)
            run.auth("logout")
            assert "nobody has logged in" in run.auth("status", code=1)
            codes = pipeline.stop()
            assert set(codes.values()) == {0}, codes
        except BaseException:
            for process in pipeline.processes.values():
                print(f"== {process.name}\n{process.text()[-3000:]}", file=sys.stderr)
            raise
        finally:
            pipeline.abandon()


if __name__ == "__main__":
    main(sys.argv[1])
