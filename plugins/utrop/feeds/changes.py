"""Changes: an item of a feed for each move of a post's own deadline.

The post's own item stays as it is: most readers show an item once, and never look at it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo
from html import escape

from utrop.deadlines import (
    DeadlineMove,
    announced_moves,
    change_fragment,
    change_guid,
    change_text,
    change_title,
)
from utrop.post import Post


def with_changes(posts: Iterable[Post], zone: tzinfo) -> list[Post]:
    """Return the posts, and each move of a deadline as a post of the same channels.

    Moments are told in ``zone``, the site's.
    """
    found = []
    for post in posts:
        found.append(post)
        found += [_entry(post, move, zone) for move in announced_moves(post)]
    return found


def _entry(post: Post, move: DeadlineMove, zone: tzinfo) -> Post:
    text = change_text(move, post.lang, zone)
    url = f"{post.url}#{change_fragment(move.number, post.lang)}"
    link = f'<a href="{escape(url)}">{escape(post.title)}</a>'
    content = f"<p>{escape(text, quote=False)}</p>\n<p>{link}</p>"
    return replace(
        post,
        guid=change_guid(post.guid, move.number),
        url=url,
        title=change_title(post.title, post.lang),
        published=move.since.astimezone(zone),
        modified=None,
        summary=text,
        content=content,
        body=content,
        image=None,
        translations=(),
        aliases=(),
        deadlines_seen=(),
    )
