"""Last moments in words: a day with its weekday, and the time so that nobody comes a day late.

Never the system's locale. Swedish: “måndag den 14 december 2026 kl. 9.00”; English is British:
“Monday 14 December 2026, 09:00 (CET)”.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from babel.dates import format_date, format_datetime, format_time

from utrop.languages import language

END_OF_DAY: Final = time(23, 59, 59)
"""In a deadline's own offset: the notice names a day and no time."""
_MIDNIGHT: Final = time(0)


def last_moment(moment: datetime, lang: str, zone: tzinfo) -> str:
    """Return a last moment (aware) in words, as seen from a time zone.

    One at 23:59:59 in its own offset is a day without a time, and is that day wherever it is read.
    At midnight the night is named too: many would take 00:00 for the end of the day.
    """
    if moment.time() == END_OF_DAY:
        return _day(moment, lang)
    local = moment.astimezone(zone)
    day = _day(local, lang)
    if lang == "sv":
        told = f"{day} kl. {local.hour}.{local.minute:02}"
        return f"{told} ({_night(local, lang)})" if local.time() == _MIDNIGHT else told
    if lang == "en":
        told = f"{day}, {local:%H:%M} ({local.tzname()})"
        return f"{told}, {_night(local, lang)}" if local.time() == _MIDNIGHT else told
    locale = language(lang).open_graph_locale
    return f"{day}, {format_time(local, 'short', locale=locale)} ({local.tzname()})"


def short_last_moment(moment: datetime, lang: str, zone: tzinfo) -> str:
    """Return the same where there is little room: ``2026-12-14 kl. 9.00``."""
    if moment.time() == END_OF_DAY:
        return f"{moment:%Y-%m-%d}"
    local = moment.astimezone(zone)
    if lang == "sv":
        return f"{local:%Y-%m-%d} kl. {local.hour}.{local.minute:02}"
    return f"{local:%Y-%m-%d %H:%M} ({local.tzname()})"


def days_left(moment: datetime, now: datetime, zone: tzinfo) -> int:
    """Return how many nights lie between now and a last moment, both aware: 0 on the last day."""
    whole_day = moment.time() == END_OF_DAY
    last = moment.date() if whole_day else moment.astimezone(zone).date()
    return (last - now.astimezone(zone).date()).days


def _day(local: datetime, lang: str) -> str:
    locale = language(lang).open_graph_locale
    if lang in ("sv", "en"):
        pattern = "EEEE 'den' d MMMM y" if lang == "sv" else "EEEE d MMMM y"
        return format_date(local.date(), pattern, locale=locale)
    return format_date(local.date(), "full", locale=locale)


def _night(local: datetime, lang: str) -> str:
    before = local - timedelta(days=1)
    locale = language(lang).open_graph_locale
    first, second = (format_datetime(day, "EEEE", locale=locale) for day in (before, local))
    if lang == "sv":
        return f"natten mellan {first} och {second}"
    return f"the night between {first} and {second}"
