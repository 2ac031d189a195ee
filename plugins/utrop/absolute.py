"""HTML with its addresses made absolute, every other byte kept.

The tags are found as https://html.spec.whatwg.org/multipage/parsing.html#tokenization describes,
as far as well-formed fragments need it; ``srcset`` is read as
https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute says.
"""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import urljoin

_ADDRESSES = frozenset(
    {"href", "src", "poster", "cite", "data", "action", "formaction", "background", "longdesc"}
)
_TOKEN = re.compile(
    r"""
    (?P<skip>
        <!--.*?(?:-->|\Z)                        # a comment is not looked into
      | <(?P<raw>script|style|textarea|title|xmp)\b(?:[^>"']|"[^"]*"|'[^']*')*>.*?</(?P=raw)\s*>
    )
    | (?P<tag><[a-zA-Z][^\s/>]*(?:[^>"']|"[^"]*"|'[^']*')*>)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"""(?P<before>[\s"'/](?P<name>[^\s"'<>/=]+)\s*=\s*)
        (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=<>`]+))""",
    re.VERBOSE,
)
_RAW_START = re.compile(r"<(?:script|style)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_CANDIDATE = re.compile(r"(?P<gap>[\s,]*)(?P<url>\S+)(?P<rest>[^,(]*(?:\([^)]*\)[^,(]*)*)")


def absolute(html: str, base: str) -> str:
    """Return HTML in which every address is resolved against ``base``, an absolute address."""

    def replaced(match: re.Match[str]) -> str:
        tag = match["tag"]
        if tag is not None:
            return _tag(tag, base)
        skipped = match["skip"]
        start = _RAW_START.match(skipped)
        if start:  # the script's own address is an address; what it contains is not
            return _tag(start.group(), base) + skipped[start.end() :]
        return skipped

    return _TOKEN.sub(replaced, html)


def _tag(tag: str, base: str) -> str:
    return _ATTRIBUTE.sub(lambda match: _attribute(match, base), tag)


def _attribute(match: re.Match[str], base: str) -> str:
    name = match["name"].lower()
    if name not in _ADDRESSES and name not in ("srcset", "imagesrcset", "ping"):
        return match.group()
    raw = next(
        part for part in (match["double"], match["single"], match["bare"]) if part is not None
    )
    value = unescape(raw)
    if name in _ADDRESSES:
        resolved = _resolved(value, base)
    elif name == "ping":
        resolved = " ".join(_resolved(part, base) for part in value.split())
    else:
        resolved = _srcset(value, base)
    if resolved == value:
        return match.group()
    return f'{match["before"]}"{escape(resolved)}"'


def _resolved(address: str, base: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:  # no address at all, such as "http://["; whoever checks links reports it
        return address


def _srcset(value: str, base: str) -> str:
    """Resolve every candidate; a comma ends one only after its descriptor or at its end."""
    out = []
    position = 0
    while position < len(value):
        match = _CANDIDATE.match(value, position)
        if match is None:
            break
        url, rest, end = match["url"], match["rest"], match.end()
        bare = url.rstrip(",")
        if bare != url:  # "a.png, b.png 2x": this one has no descriptor
            rest, end = "", match.end("url")
        out.append(_resolved(bare, base) + " ".join(["", *rest.split()]))
        position = end
        while position < len(value) and value[position] in ", \t\n\r\f":
            position += 1
    return ", ".join(out)
