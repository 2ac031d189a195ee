"""Time limits: Swedish working days, how statutory periods are counted, and the standstill's end.

Public holidays follow lag (1989:253) om allmänna helgdagar, 1 and 2 §§, whose text was read as it
stands since 2005; for earlier years the result is what today's law would say. That a period's last
day moves on from a Saturday, Sunday, holiday, midsummer eve, Christmas eve or New Year's eve is
lag (1930:173) om beräkning av lagstadgad tid, 2 §, whose text was not read. That the periods of
procurement law are counted so is what Upphandlingsmyndigheten says (answer 1372299).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from utrop.procurement.course import Course

STANDSTILL_DAYS: Final = 10
"""Where every tenderer was told by electronic means (LOU 20 kap. 1 §)."""
STANDSTILL_DAYS_ON_PAPER: Final = 15
_DAY: Final = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6


@cache
def easter(year: int) -> date:
    """Return Easter Sunday of a Gregorian year, by the method of Meeus, Jones and Butcher."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moon + 15) % 30
    four, left = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * four - epact - left) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return a year's public holidays (lag 1989:253) without the Sundays that bear no name."""
    day = easter(year)
    moving = (day + timedelta(days=after) for after in (-2, 0, 1, 39, 49))
    fixed = (date(year, *at) for at in ((1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26)))
    saturdays = (_saturday_from(date(year, 6, 20)), _saturday_from(date(year, 10, 31)))
    return frozenset((*moving, *fixed, *saturdays))


@cache
def eves(year: int) -> frozenset[date]:
    """Return midsummer eve, Christmas eve and New Year's eve, on which no period ends either."""
    midsummer = _saturday_from(date(year, 6, 20))
    return frozenset((midsummer - _DAY, date(year, 12, 24), date(year, 12, 31)))


def is_working_day(day: date) -> bool:
    """Whether a statutory period can end on this day in Sweden."""
    return (
        day.weekday() not in (_SATURDAY, _SUNDAY)
        and day not in holidays(day.year)
        and day not in eves(day.year)
    )


def roll(day: date) -> date:
    """Return the day itself if it is a working day, else the next one (lag 1930:173, 2 §)."""
    while not is_working_day(day):
        day += _DAY
    return day


def period_end(start: date, days: int) -> date:
    """Return the last day of a period of ``days`` that begins the day after ``start``.

    A last day that is no working day moves to the next one.
    """
    return roll(start + timedelta(days=days))


def standstill_end(course: Course, zone: ZoneInfo) -> datetime | None:
    """Return the first moment at which a contract may be signed, in ``zone``; None if unknown.

    LOU 20 kap. 1 §: 10 days from the day on which the tenderers were told of the award decision,
    15 if not all of them electronically; that day is day 0, so the contract may be signed on day
    11 at the earliest. A standstill that the notification makes longer holds; one that it makes
    shorter does not. None also where there is no standstill (LOU 20 kap. 2 §).
    """
    if not course.has_standstill:
        return None
    last = course.standstill_until
    if course.award_notified_at is not None:
        told = course.award_notified_at.astimezone(zone).date()
        by_law = period_end(
            told,
            STANDSTILL_DAYS if course.notified_electronically else STANDSTILL_DAYS_ON_PAPER,
        )
        last = max(by_law, last or by_law)
    return None if last is None else datetime.combine(last + _DAY, time(), tzinfo=zone)


def _saturday_from(day: date) -> date:
    """Return the first Saturday that is not before ``day``."""
    return day + timedelta(days=(_SATURDAY - day.weekday()) % 7)
