"""Selection: which posts an account announces, and why it leaves the others out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from utrop.syndication.announcement import Announcement


class Reason(StrEnum):
    """Why an account does not announce a post."""

    UNWANTED = "the post asks for no announcement here"
    DEMO = "demo posts are not announced"
    OTHER_LANGUAGE = "the account announces another language"
    BEFORE_SINCE = "published before the account began to announce"
    CANCELLED = "the procurement was called off before it was announced"
    CLOSED = "its last day had passed before it was announced"


FIRST_ONLY: Final = frozenset({Reason.CANCELLED, Reason.CLOSED})
"""Reasons against a first announcement only: one that is out goes on following its post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """What an account announces."""

    network: str | None
    """The name that posts may ask for; None: it shows whatever is announced anywhere."""
    demo: bool = False
    """Whether demo posts may be announced: only where nothing leaves this machine."""
    since: datetime | None = None
    """Nothing published before this moment (aware); None: no bound."""
    lang: str | None = None
    """Only posts in this language; None: all."""


def left_out(
    announcement: Announcement, audience: Audience, now: datetime | None = None
) -> Reason | None:
    """Return why an account does not announce a post, or None where it does.

    ``now`` (aware) tells whether a notice is still open; without it nothing is left out for that.
    """
    wanted = announcement.networks
    if wanted == () or (wanted and audience.network and audience.network not in wanted):
        return Reason.UNWANTED
    if announcement.demo and not audience.demo:
        return Reason.DEMO
    if audience.lang is not None and announcement.lang != audience.lang:
        return Reason.OTHER_LANGUAGE
    if audience.since is not None and announcement.published < audience.since:
        return Reason.BEFORE_SINCE
    return _too_late(announcement, now) if now is not None else None


def is_too_late(announcement: Announcement, now: datetime) -> bool:
    """Whether a notice is not announced for the first time any more at ``now`` (aware)."""
    return _too_late(announcement, now) is not None


def _too_late(announcement: Announcement, now: datetime) -> Reason | None:
    """Return why a notice is nothing to call for tenders with any more."""
    facts = announcement.facts
    if facts is None or facts.kind not in ("notice", "change"):
        return None
    if facts.cancelled:
        # That it was called off is itself news, and a change tells it.
        return Reason.CANCELLED if facts.kind == "notice" else None
    return Reason.CLOSED if facts.closes and now >= facts.closes[-1] else None


def oldest_first(announcements: tuple[Announcement, ...]) -> list[Announcement]:
    """Return announcements by publication, the oldest first."""
    return sorted(announcements, key=lambda one: (one.published.timestamp(), one.guid))
