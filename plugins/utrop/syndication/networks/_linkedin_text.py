"""LinkedIn's little text format: https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format.

A commentary is silently cut at the first reserved character that has no backslash before it, and
the answer is 201 all the same. So every one gets its backslash, but for the ``#`` of a hashtag
that people can click on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from utrop.syndication.delivery import Limits, Measure, Message
from utrop.syndication.networks._words import comparable_words

RESERVED: Final = frozenset("\\|{}@[]()<>#*_~")

_LONGEST_LINK: Final = 6000
"""Characters of an address that browsers and servers can be trusted with; a guess."""

# A hashtag that holds a reserved character itself, which is the underscore, stays plain text.
_HASHTAG: Final = re.compile(r"(?<![\w&/#.\\])#(?=[^\W_]*[^\W\d_])[^\W_]+(?!\w)")
_TEMPLATE: Final = re.compile(r"\{hashtag\|\\?#\|([^{}|]*)\}")
_SHORTENED: Final = r"https?://lnkd\.in/[\w-]+"
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_ADDRESS: Final = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}'…])", re.IGNORECASE)
_AFTER_HOST: Final = re.compile(r"(https?://[^\s/?#<>\"]+)([^\s#<>\"]*)", re.IGNORECASE)


def escape(text: str) -> str:
    """Return a text as little text that shows just this text.

    >>> print(escape("Läs (gärna) §_1 #LOU"))
    Läs \\(gärna\\) §\\_1 #LOU
    """
    hashtags = {match.start() for match in _HASHTAG.finditer(text)}
    return "".join(
        f"\\{one}" if one in RESERVED and index not in hashtags else one
        for index, one in enumerate(text)
    )


def unescape(little: str) -> str:
    """Return the text that a little text shows, as far as ``escape`` makes them."""
    return _ESCAPED.sub(r"\1", little)


def shows(little: str, text: str) -> bool:
    """Whether a little text, as LinkedIn gives it back, shows a text as ``commentary`` sent it.

    LinkedIn may give a hashtag back as a template and an address as one of its own short ones,
    which nobody here can follow: any of these stands for any of ours.
    """
    found = comparable_words(unescape(_TEMPLATE.sub(r"#\1", little)))
    sent = comparable_words(unescape(commentary(text)))
    parts = _ADDRESS.split(sent)
    # The odd parts are the addresses.
    pattern = "".join(
        f"(?:{re.escape(part)}|{_SHORTENED})" if index % 2 else re.escape(part)
        for index, part in enumerate(parts)
    )
    return re.fullmatch(pattern, found) is not None


def commentary(text: str) -> str:
    """Return what is sent for a text.

    Tools disagree whether a backslash within an address breaks its link. So the two reserved
    characters that addresses often have are percent-encoded there instead, which by RFC 3986,
    section 2.3, is the same address.
    """
    return escape(_AFTER_HOST.sub(_plain, text))


def composer_link(message: Message) -> str:
    """Return the address that opens LinkedIn's composer with the message's words in it.

    Widely used, but not documented by LinkedIn. A text too long for an address leaves the
    documented share-offsite, which takes the page's address alone.
    """
    link = f"https://www.linkedin.com/feed/?shareActive=true&text={quote(message.text, safe='')}"
    if len(link) <= _LONGEST_LINK:
        return link
    url = quote(message.url, safe="")
    return f"https://www.linkedin.com/sharing/share-offsite/?url={url}"


def links_to(post: Mapping[str, object], url: str) -> bool:
    """Whether a post, as the API gives it, has a page for its article or in its words."""
    content = post.get("content")
    article = content.get("article") if isinstance(content, dict) else None
    source = article.get("source") if isinstance(article, dict) else None
    if isinstance(source, str) and source.rstrip("/") == url.rstrip("/"):
        return True
    words = post.get("commentary")
    if not isinstance(words, str):
        return False
    written = {url, _AFTER_HOST.sub(_plain, url)}
    shown = unescape(words)
    return any(re.search(re.escape(one) + r"(?![\w/#?&=%-])", shown) for one in written)


def _plain(match: re.Match[str]) -> str:
    return match[1] + match[2].replace("_", "%5F").replace("~", "%7E")


def utf16_units(text: str) -> int:
    """Return how many UTF-16 code units a text has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _sent_units(text: str) -> int:
    return utf16_units(commentary(text))


LIMITS: Final = Limits(
    # LinkedIn documents 3,000 characters, without saying of which kind or whether backslashes
    # count; 2,800 UTF-16 units with them keep it whichever is meant.
    measures=(Measure(unit="UTF-16 units", maximum=2800, count=_sent_units),),
    card="sent",
)
