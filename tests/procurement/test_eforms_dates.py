"""Dates and times stand in two elements, each with its own offset, and are read as one moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tests.procurement.eforms_notices import OWN, REAL, of_ted, own, reading_of, real
from utrop.procurement.eforms.dates import NoDateError, moment, read_date, read_time

HOUR = timezone(timedelta(hours=1))
THREE_HOURS = timezone(timedelta(hours=3))


def test_date_and_time_with_different_offsets_are_one_moment_in_the_times_offset() -> None:
    reading = reading_of(OWN / "reader-traps.xml")

    assert reading.notice is not None
    assert reading.notice.dispatched == datetime(2026, 9, 1, 14, 35, 26, tzinfo=THREE_HOURS)
    assert [str(one).partition(": ")[2] for one in reading.problems] == [
        "warning: dispatch (BT-05): the date is written with offset +02:00, the time with +03:00; "
        "the time's is taken"
    ]
    assert reading.problems[0].line == 98


def test_a_deadline_keeps_the_offset_that_the_notice_wrote() -> None:
    lots = own("traps").lots

    assert lots[0].tenders is not None
    assert lots[0].tenders.moment.isoformat() == "2027-01-16T00:00:00+01:00"
    assert lots[1].tenders is not None
    assert lots[1].tenders.moment.isoformat() == "2029-11-20T12:00:00+00:00"


def test_a_day_without_a_time_lasts_until_its_end() -> None:
    questions = own("traps").lots[0].questions

    assert questions is not None
    assert questions.moment == datetime(2026, 12, 20, 23, 59, 59, tzinfo=HOUR)
    assert not questions.has_time
    assert not questions.is_midnight


def test_days_are_read_as_written_whatever_their_offset() -> None:
    notice = own("traps")

    assert notice.ted_published == date(2026, 9, 3)
    assert notice.requested_publication == date(2026, 9, 3)
    assert (notice.lots[0].starts, notice.lots[0].ends) == (date(2027, 4, 1), date(2031, 3, 31))


@real
def test_the_offsets_of_701354_2023() -> None:
    notice = of_ted("701354-2023")

    assert notice.dispatched == datetime(2023, 11, 16, 9, 12, 40, tzinfo=HOUR)
    assert notice.ted_published == date(2023, 11, 17)


@real
def test_the_fraction_of_a_second_of_775348_2023() -> None:
    assert of_ted("775348-2023").dispatched == datetime(2023, 7, 7, 14, 35, 26, tzinfo=THREE_HOURS)


@real
def test_the_two_offsets_of_the_sdks_award_without_tenders() -> None:
    reading = reading_of(REAL / "can_24_no_tenders.xml")

    assert reading.notice is not None
    assert reading.notice.dispatched == datetime(2015, 2, 2, 12, 34, 56, tzinfo=UTC)
    assert [one.line for one in reading.problems] == [59]


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        ("2026-03-29+01:00", "02:30:00+01:00", "2026-03-29T02:30:00+01:00"),
        ("2026-10-25+02:00", "02:30:00+02:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25+01:00", "02:30:00+01:00", "2026-10-25T02:30:00+01:00"),
        ("2026-12-13Z", "09:00:00+01:00", "2026-12-13T09:00:00+01:00"),
        ("2026-12-13+01:00", "09:00:00", "2026-12-13T09:00:00+01:00"),
        ("2026-12-13", "09:00:00Z", "2026-12-13T09:00:00+00:00"),
        ("2026-07-13", "09:00:00", "2026-07-13T09:00:00+02:00"),
        ("2026-12-13", "", "2026-12-13T23:59:59+01:00"),
        ("2026-12-13-05:00", "", "2026-12-13T23:59:59-05:00"),
        ("2026-12-13+01:00", "24:00:00+01:00", "2026-12-14T00:00:00+01:00"),
        ("2026-12-13+01:00", "09:00+01:00", "2026-12-13T09:00:00+01:00"),
        ("2026-12-13+01:00", "09:00:00.123456789+01:00", "2026-12-13T09:00:00.123456+01:00"),
        ("2026-12-13+01:00", "09:00:00.5+14:00", "2026-12-13T09:00:00.500000+14:00"),
    ],
)
def test_a_moment_by_the_rule(day: str, at: str, expected: str) -> None:
    assert moment(day, at).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026-13-01", "2026-02-29", "2026-1-1", "13 december", "2026-12-13T09:00:00",
        "2026-12-13+15:00", "2026-12-13+01:60", "0000-01-01", "0001-01-01", "9999-12-31",
        "２０２６-12-13", "2026-12-13 ",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(NoDateError):
        read_date(text)


@pytest.mark.parametrize(
    "text", ["", "9:00", "25:00:00", "24:00:01", "09:60:00", "09:00:60", "09.00", "kl. 9", "09"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(NoDateError):
        read_time(text)
