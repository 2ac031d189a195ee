"""Frozen messages: a message as deterministic JSON, so that a repeat sends the same words."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from utrop.syndication.announcement import ShareImage
from utrop.syndication.delivery import Message


def storable(text: str) -> str:
    """Return a text that every database can hold: without NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def freeze(message: Message) -> str:
    """Return a message as JSON of which every database can read each text.

    Equal messages give equal texts. What is sent is what was frozen, so the words that go out are
    those of the record.
    """
    values = asdict(message) | {"created_at": message.created_at.isoformat()}
    return json.dumps(_storable(values), ensure_ascii=False, sort_keys=True)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list | tuple):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {name: _storable(one) for name, one in value.items()}
    return value


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
