"""Reminders: what a post asks to be said of it again, each as an announcement of its own.

A reminder's guid is the post's with the reminder's name behind a ``#``, and its address the
post's with a fragment: so every network can tell it from the first announcement when it is read
back, and each is made once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from utrop.syndication.announcement import Again, Announcement

LATE: Final = timedelta(days=3)
"""A reminder whose moment passed so long ago is not sent any more."""

_WORDS: Final = {"sv": ("Påminnelse", "paminnelse"), "en": ("Reminder", "reminder")}
_MARK: Final = "#again:"


def with_reminders(announcements: Iterable[Announcement], now: datetime) -> list[Announcement]:
    """Return the announcements and each of their reminders that is due at ``now`` (aware)."""
    found = []
    for one in announcements:
        found.append(one)
        found += [reminder(one, again) for again in one.again if is_due(one, again, now)]
    return found


def is_due(announcement: Announcement, again: Again, now: datetime) -> bool:
    """Whether a reminder is to be sent now: not before its moment, nor when it is of no use."""
    return again.at <= now < _ends(announcement, again)


def coming(announcement: Announcement, now: datetime) -> list[Again]:
    """Return the reminders whose moment has not come."""
    return [one for one in announcement.again if now < one.at]


def reminder(announcement: Announcement, again: Again) -> Announcement:
    """Return a reminder as an announcement."""
    heading, fragment = _WORDS.get(announcement.lang, _WORDS["en"])
    return replace(
        announcement,
        guid=f"{announcement.guid}{_MARK}{again.name}",
        url=f"{announcement.url}#{fragment}-{_slug(again.name)}",
        heading=f"{heading}: {announcement.title}",
        published=again.at,
        texts=MappingProxyType({"text": again.text} if again.text else {}),
        # Who reminds has nothing to correct: the first announcement follows the post.
        update=False,
        again=(),
        aliases=(),
    )


def post_of(guid: str) -> str:
    """Return the guid of the post that an announcement or a reminder is of."""
    return guid.partition(_MARK)[0]


def is_reminder(guid: str) -> bool:
    """Whether a guid is a reminder's."""
    return _MARK in guid


def _ends(announcement: Announcement, again: Again) -> datetime:
    late = again.at + LATE
    return min(late, announcement.until) if announcement.until else late


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
