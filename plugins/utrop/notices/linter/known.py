"""Known: the facts that a procurement's notices and front matter have, to compare a text with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from utrop.notices.linter.dates import Day, dates
from utrop.notices.linter.numbers import Money, Quantity, amounts, cpv_codes, numbers, quantities
from utrop.notices.linter.subject import Subject, days_of
from utrop.procurement.course import Course
from utrop.procurement.notice import Amount, Deadline, Duration, Multilingual, Notice

_UNIT_DAYS: Final = {"DAY": 1, "WEEK": 7, "MONTH": 30, "YEAR": 360}
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_OVERLAP: Final = 0.7
"""Which part of a sentence's words the notice must have for the sentence to come from it."""


@dataclass(frozen=True)
class Known:
    """What is known of a post's procurement; each part is worked out when it is asked for."""

    subject: Subject

    def has_amount(self, told: Money) -> bool:
        """Whether an amount is one of the notice's, or one of them rounded as the text rounds."""
        return _is_among(told, self._amounts) or _is_among(told, self._amounts_in_texts)

    def has_day(self, told: Day) -> bool:
        """Whether a day is one that the notice, or the front matter, tells."""
        return told.is_one_of(self._days) or any(
            (told.month, told.day) == (one.month, one.day)
            and (told.year is None or one.year in (None, told.year))
            for one in self._days_in_texts
        )

    def has_cpv(self, code: str) -> bool:
        """Whether a CPV code is one of the notice's, or the beginning of one."""
        group = code.rstrip("0")
        return any(one.startswith(group) for one in self._cpv)

    def has_quantity(self, told: Quantity) -> bool:
        """Whether a number, or a length of time, is one that the notice tells."""
        length = told.value * told.days
        if told.days and length in self._lengths:
            return True
        return told.value in self._numbers or bool(told.days and length in self._lengths_in_texts)

    def has_sentence(self, sentence: str) -> bool:
        """Whether most of a sentence's words stand in the notice."""
        words = {word.casefold() for word in _WORD.findall(sentence)}
        if not words:
            return True
        return len(words & self._words) >= _OVERLAP * len(words)

    @cached_property
    def texts(self) -> str:
        """All that the notices say in words, in every language."""
        told = (text for notice in self._notices for text in _texts(notice))
        return "\n".join(dict.fromkeys(told))

    @cached_property
    def _notices(self) -> tuple[Notice, ...]:
        own = self.subject.notice
        others = (one for one in self.subject.notices if one is not own)
        return (own, *others) if own else tuple(others)

    @cached_property
    def _amounts(self) -> tuple[Amount, ...]:
        found = [amount for notice in self._notices for amount in _amounts(notice)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def _amounts_in_texts(self) -> tuple[Amount, ...]:
        return tuple(Amount(one.value, one.currency) for one in amounts(self.texts))

    @cached_property
    def _days(self) -> frozenset[date]:
        zone = self.subject.zone
        found = set(self.subject.days)
        for notice in self._notices:
            found.update(_dates(notice))
            for deadline in _deadlines(notice):
                found |= days_of(deadline, zone)
        for course in (self.subject.course, *self.subject.courses):
            found |= {
                told.astimezone(zone).date() if isinstance(told, datetime) else told
                for told in _of_course(course)
            }
        return frozenset(found)

    @cached_property
    def _days_in_texts(self) -> tuple[Day, ...]:
        return tuple(dates(self.texts))

    @cached_property
    def _cpv(self) -> frozenset[str]:
        codes = (code for notice in self._notices for code in notice.all_cpv)
        return frozenset((*codes, *(code for _, code in cpv_codes(self.texts))))

    @cached_property
    def _numbers(self) -> set[Decimal]:
        return numbers(self.texts)

    @cached_property
    def _lengths(self) -> set[Decimal]:
        found: set[Decimal] = set()
        for notice in self._notices:
            for lot in notice.lots:
                found |= {_length(one) for one in (lot.duration, lot.valid_until) if one}
                if lot.starts and lot.ends:
                    months = round((lot.ends - lot.starts).days / 30.4375)
                    found.add(Decimal(months * 30))
        return found

    @cached_property
    def _lengths_in_texts(self) -> set[Decimal]:
        return {one.value * one.days for one in quantities(self.texts) if one.days}

    @cached_property
    def _words(self) -> set[str]:
        return {word.casefold() for word in _WORD.findall(self.texts)}


def _is_among(told: Money, amounts_known: Iterable[Amount]) -> bool:
    """Whether an amount is one of those known, or one of them rounded as the text rounds."""
    for known in amounts_known:
        if told.currency and known.currency and told.currency != known.currency:
            continue
        if told.value == known.value:
            return True
        if told.step > 1 and round(known.value / told.step) * told.step == told.value:
            return True
    return False


def _length(duration: Duration) -> Decimal:
    return duration.number * _UNIT_DAYS.get(duration.unit, 1)


def _texts(notice: Notice) -> Iterator[str]:
    for text in (notice.title, notice.description, *(one.text for one in notice.changes)):
        yield from _versions(text)
    for buyer in notice.buyers:
        yield from _versions(buyer.name)
    yield notice.place
    for lot in notice.lots:
        yield from (*_versions(lot.title), *_versions(lot.description), lot.place, lot.reference)


def _versions(text: Multilingual) -> Iterator[str]:
    return (version for _, version in text.versions)


def _amounts(notice: Notice) -> Iterator[Amount]:
    lots = [amount for lot in notice.lots for amount in (lot.value, lot.framework_max)]
    results = [result.value for result in notice.results]
    told = (notice.value, notice.framework_max, notice.award_value, *lots, *results)
    yield from filter(None, told)
    yield from _sums(lot.value for lot in notice.lots)
    yield from _sums(results)


def _sums(amounts_told: Iterable[Amount | None]) -> Iterator[Amount]:
    sums: dict[str, Decimal] = {}
    for one in amounts_told:
        if one is not None:
            sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.value
    yield from (Amount(total, currency) for currency, total in sums.items())


def _deadlines(notice: Notice) -> Iterator[Deadline]:
    for lot in notice.lots:
        yield from filter(None, (lot.tenders, lot.participation, lot.questions, lot.opening))


def _dates(notice: Notice) -> Iterator[date]:
    told: list[date | None] = [notice.ted_published, notice.requested_publication]
    told += [notice.future_notice, notice.dispatched.date() if notice.dispatched else None]
    for lot in notice.lots:
        told += [lot.starts, lot.ends]
    for result in notice.results:
        told += [result.decided, result.signed]
    yield from filter(None, told)


def _of_course(course: Course) -> Iterator[date]:
    told = (
        course.ted_published_at, course.receipt_confirmed_at, course.database_published_at,
        course.published_in_system_at, course.award_decision_at, course.award_notified_at,
        course.standstill_until, course.contract_signed_at, course.cancelled_at,
    )  # fmt: skip
    yield from (one for one in told if one is not None)
