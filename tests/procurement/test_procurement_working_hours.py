"""The nearest earlier working hour: never later, always on a working day."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.procurement.time_limits import is_working_day
from utrop.procurement.working_hours import WorkingHours

ZONE = ZoneInfo("Europe/Stockholm")
HOURS = WorkingHours(time(9), time(16))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-12-07 13:30", "2026-12-07 13:30"),
        ("2026-12-07 09:00", "2026-12-07 09:00"),
        ("2026-12-07 16:00", "2026-12-07 15:00"),
        ("2026-12-07 23:59", "2026-12-07 15:00"),
        ("2026-12-08 08:59", "2026-12-07 15:00"),
        ("2026-12-07 00:00", "2026-12-04 15:00"),  # a Monday: the Friday before
        ("2026-12-06 12:00", "2026-12-04 15:00"),  # a Sunday
        ("2026-12-26 12:00", "2026-12-23 15:00"),  # Boxing Day on a Saturday; Christmas before it
        ("2027-01-06 12:00", "2027-01-05 15:00"),  # Epiphany
        ("2027-06-26 12:00", "2027-06-24 15:00"),  # midsummer and its eve
        ("2026-03-29 02:30", "2026-03-27 15:00"),  # a time that the clocks leave out
    ],
)
def test_the_nearest_earlier_working_hour(moment: str, found: str) -> None:
    assert HOURS.at_or_before(at(moment), ZONE) == at(found)


@given(
    st.datetimes(
        datetime.fromisoformat("2026-01-01"),
        datetime.fromisoformat("2035-12-31"),
        timezones=st.just(ZONE),
    ),
    st.tuples(st.times(), st.times()).filter(lambda both: both[0] < both[1]),
)
def test_it_is_never_later_and_always_at_work(moment: datetime, both: tuple[time, time]) -> None:
    hours = WorkingHours(*both)
    found = hours.at_or_before(moment, ZONE)

    assert found.timestamp() <= moment.timestamp() + 3600  # an hour that the clocks repeat
    assert is_working_day(found.date())
    assert hours.start <= found.time() < hours.end
    assert hours.at_or_before(found, ZONE) == found


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("9-16", time(9), time(16)),
        (" 8.30 - 16:45 ", time(8, 30), time(16, 45)),
        ("09\u201317", time(9), time(17)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, start: time, end: time) -> None:
    assert WorkingHours.parse(text) == WorkingHours(start, end)


@pytest.mark.parametrize("text", ["", "9", "16-9", "9-9", "9-25", "9.75-16", "nine to five"])
def test_hours_that_are_none_say_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write the hours like 9-16"):
        WorkingHours.parse(text)
