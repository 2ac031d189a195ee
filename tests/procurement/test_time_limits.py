"""Working days and periods, against another computation of Easter and against printed calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.easter import easter as easter_of_dateutil
from hypothesis import given
from hypothesis import strategies as st

from utrop.procurement.course import Course
from utrop.procurement.time_limits import (
    easter,
    eves,
    holidays,
    is_working_day,
    period_end,
    roll,
    standstill_end,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")

# As Sweden's almanac has them: the moving ones typed by hand.
FIXED = "01-01 01-06 05-01 06-06 12-25 12-26"
ALMANAC = {
    2023: ("04-07 04-09 04-10 05-18 05-28 06-24 11-04", "06-23"),
    2024: ("03-29 03-31 04-01 05-09 05-19 06-22 11-02", "06-21"),
    2025: ("04-18 04-20 04-21 05-29 06-08 06-21 11-01", "06-20"),
    2026: ("04-03 04-05 04-06 05-14 05-24 06-20 10-31", "06-19"),
    2027: ("03-26 03-28 03-29 05-06 05-16 06-26 11-06", "06-25"),
}


def days(year: int, text: str) -> set[date]:
    return {date.fromisoformat(f"{year}-{one}") for one in text.split()}


@pytest.mark.parametrize("year", ALMANAC)
def test_a_years_holidays_are_those_of_the_almanac(year: int) -> None:
    named, midsummer_eve = ALMANAC[year]
    assert holidays(year) == days(year, f"{FIXED} {named}")
    assert eves(year) == days(year, f"{midsummer_eve} 12-24 12-31")


@given(st.integers(1583, 4099))
def test_easter_is_the_same_by_another_method(year: int) -> None:
    assert easter(year) == easter_of_dateutil(year)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(0, 400))
def test_a_period_ends_on_a_working_day_and_never_early(start: date, length: int) -> None:
    end = period_end(start, length)
    assert is_working_day(end)
    assert end - start >= timedelta(days=length)
    between = (start + timedelta(days=length) + timedelta(days=n) for n in range(8))
    assert not any(is_working_day(day) for day in between if day < end)
    assert end - start <= timedelta(days=length + 6)


def test_days_that_are_none() -> None:
    none = ["2026-12-24", "2026-12-25", "2026-12-26", "2026-12-27", "2026-12-31", "2027-01-01"]
    none += ["2026-06-19", "2026-05-14", "2026-04-03", "2026-04-06", "2026-06-06", "2026-10-31"]
    assert not any(is_working_day(date.fromisoformat(day)) for day in none)
    some = ["2026-04-02", "2026-05-15", "2026-10-30", "2027-01-05", "2025-05-30", "2026-05-25"]
    assert all(is_working_day(date.fromisoformat(day)) for day in some)


def test_a_period_counts_from_the_day_after() -> None:
    assert period_end(date(2026, 11, 2), 30) == date(2026, 12, 2)
    assert period_end(date(2026, 11, 2), 35) == date(2026, 12, 7)
    # Day 10 is Christmas eve 2026, a Thursday; the next working day is Monday the 28th.
    assert period_end(date(2026, 12, 14), 10) == date(2026, 12, 28)
    assert roll(date(2026, 12, 31)) == date(2027, 1, 4)


def test_the_contract_may_be_signed_on_day_eleven() -> None:
    told = Course(award_notified_at=datetime(2026, 11, 2, 23, 59, tzinfo=STOCKHOLM))
    assert standstill_end(told, STOCKHOLM) == datetime(2026, 11, 13, tzinfo=STOCKHOLM)


def test_a_weekend_makes_the_standstill_longer() -> None:
    # Sent on a Wednesday: day 10 is a Saturday, so the last day is the Monday after.
    told = Course(award_notified_at=datetime(2026, 11, 4, 9, tzinfo=STOCKHOLM))
    assert standstill_end(told, STOCKHOLM) == datetime(2026, 11, 17, tzinfo=STOCKHOLM)


def test_the_day_is_that_of_the_buyers_clock() -> None:
    told = Course(award_notified_at=datetime(2026, 11, 1, 23, 30, tzinfo=UTC))
    assert standstill_end(told, STOCKHOLM) == datetime(2026, 11, 13, tzinfo=STOCKHOLM)


def test_paper_takes_fifteen_days() -> None:
    told = Course(
        award_notified_at=datetime(2026, 11, 2, 9, tzinfo=STOCKHOLM), notified_electronically=False
    )
    assert standstill_end(told, STOCKHOLM) == datetime(2026, 11, 18, tzinfo=STOCKHOLM)


def test_a_longer_standstill_holds_and_a_shorter_one_does_not() -> None:
    told = datetime(2026, 11, 2, 9, tzinfo=STOCKHOLM)
    longer = Course(award_notified_at=told, standstill_until=date(2026, 11, 20))
    shorter = Course(award_notified_at=told, standstill_until=date(2026, 11, 5))
    assert standstill_end(longer, STOCKHOLM) == datetime(2026, 11, 21, tzinfo=STOCKHOLM)
    assert standstill_end(shorter, STOCKHOLM) == datetime(2026, 11, 13, tzinfo=STOCKHOLM)


def test_none_where_there_is_none_or_nothing_is_known() -> None:
    told = datetime(2026, 11, 2, 9, tzinfo=STOCKHOLM)
    assert standstill_end(Course(award_notified_at=told, has_standstill=False), STOCKHOLM) is None
    assert standstill_end(Course(), STOCKHOLM) is None


@given(st.integers(631152000, 4102444800), st.booleans())
def test_a_standstill_never_ends_before_its_days_have_passed(told: int, by_mail: bool) -> None:
    at = datetime.fromtimestamp(told, UTC)
    end = standstill_end(Course(award_notified_at=at, notified_electronically=by_mail), STOCKHOLM)
    assert end is not None
    assert end.time().isoformat() == "00:00:00"
    # Calendar days: an hour less where summer time begins in between.
    assert (end.date() - at.astimezone(STOCKHOLM).date()).days >= (11 if by_mail else 16)
    assert is_working_day((end - timedelta(hours=12)).date())


def test_christmas_makes_the_longest_gap() -> None:
    working = [
        date.fromordinal(n)
        for n in range(date(1990, 1, 1).toordinal(), date(2101, 1, 1).toordinal())
        if is_working_day(date.fromordinal(n))
    ]
    assert max(after - before for before, after in pairwise(working)) == timedelta(days=6)
