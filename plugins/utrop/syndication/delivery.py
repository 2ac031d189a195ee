"""Delivery: one announcement on one account of one network, and what may become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable

from utrop.syndication.announcement import ShareImage


class State(StrEnum):
    """The states of a delivery; see ``docs/announcing.md``."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One limit of a network: how a text is counted, and the highest count."""

    unit: str
    maximum: int
    count: Callable[[str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All that bounds and shapes a text on one network."""

    measures: tuple[Measure, ...]
    """Every one holds; the first is the one shown to people."""
    hashtags: bool = True
    """Whether hashtags made from tags are of use there."""
    url_in_text: bool = True
    """Whether the canonical URL stands in the text (else only in the card)."""
    card: Literal["crawled", "sent"] = "crawled"
    """Whether the network reads the page's card itself, or we send it."""

    def fits(self, text: str) -> bool:
        """Whether a text keeps every measure."""
        return all(measure.count(text) <= measure.maximum for measure in self.measures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is said on one network: composed once, frozen in the ledger, sent as it stands."""

    guid: str
    text: str
    url: str
    lang: str
    created_at: datetime
    """When the announcement was composed (aware, UTC); it stands as the post's time there."""
    hashtags: tuple[str, ...] = ()
    """As they stand in ``text``, without ``#``."""
    card_title: str = ""
    card_description: str = ""
    image: ShareImage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the network gave back: its id of the announcement and the address people can open."""

    id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the ledger. Unique by (guid, network, account). Times are aware UTC."""

    guid: str
    network: str
    account: str
    state: State
    idempotency_key: str
    message: Message | None
    attempts: int
    updated: datetime
    receipt: Receipt | None = None
    note: str = ""
    """For people: why it is in this state; sanitised, without secrets."""
    retry_at: datetime | None = None
    revision: int = 0
    """Grows with every change of the row: what a compare-and-set compares."""


class Network(Protocol):
    """What every module in ``networks/`` makes with ``connect(environ, http)``."""

    @property
    def account(self) -> str:
        """The account's stable name, for the ledger, such as ``@inkop@social.example.org``."""

    @property
    def limits(self) -> Limits:
        """The limits of this account's server."""

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        """Send once. Raises an error of ``syndication.errors``; never retries by itself."""


@runtime_checkable
class Searchable(Protocol):
    """A network that can be read back, so that an unknown outcome can be settled."""

    def find(self, message: Message, *, idempotency_key: str, since: datetime) -> Receipt | None:
        """Return the receipt of an announcement that is there, else None."""


@runtime_checkable
class Settling(Protocol):
    """A network where a message that is not found yet may still turn up, and then doubles."""

    settling: timedelta
    """How long after an attempt nothing is repeated; a run waits for so long."""


Payload = dict[str, Any]
