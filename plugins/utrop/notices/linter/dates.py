"""Dates in running text, in Swedish and English: ``den 15 mars 2027``, ``2027-03-15``, ``15/3``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

_SWEDISH: Final = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
    "oktober", "november", "december",
)  # fmt: skip
_ENGLISH: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_SHORT: Final = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "okt", "oct", "nov", "dec")
_MONTHS: Final = {name.lower(): at for at, name in enumerate(_SWEDISH, 1)} | {
    name.lower(): at for at, name in enumerate(_ENGLISH, 1)
}
_STARTS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "maj": 5, "may": 5, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_NAMES: Final = "|".join((*_SWEDISH, *(rf"{name}[a-z]*\.?" for name in _SHORT), "May", "maj"))
_YEAR: Final = r"(?:19|20)\d\d"
# Patterns that begin with a digit are quick to look for: what may not stand before it comes after.
_DATE: Final = re.compile(
    r"(?P<year>(?:19|20)[0-9](?<![0-9-][0-9]{3})[0-9])-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?![0-9])"
)
_IN_WORDS: Final = re.compile(
    rf"(?P<day>[0-9](?<![0-9.,][0-9])[0-9]?)(?::?[ae]|st|nd|rd|th)?\s{{1,3}}(?:of\s{{1,3}})?"
    rf"(?P<month>{_NAMES})(?!\w)(?:,?\s{{1,3}}(?P<year>{_YEAR}))?",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    rf"(?P<month>{'|'.join(_ENGLISH)})\s{{1,3}}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9])"
    rf"(?:,?\s{{1,3}}(?P<year>{_YEAR}))?"
)
_SLASHED: Final = re.compile(
    rf"(?P<day>[0-9](?<![0-9/][0-9])[0-9]?)/(?P<month>[0-9]{{1,2}})(?![0-9/])"
    rf"(?:\s(?P<year>{_YEAR}))?"
)
_BEFORE_SLASHED: Final = re.compile(
    r"(?<!\w)(?:den|dag|senast|till|före|efter|från|by|until|before|after|on)\s{1,3}$",
    re.IGNORECASE,
)
"""24/7 and 1/2 are no days: a word must say so."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a text has it."""

    at: int
    shown: str
    month: int
    day: int
    year: int | None
    """None where the text names none."""

    def is_one_of(self, days: frozenset[date]) -> bool:
        """Whether it is one of these days, of any year where the text names none."""
        if self.year is not None:
            return date(self.year, self.month, self.day) in days
        return any((one.month, one.day) == (self.month, self.day) for one in days)


def dates(text: str) -> Iterator[Day]:
    """Find the days of a text that the calendar has."""
    found = [*_DATE.finditer(text), *_IN_WORDS.finditer(text), *_MONTH_FIRST.finditer(text)]
    found += [
        one
        for one in _SLASHED.finditer(text)
        if _BEFORE_SLASHED.search(text[max(0, one.start() - 12) : one.start()])
    ]
    for one in sorted(found, key=lambda one: one.start()):
        month, year = _month(one["month"]), one["year"]
        try:
            date(int(year or 2024), month, int(one["day"]))
        except ValueError:
            continue
        yield Day(one.start(), one[0], month, int(one["day"]), int(year) if year else None)


def _month(written: str) -> int:
    """Return a month's number; 0 for a word that only begins like one."""
    if written.isdecimal():
        return int(written)
    name = written.lower().rstrip(".")
    return _MONTHS.get(name) or (_STARTS.get(name[:3], 0) if len(name) <= 4 else 0)
