"""LinkedIn under the announcer itself: what is lost or doubled when answers are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.servers.fault_proxy import FaultProxy
from tests.servers.linkedin import LinkedIn
from tests.syndication.announcing import START, Clock, Looking, announcement, channel
from utrop.syndication import ledger as ledgers
from utrop.syndication.announcer import announce
from utrop.syndication.delivery import State
from utrop.syndication.ledger.protocol import Ledger
from utrop.syndication.networks import linkedin
from utrop.syndication.report import Report

PERSON = "urn:li:person:5abc_dEfGH"
POSTS = "/rest/posts"
ONE = announcement(1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = ledgers.open_ledger("sqlite:///ledger.sqlite3", tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[LinkedIn]:
    with LinkedIn(now=int(START.timestamp() * 1000)) as running:
        yield running


@pytest.fixture
def proxy(server: LinkedIn) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as running:
        yield running


class Runs:
    """Announces one post, run after run, as ``make publish`` does."""

    def __init__(self, server: LinkedIn, proxy: FaultProxy, ledger: Ledger) -> None:
        self.server, self.proxy, self.ledger = server, proxy, ledger
        self.clock, self.waited = Clock(), timedelta()

    def run(self) -> Report:
        environ = {
            "LINKEDIN_URL": self.proxy.url,
            "LINKEDIN_TOKEN": self.server.token,
            "LINKEDIN_AUTHOR": self.server.author,
        }
        with httpx.Client(trust_env=False) as http:
            return announce(
                [ONE],
                [channel(linkedin.connect(environ, http), "linkedin")],
                self.ledger,
                look=Looking(),
                clock=self.clock,
                wait=self.wait,
            )

    def wait(self, duration: timedelta) -> None:
        """Let the time pass that a repeat has to wait, and with it the lag of LinkedIn's lists."""
        self.waited += duration
        self.server.lag = 0

    def states(self) -> list[State]:
        return [row.state for row in self.ledger.deliveries()]


@pytest.fixture
def runs(server: LinkedIn, proxy: FaultProxy, ledger: Ledger) -> Runs:
    return Runs(server, proxy, ledger)


@pytest.mark.parametrize("fault", ["drop_answer", "false_500", "drop_request"])
def test_page_is_announced_once_whatever_is_lost(fault: str, runs: Runs) -> None:
    getattr(runs.proxy, fault)("POST", POSTS)
    for _ in range(3):
        runs.run()
    assert runs.states() == [State.DELIVERED]
    assert len(runs.server.posts) == 1


def test_list_that_lags_behind_is_waited_for(runs: Runs) -> None:
    runs.proxy.drop_answer("POST", POSTS)
    runs.server.lag = 1
    assert runs.run().of(State.UNCERTAIN)
    runs.run()
    assert runs.waited == linkedin.SETTLING
    assert runs.states() == [State.DELIVERED]
    assert len(runs.server.posts) == 1
    assert runs.server.refused_duplicates == 0


def test_list_that_lags_longer_still_is_caught_by_the_guard(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.proxy.drop_answer("POST", POSTS)
    runs.server.lag = 1
    monkeypatch.setattr(runs, "wait", lambda _duration: None)
    for _ in range(2):
        runs.run()
    assert runs.states() == [State.DELIVERED]
    assert len(runs.server.posts) == runs.server.refused_duplicates == 1


@pytest.mark.parametrize("fault", ["drop_answer", "false_500", "drop_request"])
def test_person_is_never_announced_twice_and_what_is_unknown_is_told(
    fault: str, runs: Runs
) -> None:
    runs.server.author, runs.server.readable = PERSON, False
    getattr(runs.proxy, fault)("POST", POSTS)
    for _ in range(3):
        [told] = runs.run().of(State.UNCERTAIN)
    assert "look there yourself" in told.note
    assert runs.states() == [State.UNCERTAIN]
    assert len(runs.server.posts) == (0 if fault == "drop_request" else 1)
    assert runs.proxy.count("POST", POSTS) == 1


def test_person_is_announced(runs: Runs) -> None:
    runs.server.author, runs.server.readable = PERSON, False
    for _ in range(2):
        runs.run()
    assert runs.states() == [State.DELIVERED]
    assert len(runs.server.posts) == 1


def test_refused_token_keeps_the_announcement_for_later(runs: Runs) -> None:
    runs.proxy.stripped.add("authorization")
    report = runs.run()
    assert [trouble.needs_person for trouble in report.troubles] == [True]
    assert runs.states() == [State.PENDING]
    assert runs.server.token not in "".join(trouble.what for trouble in report.troubles)
    runs.proxy.stripped.clear()
    runs.run()
    assert runs.states() == [State.DELIVERED]
