"""Dates as writers put them: ISO 8601 only, in the site's time zone unless an offset is given."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from utrop.authoring.mistake import Mistake, quoted

EARLIEST_YEAR, LATEST_YEAR = 1970, 2199
_EXAMPLE = "write one like 2026-11-23 or 2026-11-23 09:00"
_DATE = re.compile(
    r"""(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})
    (?:(?:[ ]+|[Tt])(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})
        (?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?
        (?:[ ]*(?P<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?))?
    )?""",
    re.VERBOSE,
)
_SLASHED = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_LOOSE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(.*)", re.DOTALL)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def parse_date(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment that a writer's date means, aware and in the site's time zone.

    A date without a time is the first moment of that day; a time without an offset is local
    time. Fractions of a second are dropped. Raises ``Mistake``, which says what to write, where
    the text is no date, is ambiguous, or names a local time that does not exist or exists twice.

    >>> parse_date("2026-11-23", ZoneInfo("Europe/Stockholm")).isoformat()
    '2026-11-23T00:00:00+01:00'
    """
    text = text.strip()
    found = _DATE.fullmatch(text)
    if found is None:
        raise Mistake(f"{quoted(text)} is no date", _advice(text))
    part = {name: int(value or 0) for name, value in found.groupdict().items() if name != "offset"}
    _check(part, text)
    naive = datetime(*part.values())  # type: ignore[arg-type]  # noqa: DTZ001 - six checked numbers in order; the zone follows
    offset = found["offset"]
    if offset:
        return naive.replace(tzinfo=_offset(offset, text)).astimezone(zone)
    if found["hour"] is None:
        return naive.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return _local(naive, zone, text)


def _check(part: dict[str, int], text: str) -> None:
    year, month, day = part["year"], part["month"], part["day"]
    wrong = ""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        wrong = f"the year is not between {EARLIEST_YEAR} and {LATEST_YEAR}"
    elif not 1 <= month <= 12:
        wrong = f"there is no month {month:02}"
    elif not 1 <= day <= calendar.monthrange(year, month)[1]:
        wrong = f"{year}-{month:02} has no day {day:02}"
    elif part["hour"] > 23:
        wrong = f"there is no hour {part['hour']}"
    elif part["minute"] > 59:
        wrong = f"there is no minute {part['minute']}"
    elif part["second"] > 59:
        wrong = f"there is no second {part['second']}"
    if wrong:
        raise Mistake(f"{quoted(text)} is no date: {wrong}", _EXAMPLE)


def _offset(offset: str, text: str) -> timezone:
    if offset in "Zz":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[3:].strip(":") or 0)
    if hours > 14 or minutes > 59:
        raise Mistake(f"{quoted(text)} is no date: there is no offset {offset}", _EXAMPLE)
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if offset[0] == "-" else span)


def _local(naive: datetime, zone: ZoneInfo, text: str) -> datetime:
    earlier, later = naive.replace(tzinfo=zone), naive.replace(tzinfo=zone, fold=1)
    if earlier.utcoffset() == later.utcoffset():
        return earlier
    there = earlier.astimezone(UTC).astimezone(zone)
    if there.replace(tzinfo=None) != naive:
        raise Mistake(
            f"{quoted(text)} does not exist in {zone.key}, where clocks are put forward then",
            f"write {there:%Y-%m-%d %H:%M}",
        )
    raise Mistake(
        f"{quoted(text)} happens twice in {zone.key}, where clocks are put back then",
        f"write {_with_offset(earlier)} or {_with_offset(later)}",
    )


def _with_offset(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes" if not moment.second else "seconds")


def _advice(text: str) -> str:
    """Say what the writer may have meant."""
    if found := _SLASHED.fullmatch(text):
        first, second, year = (int(number) for number in found.groups())
        meant = [
            f"{year:04}-{month:02}-{day:02}"
            for month, day in dict.fromkeys(((second, first), (first, second)))
            if _exists(year, month, day)
        ]
        return f"write {' or '.join(meant)}" if meant else _EXAMPLE
    if found := _MONTH.fullmatch(text):
        if 1 <= int(found[2]) <= 12:
            return f"write the day too, such as {text}-01"
    elif found := _COMPACT.fullmatch(text) or _LOOSE.fullmatch(text):
        year, month, day = (int(number) for number in found.groups()[:3])
        rest = found[4] if found.re is _LOOSE else ""
        proposal = f"{year:04}-{month:02}-{day:02}{rest}"
        if _exists(year, month, day) and _DATE.fullmatch(proposal):
            return f"write {proposal}"
    return _EXAMPLE


def _exists(year: int, month: int, day: int) -> bool:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR or not 1 <= month <= 12:
        return False
    return 1 <= day <= calendar.monthrange(year, month)[1]
