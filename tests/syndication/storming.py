"""What the fault storm is made of: a network with a will of its own, and announcers that pause."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from tests.syndication.announcing import LIMITS, Clock
from utrop.syndication.delivery import Message, Receipt
from utrop.syndication.errors import (
    Gone,
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Unauthorized,
)

WINDOW: Final = timedelta(seconds=60)
"""What the network declares: after so long everything that was sent is there, and shown."""
PATIENCE: Final = 20.0
"""Seconds until an announcer that hangs fails the test."""


@dataclass(slots=True)
class Shown:
    """One announcement on the network."""

    message: Message
    number: int
    since: datetime
    """From when on lists show it."""
    created: datetime
    """By the network's clock."""
    gone: bool = False


@dataclass
class StormyNetwork:
    """One account in memory. It publishes whatever it is sent, twice if it is sent twice."""

    clock: Clock
    """The true time."""
    account: str = "@inkop@social.example.org"
    shown: list[Shown] = field(default_factory=list)
    coming: list[tuple[datetime, Message]] = field(default_factory=list)
    """What takes effect only later."""
    faults: list[str] = field(default_factory=list)
    """One for each request that publishes, edits or deletes."""
    search_faults: list[NetworkError] = field(default_factory=list)
    lag: timedelta = timedelta()
    late: timedelta = timedelta()
    revoked: bool = False
    limited_until: datetime | None = None
    skew: timedelta = timedelta()
    """How far its clock is ahead, by which it tells when something was posted."""
    says_until: bool = True
    violations: list[str] = field(default_factory=list)

    def arrive(self) -> None:
        """Let what is due take effect."""
        for due, message in list(self.coming):
            if due <= self.clock():
                self.coming.remove((due, message))
                self.show(message, since=due)

    def show(self, message: Message, since: datetime) -> Shown:
        """Make a message an announcement."""
        number, created = len(self.shown), self.clock() + self.skew
        made = Shown(message=message, number=number, since=since, created=created)
        self.shown.append(made)
        return made

    def refuse(self) -> None:
        """Raise where the network takes no requests for now."""
        self.arrive()
        if self.revoked:
            raise Unauthorized("401")
        if self.limited_until and self.limited_until > self.clock():
            raise RateLimited("429", retry_at=self.limited_until if self.says_until else None)

    def act(self, what: Callable[[], Receipt | None]) -> Receipt | None:
        """Do something that a fault may befall."""
        self.refuse()
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refused":
            raise NotSent("the connection was refused")
        if fault == "reset":
            raise OutcomeUnknown("the connection was reset")
        done = what()
        if fault:
            # "lost", "false 500" and so on: it took effect.
            raise OutcomeUnknown(fault)
        return done


@dataclass(frozen=True)
class AsSeen:
    """The network as one run of the announcer sees it."""

    network: StormyNetwork
    withdrawn: frozenset[str]
    """What that run knows to be withdrawn."""

    account: str = "@inkop@social.example.org"
    limits = LIMITS
    settling = WINDOW

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        network = self.network
        if message.guid in self.withdrawn:
            # Not raised: the announcer takes whatever a network raises for the network's fault.
            network.violations.append(f"{message.guid} is withdrawn, and announced")
        if network.faults[:1] == ["late"]:
            network.refuse()
            network.faults.pop(0)
            network.coming.append((network.clock() + network.late, message))
            raise OutcomeUnknown("no answer within the time-out")

        def made() -> Receipt:
            return receipt_of(network.show(message, since=network.clock() + network.lag))

        receipt = network.act(made)
        return receipt or Receipt(id="", url="")

    def find(self, message: Message, *, idempotency_key: str, since: datetime) -> Receipt | None:
        network = self.network
        network.refuse()
        if network.search_faults:
            raise network.search_faults.pop(0)
        for one in network.shown:
            listed = not one.gone and one.since <= network.clock()
            if listed and one.message.url == message.url and one.created >= since:
                return receipt_of(one)
        return None

    def survey(self, messages: Sequence[Message], *, since: datetime) -> dict[str, Receipt]:
        found = {one.url: self.find(one, idempotency_key="", since=since) for one in messages}
        return {url: receipt for url, receipt in found.items() if receipt is not None}

    def edit(self, receipt: Receipt, message: Message) -> Receipt:
        one = self.network.shown[int(receipt.id)]

        def edited() -> None:
            if one.gone:
                raise Gone("a person deleted it")
            one.message = replace(message, created_at=one.message.created_at)

        self.network.act(edited)  # type: ignore[arg-type] # it gives nothing back
        return receipt

    def delete(self, receipt: Receipt) -> None:
        one = self.network.shown[int(receipt.id)]

        def deleted() -> None:
            one.gone = True

        self.network.act(deleted)  # type: ignore[arg-type] # it gives nothing back


def receipt_of(one: Shown) -> Receipt:
    return Receipt(id=str(one.number), url=f"https://social.example.org/@inkop/{one.number}")


class Killed(BaseException):
    """The process ends here."""


class Announcing:
    """One run of an announcer, which goes from point to point as it is told.

    It runs in a thread, and never at the same time as another. ``act`` gets the hook to be called
    at each point, and closes what it opened however it ends.
    """

    def __init__(self, act: Callable[[Callable[[str], None]], int]) -> None:
        self.at, self.status, self.done = "", -1, False
        self._act, self._steps, self._wanted, self._killed = act, 0, "", False
        self._error: BaseException | None = None
        self._go, self._paused = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def is_sending(self) -> bool:
        """Whether it has a claim and may have a request to send still."""
        return self.at in {"before publish", "after claim is written"}

    def step(self, steps: int, at: str = "") -> None:
        """Let it pass so many points, of this name if one is given, or to its end."""
        if self.done:
            return
        self._steps, self._wanted = steps, at
        self._go.release()
        assert self._paused.acquire(timeout=PATIENCE), f"the announcer hangs after {self.at}"
        if self._error is not None:
            raise self._error

    def finish(self) -> int:
        """Let it run to its end and return its exit status."""
        self.step(1_000_000)
        assert self.done
        return self.status

    def kill(self) -> None:
        """End its process at the point where it is."""
        self._killed = True
        self.finish()

    def _run(self) -> None:
        self._go.acquire()
        try:
            if not self._killed:
                self.status = self._act(self._reached)
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            self._error = error
        self.done = True
        self._paused.release()

    def _reached(self, point: str) -> None:
        # Where one holds a lock of the file, another would wait for it: no place to pause.
        if "recover" in point or (point.startswith("before ") and point.endswith(" is written")):
            return
        self.at = point
        if self._wanted in {"", point}:
            self._steps -= 1
        if self._steps <= 0:
            self._paused.release()
            self._go.acquire()
        if self._killed:
            raise Killed
