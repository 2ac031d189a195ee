"""Posts on procurements, made by hand for the tests of what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.listings.small_site import post
from utrop.post import DeadlineSeen, Post
from utrop.procurement.notice import Deadline, Lot, Multilingual, Notice, Organisation
from utrop.procurement.procedure import Procedure
from utrop.procurement.working_hours import WorkingHours
from utrop.syndication.announcement import Announcement
from utrop.syndication.by_itself import Rule, reminders
from utrop.syndication.manifest import announcement_of

ZONE = ZoneInfo("Europe/Stockholm")
RULE = Rule(days=(14, 7, 1), hours=WorkingHours(time(9), time(16)), zone=ZONE)
PUBLISHED = datetime(2026, 11, 10, 9, 0, tzinfo=ZONE)
DEADLINE = datetime(2026, 12, 14, 23, 59, tzinfo=ZONE)
"""A Monday."""


def notice(**changes: Any) -> Notice:
    values: dict[str, Any] = {
        "buyers": (Organisation(name=Multilingual((("sv", "Norrviks kommun"),))),),
        "nuts": ("SE332",),
        "form_type": "competition",
        "ted_number": "701354-2026",
    }
    return Notice(**values | changes)


def lots(*moments: datetime) -> tuple[Lot, ...]:
    return tuple(
        Lot(identifier=f"LOT-{number:04}", tenders=Deadline(moment=moment))
        for number, moment in enumerate(moments, 1)
    )


def procedure(told: Notice, **changes: Any) -> Procedure:
    values: dict[str, Any] = {
        "procedure_id": "p",
        "phase": "open",
        "notice": told,
        "award": None,
        "closes": told.deadlines,
        "questions": (),
        "moves": 0,
        "standstill_ends": None,
        "entries": (),
    }
    return Procedure(**values | changes)


def notice_post(**changes: Any) -> Post:
    """Return a call for tenders that is open until DEADLINE."""
    told = changes.pop("notice", notice(lots=lots(changes.get("deadline") or DEADLINE)))
    values: dict[str, Any] = {
        "title": "Städning av skolor",
        "published": PUBLISHED,
        "kind": "notice",
        "notice": told,
        "deadline": DEADLINE,
        "summary": "Elva skolor i fyra år.",
        "procedure": procedure(told) if told else None,
    }
    return post("stadning", **values | changes)


def moved(made: Post, *moments: datetime, days: int = 5) -> Post:
    """Return a post whose deadline was seen at these moments, each some days after the former."""
    seen = tuple(
        DeadlineSeen(moment=moment, since=made.published + timedelta(days=days * number))
        for number, moment in enumerate(moments)
    )
    told = notice(lots=lots(moments[-1]))
    return replace(
        made, deadline=moments[-1], notice=told, procedure=procedure(told), deadlines_seen=seen
    )


def announced(made: Post, rule: Rule = RULE) -> Announcement:
    """Return what the manifest says of a post."""
    return announcement_of(made, zone=rule.zone, reminders=reminders(made, rule))
