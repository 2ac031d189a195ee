"""Delivery: one announcement on one account of one network, and what may become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
class Origin:
    """Where a message comes from: what an archive asks beside its words."""

    commit: str = ""
    """The git commit of the post, with ``+changes`` where the file had changes; empty: no git."""
    approver: str = ""
    """Who approved it: the post's ``approved_by``, else the commit's author."""
    image_sha256: str = ""
    """Of the picture's bytes, in hexadecimal; empty: there is none."""


class Standing(StrEnum):
    """How an announcement stands on its network, compared with what we sent."""

    THERE = "there"
    EDITED = "edited"
    GONE = "gone"


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
    origin: Origin = Origin()
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
class Surveyable(Protocol):
    """A network whose own posts can be read once for many messages."""

    def survey(self, messages: Sequence[Message], *, since: datetime) -> Mapping[str, Receipt]:
        """Return the receipts of those messages that are there, by the messages' addresses.

        What ``find`` would say of each, at the cost of one. Raises as ``find``.
        """


@runtime_checkable
class Settling(Protocol):
    """A network where a message that is not found yet may still turn up, and then doubles."""

    settling: timedelta
    """How long after an attempt nothing is repeated; a run waits for so long."""


@runtime_checkable
class Editable(Protocol):
    """A network where an announcement's words can be changed afterwards."""

    def edit(self, receipt: Receipt, message: Message) -> Receipt:
        """Give an announcement that is there the message's words; the same words do no harm.

        Raises ``Gone`` where it is not there any more, else as ``publish``; never retries.
        """


@runtime_checkable
class Deletable(Protocol):
    """A network where an announcement can be taken away again."""

    def delete(self, receipt: Receipt) -> None:
        """Take an announcement away; one that is gone already is no error.

        Raises an error of ``syndication.errors``; a repeat after any of them does no harm.
        """


@runtime_checkable
class Readable(Protocol):
    """A network that shows what became of one announcement."""

    def standing(self, receipt: Receipt, message: Message) -> Standing:
        """Return how an announcement stands. Raises an error of ``syndication.errors``."""


Payload = dict[str, Any]
