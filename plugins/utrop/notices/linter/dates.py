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
_DATE: Final = re.compile(
    rf"(?<![\d-])(?P<iso>{_YEAR}-\d\d-\d\d)(?!\d)"
    rf"|(?<![\d.,])(?P<day>\d{{1,2}})(?::?[ae]|st|nd|rd|th)?\s+(?:of\s+)?"
    rf"(?P<month>{_NAMES})(?!\w)(?:,?\s+(?P<year>{_YEAR}))?"
    rf"|(?<!\w)(?P<first>January|February|March|April|May|June|July|August|September|October"
    rf"|November|December)\s+(?P<nth>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<later>{_YEAR}))?"
    rf"|(?<!\w)(?:den|dag|senast|till|före|efter|från|by|until|before|after|on)\s+"
    rf"(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})(?![\d/])(?:\s+(?P<y>{_YEAR}))?",
    re.IGNORECASE,
)


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
    for found in _DATE.finditer(text):
        parts = _parts(found)
        if parts is None:
            continue
        year, month, day = parts
        try:
            date(year or 2024, month, day)
        except ValueError:
            continue
        yield Day(found.start(), found[0], month, day, year)


def _parts(found: re.Match[str]) -> tuple[int | None, int, int] | None:
    if iso := found["iso"]:
        return int(iso[:4]), int(iso[5:7]), int(iso[8:])
    if found["d"]:
        return _year(found["y"]), int(found["m"]), int(found["d"])
    name = (found["month"] or found["first"]).lower().rstrip(".")
    month = _MONTHS.get(name) or (_STARTS.get(name[:3]) if len(name) <= 4 else None)
    if month is None:
        return None
    return _year(found["year"] or found["later"]), month, int(found["day"] or found["nth"])


def _year(written: str | None) -> int | None:
    return int(written) if written else None
