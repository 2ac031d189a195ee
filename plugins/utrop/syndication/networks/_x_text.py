"""X's text: how long it is there, what it may not hold, and where a post links to.

Counting follows https://docs.x.com/fundamentals/counting-characters and the version 3 rules of X's
own twitter-text: 280 weighted characters, a URL counts 23, an emoji 2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from utrop.syndication.delivery import Limits, Measure
from utrop.syndication.networks import _x_emoji, _x_urls

WEIGHT: Final = 280
"""Weighted characters; accounts that pay for more get them in the app alone."""
PER_URL: Final = 23

_LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""The code points that weigh one: most alphabets, spaces, dashes and quotation marks."""
_HEAVY: Final = 2
_CASHTAG: Final = re.compile(r"(?<!\S)\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?![\w$])", re.IGNORECASE)
_REFUSED: Final = re.compile("[\ufeff\ufffe\uffff]")


def as_sent(text: str) -> str:
    """Return a text as it is counted and sent: in NFC, its lines ended by LF."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")


def weighted_length(text: str) -> int:
    """Return a text's length as X counts it: where that cannot be told, the higher count.

    The same as twitter-text 3.1.0 for JavaScript, but for what only looks like an address: that
    one counts its letters, and X's servers may count an address.
    """
    text = as_sent(text)
    found = _x_urls.addresses(text)
    # What an address or an emoji weighs stands where it begins, with zeros behind it.
    weights = [_weight(one) for one in text]
    surely = {one.start: one.end for one in found if one.sure}
    unsure = [one for one in found if not one.sure]
    emoji = {
        match.start(): match.end()
        for match in _x_emoji.SEQUENCE.finditer(text)
        # Where an address may end within one, its parts are counted.
        if not any(one.start <= match.start() < one.end for one in unsure)
    }
    at = 0
    while at < len(text):
        end = surely.get(at) or emoji.get(at)
        if end is not None:
            weights[at:end] = [PER_URL if at in surely else _HEAVY] + [0] * (end - at - 1)
        at = end or at + 1
    lacking = (PER_URL - sum(weights[one.start : one.end]) for one in unsure)
    return sum(weights) + sum(max(0, weight) for weight in lacking)


def has_address(text: str) -> bool:
    """Whether X may see an address in a text: a post with one costs more."""
    return bool(_x_urls.addresses(as_sent(text)))


def _weight(character: str) -> int:
    return 1 if any(first <= ord(character) <= last for first, last in _LIGHT) else _HEAVY


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


def links(post: Mapping[str, object]) -> Iterator[str]:
    """Yield where a post links to, as ``entities.urls`` tells: ``text`` has short addresses."""
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for found in urls if isinstance(urls, list) else ():
        for name in ("expanded_url", "unwound_url"):
            link = found.get(name) if isinstance(found, dict) else None
            if isinstance(link, str):
                yield link
