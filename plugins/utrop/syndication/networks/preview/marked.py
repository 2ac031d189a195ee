"""Marked text: links and hashtags as networks mark them, everything else escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup, escape

from utrop.syndication.delivery import Message

SHORTENS: Final[Mapping[str, int]] = {"mastodon": 30, "threads": 30, "x": 30}
"""Networks that show about so many characters of a link's address, without its scheme."""
_LINK: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]|#\w+")


def paragraphs(message: Message, network: str) -> list[tuple[bool, Markup]]:
    """Return a message's paragraphs as HTML, each with whether it is the title and nothing else."""
    hashtags = frozenset(f"#{one}" for one in message.hashtags)
    shown = SHORTENS.get(network)
    return [
        (text.strip() == message.card_title, marked(text.strip("\n"), hashtags, shown=shown))
        for text in message.text.split("\n\n")
        if text.strip()
    ]


def marked(text: str, hashtags: frozenset[str], *, shown: int | None) -> Markup:
    """Return a text as HTML. ``shown`` characters of a link's address are shown, None: all."""
    made, end = Markup(), 0
    for match in _LINK.finditer(text):
        token = match.group()
        if token.startswith("#") and token not in hashtags:
            continue
        made += escape(text[end : match.start()])
        if token.startswith("#"):
            made += Markup('<span class="hashtag">{}</span>').format(token)
        else:
            made += Markup('<span class="link" title="{}">{}</span>').format(
                token, _shortened(token, shown)
            )
        end = match.end()
    return made + escape(text[end:])


def _shortened(address: str, shown: int | None) -> str:
    if shown is None:
        return address
    bare = re.sub(r"^https?://(www\.)?", "", address)
    return bare if len(bare) <= shown else bare[:shown] + "…"
