"""The composer: from an announcement and a network's limits to the text that is sent there.

The writer's own words win, and are never cut. Else: the title, the facts of a post in procurement
(its last day before all else, each line whole or not at all), as much of the summary as fits, the
canonical URL, and hashtags made from the tags while there is room. Text is in NFC.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from utrop.problem import Problem
from utrop.syndication.announcement import Announcement
from utrop.syndication.cutting import shortened
from utrop.syndication.delivery import Limits, Message
from utrop.syndication.errors import Rejected
from utrop.syndication.notices_said import Said, said

EVERY_NETWORK: Final = "text"
"""The key of the writer's own words for networks that have no words of their own."""
MOST_HASHTAGS: Final = 5
"""More read as noise, and some networks rank such posts lower."""

_HASHTAG: Final = re.compile(r"(?<![\w&/#.])#(\w*[^\W\d_]\w*)")
_SPACES: Final = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")


def compose(
    announcement: Announcement, network: str, limits: Limits, *, created_at: datetime
) -> Message:
    """Return what is said of a post on a network; ``created_at`` is aware.

    Raises ``Rejected`` where the writer's own words, or the bare address, exceed the limits.
    """
    own = own_words(announcement, network)
    text, hashtags = (
        _own(own, announcement.url, network, limits)
        if own
        else _composed(announcement, network, limits)
    )
    return Message(
        guid=announcement.guid,
        text=text,
        url=announcement.url,
        lang=announcement.lang,
        created_at=created_at,
        hashtags=hashtags,
        card_title=_line(announcement.title),
        card_description=_line(announcement.summary),
        image=announcement.image,
    )


def own_words(announcement: Announcement, network: str) -> str:
    """Return the writer's own words for a network, or an empty text."""
    said = announcement.texts.get(network) or announcement.texts.get(EVERY_NETWORK) or ""
    lines = unicodedata.normalize("NFC", said).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_printable(line).rstrip() for line in lines).strip()


def check(announcement: Announcement, limits: Mapping[str, Limits]) -> list[Problem]:
    """Return what keeps a post from being announced on the networks given by name."""
    problems = []
    for network in sorted(limits):
        if announcement.networks is not None and network not in announcement.networks:
            continue
        try:
            compose(announcement, network, limits[network], created_at=announcement.published)
        except Rejected as error:
            problems.append(
                Problem(
                    what=f"“{_line(announcement.title)}” cannot be announced on {network}: {error}",
                    instead="shorten the words below `announce:` in its front matter",
                )
            )
    return problems


def hashtag(tag: str) -> str:
    """Return a tag as a hashtag without ``#``, or an empty text where it makes none.

    >>> hashtag("offentlig upphandling"), hashtag("e-faktura"), hashtag("2026")
    ('OffentligUpphandling', 'Efaktura', '')
    """
    words = re.split(r"[\s_/&+,;:]+", unicodedata.normalize("NFC", tag))
    letters = ["".join(one for one in word if one.isalnum()) for word in words]
    joined = "".join(word[:1].upper() + word[1:] for word in letters)
    joined = unicodedata.normalize("NFC", joined)
    # One letter is what is left of C# and the like; digits alone make no hashtag anywhere.
    return joined if len(joined) > 1 and not joined.isnumeric() else ""


def hashtags_in(text: str, url: str = "") -> tuple[str, ...]:
    """Return the hashtags of a text, without ``#``, each once, leaving out the address's own."""
    found = _HASHTAG.findall(text.replace(url, " ") if url else text)
    return tuple(dict.fromkeys(found))


def _own(words: str, url: str, network: str, limits: Limits) -> tuple[str, tuple[str, ...]]:
    stands = re.search(re.escape(url) + r"(?![\w/#?&=%-])", words)
    text = words if stands or not limits.url_in_text else f"{words}\n\n{url}"
    for measure in limits.measures:
        count = measure.count(text)
        if count > measure.maximum:
            raise Rejected(
                f"your own words, with the address, are {count} {measure.unit}, and {network}"
                f" takes {measure.maximum}"
            )
    return text, hashtags_in(text, url)


def _composed(
    announcement: Announcement, network: str, limits: Limits
) -> tuple[str, tuple[str, ...]]:
    url = announcement.url if limits.url_in_text else ""
    if not limits.fits(url):
        raise Rejected(f"the post's address alone is longer than {network} takes")
    facts = said(announcement) or Said()
    title, lines = _title_and_facts(announcement, facts, url, limits)
    closing = _line(facts.closing)
    if not limits.fits(_joined(title, lines, closing, url)):
        closing = ""
    summary = _line(announcement.summary)
    if summary.casefold() == title.casefold() or (announcement.heading and announcement.facts):
        summary = ""
    summary = shortened(
        summary, lambda it: limits.fits(_joined(title, lines, it, closing, url)), sentences=True
    )
    text = _joined(title, lines, summary, closing, url)
    if not text:
        raise Rejected(f"nothing of the title and the summary fits into what {network} takes")
    hashtags: tuple[str, ...] = ()
    candidates = dict.fromkeys(filter(None, map(hashtag, announcement.tags)))
    for candidate in candidates if limits.hashtags else ():
        longer = (*hashtags, candidate)
        if len(longer) <= MOST_HASHTAGS and limits.fits(_with_hashtags(text, longer)):
            hashtags = longer
    return _with_hashtags(text, hashtags), hashtags


def _title_and_facts(
    announcement: Announcement, facts: Said, url: str, limits: Limits
) -> tuple[str, str]:
    """Return the title as far as it fits beside the last day, and the lines of facts that fit.

    Where the long form of the last day leaves no room for a title, the short one stands; where
    that leaves none either, the title stands alone. Nothing of a moment is ever cut.
    """
    whole = _line(announcement.heading or announcement.title)
    title, lines = "", ""
    for moments in dict.fromkeys((facts.moments, facts.short_moments, ())):
        lines = "\n".join(map(_line, moments))
        if not limits.fits(_joined(lines, url)):
            continue
        title = _shortened_beside(whole, _joined(lines, url), limits)
        if title:
            break
    for line in map(_line, facts.lines):
        longer = f"{lines}\n{line}".strip("\n")
        if limits.fits(_joined(title, longer, url)):
            lines = longer
    return title, lines


def _shortened_beside(title: str, rest: str, limits: Limits) -> str:
    return shortened(title, lambda it: limits.fits(_joined(it, rest)), sentences=False)


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _with_hashtags(text: str, hashtags: tuple[str, ...]) -> str:
    return _joined(text, " ".join(f"#{one}" for one in hashtags))


def _line(text: str) -> str:
    """Return a text as one line in NFC. No-break spaces stay: they hold amounts together."""
    return _printable(_SPACES.sub(" ", unicodedata.normalize("NFC", text))).strip(" ")


def _printable(text: str) -> str:
    """Drop control characters, halves of surrogate pairs and what turns the text's direction."""
    kept = "".join(
        one
        for one in text.replace("\t", " ")
        if unicodedata.category(one) not in ("Cc", "Cs") and one not in _DIRECTION
    )
    # What was apart before may compose now.
    return unicodedata.normalize("NFC", kept)


_DIRECTION: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
