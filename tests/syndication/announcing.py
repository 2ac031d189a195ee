"""What the announcer's tests share: announcements, channels, and a network that can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from utrop.syndication.announcement import Announcement
from utrop.syndication.channels import Channel
from utrop.syndication.delivery import Limits, Measure, Message, Network, Receipt
from utrop.syndication.live import Verdict

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIMITS = Limits(measures=(Measure(unit="characters", maximum=300, count=len),))


def announcement(number: int = 1, **changes: Any) -> Announcement:
    """Return one of a row of announcements, one an hour."""
    values: dict[str, Any] = {
        "guid": f"tag:blogg.inkop.example.org,2026:{number:012d}",
        "url": f"https://blogg.inkop.example.org/inlagg-{number}/",
        "title": f"Inlägg {number}",
        "summary": "En kort sammanfattning.",
        "lang": "sv",
        "published": START + timedelta(hours=number),
    }
    return Announcement(**values | changes)


class Clock:
    """A clock that moves when told."""

    def __init__(self, moment: datetime = START + timedelta(days=2)) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


Fault = Callable[[Callable[[], Receipt]], Receipt]


@dataclass
class MemoryNetwork:
    """A network in memory. It publishes whatever it is sent, twice if it is sent twice.

    ``faults`` are taken one for each publishing: a callable that gets the real act and may do it,
    or not, and raise.
    """

    account: str = "@inkop@social.example.org"
    limits: Limits = LIMITS
    faults: list[Fault] = field(default_factory=list)
    search_faults: list[Exception] = field(default_factory=list)
    shown: list[Message] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        def act() -> Receipt:
            self.shown.append(message)
            self.keys.append(idempotency_key)
            return self._receipt(len(self.shown) - 1)

        return self.faults.pop(0)(act) if self.faults else act()

    def find(self, message: Message, *, idempotency_key: str, since: datetime) -> Receipt | None:
        self.searched.append(message.guid)
        if self.search_faults:
            raise self.search_faults.pop(0)
        for number, shown in enumerate(self.shown):
            if shown.url == message.url and shown.created_at >= since:
                return self._receipt(number)
        return None

    def _receipt(self, number: int) -> Receipt:
        return Receipt(id=str(number), url=f"https://social.example.org/@inkop/{number}")

    @property
    def guids(self) -> list[str]:
        return [message.guid for message in self.shown]


class BlindNetwork:
    """A network that cannot be read back."""

    def __init__(self) -> None:
        self.inner = MemoryNetwork()
        self.account, self.limits = self.inner.account, self.inner.limits

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        return self.inner.publish(message, idempotency_key=idempotency_key)


def unsent(error: Exception) -> Fault:
    """Fail before anything arrives."""

    def fault(_act: Callable[[], Receipt]) -> Receipt:
        raise error

    return fault


def sent(error: Exception) -> Fault:
    """Fail after it has arrived."""

    def fault(act: Callable[[], Receipt]) -> Receipt:
        act()
        raise error

    return fault


def channel(network: Network, name: str = "mastodon", **changes: Any) -> Channel:
    values: dict[str, Any] = {
        "name": name,
        "network": network,
        "since": START,
        "lang": "sv",
        "real": True,
    }
    return Channel(**values | changes)


@dataclass
class Looking:
    """A look that finds every page, but those in ``missing``."""

    missing: set[str] = field(default_factory=set)
    asked: list[tuple[str, bool]] = field(default_factory=list)

    def __call__(self, one: Announcement, *, live: bool) -> Verdict:
        self.asked.append((one.guid, live))
        if one.guid in self.missing:
            return Verdict(ready=False, reason="the page answers 404")
        return Verdict(ready=True)


def guids(announcements: Iterable[Announcement]) -> list[str]:
    return [one.guid for one in announcements]
