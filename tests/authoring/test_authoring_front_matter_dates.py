"""Dates: what is understood, what is refused, and that nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from utrop.authoring.dates import parse_date
from utrop.authoring.mistake import Mistake

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-23", "2026-11-23T00:00:00+01:00"),
        ("2026-07-01", "2026-07-01T00:00:00+02:00"),
        (" 2026-11-23 09:00 ", "2026-11-23T09:00:00+01:00"),
        ("2026-11-23 09:00:05", "2026-11-23T09:00:05+01:00"),
        ("2026-11-23T09:00+01:00", "2026-11-23T09:00:00+01:00"),
        ("2026-11-23T09:00:00Z", "2026-11-23T10:00:00+01:00"),
        ("2026-11-23 09:00:00 -0500", "2026-11-23T15:00:00+01:00"),
        ("2026-11-23T09:00:00.123Z", "2026-11-23T10:00:00+01:00"),
        ("2024-02-29", "2024-02-29T00:00:00+01:00"),
        # A moment that happens twice is one moment once it has an offset.
        ("2026-10-25 02:30+02:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25 02:30+01:00", "2026-10-25T02:30:00+01:00"),
    ],
)
def test_dates_that_are_understood(text: str, iso: str) -> None:
    assert parse_date(text, STOCKHOLM).isoformat() == iso


def test_a_day_whose_midnight_does_not_exist_begins_at_its_first_moment() -> None:
    assert parse_date("2026-04-24", ZoneInfo("Africa/Cairo")).isoformat() == (
        "2026-04-24T01:00:00+03:00"
    )


_EXAMPLE = "write one like 2026-11-23 or 2026-11-23 09:00"


@pytest.mark.parametrize(
    ("text", "what", "instead"),
    [
        ("2026-02-30", "2026-02 has no day 30", _EXAMPLE),
        ("2025-02-29", "2025-02 has no day 29", _EXAMPLE),
        ("2026-00-10", "there is no month 00", _EXAMPLE),
        ("2026-11-23 24:00", "there is no hour 24", _EXAMPLE),
        ("2026-11-23 09:60", "there is no minute 60", _EXAMPLE),
        ("2026-11-23 09:00:60", "there is no second 60", _EXAMPLE),
        ("2026-11-23 09:00+15:00", "there is no offset +15:00", _EXAMPLE),
        ("0206-11-23", "the year is not between 1970 and 2199", _EXAMPLE),
        ("23/11/2026", "", "write 2026-11-23"),
        ("5.5.2026", "", "write 2026-05-05"),
        ("20261123", "", "write 2026-11-23"),
        ("2026-1-5", "", "write 2026-01-05"),
        ("2026/01/05 09:00", "", "write 2026-01-05 09:00"),
        ("2026-13", "", _EXAMPLE),
        ("2026-11-23 9:00", "", _EXAMPLE),
        ("tomorrow", "", _EXAMPLE),
        ("1795000000", "", _EXAMPLE),
        ("２０２６-11-23", "", _EXAMPLE),
    ],
)
def test_dates_that_are_refused(text: str, what: str, instead: str) -> None:
    with pytest.raises(Mistake) as raised:
        parse_date(text, STOCKHOLM)
    assert raised.value.what == f'"{text}" is no date' + (f": {what}" if what else "")
    assert raised.value.instead == instead


_MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2199, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@given(moment=_MOMENTS)
@example(moment=datetime(2000, 10, 29, tzinfo=UTC))
def test_a_moment_with_its_offset_comes_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    there = moment.astimezone(STOCKHOLM)
    # In UTC: Python never takes a time that exists twice for equal to one of another zone.
    assert parse_date(there.isoformat(), STOCKHOLM).astimezone(UTC) == moment
    zulu = moment.isoformat().replace("+00:00", "Z")
    assert parse_date(zulu, STOCKHOLM).astimezone(UTC) == moment


@given(moment=_MOMENTS)
def test_local_time_comes_back_or_is_refused_with_a_time_that_is_right(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    local = f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
    try:
        assert parse_date(local, STOCKHOLM).astimezone(UTC) == moment
    except Mistake as mistake:
        choices = mistake.instead.removeprefix("write ").split(" or ")
        assert moment in [parse_date(choice, STOCKHOLM).astimezone(UTC) for choice in choices]


@given(minutes=st.integers(0, 59), year=st.integers(2000, 2037))
def test_an_hour_that_does_not_exist_is_always_refused(minutes: int, year: int) -> None:
    forward = datetime(year, 3, 31, tzinfo=UTC)
    forward -= timedelta(days=(forward.weekday() + 1) % 7)
    with pytest.raises(Mistake, match="does not exist"):
        parse_date(f"{forward:%Y-%m-%d} 02:{minutes:02}", STOCKHOLM)


@given(text=st.one_of(st.text(), st.from_regex(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9 :+TZ-]*")))
def test_any_text_is_a_date_or_a_mistake(text: str) -> None:
    try:
        assert parse_date(text, STOCKHOLM).tzinfo is not None
    except Mistake:
        return
