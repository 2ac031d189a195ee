"""JSON Feed 1.1 of a channel. See https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

import json
from typing import Any

from utrop.feeds.channel import Channel
from utrop.feeds.dates import rfc3339
from utrop.post import Post

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(channel: Channel) -> bytes:
    """Return the channel as JSON Feed in UTF-8; the same channel always gives the same bytes."""
    document = {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.home_url,
        "feed_url": channel.url("json"),
        "description": channel.description,
        "language": channel.lang,
        "authors": [{"name": author.name, "url": author.url} for author in channel.authors],
        "items": [_item(post) for post in channel.posts],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _item(post: Post) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": post.guid,
        "url": post.url,
        "title": post.title,
        "content_html": post.content,
        "summary": post.summary,
        "image": post.image and post.image.url,
        "date_published": rfc3339(post.published),
        "date_modified": post.modified and rfc3339(post.modified),
        "authors": [{"name": author.name, "url": author.url} for author in post.authors],
        "tags": list(dict.fromkeys(term.name for term in (post.category, *post.tags))),
        "language": post.lang,
    }
    # A key without a value is left out; content alone may be empty, for the format demands it.
    return {key: value for key, value in item.items() if value or key == "content_html"}
