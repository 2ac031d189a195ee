"""Elements: taking texts, codes, amounts and dates out of a notice, noting what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal

from lxml import etree

from utrop.problem import Problem
from utrop.procurement.eforms.dates import WITHHELD, NoDateError, moment, offsets_of, read_date
from utrop.procurement.eforms.languages import short_code
from utrop.procurement.notice import Amount, Deadline, Duration, Multilingual

UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMESPACES: Final = {
    "cac": f"{UBL}CommonAggregateComponents-2",
    "cbc": f"{UBL}CommonBasicComponents-2",
    "ext": f"{UBL}CommonExtensionComponents-2",
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
    "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
    "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
}
_EXTENSION: Final = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/efext:EformsExtension"
_WITHHELD_TEXT: Final = "unpublished"
_PREFIXED: Final = re.compile(r"(\w+):(?=\w)")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,10})?", re.ASCII)
"""xsd:decimal, as far as there is money and time to count."""
_MOST_SHOWN: Final = 60
MOST_PROBLEMS: Final = 100
"""A file with more is no notice that a person would go through line by line."""


@cache
def full(path: str) -> str:
    """Return a path of prefixed names in lxml's own spelling; ``EXT`` is the EU's extension."""
    return _PREFIXED.sub(
        lambda found: f"{{{NAMESPACES[found[1]]}}}", path.replace("EXT", _EXTENSION)
    )


@dataclass(slots=True)
class Source:
    """One notice being read: its file, its own language, and what was wrong so far."""

    path: Path
    lang: str = ""
    """ISO 639-1."""
    problems: list[Problem] = field(default_factory=list)
    lines: dict[tuple[str, str], int | None] = field(default_factory=dict)
    """Where dates stand, by lot (empty for the notice's own) and field, for later checks."""
    left_out: int = 0

    def note(
        self,
        what: str,
        line: int | None,
        *,
        instead: str = "",
        severity: Literal["error", "warning"] = "warning",
    ) -> None:
        """Add a problem of this file; beyond MOST_PROBLEMS they are only counted."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.left_out += 1
            return
        self.problems.append(
            Problem(what=what, instead=instead, path=self.path, line=line, severity=severity)
        )

    def all_problems(self) -> tuple[Problem, ...]:
        """Return the problems found, errors first, in the order of the lines."""
        found = sorted(self.problems, key=_worst_first)
        if self.left_out:
            found.append(
                Problem(
                    what=f"{self.left_out} more problems are not listed",
                    path=self.path,
                    severity="warning",
                )
            )
        return tuple(found)

    def amount(self, parent: etree._Element, path: str, what: str) -> Amount | None:
        """Return an amount; None for zero, which means that none is given, and for a withheld."""
        element = parent.find(full(path))
        written = text_of(element)
        if element is None or not written:
            return None
        value = _decimal(written)
        currency = element.get("currencyID", "").strip()
        if value is None or not currency:
            missing = f"the amount {shown(written)} has no currency"
            self.note(
                f"{what}: {missing if value is not None else f'{shown(written)} is no amount'}",
                element.sourceline,
                instead="write digits with a point, and currencyID such as SEK",
            )
            return None
        return Amount(value, currency) if value > 0 else None

    def day(self, parent: etree._Element, path: str, what: str) -> date | None:
        """Return the day as written, whatever its offset; None for a withheld one."""
        element = parent.find(full(path))
        written = text_of(element)
        if element is None or not written:
            return None
        try:
            day, _ = read_date(written)
        except NoDateError:
            self._no_date(written, what, element)
            return None
        return None if day == WITHHELD else day

    def moment(
        self, day: etree._Element | None, at: etree._Element | None, what: str
    ) -> tuple[datetime | None, bool]:
        """Return the moment of a day and a time, and whether the time is written."""
        on, clock = text_of(day), text_of(at)
        if day is None or not on:
            if clock and at is not None:
                self.note(f"{what}: there is a time but no date", at.sourceline)
            return None, False
        try:
            found = moment(on, clock)
        except NoDateError:
            return self._only_the_day(on, clock, what, day)
        if found.date() == WITHHELD:
            return None, False
        of_day, of_time = offsets_of(on, clock)
        if clock and of_day and of_time and _differ(of_day, of_time):
            self.note(
                f"{what}: the date is written with offset {of_day}, the time with {of_time}; "
                "the time's is taken",
                day.sourceline,
            )
        elif not of_day and not of_time:
            self.note(
                f"{what}: {shown(on)} has no offset from UTC; Central European time is taken",
                day.sourceline,
                instead="write it as 2026-12-13+01:00",
            )
        return found, bool(clock)

    def deadline(
        self, parent: etree._Element, path: str, what: str, names: tuple[str, str]
    ) -> Deadline | None:
        """Return the moment in a period or an event, whose children ``names`` are day and time."""
        inside = parent.find(full(path))
        if inside is None:
            return None
        day, at = (inside.find(full(name)) for name in names)
        found, has_time = self.moment(day, at, what)
        return None if found is None else Deadline(moment=found, has_time=has_time)

    def duration(self, parent: etree._Element, path: str, what: str) -> Duration | None:
        """Return a number of units of time."""
        element = parent.find(full(path))
        written = text_of(element)
        if element is None or not written:
            return None
        number, unit = _decimal(written), element.get("unitCode", "").strip()
        if number is None or not unit:
            self.note(
                f"{what}: {shown(written)} {unit or 'without unitCode'} is no duration",
                element.sourceline,
                instead="write a number with unitCode such as MONTH",
            )
            return None
        return Duration(number=number, unit=unit) if number > 0 else None

    def multilingual(self, parent: etree._Element, path: str) -> Multilingual:
        """Return a text in its languages, the notice's own first."""
        found: dict[str, str] = {}
        for element in parent.iterfind(full(path)):
            text = text_of(element)
            if text:
                lang = element.get("languageID")
                found.setdefault(short_code(lang.strip()) if lang else self.lang, text)
        own = self.lang
        return Multilingual(tuple(sorted(found.items(), key=lambda item: item[0] != own)))

    def _only_the_day(
        self, on: str, clock: str, what: str, element: etree._Element
    ) -> tuple[datetime | None, bool]:
        try:
            found = moment(on, "")
        except NoDateError:
            self._no_date(on, what, element)
            return None, False
        self.note(
            f"{what}: {shown(clock)} is no time; the end of that day is taken",
            element.sourceline,
            instead="write it as 23:59:59+01:00",
        )
        return found, False

    def _no_date(self, written: str, what: str, element: etree._Element) -> None:
        self.note(
            f"{what}: {shown(written)} is no date",
            element.sourceline,
            instead="write it as 2026-12-13+01:00",
        )


def text_of(element: etree._Element | None) -> str:
    """Return an element's text without the white space around it; empty for a withheld one."""
    if element is None:
        return ""
    written: str = element.text or ""
    if len(element):  # an unknown entity such as &nbsp; stands as a child; its text is left out
        written += "".join(child.tail or "" for child in element)
    text = written.strip()
    return "" if text == _WITHHELD_TEXT else text


def text_at(parent: etree._Element, path: str) -> str:
    """Return the text of the first element at a path."""
    return text_of(parent.find(full(path)))


def texts_at(parent: etree._Element, path: str) -> tuple[str, ...]:
    """Return the different texts at a path, in the order of the notice."""
    found = (text_of(element) for element in parent.iterfind(full(path)))
    return tuple(dict.fromkeys(filter(None, found)))


def codes_of(parent: etree._Element, path: str, list_name: str) -> tuple[str, ...]:
    """Return the different codes at a path that are of one code list."""
    found = (
        text_of(element)
        for element in parent.iterfind(full(path))
        if element.get("listName") == list_name
    )
    return tuple(dict.fromkeys(filter(None, found)))


def code_of(parent: etree._Element, path: str, list_name: str) -> str:
    """Return the first code at a path that is of one code list."""
    return next(iter(codes_of(parent, path, list_name)), "")


def truth_at(parent: etree._Element, path: str) -> bool | None:
    """Return an indicator; None where the notice does not say."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text_at(parent, path))


def shown(text: str) -> str:
    """Return a text from the notice as it may stand in a message: short and on one line."""
    flat = " ".join(text.split())
    return f'"{flat if len(flat) <= _MOST_SHOWN else flat[:_MOST_SHOWN] + "…"}"'


def _worst_first(problem: Problem) -> tuple[bool, int]:
    return problem.severity != "error", problem.line or 0


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _differ(one: str, other: str) -> bool:
    zero = {"Z", "+00:00", "-00:00"}
    return one != other and not {one, other} <= zero
