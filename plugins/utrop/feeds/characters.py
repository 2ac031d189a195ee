"""Characters: text as XML 1.0 and every reader can carry it, with its meaning kept.

See https://www.w3.org/TR/xml/#charsets for what XML forbids.
"""

from __future__ import annotations

import re

_SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0c\r\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffd"
    "\ufffe\uffff]|[\U0001fffe\U0001ffff\U0002fffe-\U0010ffff]"
)
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SPACES = re.compile("[ \t\r\n]+")


def _meanings() -> dict[int, str | None]:
    """Map each character that a feed cannot carry to what it stood for, or to nothing."""
    meanings: dict[int, str | None] = dict.fromkeys((*range(0x20), 0x7F, 0xFEFF))
    del meanings[0x09], meanings[0x0A]
    # Vertical tab, form feed, and Unicode's line and paragraph separators part words.
    meanings |= dict.fromkeys((0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), "\n")
    for code in range(0x80, 0xA0):
        # Text in windows-1252 that was read as Latin-1: HTML gives these codes the same meaning.
        if code != 0x85:
            meanings[code] = bytes([code]).decode("cp1252", "ignore") or None
    meanings |= dict.fromkeys((*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0)))
    for plane in range(17):
        meanings |= dict.fromkeys((plane * 0x10000 + 0xFFFE, plane * 0x10000 + 0xFFFF))
    # It says that a character was lost; validators take it for a mistake of the feed's encoding.
    meanings[0xFFFD] = "?"
    return meanings


_MEANINGS = _meanings()


def carriable(text: str) -> str:
    """Return text that XML 1.0 and JSON in UTF-8 can carry; lines end in a line feed.

    >>> carriable("a\\x0cb\\x00c")
    'a\\nbc'
    """
    if not _SUSPECT.search(text):
        return text
    text = text.replace("\r\n", "\n")
    text = _SURROGATE_PAIR.sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
    )
    return text.translate(_MEANINGS)


def one_line(text: str) -> str:
    """Return carriable text with each run of spaces and line breaks made one space.

    Non-breaking spaces stay: they hold a figure and its unit together.
    """
    return _SPACES.sub(" ", carriable(text)).strip(" ")
