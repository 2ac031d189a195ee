"""Reminders: when ``announce.again`` in front matter asks for a post to be announced once more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from utrop.authoring.dates import parse_date
from utrop.authoring.mistake import Mistake, quoted
from utrop.post import Announce, AskedAgain, Reminder

MORNING: Final = time(9)
"""When a reminder goes out whose hour the writer did not name, in the site's time zone."""
MOST: Final = 10
"""More would be a nuisance to those who follow."""

_OFFSET: Final = re.compile(
    r"(?P<number>[0-9]{1,3}) (?P<unit>day|week)s? before (?P<end>deadline|start)"
)
_EXAMPLE: Final = "write a date such as 2026-12-01 or 2026-12-01 13:00, or 7 days before deadline"


def asked(value: object) -> tuple[AskedAgain, ...]:
    """Return what the key ``again`` holds: a list of moments, or of mappings with words too."""
    items = value if isinstance(value, list) else [value]
    if len(items) > MOST:
        raise Mistake(f'"again" asks for {len(items)} reminders', f"ask for {MOST} at most")
    return tuple(_asked(item, str(at)) for at, item in enumerate(items))


def _asked(item: object, at: str) -> AskedAgain:
    if isinstance(item, str) and item.strip():
        return AskedAgain(when=" ".join(item.split()), text="", at=at)
    if isinstance(item, dict) and set(item) <= {"when", "text"}:
        when, text = item.get("when"), item.get("text", "")
        if isinstance(when, str) and when.strip() and isinstance(text, str):
            return AskedAgain(when=" ".join(when.split()), text=text.strip(), at=at)
    raise Mistake(
        'an item of "again" is no moment',
        f"{_EXAMPLE}; words of its own stand in a mapping with when: and text:",
        ("again", at),
    )


def resolved(
    announce: Announce,
    *,
    published: datetime | None,
    deadline: datetime | None,
    starts: datetime | None,
    zone: ZoneInfo,
) -> tuple[Announce, list[Mistake]]:
    """Return the announcing with each reminder's moment, and what is wrong with them."""
    mistakes: list[Mistake] = []
    found: dict[str, Reminder] = {}
    ends = {"deadline": deadline, "start": starts}
    for one in announce.asked_again:
        try:
            reminder = _reminder(one, ends, zone)
            if one.when in found:
                raise Mistake(f"the reminder {quoted(one.when)} stands twice", "remove one")
            _check(reminder, published, ends)
            found[one.when] = reminder
        except Mistake as mistake:
            mistake.at = ("again", one.at)
            mistakes.append(mistake)
    ordered = tuple(sorted(found.values(), key=lambda one: (one.at.timestamp(), one.name)))
    return replace(announce, again=ordered), mistakes


def _reminder(one: AskedAgain, ends: dict[str, datetime | None], zone: ZoneInfo) -> Reminder:
    offset = _OFFSET.fullmatch(one.when.lower())
    if offset is None:
        try:
            at = parse_date(one.when, zone)
        except Mistake as mistake:
            advice = _EXAMPLE if mistake.instead.startswith("write one like") else mistake.instead
            raise Mistake(mistake.what, advice) from mistake
        if re.fullmatch(r"[0-9-]+", one.when):
            at = _morning(at, zone)
        return Reminder(name=one.when, at=at, text=one.text)
    end = ends[offset["end"]]
    if end is None:
        key = "deadline" if offset["end"] == "deadline" else "starts"
        raise Mistake(
            f"{quoted(one.when)} counts from a {offset['end']} that the post does not name",
            f'write "{key}:" and the moment, or a date here',
        )
    days = int(offset["number"]) * (7 if offset["unit"] == "week" else 1)
    try:
        return Reminder(
            name=one.when.lower(), at=_morning(end - timedelta(days=days), zone), text=one.text
        )
    except OverflowError as error:  # pragma: no cover - three digits and years from 1970
        raise Mistake(f"{quoted(one.when)} is too long ago", _EXAMPLE) from error


def _morning(moment: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(moment.astimezone(zone).date(), MORNING, tzinfo=zone)


def _check(
    reminder: Reminder, published: datetime | None, ends: dict[str, datetime | None]
) -> None:
    if published is not None and reminder.at <= published:
        raise Mistake(
            f"the reminder {quoted(reminder.name)} would come before the post itself",
            "name a later moment",
        )
    for name, end in ends.items():
        if end is not None and reminder.at >= end:
            raise Mistake(
                f"the reminder {quoted(reminder.name)} would come after the {name}",
                "name an earlier moment",
            )
