"""The record of a Bluesky post, as the lexicon app.bsky.feed.post has it.

https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from utrop.syndication.delivery import Message, Payload
from utrop.syndication.errors import NotSent
from utrop.syndication.networks import _bluesky_thumbnail
from utrop.syndication.networks._bluesky_facets import facets
from utrop.syndication.networks._http import text_of

COLLECTION: Final = "app.bsky.feed.post"


def record(message: Message, *, thumb: Payload | None) -> Payload:
    """Return the post as the lexicon app.bsky.feed.post has it, a function of its arguments."""
    external: Payload = {
        "uri": message.url,
        "title": message.card_title or message.url,
        "description": message.card_description,
    }
    if thumb is not None:
        external["thumb"] = thumb
    made: Payload = {
        "$type": COLLECTION,
        "text": message.text,
        "createdAt": _moment(message.created_at),
        "langs": [message.lang],
        "embed": {"$type": "app.bsky.embed.external", "external": external},
    }
    found = facets(message.text, url=message.url, hashtags=message.hashtags)
    if found:
        made["facets"] = found
    return made


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def blob(answer: Mapping[str, object], sent: _bluesky_thumbnail.Thumbnail, server: str) -> Payload:
    """Return a blob's reference, made anew from the checked parts of an answer."""
    found = answer.get("blob")
    ref = found.get("ref") if isinstance(found, dict) else None
    link = text_of(ref, "$link") if isinstance(ref, dict) else ""
    media_type = text_of(found, "mimeType") if isinstance(found, dict) else ""
    if not link.isalnum() or not link.isascii() or not media_type.startswith("image/"):
        raise NotSent(f"{server} answered with something that is no picture")
    size = len(sent.content)
    return {"$type": "blob", "ref": {"$link": link}, "mimeType": media_type, "size": size}
