"""Facets: which bytes of a Bluesky text are links and hashtags, https://docs.bsky.app/docs/advanced-guides/post-richtext.

Nothing is linked there by itself. Offsets count bytes of the UTF-8 text, not characters, so all
are taken from one encoding of the very text that is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

from utrop.syndication.delivery import Payload

_URL = regex.compile(r"(?<![\w@#$/])https?://[^\s<>\"]+", regex.IGNORECASE)
_AFTER_URL = ".,;:!?'’”»…"
_ENDS_URL = regex.compile(r"[.,;:!?'’”»…)\]]*(?:\s|$)")
# As people write them: a letter somewhere, no mark before that makes it part of something else.
_HASHTAG = regex.compile(r"(?<![\w&/#＃])[#＃]((?=[\w\p{M}]*\p{L})[\w\p{M}\u200c\u200d]+)")
_CONTINUES = regex.compile(r"[\w\p{M}\u200c\u200d]")
_TAG_GRAPHEMES, _TAG_BYTES = 64, 640


def facets(text: str, *, url: str, hashtags: Iterable[str]) -> list[Payload]:
    """Return the facets of a text, in its order, none overlapping another.

    Links are the given URL and every other http(s) address; hashtags are the given ones (without
    ``#``) and whatever else reads as one.
    """
    taken: dict[int, tuple[int, Payload]] = {}
    for start, end, feature in _features(text, url, tuple(hashtags)):
        if all(end <= begun or start >= ended for begun, (ended, _) in taken.items()):
            taken[start] = (end, feature)
    return [
        {
            "index": {
                "byteStart": len(text[:start].encode()),
                "byteEnd": len(text[:end].encode()),
            },
            "features": [feature],
        }
        for start, (end, feature) in sorted(taken.items(), key=lambda item: item[0])
    ]


def _features(text: str, url: str, hashtags: tuple[str, ...]) -> Iterator[tuple[int, int, Payload]]:
    """Yield start, end and feature of what might be one, the surest first."""
    for start, end in _occurrences(text, url):
        if _ENDS_URL.match(text, end):
            yield start, end, _link(url)
    for match in _URL.finditer(text):
        address = _without_punctuation(match[0])
        if len(address) > len("https://"):
            yield match.start(), match.start() + len(address), _link(address)
    for tag in sorted(hashtags, key=len, reverse=True):
        for start, end in _occurrences(text, f"#{tag}"):
            whole = not _CONTINUES.match(text, end) and not _CONTINUES.match(text[:start][-1:])
            if whole and _fits(tag):
                yield start, end, _tag(tag)
    for match in _HASHTAG.finditer(text):
        if _fits(match[1]):
            yield match.start(), match.end(), _tag(match[1])


def _occurrences(text: str, part: str) -> Iterator[tuple[int, int]]:
    start = text.find(part) if part else -1
    while start >= 0:
        yield start, start + len(part)
        start = text.find(part, start + len(part))


def _without_punctuation(address: str) -> str:
    """Cut off what a sentence put after an address, and a bracket that it did not open."""
    while True:
        shorter = address.rstrip(_AFTER_URL)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter.endswith("]") and shorter.count("]") > shorter.count("["):
            shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter


def _fits(tag: str) -> bool:
    within = len(regex.findall(r"\X", tag)) <= _TAG_GRAPHEMES and len(tag.encode()) <= _TAG_BYTES
    return bool(tag) and within


def _link(uri: str) -> Payload:
    return {"$type": "app.bsky.richtext.facet#link", "uri": uri}


def _tag(tag: str) -> Payload:
    return {"$type": "app.bsky.richtext.facet#tag", "tag": tag}
