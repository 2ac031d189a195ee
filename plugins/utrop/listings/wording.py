"""Dates, times, numbers and the order of words as each language writes them.

Never the system's locale. Swedish follows the usage of Swedish authorities: “den 13 december
2026”, “kl. 9.00”; English is British: “13 December 2026, 23:59 (CET)”.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, tzinfo
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from utrop.languages import language

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
    day = moment.astimezone(zone).date()
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


def number(value: int, lang: str) -> str:
    """Return a whole number with its groups of three."""
    return format_decimal(value, locale=_locale(lang))


def sort_key(text: str, lang: str) -> str:
    """Return the key by which a dictionary of that language sorts: å, ä and ö last in Swedish."""
    folded = unicodedata.normalize("NFC", text.casefold())
    kept = folded.translate(_AFTER_Z.get(lang, {}))
    bare = unicodedata.normalize("NFD", kept)
    return "".join(letter for letter in bare if not unicodedata.combining(letter)) + "\0" + text
