"""LinkedIn, for the preview: its limits; a person posts there by hand.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

from collections.abc import Mapping

from utrop.syndication.delivery import Limits, Measure

ENVIRONMENT: Mapping[str, str] = {}


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


LIMITS = Limits(
    # LinkedIn documents 3,000 characters without saying of which kind; 2,800 UTF-16 units keep it
    # whichever is meant.
    measures=(Measure(unit="UTF-16 units", maximum=2800, count=_utf16_units),),
    card="sent",
)
