"""When a repeat is due, and of what: after a pause, of a page that is still where it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.syndication.announcing import (
    Clock,
    Looking,
    MemoryNetwork,
    announcement,
    channel,
    sent,
    unsent,
)
from utrop.syndication import ledger as ledgers
from utrop.syndication.announcement import Announcement
from utrop.syndication.announcer import announce
from utrop.syndication.delivery import State
from utrop.syndication.errors import OutcomeUnknown
from utrop.syndication.ledger.protocol import Ledger

POST = announcement(1)


@dataclass
class SettlingNetwork(MemoryNetwork):
    """Shows what it took only when told, as a slow server does."""

    settling: timedelta = timedelta(seconds=30)
    slow: bool = False

    def find(self, *arguments: Any, **more: Any) -> Any:
        return None if self.slow else super().find(*arguments, **more)


class House:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.clock, self.look = ledger, Clock(), Looking()

    def run(self, network: Any, post: Announcement = POST, **options: Any) -> int:
        return announce(
            [post],
            [channel(network)],
            self.ledger,
            look=self.look,
            clock=self.clock,
            **{"look_first": True, **options},
        ).exit_status

    @property
    def state(self) -> State:
        (row,) = self.ledger.deliveries()
        return row.state


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = ledgers.open_ledger("sqlite:///ledger.sqlite3", tmp_path)
    yield House(opened)
    opened.close()


def test_a_repeat_waits_for_what_may_still_turn_up(house: House) -> None:
    network = SettlingNetwork(faults=[sent(OutcomeUnknown("no answer"))], slow=True)
    assert house.run(network) == 1
    house.clock.pass_by(seconds=10)

    def wait(duration: timedelta) -> None:
        waited.append(duration.total_seconds())
        network.slow = False

    waited: list[float] = []
    assert house.run(network, wait=wait) == 0
    assert waited == [30]
    assert len(network.shown) == 1


@pytest.mark.parametrize(("later", "waits"), [(0, [30]), (149, [30]), (151, []), (-9000, [30])])
def test_what_never_arrived_is_repeated_once_the_attempt_is_old_enough(
    house: House, later: int, waits: list[int]
) -> None:
    """Also where the clock was set in between, or the attempt was another machine's."""
    network = SettlingNetwork(faults=[unsent(OutcomeUnknown("no answer"))])
    house.run(network)
    house.clock.pass_by(seconds=later)
    waited: list[float] = []
    assert house.run(network, wait=lambda one: waited.append(one.total_seconds())) == 0
    assert waited == waits
    assert len(network.shown) == 1


def test_an_uncertain_message_is_looked_up_by_the_address_that_it_went_out_with(
    house: House,
) -> None:
    network = MemoryNetwork(
        faults=[sent(OutcomeUnknown("no answer"))], search_faults=[OutcomeUnknown("503")]
    )
    house.run(network, look_first=False)
    moved = replace(POST, url="https://blogg.inkop.example.org/ny-adress/", aliases=("inlagg-1/",))
    assert house.run(network, moved) == 0
    assert [shown.url for shown in network.shown] == [POST.url]


def test_a_repeat_never_sends_an_address_that_nobody_has_seen_live(house: House) -> None:
    network = MemoryNetwork(faults=[unsent(OutcomeUnknown("no answer"))])
    house.run(network)
    moved = replace(POST, url="https://nytt.inkop.example.org/inlagg-1/")
    assert house.run(network, moved) == 75
    assert house.run(network, moved) == 0
    assert [shown.url for shown in network.shown] == [moved.url]


def test_a_ledger_that_forgot_finds_a_post_by_its_former_address(
    house: House, tmp_path: Path
) -> None:
    network = MemoryNetwork()
    house.run(network)
    moved = replace(POST, url="https://blogg.inkop.example.org/ny/", aliases=("inlagg-1/",))
    older = ledgers.open_ledger("sqlite:///older.sqlite3", tmp_path)
    try:
        again = House(older)
        assert again.run(network, moved, site="https://blogg.inkop.example.org") == 0
        assert again.state is State.DELIVERED
    finally:
        older.close()
    assert len(network.shown) == 1


def test_what_a_person_took_down_stays_down(house: House) -> None:
    network = MemoryNetwork()
    house.run(network)
    network.shown.clear()
    edited = replace(POST, title="Rättad rubrik", texts={"mastodon": "Nya ord."})
    house.clock.pass_by(days=1)
    assert house.run(network, edited) == 0
    assert network.shown == []


def test_another_account_leaves_the_former_ones_rows_alone(house: House) -> None:
    former, other = MemoryNetwork(), MemoryNetwork(account="@ny@social.example.org")
    house.run(former)
    assert house.run(other) == 0
    assert house.run(former) == 0
    assert (len(former.shown), len(other.shown)) == (1, 1)


def test_all_that_is_in_doubt_is_waited_for_once(house: House) -> None:
    posts = [POST, announcement(2)]
    network = SettlingNetwork(faults=[unsent(OutcomeUnknown("no answer"))] * 2)
    waited: list[timedelta] = []

    def run() -> int:
        return announce(
            posts,
            [channel(network)],
            house.ledger,
            look=house.look,
            clock=house.clock,
            wait=waited.append,
        ).exit_status

    assert run() == 1
    assert run() == 0
    assert waited == [timedelta(seconds=30)]
    assert len(network.shown) == 2


def test_what_is_withdrawn_while_it_is_on_its_way_is_waited_for_and_taken_away(
    house: House,
) -> None:
    class Deleting(SettlingNetwork):
        def delete(self, receipt: Any) -> None:
            self.shown.clear()

    network = Deleting(faults=[sent(OutcomeUnknown("no answer"))], slow=True)
    assert house.run(network) == 1

    def wait(_duration: timedelta) -> None:
        network.slow = False

    announce(
        [],
        [channel(network)],
        house.ledger,
        look=house.look,
        clock=house.clock,
        withdrawn=[POST.guid],
        wait=wait,
    )
    assert network.shown == []
    assert house.state is State.WITHDRAWN
