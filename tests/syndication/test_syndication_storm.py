"""Everything at once: several announcers on one ledger, and a network, clocks and people that err.

In the end every post that is wanted was announced once, and never was one announced twice.

What the storm keeps to, since the announcer can do nothing about it: what was sent is there and
listed after the network's declared window; our clocks are off by a minute at most, and the
network's by less than an hour; nobody's process sleeps between its claim and its request for longer
than its lease; and a person deletes only what the ledger knows to be there.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.syndication.announcing import Clock, Looking, announcement, channel
from tests.syndication.storming import WINDOW, Announcing, AsSeen, StormyNetwork
from utrop.syndication.announcement import Announcement
from utrop.syndication.announcer import announce
from utrop.syndication.delivery import State
from utrop.syndication.errors import OutcomeUnknown, RateLimited, Unauthorized
from utrop.syndication.ledger import chain
from utrop.syndication.ledger.protocol import Delivery
from utrop.syndication.ledger.sqlite import SqliteLedger
from utrop.syndication.ledger.sqlite_file import connect

NUMBERS = st.integers(1, 3)
WHO = st.integers(0, 1)
SECONDS = st.integers(0, int(WINDOW.total_seconds()) - 1)
FAULTS = st.sampled_from(["late", "lost", "false 500", "half an answer", "reset", "refused"])
POINTS = st.sampled_from(
    [
        "after publish",
        "after claim is written",
        "after expect is written",
        "after settle is written",
        "after find",
        "before find",
        "before publish",
        "before edit",
        "after edit",
        "after delete",
    ]
)
SEARCH_FAULTS = st.sampled_from([OutcomeUnknown("503"), RateLimited("429"), Unauthorized("401")])
AN_HOUR = timedelta(hours=1)
MEMORY = "/dev/shm"  # noqa: S108 - a folder of our own is made in it


class Storm(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        where = MEMORY if os.access(MEMORY, os.W_OK) else None
        self.folder = tempfile.TemporaryDirectory(dir=where)
        self.path = Path(self.folder.name, "ledger.sqlite3")
        self.clock = Clock()
        self.network = StormyNetwork(self.clock)
        self.skew = timedelta()
        self.posts = {number: announcement(number) for number in (1, 2)}
        self.withdrawn: set[int] = set()
        self.deleted: set[str] = set()
        """What a person deleted on the network."""
        self.running: dict[int, Announcing] = {}
        self.reader = SqliteLedger(connect(self.path), self.path)

    def teardown(self) -> None:
        try:
            self.calm()
        finally:
            for one in self.running.values():
                one.kill()
            self.reader.close()
            self.folder.cleanup()

    # --- what people do

    @rule(number=NUMBERS)
    def write(self, number: int) -> None:
        if number not in self.withdrawn:
            self.posts.setdefault(number, announcement(number))

    @rule(number=NUMBERS, title=st.sampled_from(["Så", "Nytt", "Rättat"]))
    def modify(self, number: int, title: str) -> None:
        if number in self.posts:
            # Beyond any skew, or a clock that was ahead has sent the words later than that.
            modified = self.clock() + AN_HOUR
            self.posts[number] = replace(self.posts[number], title=title, modified=modified)

    @rule(number=NUMBERS)
    def withdraw(self, number: int) -> None:
        if self.posts.pop(number, None):
            self.withdrawn.add(number)

    @rule(number=NUMBERS)
    def delete_there(self, number: int) -> None:
        row = self.row(announcement(number).guid)
        if row is not None and row.state is State.DELIVERED and row.receipt is not None:
            self.network.shown[int(row.receipt.id)].gone = True
            self.deleted.add(row.guid)

    # --- what announcers do

    @rule(faults=st.lists(FAULTS, max_size=2), look_first=st.booleans())
    def run(self, faults: list[str], look_first: bool) -> None:
        self.network.faults += faults
        self.announcer(look_first=look_first).finish()

    @rule(point=POINTS, passing=st.integers(1, 2))
    def run_and_die(self, point: str, passing: int) -> None:
        one = self.announcer(look_first=False)
        one.step(passing, point)
        one.kill()

    @rule(who=WHO, look_first=st.booleans(), point=POINTS)
    def begin(self, who: int, look_first: bool, point: str) -> None:
        if who not in self.running:
            self.running[who] = self.announcer(look_first=look_first)
            self.step(who, 1, point)

    @precondition(lambda self: self.running)
    @rule(who=WHO, steps=st.integers(1, 6))
    def go_on(self, who: int, steps: int) -> None:
        self.step(who, steps)

    def step(self, who: int, steps: int, point: str = "") -> None:
        if who in self.running:
            self.running[who].step(steps, point)
            if self.running[who].done:
                del self.running[who]

    @precondition(lambda self: self.running)
    @rule(who=WHO)
    def kill(self, who: int) -> None:
        if who in self.running:
            self.running.pop(who).kill()

    @precondition(lambda self: self.running)
    @rule(who=WHO)
    def finish(self, who: int) -> None:
        if who in self.running:
            self.running.pop(who).finish()

    # --- what goes wrong

    @rule(error=SEARCH_FAULTS)
    def looks_will_fail(self, error: OutcomeUnknown | RateLimited | Unauthorized) -> None:
        self.network.search_faults.append(error)

    @rule(minutes=st.integers(1, 90), said=st.booleans())
    def too_many_requests(self, minutes: int, said: bool) -> None:
        self.network.limited_until = self.clock() + timedelta(minutes=minutes)
        self.network.says_until = said

    @rule()
    def the_token_is_revoked_or_renewed(self) -> None:
        self.network.revoked = not self.network.revoked

    @initialize(lag=SECONDS, late=SECONDS)
    def the_network_is_slow(self, lag: int, late: int) -> None:
        self.network.lag, self.network.late = timedelta(seconds=lag), timedelta(seconds=late)

    @rule(seconds=st.sampled_from([60, -60, 0]), minutes=st.sampled_from([0, 50, -50]))
    def clocks_are_wrong(self, seconds: int, minutes: int) -> None:
        self.skew, self.network.skew = timedelta(seconds=seconds), timedelta(minutes=minutes)

    @rule(seconds=st.integers(1, 70) | st.sampled_from([600, 1200, 4000]))
    def time_passes(self, seconds: int) -> None:
        if seconds > 70:
            for who, one in list(self.running.items()):
                if one.is_sending:
                    self.finish(who)
        self.clock.pass_by(seconds=seconds)

    # --- what holds

    @invariant()
    def nothing_is_announced_twice(self) -> None:
        self.network.arrive()
        shown = [one.message.guid for one in self.network.shown]
        assert len(shown) == len(set(shown))

    @invariant()
    def what_is_delivered_was_there(self) -> None:
        for row in self.reader.deliveries():
            if row.state is State.DELIVERED:
                assert row.receipt is not None
                assert self.network.shown[int(row.receipt.id)].message.guid == row.guid

    @invariant()
    def nothing_withdrawn_is_announced(self) -> None:
        assert self.network.violations == []

    @invariant()
    def the_chain_is_whole(self) -> None:
        assert chain.broken(self.reader.events()) is None

    # --- how

    def now(self) -> datetime:
        """What our own clocks say."""
        return self.clock() + self.skew

    def row(self, guid: str) -> Delivery | None:
        return self.reader.find(guid, "mastodon", self.network.account)

    def announcer(self, *, look_first: bool) -> Announcing:
        posts: list[Announcement] = list(self.posts.values())
        withdrawn = frozenset(announcement(number).guid for number in self.withdrawn)

        def act(reached: object) -> int:
            ledger = SqliteLedger(connect(self.path), self.path, reached=reached)  # type: ignore[arg-type] # as given
            try:
                return announce(
                    posts,
                    [channel(AsSeen(self.network, withdrawn))],
                    ledger,
                    look=Looking(),
                    clock=self.now,
                    withdrawn=withdrawn,
                    look_first=look_first,
                    wait=lambda duration: self.clock.pass_by(seconds=duration.total_seconds()),
                    reached=reached,  # type: ignore[arg-type] # as given
                ).exit_status
            finally:
                ledger.close()

        return Announcing(act)

    def calm(self) -> None:
        """End the storm, run until idle, and see what is there."""
        for who in list(self.running):
            self.finish(who)
        self.network.faults, self.network.search_faults = [], []
        self.network.revoked, self.network.limited_until = False, None
        self.network.lag = self.skew = timedelta()
        status = -1
        for _ in range(5):
            # Longer than a rate limit that our clock took for later than it was.
            self.clock.pass_by(hours=2)
            status = self.announcer(look_first=False).finish()
            self.nothing_is_announced_twice()
        assert status == 0
        self.what_is_delivered_was_there()
        self.the_chain_is_whole()
        there = {one.message.guid: one for one in self.network.shown}
        for number, post in self.posts.items():
            assert post.guid in there, f"{number} was never announced"
            one = there[post.guid]
            assert one.gone == (post.guid in self.deleted)
            assert one.gone or one.message.text.startswith(post.title)
        for number in self.withdrawn:
            guid = announcement(number).guid
            assert guid not in there or there[guid].gone, f"{number} is withdrawn and there"
        rows = {row.guid: row.state for row in self.reader.deliveries()}
        assert set(rows.values()) <= {State.DELIVERED, State.WITHDRAWN}


Storm.TestCase.settings = settings(
    max_examples=200,
    stateful_step_count=30,
    deadline=None,
    # The same storms each time where everything is checked, so that a change alone can break it.
    derandomize=os.environ.get("STRICT") == "1",
    suppress_health_check=[HealthCheck.too_slow],
)
TestStorm = Storm.TestCase
