"""Words as they are compared: a network gives back what we sent, but not always byte by byte."""

from __future__ import annotations

import unicodedata


def comparable_words(text: str) -> str:
    """Return a text without what networks change on their own: form of accents, white space.

    >>> comparable_words("En  dialog \\r\\n") == comparable_words("En dialog")
    True
    """
    return " ".join(unicodedata.normalize("NFC", text).split())
