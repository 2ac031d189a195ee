"""The languages of a site: their names, their path words, and where each edition lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from babel import Locale, UnknownLocaleError

ListingKind = Literal["category", "tag", "author", "archive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language that a site publishes in."""

    code: str
    name: str
    open_graph_locale: str
    words: dict[str, str]


_ENGLISH_WORDS = {
    "category": "category",
    "tag": "tag",
    "author": "author",
    "archive": "archive",
    "page": "page",
}
_WORDS = {
    "sv": {
        "category": "kategori",
        "tag": "etikett",
        "author": "forfattare",
        "archive": "arkiv",
        "page": "sida",
    },
    "en": _ENGLISH_WORDS,
}


def language(code: str) -> Language:
    """Return the language with an ISO 639-1 code; a ``ValueError`` where there is none.

    >>> language("sv").name
    'svenska'
    """
    try:
        locale = Locale.parse(code)
    except (ValueError, UnknownLocaleError, TypeError) as error:
        raise ValueError(f"{code!r} is no language code") from error
    if code != locale.language:
        raise ValueError(f"{code!r} is no two-letter language code")
    likely = Locale.parse(f"{code}_{_TERRITORIES[code]}") if code in _TERRITORIES else locale
    return Language(
        code=code,
        name=locale.get_display_name(code) or code,
        open_graph_locale=str(likely),
        words=_WORDS.get(code, _ENGLISH_WORDS),
    )


_TERRITORIES = {"sv": "SE", "en": "GB", "fi": "FI", "nb": "NO", "nn": "NO", "da": "DK", "de": "DE"}


def edition_path(lang: str, default_lang: str) -> str:
    """Return the path of a language's edition below SITEURL: ``""`` or ``"en/"``."""
    return "" if lang == default_lang else f"{lang}/"


def listing_path(kind: ListingKind, slug: str, lang: str, default_lang: str) -> str:
    """Return the path of a listing below SITEURL, such as ``"en/tag/lou/"``."""
    base = f"{edition_path(lang, default_lang)}{language(lang).words[kind]}/"
    return f"{base}{slug}/" if slug else base
