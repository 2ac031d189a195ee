"""What a ledger promises the announcer: durable intents, and each delivery claimed by one.

Every method that changes something returns only once the change is on disk. Times are aware.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from utrop.syndication.delivery import Delivery, Message, Origin, Receipt, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A delivery that this announcer alone works on, until its lease ends."""

    delivery: Delivery
    """As it stands now: in ``sending``, with its frozen message."""
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One transition of a delivery; never changed, never removed. See ``chain``."""

    number: int
    """From 1, in the order in which they happened."""
    at: datetime
    guid: str
    network: str
    account: str
    former: State | None
    state: State
    attempt: int
    text: str
    url: str
    """Where the network shows it, once it does."""
    note: str
    image: str
    """The picture's address; empty: none."""
    image_alt: str
    image_sha256: str
    commit: str
    approver: str
    previous: str
    """The hash of the event before; of the first one: empty."""
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A delivery that is owed: what a row is made from."""

    guid: str
    network: str
    account: str
    idempotency_key: str


class Ledger(Protocol):
    """The record of what was announced where. Every method may raise ``ProblemsFound``."""

    def deliveries(self, network: str = "") -> list[Delivery]:
        """Return every delivery, or one network's, in the order of network, account and guid."""

    def events(self) -> list[Event]:
        """Return every transition in the order in which they happened."""

    def recover(self, *, at: datetime) -> list[Delivery]:
        """Make ``uncertain`` what announcers that are gone left in ``sending``; return these."""

    def expect(self, expected: Iterable[Expected], *, at: datetime) -> None:
        """Add those deliveries that are not there yet, as ``pending``."""

    def find(self, guid: str, network: str, account: str) -> Delivery | None:
        """Return one delivery as it stands."""

    def claim(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        until: datetime,
        origin: Origin | None = None,
    ) -> Claim | None:
        """Take a ``pending`` or ``uncertain`` delivery to ``sending`` and freeze its message.

        ``origin`` is recorded with it; None keeps the one recorded before. None
        where it has changed since it was read: somebody else works on it.
        """

    def renew(self, claim: Claim, *, at: datetime, until: datetime) -> Claim | None:
        """Extend a lease before a repeat; None where it has ended and the claim is lost."""

    def settle(
        self,
        claim: Claim,
        state: State,
        *,
        at: datetime,
        note: str = "",
        receipt: Receipt | None = None,
        retry_at: datetime | None = None,
        thaw: bool = False,
    ) -> Delivery | None:
        """End a claim. ``thaw`` forgets the frozen message. None where the claim is lost."""

    def shelve(
        self, delivery: Delivery, state: State, *, at: datetime, note: str, thaw: bool = False
    ) -> Delivery | None:
        """Change a delivery that nobody sends. None where it has changed since it was read."""

    def amend(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        note: str,
        receipt: Receipt | None = None,
        origin: Origin | None = None,
    ) -> Delivery | None:
        """Record that a ``delivered`` announcement has new words; None where it has changed."""

    def record(
        self,
        expected: Expected,
        state: State,
        *,
        at: datetime,
        note: str,
        message: Message | None = None,
        receipt: Receipt | None = None,
        origin: Origin | None = None,
    ) -> Delivery | None:
        """Record what happened outside the announcer, making the delivery where there is none.

        None where an announcer is sending it at this moment.
        """

    def close(self) -> None:
        """Let go of files and locks."""
