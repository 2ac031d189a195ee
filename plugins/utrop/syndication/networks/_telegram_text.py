"""Telegram's text: its length in UTF-16 code units, and where links and hashtags stand in it.

https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from utrop.syndication.delivery import Message, Payload

MOST_ENTITIES: Final = 100
"""More of a message's entities are ignored there."""

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]")


def utf16_units(text: str) -> int:
    """Return a text's length in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def entities(message: Message) -> list[Payload]:
    """Return the links and hashtags of a text with their places in UTF-16 units."""
    return list(islice(_entities(message), MOST_ENTITIES))


def _entities(message: Message) -> Iterator[Payload]:
    text = message.text
    marked = [re.escape(message.url) + r"(?![\w/#?&=%-])", _ADDRESS.pattern]
    if message.hashtags:
        tags = sorted(map(re.escape, message.hashtags), key=len, reverse=True)
        marked.append(rf"(?<![\w&/#.])#(?:{'|'.join(tags)})(?!\w)")
    for match in re.finditer("|".join(marked), text):
        found = match.group()
        place = {"offset": utf16_units(text[: match.start()]), "length": utf16_units(found)}
        if found.startswith("#"):
            yield {"type": "hashtag", **place}
        else:
            # Not "url", which is left to the server's own taste in top level domains.
            yield {"type": "text_link", **place, "url": found}
