#!/usr/bin/python3
"""Three accounts on streaming's one connection: one is lost, and neither market data nor the other accounts notice.

usage: accounts_test.py BUILD_DIRECTORY
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import checks
import journal
from processes import ENVIRONMENT, Pipeline, wait_for

MAIN, SECOND, THIRD = 1000001, 1000002, 1000003
ACCOUNT_AUTH = 2102


class Run:
    def __init__(self, build, pipeline):
        self.build, self.pipeline = build, pipeline
        self.envelope = checks.envelope_class(build / "python")

    def ctl(self, *fault):
        done = subprocess.run([self.pipeline.binaries / "depthwire-sim", "ctl", "--state", self.pipeline.root / "simulator", *fault],
                              capture_output=True, text=True, timeout=30, env=ENVIRONMENT)
        return done.returncode, done.stdout + done.stderr

    def do(self, *fault):
        code, text = self.ctl(*fault)
        assert code == 0, text

    def log_ins(self):
        """[(connection, account)] in the order in which the broker was asked."""
        entries = map(json.loads, (self.pipeline.root / "received.jsonl").read_text().splitlines())
        return [(entry["connection"], int(entry["payload"]["ctidTraderAccountId"])) for entry in entries
                if entry["event"] == "received" and entry["type"] == ACCOUNT_AUTH]

    def records(self, kind, after=0):
        for record in journal.records(self.pipeline.journal("streaming"), after):
            if record.type == kind:
                yield self.envelope.FromString(record.payload)

    def states(self, after=0):
        """[(name, state, reason, account)] of the connection records beyond an offset."""
        names = {0: "disconnected", 1: "connecting", 2: "app_auth", 3: "account_auth", 4: "ready", 5: "error"}
        return [(c.connection, names[c.state], c.reason, c.account_id) for c in (e.connection for e in self.records(journal.CONNECTION, after))]

    def is_up(self, account):
        return self.pipeline.metrics("streaming").get(f'depthwire_further_account_up{{account="{account}"}}')

    def head(self):
        return wait_for(lambda: self.pipeline.head("streaming"), "streaming tells its head")

    def spots_after(self, offset):
        return sum(1 for _ in self.records(journal.SPOT, offset))

    def nothing_was_reset(self, after):
        resets = [e for e in self.records(journal.DEPTH, after) if e.depth.kind == 1]
        assert not resets, f"{len(resets)} books were reset"
        assert not list(self.records(journal.SOURCE_DOWN, after)), "an outage"
        mains = [state for state in self.states(after) if state[0] == "streaming"]
        assert not mains, mains


def all_come_in(run):
    wait_for(lambda: run.pipeline.ready("streaming"), "streaming is ready")
    for account in (SECOND, THIRD):
        wait_for(lambda account=account: run.is_up(account) == 1, f"account {account} is in")
    wait_for(lambda: run.spots_after(0) > 50, "the market moves")
    assert run.log_ins() == [(1, MAIN), (1, SECOND), (1, THIRD)], run.log_ins()
    status = run.pipeline.command("status")
    assert f"account {SECOND}: ready" in status, status


def one_is_lost(run):
    before = run.head()
    run.do("account-disconnect", str(SECOND))
    wait_for(lambda: len(run.log_ins()) == 4, "the lost account is asked for again")
    wait_for(lambda: [state[1] for state in run.states(before)] == ["account_auth", "ready"], "it is in again")
    wait_for(lambda: run.spots_after(before) > 100, "spots go on")
    assert run.log_ins()[3:] == [(1, SECOND)], run.log_ins()
    assert {state[0] for state in run.states(before)} == {f"streaming/{SECOND}"}, run.states(before)
    assert {state[3] for state in run.states(before)} == {SECOND}
    run.nothing_was_reset(before)
    print("a lost account came back alone; spots went on")


def one_token_is_lost(run):
    before = run.head()
    run.do("token-invalidation", "1h", str(THIRD))
    wait_for(lambda: [state[1] for state in run.states(before)] == ["account_auth", "error"], "the account is in error")
    name, _, reason, _ = run.states(before)[-1]
    assert name == f"streaming/{THIRD}" and "CH_ACCESS_TOKEN_INVALID" in reason, run.states(before)
    wait_for(lambda: run.spots_after(before) > 100, "spots go on")
    assert run.log_ins()[4:] == [(1, THIRD)], run.log_ins()
    assert run.pipeline.ready("streaming"), "it does not make streaming unready"
    assert run.is_up(THIRD) == 0 and run.is_up(SECOND) == 1
    run.nothing_was_reset(before)
    print("a token that was lost for one account is an error of that one:", reason)


def the_connection_is_lost(run):
    run.do("clear")
    before = run.head()
    run.do("drop")
    wait_for(lambda: ("streaming", "ready") in {state[:2] for state in run.states(before)}, "streaming is in again")
    wait_for(lambda: run.is_up(SECOND) == 1 and run.is_up(THIRD) == 1, "all accounts are in again")
    assert run.log_ins()[5:] == [(2, MAIN), (2, SECOND), (2, THIRD)], run.log_ins()
    states = [state[:2] for state in run.states(before)]
    begin = states.index(("streaming", "ready"))
    further = {state for state in states[:begin] if state[0] != "streaming"}
    assert further == {(f"streaming/{account}", "disconnected") for account in (SECOND, THIRD)}, states
    print("a lost connection began all over, streaming's own account first")


def check(build, pipeline):
    run = Run(build, pipeline)
    pipeline.start()
    all_come_in(run)
    one_is_lost(run)
    one_token_is_lost(run)
    the_connection_is_lost(run)
    code, text = run.ctl("account-disconnect", "5")
    assert code != 0 and "no account 5" in text, (code, text)
    codes = pipeline.stop()
    assert set(codes.values()) == {0}, codes
    last = dict((state[0], state[1]) for state in run.states())
    assert set(last.values()) == {"disconnected"} and len(last) == 3, last


def main():
    build = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="depthwire-accounts-") as directory:
        root = Path(directory)
        further = {"further_account_ids": [SECOND, THIRD]}
        settings = {"simulator": {"symbols": "EURUSD,GBPUSD", "pace": 200, "log_received": str(root / "received.jsonl"), **further},
                    "ctrader": further, "service": {"run_dir": str(root / "run")}}
        pipeline = Pipeline(root, build / "bin", settings, ("streaming",))
        try:
            check(build, pipeline)
        finally:
            pipeline.abandon()


if __name__ == "__main__":
    main()
