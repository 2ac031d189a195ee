"""Slugs: the last part of an address, made from a title or written by hand."""

from __future__ import annotations

import re
import unicodedata

from unidecode import unidecode

from utrop import languages
from utrop.procurement import addresses

LONGEST = 80
_SEGMENT = re.compile(r"[a-z0-9][a-z0-9-]*")
_ALWAYS_TAKEN = frozenset({"files", "images", "static", "theme"})
"""First segments that the build itself uses in every site."""


def slugify(text: str) -> str:
    """Return text as a slug of at most 80 characters, cut between words; empty where none is left.

    >>> slugify("Så här överprövas ett beslut")
    'sa-har-overprovas-ett-beslut'
    """
    ascii_text = unidecode(unicodedata.normalize("NFKC", text)).lower()
    ascii_text = re.sub(r"(?<=[a-z])'(?=[a-z])", "", ascii_text)
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_text))
    if len(slug) <= LONGEST:
        return slug
    cut = slug.rfind("-", 0, LONGEST + 1)
    return slug[: cut if cut > 0 else LONGEST]


def is_slug(text: str) -> bool:
    """Whether text can stand in an address as it is: one or more segments of ``a-z0-9-``."""
    return all(_SEGMENT.fullmatch(segment) for segment in text.split("/"))


def taken(lang: str, default_lang: str, languages_of_site: tuple[str, ...]) -> frozenset[str]:
    """Return the first segments in a language's edition that listings and files already use."""
    words = frozenset(languages.language(lang).words.values()) | addresses.first_segments(lang)
    if lang != default_lang:
        return words
    return words | _ALWAYS_TAKEN | frozenset(languages_of_site)
