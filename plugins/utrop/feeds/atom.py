"""Atom of a channel, as feedgen builds it and one extension of ours mends it.

See https://www.rfc-editor.org/rfc/rfc4287.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from utrop.feeds import media
from utrop.feeds.channel import MEDIA_TYPES, Channel, scheme
from utrop.feeds.dates import in_seconds
from utrop.post import Post

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(channel: Channel) -> bytes:
    """Return the channel as Atom in UTF-8; the same channel always gives the same bytes."""
    feed = FeedGenerator()
    feed.register_extension("utrop", _FeedExtension, _EntryExtension, atom=True, rss=False)
    feed.id(channel.id)
    feed.title(channel.title)
    feed.subtitle(channel.description)
    feed.language(channel.lang)
    feed.generator("Utrop")  # without a version: an upgrade alone must not change a feed
    feed.author([{"name": author.name, "uri": author.url} for author in channel.authors])
    feed.link(href=channel.url("atom"), rel="self", type=MEDIA_TYPES["atom"])
    feed.link(href=channel.home_url, rel="alternate", type="text/html", hreflang=channel.lang)
    updates = distinct_updates(channel.posts)
    feed.updated(max(updates.values(), key=datetime.timestamp))
    for post in channel.posts:
        _add(feed, post, updates[post.guid])
    data: bytes = feed.atom_str(pretty=True)
    return data


def distinct_updates(posts: Sequence[Post]) -> dict[str, datetime]:
    """Return when each post was updated, by guid, with no two at the same second.

    Posts that are dated by the day alone share their midnight, which readers that sort by
    ``updated`` cannot order and the W3C validator warns of. The later ones in the order of
    guid then follow by a second each; ``published`` stays as it is.
    """
    updates: dict[str, datetime] = {}
    taken: set[float] = set()
    for post in sorted(posts, key=lambda post: (post.updated.timestamp(), post.guid)):
        moment = in_seconds(post.updated)
        while moment.timestamp() in taken:
            moment += timedelta(seconds=1)
        taken.add(moment.timestamp())
        updates[post.guid] = moment
    return updates


def _add(feed: Any, post: Post, updated: datetime) -> None:
    entry = feed.add_entry(order="append")
    entry.utrop.post = post
    entry.id(post.guid)
    entry.title(post.title)
    entry.published(in_seconds(post.published))
    entry.updated(updated)
    if post.summary:
        entry.summary(post.summary)
    # After the summary: content without one would become the description.
    entry.content(post.content, type="html")
    if post.authors:
        authors = list(dict.fromkeys((author.name, author.url) for author in post.authors))
        entry.author([{"name": name, "uri": url} for name, url in authors])
    terms = list(dict.fromkeys((post.category, *post.tags)))
    entry.category(
        [{"term": term.slug, "scheme": scheme(term), "label": term.name} for term in terms]
    )


class _FeedExtension(BaseExtension):  # type: ignore[misc] # feedgen ships no types
    """Declares the one namespace that entries use."""

    def extend_ns(self) -> dict[str, str]:
        return {"media": media.NAMESPACE}


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen ships no types
    """Writes an entry's language and links, which feedgen loses, and its picture."""

    post: Post

    def extend_atom(self, feed: Any) -> Any:
        post = self.post
        feed.set(_XML_LANG, post.lang)
        # Elements of feedgen's documents stand in no namespace until they are written.
        etree.SubElement(
            feed, "link", rel="alternate", type="text/html", hreflang=post.lang, href=post.url
        )
        if post.image:
            etree.SubElement(
                feed,
                "link",
                rel="enclosure",
                type=post.image.media_type,
                length=str(post.image.length),
                href=post.image.url,
            )
            media.add_image(feed, post.image)
        return feed
