"""Reminders that come by themselves: a notice is announced again before its last day.

Each has a name that counts from the deadline, ``7 days before deadline``. So the ledger knows it
again when the deadline moves: what was sent is not sent again, what was not follows the new date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from utrop.last_moment import days_left
from utrop.post import Post
from utrop.procurement.working_hours import WorkingHours
from utrop.syndication.announcement import Again

SETTINGS: Final = frozenset({"REMINDERS", "REMINDER_HOURS", "TIMEZONE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a site's notices are announced again."""

    days: tuple[int, ...]
    """Before the deadline."""
    hours: WorkingHours
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Rule:
        """Return what the settings say; none is sent where REMINDERS is not set."""
        return cls(
            days=tuple(settings.get("REMINDERS") or ()),
            hours=WorkingHours.parse(settings.get("REMINDER_HOURS") or "9-16"),
            zone=ZoneInfo(str(settings.get("TIMEZONE") or "UTC")),
        )


def reminders(post: Post, rule: Rule) -> tuple[Again, ...]:
    """Return the reminders of a notice whose writer asks for none and forbids none, by time.

    A reminder is made only where the notice can be read for a day before it.
    """
    if not _is_reminded(post) or post.deadline is None:
        return ()
    began = _first_told(post)
    found = {}
    for days in sorted(set(rule.days), reverse=True):
        at = _moment(post.deadline, days, rule)
        ahead = days_left(post.deadline, began, rule.zone)
        # Two that fall on one working hour, as before a weekend, would be said at once.
        if ahead > days and began < at and at not in found:
            found[at] = Again(name=name_of(days), at=at)
    return tuple(found[at] for at in sorted(found))


def name_of(days: int) -> str:
    """Return a reminder's name, which its guid is made from and which never changes.

    >>> name_of(7), name_of(1)
    ('7 days before deadline', '1 day before deadline')
    """
    return f"{days} {'day' if days == 1 else 'days'} before deadline"


def _is_reminded(post: Post) -> bool:
    if post.kind != "notice" or post.status != "published":
        return False
    if not post.announce.remind or post.announce.asked_again:
        return False
    # Of a procurement with several notices the newest is the one to answer.
    return post.procedure is None or post.procedure.call_url in ("", post.url)


def _first_told(post: Post) -> datetime:
    """Return when the post could be read first: an embargo lifts later than its date says."""
    moments: Iterable[datetime | None] = (post.published, post.embargo.not_before)
    return max(filter(None, moments))


def _moment(deadline: datetime, days: int, rule: Rule) -> datetime:
    local = deadline.astimezone(rule.zone)
    # By the calendar: the clocks may change in between, and the hour of the day stays.
    before = datetime.combine(local.date() - timedelta(days=days), local.time(), tzinfo=rule.zone)
    return rule.hours.at_or_before(before, rule.zone)
