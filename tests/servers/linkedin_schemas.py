"""The bodies that LinkedIn's Posts API takes, as far as Utrop sends them.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string", "minLength": 1}
POST_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "author",
        "commentary",
        "visibility",
        "distribution",
        "content",
        "lifecycleState",
        "isReshareDisabledByAuthor",
    ],
    "properties": {
        "author": {"pattern": r"^urn:li:(organization:\d+|person:[\w-]+)$"},
        "commentary": {"type": "string"},
        "visibility": {"enum": ["PUBLIC", "CONNECTIONS", "LOGGED_IN"]},
        "distribution": {
            "type": "object",
            "additionalProperties": False,
            "required": ["feedDistribution"],
            "properties": {
                "feedDistribution": {"enum": ["MAIN_FEED", "NONE"]},
                "targetEntities": {"type": "array"},
                "thirdPartyDistributionChannels": {"type": "array"},
            },
        },
        "content": {
            "type": "object",
            "additionalProperties": False,
            "required": ["article"],
            "properties": {
                "article": {
                    "type": "object",
                    "additionalProperties": False,
                    # Nothing is read from the page: who posts says what its card shows.
                    "required": ["source", "title"],
                    "properties": {
                        "source": {"type": "string", "pattern": "^https?://"},
                        "title": _TEXT,
                        "description": _TEXT,
                        "thumbnail": {"pattern": "^urn:li:image:"},
                        "thumbnailAltText": _TEXT,
                    },
                }
            },
        },
        "lifecycleState": {"const": "PUBLISHED"},
        "isReshareDisabledByAuthor": {"type": "boolean"},
    },
}

UPDATE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["patch"],
    "properties": {
        "patch": {
            "type": "object",
            "additionalProperties": False,
            "required": ["$set"],
            "properties": {
                "$set": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["commentary"],
                    "properties": {"commentary": _TEXT},
                }
            },
        }
    },
}
