"""Dates, times, numbers and the order of words as each language writes them.

Never the system's locale. Swedish follows the usage of Swedish authorities: “den 13 december
2026”, “kl. 9.00”; English is British: “13 December 2026, 23:59 (CET)”.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from utrop.languages import language
from utrop.procurement.notice import Deadline

_AFTER_Z = {"sv": str.maketrans({"å": "{", "ä": "|", "ö": "}", "æ": "|", "ø": "}"})}


@lru_cache
def _locale(lang: str) -> Locale:
    return Locale.parse(language(lang).open_graph_locale)


def date_in_words(moment: datetime, lang: str, zone: tzinfo) -> str:
    """Return a day as it stands in running text, as seen from a time zone.

    >>> from datetime import UTC
    >>> date_in_words(datetime(2026, 12, 13, 8, tzinfo=UTC), "sv", UTC)
    'den 13 december 2026'
    """
    return day_in_words(moment.astimezone(zone).date(), lang)


def day_in_words(day: date, lang: str) -> str:
    """Return a day as it stands in running text.

    >>> day_in_words(date(2026, 12, 13), "en")
    '13 December 2026'
    """
    if lang == "sv":
        return "den " + format_date(day, "d MMMM y", locale=_locale(lang))
    if lang == "en":
        return format_date(day, "d MMMM y", locale=_locale(lang))
    return format_date(day, "long", locale=_locale(lang))


def moment_in_words(moment: datetime, lang: str, zone: tzinfo) -> str:
    """Return a day and its time of day as they stand in running text."""
    local = moment.astimezone(zone)
    day = date_in_words(moment, lang, zone)
    if lang == "sv":
        return f"{day} kl. {local.hour}.{local.minute:02}"
    if lang == "en":
        return f"{day}, {local:%H:%M} ({local.tzname()})"
    return format_datetime(local, "long", locale=_locale(lang))


def weekday_in_words(day: date, lang: str) -> str:
    """Return a day with its weekday, whose day and month stay on one line.

    >>> weekday_in_words(date(2027, 3, 15), "en")
    'Monday 15\xa0March 2027'
    """
    if lang in ("sv", "en"):
        return format_date(day, "EEEE d\N{NO-BREAK SPACE}MMMM y", locale=_locale(lang))
    return format_date(day, "full", locale=_locale(lang))


def deadline_in_words(deadline: Deadline, lang: str, zone: tzinfo) -> str:
    """Return a last moment with its weekday and, where the notice says one, its time.

    A deadline at 00:00 names the night, since readers lose a day otherwise; one without a time
    names the day as the notice has it, whatever the zone.

    >>> from datetime import UTC
    >>> at = datetime(2024, 1, 16, tzinfo=UTC)
    >>> deadline_in_words(Deadline(moment=at), "sv", UTC).replace("\xa0", " ")
    'natten mellan måndag 15 och tisdag 16 januari 2024, kl. 0.00'
    """
    if not deadline.has_time:
        return weekday_in_words(deadline.moment.date(), lang)
    local = deadline.moment.astimezone(zone)
    is_midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
    day = weekday_in_words(local.date(), lang)
    if is_midnight and lang in ("sv", "en"):
        day = _night(local.date(), lang) + ("," if lang == "sv" else "")
    if lang == "sv":
        return f"{day} kl.\N{NO-BREAK SPACE}{local.hour}.{local.minute:02}"
    return f"{day}, {local:%H:%M}\N{NO-BREAK SPACE}({local.tzname()})"


def _night(day: date, lang: str) -> str:
    """Return the night before a day by both its days; month and year stand once where they can."""
    before = day - timedelta(days=1)
    pattern = "EEEE d"
    if before.month != day.month:
        pattern += "\N{NO-BREAK SPACE}MMMM" + (" y" if before.year != day.year else "")
    first, second = format_date(before, pattern, locale=_locale(lang)), weekday_in_words(day, lang)
    if lang == "sv":
        return f"natten mellan {first} och {second}"
    return f"the night between {first} and {second}"


def number(value: int, lang: str) -> str:
    """Return a whole number with its groups of three."""
    return format_decimal(value, locale=_locale(lang))


def sort_key(text: str, lang: str) -> str:
    """Return the key by which a dictionary of that language sorts: å, ä and ö last in Swedish."""
    folded = unicodedata.normalize("NFC", text.casefold())
    kept = folded.translate(_AFTER_Z.get(lang, {}))
    bare = unicodedata.normalize("NFD", kept)
    return "".join(letter for letter in bare if not unicodedata.combining(letter)) + "\0" + text
