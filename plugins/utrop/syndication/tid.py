"""Record keys for Bluesky made from what is announced: TIDs, https://atproto.com/specs/tid.

A TID is 64 bits in 13 characters: a zero bit, 53 bits of microseconds since 1970, 10 bits of
clock identifier. Ours carries no real time: its bits are a hash of guid and account alone, so that
the same announcement has the same key on every machine, after a lost ledger and a changed date,
and a second ``putRecord`` finds the first. The hash is placed in the year before the year in the
guid's tag URI (RFC 4151: a year in which the authority owned its name, so already begun). A key
therefore never lies in the future, which some readers distrust, and stays recognisable as ours.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_TAG_YEAR = re.compile(r"tag:[^,]+,(\d{4})(?:-\d\d){0,2}:", re.ASCII)
_YEAR_WITHOUT_TAG = 2022  # the year before Bluesky opened; only for a guid that is no tag URI
_CLOCK_IDENTIFIERS = 1 << 10


def announcement_tid(guid: str, account: str) -> str:
    """Return the record key of a post's announcement on an account (a DID): 13 characters."""
    year = _tag_year(guid) - 1
    start = _microseconds(year)
    slots = (_microseconds(year + 1) - start) * _CLOCK_IDENTIFIERS
    digest = hashlib.sha256(f"{account}\n{guid}".encode()).digest()
    # 128 of 256 bits: their remainder by a 55-bit number is even to one part in 2**73.
    number = start * _CLOCK_IDENTIFIERS + int.from_bytes(digest[:16], "big") % slots
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def _tag_year(guid: str) -> int:
    match = _TAG_YEAR.match(guid)
    year = int(match[1]) if match else _YEAR_WITHOUT_TAG + 1
    # Outside these years there is no TID, or datetime has no such year.
    return year if 1972 <= year <= 2200 else _YEAR_WITHOUT_TAG + 1


def _microseconds(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
