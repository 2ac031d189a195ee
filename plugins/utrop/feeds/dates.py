"""Dates of feeds: RFC 822 with four-digit years for RSS, RFC 3339 for Atom and JSON Feed.

The local offset is kept: in UTC a post of a Swedish morning's midnight would be the day before's.
See https://www.rssboard.org/rss-specification and https://www.rfc-editor.org/rfc/rfc3339.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime


def rfc822(moment: datetime) -> str:
    """Return an aware time as RSS writes it, the same under every locale.

    >>> rfc822(datetime(2026, 11, 3, 9, 0, tzinfo=UTC))
    'Tue, 03 Nov 2026 09:00:00 +0000'
    """
    return format_datetime(in_seconds(moment))


def rfc3339(moment: datetime) -> str:
    """Return an aware time as Atom and JSON Feed write it, without fractions of a second."""
    return in_seconds(moment).isoformat()


def in_seconds(moment: datetime) -> datetime:
    """Return an aware time in whole seconds, in an offset of whole minutes.

    Raises ``ValueError`` for a time without an offset.
    """
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"{moment} has no time zone")
    if offset.total_seconds() % 60:
        # Local mean times before standard time have odd seconds, which neither format can write.
        moment = moment.astimezone(UTC)
    return moment.replace(microsecond=0)
