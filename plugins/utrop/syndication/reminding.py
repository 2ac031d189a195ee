"""Reminders and moved deadlines: what is said of a post again, each as an announcement of its own.

Its guid is the post's with the reminder's name, or the number of the move, behind a ``#``, and its
address the post's with a fragment: so every network can tell it from the first announcement when
it is read back, and each is made once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from utrop.deadlines import (
    CHANGE_MARK,
    DeadlineMove,
    change_fragment,
    change_guid,
    change_title,
    moves,
)
from utrop.last_moment import days_left
from utrop.syndication.announcement import Again, Announcement, Facts
from utrop.syndication.notices_said import reminder_heading

LATE: Final = timedelta(days=3)
"""A reminder whose moment passed so long ago is not sent any more."""

_FRAGMENTS: Final = {"sv": "paminnelse", "en": "reminder"}
_MARK: Final = "#again:"


def with_reminders(announcements: Iterable[Announcement], now: datetime) -> list[Announcement]:
    """Return the announcements with all that is to be said of them again at ``now`` (aware)."""
    found = []
    for one in announcements:
        found.append(one)
        found += [reminder(one, again, now) for again in one.again if is_due(one, again, now)]
        found += [change(one, move) for move in moves_to_tell(one, now)]
    return found


def said_again(announcement: Announcement) -> list[Announcement]:
    """Return all that was or will be said of a post again: each reminder and each move."""
    reminders = [reminder(announcement, again) for again in announcement.again]
    return [*reminders, *(change(announcement, move) for move in all_moves(announcement))]


def is_due(announcement: Announcement, again: Again, now: datetime) -> bool:
    """Whether a reminder is to be sent now: not before its moment, nor when it is of no use."""
    return again.at <= now < _ends(announcement, again) and not _is_cancelled(announcement)


def coming(announcement: Announcement, now: datetime) -> list[Again]:
    """Return the reminders whose moment has not come."""
    if _is_cancelled(announcement):
        return []
    return [one for one in announcement.again if now < one.at < _ends(announcement, one)]


def reminder(announcement: Announcement, again: Again, now: datetime | None = None) -> Announcement:
    """Return a reminder as an announcement, with the days left at ``now``, else at its moment."""
    fragment = _FRAGMENTS.get(announcement.lang, _FRAGMENTS["en"])
    return replace(
        announcement,
        guid=f"{announcement.guid}{_MARK}{again.name}",
        url=f"{announcement.url}#{fragment}-{_slug(again.name)}",
        heading=reminder_heading(announcement, _days(announcement.facts, now or again.at)),
        published=again.at,
        texts=MappingProxyType({"text": again.text} if again.text else {}),
        # Who reminds has nothing to correct: the first announcement follows the post.
        update=False,
        again=(),
        aliases=(),
    )


def moves_to_tell(announcement: Announcement, now: datetime) -> list[DeadlineMove]:
    """Return the move of the deadline that is to be told at ``now``: the latest, or none.

    An earlier one would tell a last day that holds no longer.
    """
    latest = all_moves(announcement)[-1:]
    if _is_cancelled(announcement):
        return []
    return [one for one in latest if one.since <= now < one.new]


def all_moves(announcement: Announcement) -> tuple[DeadlineMove, ...]:
    """Return every move of the post's own deadline, the first one first."""
    return moves(announcement.deadlines_seen)


def change(announcement: Announcement, move: DeadlineMove) -> Announcement:
    """Return a move of the deadline as an announcement."""
    fragment = change_fragment(move.number, announcement.lang)
    facts = announcement.facts
    return replace(
        announcement,
        guid=change_guid(announcement.guid, move.number),
        url=f"{announcement.url}#{fragment}",
        heading=change_title(announcement.title, announcement.lang),
        published=move.since,
        # Only a release that was rolled back and made anew can give the same move other words.
        modified=move.since,
        texts=MappingProxyType({}),
        again=(),
        aliases=tuple(f"{path}#{fragment}" for path in announcement.aliases),
        facts=facts and replace(facts, moved_from=move.old),
        deadlines_seen=(),
    )


def post_of(guid: str) -> str:
    """Return the guid of the post that an announcement, a reminder or a move is of."""
    return guid.partition(_MARK)[0].partition(CHANGE_MARK)[0]


def is_reminder(guid: str) -> bool:
    """Whether a guid is a reminder's."""
    return _MARK in guid


def is_change(guid: str) -> bool:
    """Whether a guid is that of a deadline's move."""
    return CHANGE_MARK in guid


def _is_cancelled(announcement: Announcement) -> bool:
    return announcement.facts is not None and announcement.facts.cancelled


def _days(facts: Facts | None, now: datetime) -> int | None:
    """Return how many days are left until the first last day, None where nothing is to count."""
    if facts is None or not facts.closes:
        return None
    days = days_left(facts.closes[0], now, ZoneInfo(facts.zone))
    return days if days >= 0 else None


def _ends(announcement: Announcement, again: Again) -> datetime:
    late = again.at + LATE
    return min(late, announcement.until) if announcement.until else late


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
