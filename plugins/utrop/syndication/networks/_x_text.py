"""X's text: how long it is there, what it may not hold, and whether a post links to a page.

Counting follows https://docs.x.com/fundamentals/counting-characters by way of the
twitter-text-parser package: 280 weighted characters, a URL counts 23, an emoji 2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

import httpx

from utrop.syndication.delivery import Limits, Measure

WEIGHT: Final = 280
"""Weighted characters; accounts that pay for more get them in the app alone."""
PER_URL: Final = 23

_SHORTEST_URL: Final = 4
_OTHER_SCRIPT: Final = re.compile(r"\S*[^\x00-\u024f\u2010-\u2027\u2030-\u203a\s]\S*")
_DOT_WITHIN: Final = re.compile(r"(?<=\S)\.(?=\S)")
_CASHTAG: Final = re.compile(r"(?<!\S)\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?![\w$])", re.IGNORECASE)
_REFUSED: Final = re.compile("[\ufeff\ufffe\uffff]")


def weighted_length(text: str) -> int:
    """Return a text's length as X counts it: never less, and exact in Latin script but © and ®.

    The package misses bare domains (``example.org`` without ``https://``) that touch letters of
    some other scripts or certain emoji, where X counts a URL. Such dots are counted as one.
    """
    # Here, for it compiles its patterns for a fifth of a second, and most runs count nothing.
    from twitter_text import (  # type: ignore[import-untyped] # it ships no types
        extract_urls_with_indices,
        parse_tweet,
    )

    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    counted: int = parse_tweet(text).weightedLength
    dots = [
        dot.start()
        for word in _OTHER_SCRIPT.finditer(text)
        for dot in _DOT_WITHIN.finditer(text, *word.span())
    ]
    if dots:
        seen = [found["indices"] for found in extract_urls_with_indices(text)]
        missed = [dot for dot in dots if not any(first <= dot < end for first, end in seen)]
        counted += (PER_URL - _SHORTEST_URL) * len(missed)
    return counted


def _cashtags(text: str) -> int:
    return len(_CASHTAG.findall(text))


def _refused(text: str) -> int:
    return len(_REFUSED.findall(text))


LIMITS: Final = Limits(
    measures=(
        Measure(unit="weighted characters", maximum=WEIGHT, count=weighted_length),
        Measure(unit="cashtags (such as $SEK)", maximum=1, count=_cashtags),
        Measure(unit="characters that X refuses (such as U+FEFF)", maximum=0, count=_refused),
    ),
)


def links_to(post: Mapping[str, object], url: str) -> bool:
    """Whether a post links to exactly this page, as ``entities.urls`` tells.

    ``text`` holds only shortened addresses.
    """
    wanted = _comparable(url)
    return any(_comparable(link) == wanted for link in _links(post))


def _links(post: Mapping[str, object]) -> Iterator[str]:
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for found in urls if isinstance(urls, list) else ():
        for name in ("expanded_url", "unwound_url"):
            link = found.get(name) if isinstance(found, dict) else None
            if isinstance(link, str):
                yield link


def _comparable(url: str) -> str:
    """Return an address without what does not tell pages apart: case of host, fragment, IDN."""
    try:
        address = str(httpx.URL(url).copy_with(fragment=None))
    except httpx.InvalidURL:
        return url
    return re.sub("%[0-9a-f]{2}", lambda escape: escape[0].upper(), address)
