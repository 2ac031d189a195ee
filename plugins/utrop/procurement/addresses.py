"""Addresses: where the lists, calendars and open data of procurements lie below SITEURL.

Lists link to calendars and calendars to pages, and neither capability knows the other: the paths
that both need stand here. Each is a function of the language and of codes alone.
"""

from __future__ import annotations

from typing import Final, Literal

from utrop.languages import edition_path

NoticeList = Literal["open", "planned", "closed", "awarded"]

OCDS_INDEX: Final = "ocds/index.json"
"""The list of every procedure's release package and record."""

_ENGLISH: Final = {
    "notices": "procurements",
    "open": "",
    "planned": "planned/",
    "closed": "closed/",
    "awarded": "awarded/",
    "region": "region",
    "calendar": "calendar.ics",
    "events": "events.ics",
    "accounts": "accounts",
}
_WORDS: Final = {
    "sv": {
        "notices": "upphandlingar",
        "open": "",
        "planned": "planerade/",
        "closed": "avslutade/",
        "awarded": "tilldelade/",
        "region": "omrade",
        "calendar": "kalender.ics",
        "events": "handelser.ics",
        "accounts": "vara-konton",
    },
    "en": _ENGLISH,
}


def _words(lang: str) -> dict[str, str]:
    return _WORDS.get(lang, _ENGLISH)


def notices_path(which: NoticeList, lang: str, default_lang: str) -> str:
    """Return the path of a list of procurements, such as ``upphandlingar/planerade/``."""
    words = _words(lang)
    return f"{edition_path(lang, default_lang)}{words['notices']}/{words[which]}"


def division_path(division: str, lang: str, default_lang: str) -> str:
    """Return the path of the list of a CPV division (two digits)."""
    return f"{notices_path('open', lang, default_lang)}cpv/{division}/"


def region_path(nuts: str, lang: str, default_lang: str) -> str:
    """Return the path of the list of a region (a NUTS code such as ``SE313``)."""
    base = notices_path("open", lang, default_lang)
    return f"{base}{_words(lang)['region']}/{nuts.lower()}/"


def calendar_path(path: str, lang: str) -> str:
    """Return the path of the calendar that belongs to the page at ``path``, a post or a list."""
    return path + _words(lang)["calendar"]


def events_calendar_path(lang: str, default_lang: str) -> str:
    """Return the path of the calendar of an edition's events."""
    return edition_path(lang, default_lang) + _words(lang)["events"]


def accounts_path(lang: str, default_lang: str) -> str:
    """Return the path of the page that lists the accounts."""
    return f"{edition_path(lang, default_lang)}{_words(lang)['accounts']}/"


def release_path(ocid: str) -> str:
    """Return the path of a procedure's OCDS release package."""
    return f"ocds/releases/{ocid}.json"


def record_path(ocid: str) -> str:
    """Return the path of a procedure's OCDS record package."""
    return f"ocds/records/{ocid}.json"


def first_segments(lang: str) -> frozenset[str]:
    """Return the first segments of an edition's addresses that no post may have."""
    words = _words(lang)
    return frozenset({words["notices"], words["accounts"], "ocds"})
