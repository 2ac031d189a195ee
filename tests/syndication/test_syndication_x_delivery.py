"""X under the announcer: what is lost on the way is looked up, and nothing is doubled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.fault_proxy import FaultProxy
from tests.servers.x import USER_ID, XServer
from tests.syndication.announcing import Clock, Looking, announcement, channel
from utrop.syndication import ledger as ledgers
from utrop.syndication.announcer import announce
from utrop.syndication.delivery import Delivery, State
from utrop.syndication.networks import x
from utrop.syndication.report import Report

POSTS = "/2/tweets"


class House:
    """One site's announcer, X, and a wire between them that can fail."""

    def __init__(self, tmp_path: Path, http: httpx.Client) -> None:
        self.clock = Clock()
        self.server = XServer(now=self.clock)
        self.proxy = FaultProxy(self.server.url)
        self.ledger = ledgers.open_ledger("sqlite:///ledger.sqlite3", tmp_path)
        self.http = http
        self.waited: list[timedelta] = []

    def run(self, count: int = 1, **options: Any) -> Report:
        environ = self.server.keys.environ(self.proxy.url)
        network = x.connect(environ, self.http, clock=lambda: self.clock().timestamp())
        return announce(
            [announcement(number) for number in range(1, count + 1)],
            [channel(network, "x")],
            self.ledger,
            look=Looking(),
            clock=self.clock,
            wait=self.wait,
            **{"look_first": True, **options},
        )

    def wait(self, duration: timedelta) -> None:
        self.waited.append(duration)
        self.clock.moment += duration

    @property
    def row(self) -> Delivery:
        (row,) = self.ledger.deliveries()
        return row


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with httpx.Client(trust_env=False) as http:
        made = House(tmp_path, http)
        with made.server, made.proxy:
            made.server.public_url = made.proxy.url
            yield made
        made.ledger.close()


def test_post_is_announced_once_and_its_address_kept(house: House) -> None:
    assert house.run().exit_status == 0
    assert house.run().exit_status == 0
    [post] = house.server.shown()
    assert house.row.account == USER_ID
    assert house.row.receipt is not None
    assert house.row.receipt.id == post.id
    assert house.proxy.count("POST", POSTS) == 1


@pytest.mark.parametrize("fault", ["drop_answer", "reset_midway", "false_500"])
def test_lost_answer_settles_within_the_same_run(fault: str, house: House) -> None:
    getattr(house.proxy, fault)("POST", POSTS)
    assert house.run().exit_status == 0
    assert house.row.state is State.DELIVERED
    assert len(house.server.shown()) == 1
    assert house.waited == []


@pytest.mark.parametrize("lag", [20, 59])
def test_list_that_lags_is_waited_for_and_nothing_is_doubled(lag: int, house: House) -> None:
    house.server.lag = timedelta(seconds=lag)
    house.proxy.drop_answer("POST", POSTS)
    assert house.run().exit_status == 1
    assert house.row.state is State.UNCERTAIN
    house.clock.pass_by(seconds=5)

    assert house.run().exit_status == 0
    assert house.waited == [x.SETTLING]
    assert house.row.state is State.DELIVERED
    assert house.proxy.count("POST", POSTS) == 1


def test_list_that_lags_longer_still_doubles_nothing(house: House) -> None:
    """Then X's own refusal of the same text stands between us and a second post."""
    house.server.lag = timedelta(minutes=10)
    house.proxy.drop_answer("POST", POSTS)
    assert house.run().exit_status == 1
    assert house.run().exit_status == 1
    assert house.proxy.count("POST", POSTS) == 2
    assert house.row.state is State.UNCERTAIN
    assert "X has this text already" in house.row.note

    house.clock.pass_by(minutes=20)
    assert house.run().exit_status == 0
    assert house.row.state is State.DELIVERED
    assert len(house.server.posts) == 1


def test_lost_request_is_repeated_once_and_not_before_the_pause(house: House) -> None:
    house.proxy.drop_request("POST", POSTS)
    assert house.run().exit_status == 1
    assert house.server.shown() == []
    assert house.run().exit_status == 0
    assert house.waited == [x.SETTLING]
    assert len(house.server.shown()) == 1


def test_what_a_person_posted_by_hand_is_not_posted_again(house: House) -> None:
    house.clock.moment = announcement(1).published + timedelta(minutes=3)
    house.server.post(f"Nytt på bloggen: {announcement(1).url}")
    assert house.run().exit_status == 0
    assert house.row.note == "was there already"
    assert house.proxy.count("POST", POSTS) == 0


def test_account_without_credits_waits_with_all_its_posts_for_a_person(house: House) -> None:
    house.server.credits = 1
    report = house.run(3)
    assert report.exit_status != 0
    assert [trouble.needs_person for trouble in report.troubles] == [True]
    assert house.proxy.count("POST", POSTS) == 2
    house.server.credits = 10
    assert house.run(3).exit_status == 0
    assert len(house.server.shown()) == 3
