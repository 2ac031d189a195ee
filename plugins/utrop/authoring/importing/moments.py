"""Dates as other generators' posts have them: in front matter, or in the name of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from utrop.authoring.dates import parse_date
from utrop.authoring.importing.source import Notes, Source
from utrop.authoring.mistake import Mistake, quoted

_KEYS = ("date", "publishDate", "publishdate", "pubDate", "pubdate", "published")
_MODIFIED = ("modified", "lastmod", "last_modified_at", "updated", "date_updated")
_RUBY = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]+(?P<hour>\d{1,2}):(?P<rest>\d{2}(?::\d{2}(?:[.,]\d+)?)?)"
    r"(?:\s*(?P<zone>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?))?)?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date that was understood."""

    written: str
    """As our front matter has it."""
    day: date
    """The calendar day as the source says it: that of the old address."""


def published(source: Source, zone: ZoneInfo, notes: Notes) -> Moment | None:
    """Return when a post was published; front matter goes before the file's name.

    Where there is no date, or one that cannot be understood, that is noted as an error.
    """
    found = None
    for key in _KEYS:
        value = source.values.get(key, "")
        if not value or (key == "published" and str(value).lower() in ("true", "false")):
            continue
        if found is not None:
            notes.add(source.line(key), f"{quoted(key)} is a second date and was left out")
            continue
        found = _moment(value, zone, source.line(key), notes, "error")
        if found is None:
            return None
    name = source.name_date
    if found is None and name is None:
        notes.add(
            1, "has no date", "write date: in its front matter, or begin its name with it", "error"
        )
        return None
    if found is None and name is not None:
        return Moment(name.isoformat(), name)
    if found is not None and name is not None and name not in _days(found, zone):
        notes.add(
            source.line("date"),
            f"the date {found.day} differs from {name} in the file's name; {found.day} was taken",
            "correct one of the two if that is wrong",
        )
    return found


def modified(source: Source, zone: ZoneInfo, notes: Notes) -> str:
    """Return when a post was last changed, or an empty text."""
    written = ""
    for key in _MODIFIED:
        value = source.values.get(key, "")
        if value and not written:
            found = _moment(value, zone, source.line(key), notes, "warning")
            written = found.written if found else ""
    return written


KEYS = frozenset({*_KEYS, *_MODIFIED})


def _days(found: Moment, zone: ZoneInfo) -> set[date]:
    return {found.day, parse_date(found.written, zone).date()}


def _moment(
    value: object, zone: ZoneInfo, line: int | None, notes: Notes, severity: str
) -> Moment | None:
    """Return a date in our form; times keep their offset, or stay local to the site."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    found = _RUBY.fullmatch(text)
    if found:
        written = found["day"]
        if found["hour"]:
            written += f" {int(found['hour']):02}:{_without_fraction(found['rest'])}"
            written += _offset(found["zone"] or "")
        try:
            parse_date(written, zone)
        except Mistake as mistake:
            text = mistake.what
        else:
            return Moment(written, datetime.fromisoformat(found["day"]).date())
    wrong = text if text.startswith('"') else f"{quoted(str(value))} is no date"
    advice = "write one like 2026-11-23 or 2026-11-23 09:00"
    notes.add(line, wrong, advice, "error" if severity == "error" else "warning")
    return None


def _without_fraction(text: str) -> str:
    return re.split("[.,]", text)[0]


def _offset(zone: str) -> str:
    """Return an offset as ISO 8601 has it: Ruby and JavaScript take ``-5`` too."""
    if zone in ("", "Z", "UTC", "GMT"):
        return "Z" if zone else ""
    hours, minutes = zone[1:].partition(":")[0], zone[1:].partition(":")[2]
    if not minutes and len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    return f"{zone[0]}{int(hours):02}:{minutes or '00'}"
