"""Mastodon's text: how long it is there, and whether one of its statuses links to a page.

Counting follows https://docs.joinmastodon.org/user/posting/#text: a URL is as long as the server
says, whatever its length; of ``@name@host`` only ``@name`` counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

import regex

from utrop.syndication.delivery import Limits, Measure
from utrop.syndication.networks._links import comparable, links_in

# Only what every server counts as an address: a public host name and plain ASCII. The rest is
# counted letter by letter, which is never less than the server's own count.
_COUNTED_URL = re.compile(
    r"(?<![\w@#$])https?://(?:[a-z0-9-]+\.)+(?:xn--[a-z0-9-]+|[a-z]{2,})(?::\d+)?"
    r"(?:[/?#](?:[\w.~:/?#@!$&*+,;=%-]*[\w/=&#+-])?)?",
    re.IGNORECASE | re.ASCII,
)
_REMOTE_MENTION = re.compile(r"(?<![=/\w])@(\w+)@[\w.-]+\w", re.ASCII)
_CONTENT_READ = 200_000


def count_characters(text: str, *, per_url: int = 23) -> int:
    """Return a text's length as Mastodon counts: graphemes, each URL as ``per_url`` of them."""
    counted = _REMOTE_MENTION.sub(r"@\1", _COUNTED_URL.sub("x" * per_url, text))
    return len(regex.findall(r"\X", counted))


def limits_of(*, characters: int = 500, per_url: int = 23) -> Limits:
    """Return the limits of a server that allows so many characters and counts URLs so."""

    def count(text: str) -> int:
        return count_characters(text, per_url=per_url)

    return Limits(measures=(Measure(unit="characters", maximum=characters, count=count),))


def advertised_limits(instance: Mapping[str, object]) -> Limits | None:
    """Return the limits in an answer of ``/api/v2/instance`` or v1, None where it has none."""
    found: object = instance
    for member in ("configuration", "statuses"):
        found = found.get(member) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return None
    characters = found.get("max_characters")
    per_url = found.get("characters_reserved_per_url")
    if type(characters) is not int or not 1 <= characters <= 1_000_000:
        return None
    if type(per_url) is not int or not 1 <= per_url <= 10_000:
        per_url = 23
    return limits_of(characters=characters, per_url=per_url)


def links_to(status: Mapping[str, object], url: str) -> bool:
    """Whether a status links to exactly this page: in its content, its text or its card."""
    wanted = comparable(url)
    return any(comparable(link) == wanted for link in links(status))


def says(status: Mapping[str, object], text: str) -> bool:
    """Whether a status shows these words, whatever its spaces; an odd one may not look so."""
    content = status.get("content")
    if not isinstance(content, str):
        return False
    reader = _LinkReader()
    reader.feed(content[:_CONTENT_READ])
    reader.close()
    return same_words("".join(reader.text), text)


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same but for their spaces, which servers trim and rewrite."""
    return "".join(one.split()) == "".join(other.split())


def links(status: Mapping[str, object]) -> Iterator[str]:
    """Yield where a status links to, in its content, its text or else its card."""
    content = status.get("content")
    if isinstance(content, str):
        reader = _LinkReader()
        reader.feed(content[:_CONTENT_READ])
        reader.close()
        yield from reader.links
        # The parts of one address may stand in several elements, so the text is read as one.
        in_text = [*links_in("".join(reader.text))]
        yield from in_text
        if reader.links or in_text:
            return
    # Only where there are no words: a card's address is the page's own, without the fragment that
    # tells a reminder from the first announcement.
    card = status.get("card")
    if isinstance(card, dict) and isinstance(card.get("url"), str):
        yield card["url"]


class _LinkReader(HTMLParser):
    """Collects where a status's HTML links to, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.extend(value for name, value in attrs if name == "href" and value)
        elif tag in {"br", "p"}:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
