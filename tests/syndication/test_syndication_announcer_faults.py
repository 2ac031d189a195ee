from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

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
from utrop.syndication.announcer import announce
from utrop.syndication.delivery import State
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Unauthorized,
)


class Killed(BaseException):
    """The process ends here."""


def errors() -> st.SearchStrategy[Any]:
    after = st.sampled_from([OutcomeUnknown("lost"), KeyError("bug"), Killed()]).map(sent)
    before = st.sampled_from(
        [
            OutcomeUnknown("502"),
            NotSent("refused"),
            Unauthorized("401"),
            RateLimited("429"),
            KeyError("bug"),
            Killed(),
        ]
    ).map(unsent)
    return after | before


class Announcing(RuleBasedStateMachine):
    """Posts come and go, everything fails; nothing is doubled, and in the end nothing is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = ledgers.read_ledger("sqlite:///none.sqlite3", Path(self.folder.name))
        self.network = MemoryNetwork()
        self.clock, self.look = Clock(), Looking()
        self.posts = {number: announcement(number) for number in (1, 2)}
        self.killed_at = -1

    def teardown(self) -> None:
        try:
            self.network.faults, self.network.search_faults = [], []
            self.look.missing, self.killed_at = set(), -1
            for _ in range(3):
                self.clock.pass_by(hours=1)
                status = self.announce()
            assert status == 0
            # One that left before it was taken back stays: nothing here takes down.
            wanted = {post.guid for post in self.posts.values()}
            assert wanted <= set(self.network.guids)
            delivered = {
                row.guid for row in self.ledger.deliveries() if row.state is State.DELIVERED
            }
            assert delivered == set(self.network.guids)
        finally:
            self.ledger.close()
            self.folder.cleanup()

    @rule(number=st.integers(1, 4), title=st.sampled_from(["Så", "Nytt", "Rättat"]))
    def write(self, number: int, title: str) -> None:
        self.posts[number] = announcement(number, title=title)

    @rule(number=st.integers(1, 4))
    def take_back(self, number: int) -> None:
        self.posts.pop(number, None)

    @rule(faults=st.lists(errors(), max_size=4), point=st.integers(-1, 20))
    def run_with_faults(self, faults: list[Any], point: int) -> None:
        self.network.faults += faults
        self.run(point)

    @rule(minutes=st.integers(1, 90))
    def publishing_will_be_limited(self, minutes: int) -> None:
        until = self.clock() + timedelta(minutes=minutes)
        self.network.faults.append(unsent(RateLimited("429", retry_at=until)))

    @rule(
        error=st.sampled_from(
            [OutcomeUnknown("503"), RateLimited("429"), Unauthorized("401"), ValueError("bug")]
        )
    )
    def searching_will_fail(self, error: Exception) -> None:
        self.network.search_faults.append(error)

    @rule(number=st.integers(1, 4))
    def a_page_is_gone(self, number: int) -> None:
        self.look.missing.add(announcement(number).guid)

    @rule()
    def pages_are_back(self) -> None:
        self.look.missing.clear()

    @rule(minutes=st.integers(1, 120))
    def time_passes(self, minutes: int) -> None:
        self.clock.pass_by(minutes=minutes)

    @rule(number=st.integers(5, 9))
    def write_and_run(self, number: int) -> None:
        self.posts[number] = announcement(number)
        self.run(-1)

    def run(self, point: int) -> None:
        self.killed_at = point
        try:
            self.announce()
        except Killed:
            pass
        finally:
            self.killed_at = -1

    def announce(self) -> int:
        passed = 0

        def reached(_point: str) -> None:
            nonlocal passed
            if passed == self.killed_at:
                raise Killed
            passed += 1

        return announce(
            self.posts.values(),
            [channel(self.network)],
            self.ledger,
            look=self.look,
            clock=self.clock,
            reached=reached,
        ).exit_status

    @invariant()
    def nothing_is_doubled(self) -> None:
        assert len(self.network.guids) == len(set(self.network.guids))

    @invariant()
    def what_is_said_to_be_delivered_is_there(self) -> None:
        for row in self.ledger.deliveries():
            if row.state is State.DELIVERED:
                assert row.guid in self.network.guids
                assert row.receipt is not None


Announcing.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAnnouncing = Announcing.TestCase
