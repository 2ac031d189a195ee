"""What calendars say, in Swedish and English; other languages' editions say it in English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

What = Literal["tenders", "participation", "interest", "answers", "questions"]

_ENGLISH: Final[Mapping[str, str]] = {
    "tenders": "Last day for tenders",
    "participation": "Last day for requests to participate",
    "interest": "Last day for expressions of interest",
    "answers": "Last day for answers",
    "questions": "Last day for questions",
    "cancelled": "Cancelled",
    "is_cancelled": "The procurement has been cancelled.",
    "lot": "lot",
    "lots": "lots",
    "and": "and",
    "buyer": "Buyer",
    "ask": "Questions are asked here",
    "documents": "Procurement documents",
    "submission": "Tenders are submitted here",
    "page": "More on the page",
    "prevails": "The official notice prevails",
    "registration": "Registration",
    "place": "Place",
    "night": "the night after {day}",
    "open": "Open procurements",
    "open_in": "Open procurements: {name}",
    "events": "Events",
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "sv": {
        "tenders": "Sista dag för anbud",
        "participation": "Sista dag för anbudsansökan",
        "interest": "Sista dag för intresseanmälan",
        "answers": "Sista dag för svar",
        "questions": "Sista dag för frågor",
        "cancelled": "Avbruten",
        "is_cancelled": "Upphandlingen är avbruten.",
        "lot": "del",
        "lots": "delar",
        "and": "och",
        "buyer": "Köpare",
        "ask": "Frågor ställs här",
        "documents": "Upphandlingsdokument",
        "submission": "Anbud lämnas här",
        "page": "Mer på sidan",
        "prevails": "Den officiella annonsen gäller",
        "registration": "Anmälan",
        "place": "Plats",
        "night": "alltså natten efter {day}",
        "open": "Öppna upphandlingar",
        "open_in": "Öppna upphandlingar: {name}",
        "events": "Händelser",
    }
}


def words(lang: str) -> Mapping[str, str]:
    """Return the words of a language."""
    return _WORDS.get(lang, _ENGLISH)


def day_in_words(day: date, lang: str) -> str:
    """Return a day with its weekday.

    >>> day_in_words(date(2026, 12, 15), "sv")
    'tisdag den 15 december 2026'
    """
    if lang == "sv":
        return format_date(day, "EEEE 'den' d MMMM y", locale=Locale("sv", "SE"))
    return format_date(day, "EEEE d MMMM y", locale=Locale("en", "GB"))


def moment_in_words(moment: datetime, lang: str, zone: ZoneInfo) -> str:
    """Return a day, a time of day and the time zone, as seen from ``zone``.

    At midnight the day before is named too: readers would lose it otherwise.
    """
    local = moment.astimezone(zone)
    day, name = day_in_words(local.date(), lang), local.tzname()
    if lang == "sv":
        hour = "00" if (local.hour, local.minute) == (0, 0) else str(local.hour)
        text = f"{day} kl. {hour}.{local.minute:02} ({name})"
    else:
        text = f"{day}, {local:%H:%M} ({name})"
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        before = day_in_words(local.date() - timedelta(days=1), lang)
        text += ", " + words(lang)["night"].format(day=before)
    return text


def lots_in_words(numbers: tuple[str, ...], lang: str) -> str:
    """Return which lots something is about; many are only counted.

    >>> lots_in_words(("1", "2", "5"), "sv")
    'del 1, 2 och 5'
    """
    if not numbers:
        return ""
    said = words(lang)
    if len(numbers) == 1:
        return f"{said['lot']} {numbers[0]}"
    if len(numbers) > 6:
        return f"{len(numbers)} {said['lots']}"
    first = ", ".join(numbers[:-1])
    noun = said["lot"] if lang == "sv" else said["lots"]
    return f"{noun} {first} {said['and']} {numbers[-1]}"
