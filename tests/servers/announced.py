"""A message as the composer makes them, for tests of networks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from utrop.syndication.delivery import Message

URL = "https://blogg.inkop.example.org/ny-upphandling/"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)

_MESSAGE = Message(
    guid="tag:blogg.inkop.example.org,2026:k3f9s2m1x0aa",
    text=f"Så går en dialog till 👩🏽‍⚖️: möt marknaden före annonsen.\n\n{URL}\n\n#Upphandling #LOU",
    url=URL,
    lang="sv",
    created_at=datetime(2026, 11, 23, 10, 0, 0, 123_000, tzinfo=UTC),
    hashtags=("Upphandling", "LOU"),
    card_title="Så går en dialog till",
    card_description="Möt marknaden före annonsen.",
)


def message(**changes: Any) -> Message:
    """Return a message about one post, with these fields changed."""
    return replace(_MESSAGE, **changes)
