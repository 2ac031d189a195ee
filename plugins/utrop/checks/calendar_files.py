"""Every calendar is one that programs read: RFC 5545, with this site's addresses.

The lines are looked at themselves, since a parser forgives what Outlook does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from icalendar import Calendar, Event

from utrop.checks.tree import STATIC_FOLDERS, Tree
from utrop.problem import Problem

_LONGEST = 75  # octets of a line, without its end (section 3.1)
_ONCE = ("UID", "DTSTAMP", "DTSTART", "SUMMARY", "URL", "SEQUENCE")


def check_calendars(tree: Tree) -> Iterator[Problem]:
    """Yield what is wrong in each calendar."""
    for file in tree.files:
        if not file.endswith(".ics") or file.startswith(STATIC_FOLDERS):
            continue
        for what in _mistakes(tree.read(file), file, tree):
            yield Problem(path=tree.path(file), what=what, instead="build again")


def _mistakes(data: bytes, file: str, tree: Tree) -> Iterator[str]:
    yield from _of_lines(data)
    try:
        calendar = Calendar.from_ical(data)
    except (ValueError, LookupError, AttributeError) as error:  # what the parser raises at rubbish
        yield f"is no calendar: {error}"
        return
    if not isinstance(calendar, Calendar):
        yield "is no calendar"
        return
    errors = [error for part in calendar.walk() for error in part.errors]
    if errors:  # what such a part says cannot be asked for
        yield from (f"has a broken line: {name} {error}" for name, error in errors)
        return
    own = tree.url(file)
    source = str(calendar.get("SOURCE", ""))
    if source != own:
        yield f"says that its own address is {source!r} instead of {own!r}"
    events = calendar.events
    if not calendar.subcomponents:  # RFC 5545, 3.6; a list that is empty for now has its time zone
        yield "has nothing in it"
    zones = {str(zone.get("TZID")) for zone in calendar.walk("VTIMEZONE")}
    for event in events:
        yield from _of_event(event, zones, tree)
    for uid, count in Counter(str(event.get("UID")) for event in events).items():
        if count > 1:
            yield f"has {count} events with the UID {uid}"


def _of_lines(data: bytes) -> Iterator[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        yield "begins with a byte order mark"
    if data.count(b"\n") != data.count(b"\r\n") or data.count(b"\r") != data.count(b"\r\n"):
        yield "has lines that do not end in CRLF"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        yield "is not UTF-8"
    if not _is_nested(data):
        yield "has a BEGIN without its END"
    long = sum(len(line) > _LONGEST for line in data.split(b"\r\n"))
    if long:
        yield f"has {long} lines of more than {_LONGEST} octets"


def _is_nested(data: bytes) -> bool:
    """Whether each part ends, and within the part in which it began."""
    begun: list[bytes] = []
    for line in data.split(b"\r\n"):
        if line.startswith(b"BEGIN:"):
            begun.append(line[6:])
        elif line.startswith(b"END:") and (not begun or begun.pop() != line[4:]):
            return False
    return not begun


def _of_event(event: Event, zones: set[str], tree: Tree) -> Iterator[str]:
    named = f"“{event.get('SUMMARY', '')}”"
    missing = [name for name in _ONCE if name not in event]
    if missing:
        yield f"{named} has no {', '.join(missing)}"
        return
    several = [name for name, value in event.items() if name in _ONCE and isinstance(value, list)]
    if several:
        yield f"{named} has more than one {', '.join(several)}"
        return
    start: Any = event["DTSTART"]
    zone = start.params.get("TZID")
    if isinstance(start.dt, datetime) and start.dt.tzinfo is None and zone is None:
        yield f"{named} has a time without a time zone"
    if zone is not None and zone not in zones:
        yield f"{named} is in the time zone {zone}, which the calendar does not describe"
    address = str(event["URL"])
    target = tree.target(address)
    if target is not None and target.file is None:
        yield f"{named} leads to {address}, which is not in the site"
