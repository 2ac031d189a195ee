"""The chain: each event of a ledger carries a hash of itself and of the event before it.

So none can be changed, put in or left out in the middle without all later hashes failing; that
the end was cut off shows only to somebody who kept a later hash. The hash is SHA-256 over the
fields in ``FIELDS``' order, each written as its length in code points, a colon and the text
itself; moments are ISO 8601 in UTC with microseconds. Both ledgers' databases compute it
themselves, so an event is chained however it came to be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from utrop.syndication.ledger.protocol import Event

FIELDS: Final = (
    *("previous", "at", "guid", "network", "account", "former", "state", "attempt", "text"),
    *("url", "note", "image", "image_alt", "image_sha256", "commit", "approver"),
)


def digest(event: Event) -> str:
    """Return the hash that an event must have, in hexadecimal."""
    return digest_of(*(getattr(event, field) for field in FIELDS))


def digest_of(*values: object) -> str:
    """Return the hash of the fields' values, given in the order of ``FIELDS``."""
    return hashlib.sha256("".join(map(_part, values)).encode()).hexdigest()


def broken(events: Iterable[Event]) -> Event | None:
    """Return the first event that is not as it was written, or None where the chain is whole."""
    previous = ""
    for number, event in enumerate(events, start=1):
        if event.number != number or event.previous != previous or event.hash != digest(event):
            return event
        previous = event.hash
    return None


def _part(value: object) -> str:
    text = _utc(value) if isinstance(value, datetime) else "" if value is None else str(value)
    return f"{len(text)}:{text}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
