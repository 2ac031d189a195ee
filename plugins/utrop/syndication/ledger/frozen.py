"""Frozen messages: a message as deterministic JSON, so that a repeat sends the same words."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from utrop.syndication.announcement import ShareImage
from utrop.syndication.delivery import Message


def freeze(message: Message) -> str:
    """Return a message as JSON; equal messages give equal texts."""
    values = asdict(message) | {"created_at": message.created_at.isoformat()}
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def thaw(text: str) -> Message:
    """Return the message that was frozen; ``ValueError`` where the text is none."""
    try:
        values = json.loads(text)
        image = values["image"]
        return Message(
            **values
            | {
                "created_at": datetime.fromisoformat(values["created_at"]),
                "hashtags": tuple(values["hashtags"]),
                "image": ShareImage(**image) if image else None,
            }
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a frozen message is not as this utrop writes it") from error
