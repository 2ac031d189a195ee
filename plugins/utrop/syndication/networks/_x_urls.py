"""Where X sees an address in a text, with ``https://`` or without.

The grammar is that of X's own library, twitter-text 3.1.0 for JavaScript (Apache License 2.0,
© Twitter, Inc.), written anew; the tests compare both. Where X's count cannot be told for sure, an
address is marked so, and whoever counts takes the higher one.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from pathlib import Path

import regex

_UTF_16 = f"utf-16-{sys.byteorder[0]}e"
_LONGEST_ADDRESS = 4096
_LONGEST_SLUG = 40
_SURE_LABEL = 40
"""A longer part of a host, or one that grows longer in ASCII, may be no address to X."""
_LONGEST_LABEL = 63
_MOST_LABELS = 30
"""More of them are read as several hosts, which counts more, and never takes long."""

# What may stand nowhere: half of a byte order mark, and no characters at all.
_REFUSED = "\ufffe\ufeff\uffff"
_DIRECTION = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_SPACE = r"\x09-\x0d\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PUNCTUATION = r"!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$"
_NO_HOST = f"{_PUNCTUATION}{_SPACE}{_REFUSED}{_DIRECTION}"
_CYRILLIC = "\u0400-\u04ff"
_LATIN_SPANS = (
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x24F),
    *((one, one) for one in (0x253, 0x254, 0x256, 0x257, 0x259, 0x25B, 0x263, 0x268)),
    *((one, one) for one in (0x26F, 0x272, 0x289, 0x28B, 0x2BB)),
    (0x300, 0x36F),
    (0x1E00, 0x1EFF),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address by its offsets in the text. ``sure``: X counts it as an address."""

    start: int
    end: int
    sure: bool


def addresses(text: str) -> list[Address]:
    """Return the addresses of a text in NFC, in their order; the sure ones never overlap."""
    if "." not in text and "://" not in text.casefold():
        return []
    units = _units(text)
    raised = _raised(units)
    found = list(_seen(units, raised))
    for pattern in (_grammar().since, _grammar().loose):
        for match in pattern.finditer(raised):
            start, end = match.span()
            if not any(one.start <= start < one.end for one in found):
                found.append(Address(start=start, end=end, sure=False))
    if len(units) > len(text):
        at = list(accumulate((1 + (one > "\uffff") for one in text), initial=0))
        found = [
            replace(one, start=bisect_left(at, one.start), end=bisect_left(at, one.end))
            for one in found
        ]
    return sorted(found, key=lambda one: one.start)


def _units(text: str) -> str:
    """Return a text as JavaScript has it, where a character beyond U+FFFF is two.

    The library may take the first for what stands before an address and the second for its part.
    """
    if text.isascii() or max(text) <= "\uffff":
        return text
    return "".join(map(chr, array("H", text.encode(_UTF_16, "surrogatepass"))))


def _seen(text: str, raised: str) -> Iterator[Address]:
    grammar = _grammar()
    for match in grammar.address.finditer(raised):
        start, end = match.span("url")
        host = match.span("host")
        if not _could_be_host(text[slice(*host)], raised[slice(*host)]):
            continue
        if end - start > _LONGEST_ADDRESS - len("https://"):
            continue
        sure = _is_surely_host(text[slice(*host)])
        if match["protocol"]:
            if short := grammar.shortened.match(raised[start:end]):
                if len(short["slug"]) > _LONGEST_SLUG:
                    continue
                end = start + short.end()
            yield Address(start=start, end=end, sure=sure)
        elif match["before"] not in {"-", "_", ".", "/"}:
            # Of a host in several scripts X links the parts in Latin letters.
            at = host[0]
            for part in grammar.latin_host.finditer(raised, *host):
                # As the library does it: a part is where its letters stand first.
                start = text.index(text[slice(*part.span())], at)
                at = start + len(part[0])
                # Port and query without a path are not taken for a part of a bare address.
                whole = match["path"] and at == host[1]
                yield Address(start=start, end=end if whole else at, sure=sure)
            if match["path"] and host[0] < at < host[1]:
                # There the library skips so many characters as the path has, maybe half an emoji.
                yield Address(start=at, end=end, sure=False)


def _could_be_host(host: str, raised: str) -> bool:
    if host.startswith("xn--") and not _grammar().latin_host.search(raised):
        return False
    return all(0 < _ascii_length(label) <= _LONGEST_LABEL for label in host.split("."))


def _is_surely_host(host: str) -> bool:
    return all(_ascii_length(label) <= _SURE_LABEL for label in host.split("."))


def _ascii_length(label: str) -> int:
    """Return how long a part of a host is in ASCII: https://www.rfc-editor.org/rfc/rfc3492."""
    if label.isascii() or len(label) > _LONGEST_LABEL:
        return len(label)
    whole = label.encode(_UTF_16, "surrogatepass").decode(_UTF_16, "surrogatepass")
    return len("xn--") + len(whole.encode("punycode"))


def _raised(text: str) -> str:
    """Return a text in capitals, character by character, as JavaScript compares without case.

    https://tc39.es/ecma262/#sec-runtime-semantics-canonicalize-ch
    """
    return text.upper() if text.isascii() else "".join(map(_raised_character, text))


def _raised_character(one: str) -> str:
    raised = one.upper()
    return one if len(raised) != 1 or (raised.isascii() and not one.isascii()) else raised


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grammar:
    address: regex.Pattern[str]
    latin_host: regex.Pattern[str]
    shortened: regex.Pattern[str]
    since: regex.Pattern[str]
    loose: regex.Pattern[str]


@cache
def _grammar() -> _Grammar:
    """Compile the patterns, when the first text is counted: most runs count nothing.

    All are for a raised text.
    """
    known, since = _top_level_domains()
    latin = "".join(
        sorted({_raised_character(chr(at)) for a, b in _LATIN_SPANS for at in range(a, b + 1)})
    )
    ends = r"(?=[^0-9A-Z@+\-]|\Z)"
    top = rf"(?:\L<known>{ends}|XN--[\-0-9A-Z]+)"
    # Between its first and its last letter a label may hold hyphens, and all but the last label
    # underscores too. No label is tried in more than one way: a long text stays quick to count.
    letter = f"[^{_NO_HOST}]"
    label = rf"(?={letter})(?:{letter}|-)++(?<={letter})\."
    loose_label = rf"(?={letter})(?:{letter}|[_\-])++(?<={letter})\."
    host = f"(?:{loose_label}){{0,{_MOST_LABELS}}}{label}{top}"
    general = rf"[A-Z{_CYRILLIC}0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{latin}]"
    brackets = rf"\((?:{general}+|(?:{general}*\({general}+\){general}*))\)"
    path_end = rf"[+\-A-Z{_CYRILLIC}0-9=_#/{latin}]"
    path = rf"(?:{general}*(?:{brackets}{general}*)*{path_end}|{brackets}|@{general}+/)"
    query = r"\?[A-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[A-Z0-9\-_&=#/]"
    latin_label = rf"[\-A-Z0-9{latin}]++\."
    return _Grammar(
        address=regex.compile(
            rf"(?P<before>[^A-Z0-9@＠$#＃{_REFUSED}]|[{_DIRECTION}]|\A)"
            rf"(?P<url>(?P<protocol>HTTPS?://)?(?P<host>{host})(?::[0-9]+)?"
            rf"(?P<path>/{path}*)?(?:{query})?)",
            known=known,
        ),
        latin_host=regex.compile(rf"(?:{latin_label})+{top}", known=known),
        shortened=regex.compile(rf"HTTPS?://T\.CO/(?P<slug>[A-Z0-9]+)(?:{query})?"),
        since=regex.compile(rf"(?:{latin_label}){{1,{_MOST_LABELS}}}\L<since>{ends}", since=since),
        loose=regex.compile(r"HTTPS?://\S+"),
    )


def _top_level_domains() -> tuple[frozenset[str], frozenset[str]]:
    """Return those that X knows, and those that came later, raised."""
    written = (Path(__file__).parent / "_x_tlds.txt").read_text("utf-8")
    parts = regex.split(r"^\[\w+\]$", written, flags=regex.MULTILINE)
    _, known, since = (frozenset(_raised(part).split()) for part in parts)
    return known, since
