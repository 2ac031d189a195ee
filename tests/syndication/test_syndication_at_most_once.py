"""Networks that cannot be read back, under the announcer: never twice, and the person is told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import mail as mail_server
from tests.servers import slack as slack_server
from tests.servers import teams as teams_server
from tests.servers import telegram as telegram_server
from tests.servers.fault_proxy import FaultProxy
from tests.syndication.announcing import START, Clock, Looking, announcement, channel
from utrop.syndication import ledger as ledgers
from utrop.syndication.announcer import announce
from utrop.syndication.composer import compose
from utrop.syndication.delivery import Network, State
from utrop.syndication.networks import newsletter, slack, teams, telegram

LEDGER = "sqlite:///ledger.sqlite3"


@dataclass(slots=True, kw_only=True)
class Blind:
    """A network and its stand-in, which takes the next message and loses the answer when told."""

    network: Network
    taken: list[Any]
    lose_answer: Callable[[], object]


@contextlib.contextmanager
def a_telegram(http: httpx.Client) -> Iterator[Blind]:
    with telegram_server.running() as server, FaultProxy(server.url) as proxy:
        environ = {"TELEGRAM_TOKEN": server.token, "TELEGRAM_CHANNEL": "@inkopsbloggen"}
        network = telegram.connect({"TELEGRAM_URL": proxy.url, **environ}, http)
        lose = proxy.drop_answer
        yield Blind(network=network, taken=server.messages, lose_answer=lambda: lose("POST"))


@contextlib.contextmanager
def a_slack(http: httpx.Client) -> Iterator[Blind]:
    with slack_server.running() as server, FaultProxy(server.url) as proxy:
        network = slack.connect({"SLACK_WEBHOOK": proxy.url + slack_server.PATH}, http)
        lose = proxy.drop_answer
        yield Blind(network=network, taken=server.messages, lose_answer=lambda: lose("POST"))


@contextlib.contextmanager
def a_teams(http: httpx.Client) -> Iterator[Blind]:
    with teams_server.running() as server, FaultProxy(server.url) as proxy:
        network = teams.connect({"TEAMS_WEBHOOK": proxy.url + teams_server.PATH}, http)
        lose = proxy.drop_answer
        yield Blind(network=network, taken=server.cards, lose_answer=lambda: lose("POST"))


@contextlib.contextmanager
def a_newsletter(http: httpx.Client) -> Iterator[Blind]:
    with mail_server.running() as server:
        environ = {
            "SMTP_URL": server.url,
            "SMTP_USER": mail_server.USER,
            "SMTP_PASSWORD": mail_server.PASSWORD,
            "NEWSLETTER_FROM": "blogg@inkop.example.org",
            "NEWSLETTER_TO": "nyhetsbrev@listor.example.org",
        }

        def lose() -> None:
            server.ends = "dot"

        yield Blind(network=newsletter.connect(environ, http), taken=server.mails, lose_answer=lose)


@pytest.fixture(params=[a_telegram, a_slack, a_teams, a_newsletter])
def blind(request: pytest.FixtureRequest) -> Iterator[Blind]:
    with httpx.Client(trust_env=False) as http, request.param(http) as made:
        yield made


def test_lost_answer_stays_uncertain_for_ever_and_is_told(blind: Blind, tmp_path: Path) -> None:
    clock = Clock()
    blind.lose_answer()
    reports = []
    with contextlib.closing(ledgers.open_ledger(LEDGER, tmp_path)) as ledger:
        for _ in range(3):
            reports.append(
                announce(
                    [announcement(1)],
                    [channel(blind.network, "blind")],
                    ledger,
                    clock=clock,
                    look=Looking(),
                )
            )
            clock.pass_by(hours=30)
        [row] = ledger.deliveries()
    assert len(blind.taken) == 1
    assert row.state is State.UNCERTAIN
    assert [report.exit_status for report in reports] == [1, 1, 1]


def test_announcement_that_is_answered_is_delivered_once(blind: Blind, tmp_path: Path) -> None:
    clock = Clock()
    with contextlib.closing(ledgers.open_ledger(LEDGER, tmp_path)) as ledger:
        for _ in range(2):
            report = announce(
                [announcement(1), announcement(2)],
                [channel(blind.network, "blind")],
                ledger,
                clock=clock,
                look=Looking(),
            )
            clock.pass_by(hours=30)
        rows = ledger.deliveries()
    assert report.exit_status == 0
    assert len(blind.taken) == 2
    assert all(row.state is State.DELIVERED for row in rows)
    assert all(row.receipt is not None and row.receipt.url for row in rows)


@pytest.mark.parametrize("module", [newsletter, slack, teams, telegram])
@given(summary=st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_no_text_is_over_its_networks_limit(module: ModuleType, summary: str) -> None:
    one = announcement(1, title="Så går en dialog till", summary=summary * 60, tags=("LOU",))
    made = compose(one, module.__name__, module.LIMITS, created_at=START)
    assert module.LIMITS.fits(made.text)
    assert (one.url in made.text) == module.LIMITS.url_in_text
    assert bool(made.hashtags) <= module.LIMITS.hashtags
