"""VTIMEZONE: a time zone's rules as calendars carry them (RFC 5545, section 3.6.5).

icalendar can make them too, but lets summer time begin an hour late, at 03:00 (release 7.3), and
writes lists of dates where Outlook reads rules alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_LAST_YEAR = 2036
"""Until when a rule is tested; zone files hold single dates up to 2037."""
_UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Etc/GMT", "GMT", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT"})
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Observance:
    """From what to what clocks are set, and what the time is then called."""

    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


def is_utc(zone: ZoneInfo) -> bool:
    """Whether times of a zone are written in UTC, which needs no VTIMEZONE."""
    return zone.key in _UTC_NAMES


@lru_cache
def vtimezone(key: str, first_year: int) -> Timezone:
    """Return the rules of a zone (IANA name) from the year before ``first_year`` on."""
    zone = ZoneInfo(key)
    start = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    component = Timezone()
    component.add("TZID", key)
    found: dict[_Observance, list[datetime]] = defaultdict(list)
    for moment in _turns(start, datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC), zone):
        seen = _observance(moment - timedelta(seconds=1), moment, zone)
        found[seen].append((moment + seen.before).replace(tzinfo=None))
    if all(onsets[0].year >= first_year for onsets in found.values()):
        # Otherwise what held before lies before every event, and two parts are what Outlook reads.
        found[_observance(start, start, zone)] = [start.replace(tzinfo=None)]
    for observance, onsets in found.items():
        part = TimezoneDaylight() if observance.is_summer else TimezoneStandard()
        part.add("DTSTART", onsets[0])
        part.add("TZOFFSETFROM", observance.before)
        part.add("TZOFFSETTO", observance.after)
        part.add("TZNAME", observance.name)
        rule = _rule(onsets, first_year)
        if rule is not None:
            part.add("RRULE", rule)
        elif onsets[1:]:
            part.add("RDATE", onsets[1:])
        component.add_component(part)
    return component


def _observance(before: datetime, after: datetime, zone: ZoneInfo) -> _Observance:
    local = after.astimezone(zone)
    return _Observance(
        before=before.astimezone(zone).utcoffset() or timedelta(),
        after=local.utcoffset() or timedelta(),
        name=local.tzname() or zone.key,
        is_summer=bool(local.dst()),
    )


def _turns(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the moments (UTC) at which a zone's offset or name changes, to the second."""
    step = timedelta(days=7)  # no zone changes twice within a week
    while start < end:
        if _told(start, zone) != _told(start + step, zone):
            low, high = start, start + step
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (
                    (middle, high) if _told(middle, zone) == _told(low, zone) else (low, middle)
                )
            yield high
        start += step


def _told(moment: datetime, zone: ZoneInfo) -> tuple[timedelta | None, str | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _rule(onsets: list[datetime], first_year: int) -> vRecur | None:
    """Return the yearly rule that gives exactly these onsets, if there is one."""
    years = [one.year for one in onsets]
    if years != list(range(first_year - 1, _LAST_YEAR + 1)):
        return None
    if len({(one.month, one.weekday(), one.time()) for one in onsets}) != 1:
        return None
    is_last = all((one + timedelta(days=7)).month != one.month for one in onsets)
    weeks = {(one.day - 1) // 7 + 1 for one in onsets}
    if not is_last and len(weeks) != 1:
        return None
    week = -1 if is_last else weeks.pop()
    day = _DAYS[onsets[0].weekday()]
    return vRecur({"FREQ": "YEARLY", "BYDAY": f"{week}{day}", "BYMONTH": onsets[0].month})
