"""Dates and times of eForms, which stand in two elements, each with its own offset from UTC.

The rule for putting them together: the day is the day as written, the time is the time as
written, and the offset is the time's own; where the time has none, the day's; where neither has
one, Central European time, in which TED itself works. A moment's offset is never changed. The
types are xsd:date and xsd:time, https://www.w3.org/TR/xmlschema-2/#date.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

CENTRAL_EUROPEAN: Final = ZoneInfo("Europe/Luxembourg")
END_OF_DAY: Final = time(23, 59, 59)
WITHHELD: Final = date(1970, 1, 1)
"""What TED puts where a date is not yet published (BT-195): no date at all."""

_OFFSET: Final = r"(?P<offset>Z|[+-]\d{2}:\d{2})?"
_DATE: Final = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}}){_OFFSET}", re.ASCII)
_TIME: Final = re.compile(rf"(\d{{2}}):(\d{{2}})(?::(\d{{2}})(?:\.(\d+))?)?{_OFFSET}", re.ASCII)
_FULL_DAY: Final = 24
_YEARS: Final = range(1900, 9999)
_MOST_OFFSET: Final = timedelta(hours=14)


class NoDateError(ValueError):
    """A text is no date or no time; the message is that text."""


def read_date(text: str) -> tuple[date, tzinfo | None]:
    """Return the day of ``2023-11-16+01:00`` and its offset, None where it has none.

    Raises NoDateError for anything that is not an xsd:date of a day that exists, and for years in
    which no notice can be: a moment in them could not be said in another time zone.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise NoDateError(text)
    year, month, day = (int(found[number]) for number in (1, 2, 3))
    if year not in _YEARS:
        raise NoDateError(text)
    try:
        return date(year, month, day), _zone(found["offset"])
    except ValueError as error:
        raise NoDateError(text) from error


def read_time(text: str) -> tuple[time, tzinfo | None, bool]:
    """Return the time of ``14:35:26.0000000+03:00``, its offset, and whether it is 24:00:00.

    24:00:00 is midnight at the end of the day, which is 00:00 of the next. Raises NoDateError for
    anything that is not an xsd:time; seconds may be left out.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise NoDateError(text)
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    fraction = int((found[4] or "")[:6].ljust(6, "0"))
    is_next_day = hour == _FULL_DAY and (minute, second, fraction) == (0, 0, 0)
    try:
        clock = time() if is_next_day else time(hour, minute, second, fraction)
        return clock, _zone(found["offset"]), is_next_day
    except ValueError as error:
        raise NoDateError(text) from error


def moment(day: str, at: str) -> datetime:
    """Return the moment of a day and a time; without a time, the end of that day.

    Raises NoDateError where the day or the time cannot be read.
    """
    on, day_zone = read_date(day)
    if not at:
        return datetime.combine(on, END_OF_DAY, day_zone or CENTRAL_EUROPEAN)
    clock, zone, is_next_day = read_time(at)
    if is_next_day:
        on += timedelta(days=1)
    return datetime.combine(on, clock, zone or day_zone or CENTRAL_EUROPEAN)


def offsets_of(day: str, at: str) -> tuple[str, str]:
    """Return the offsets as written in a day and a time; empty where there is none."""
    of_day, of_time = _DATE.fullmatch(day), _TIME.fullmatch(at)
    return (of_day and of_day["offset"]) or "", (of_time and of_time["offset"]) or ""


def _zone(offset: str | None) -> tzinfo | None:
    if not offset:
        return None
    if offset == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    apart = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or apart > _MOST_OFFSET:
        raise NoDateError(offset)
    return timezone(-apart if offset[0] == "-" else apart)
