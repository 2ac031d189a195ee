"""RSS 2.0 of a channel, as feedgen builds it and one extension of ours mends it.

See https://www.rssboard.org/rss-specification and https://www.rssboard.org/rss-profile.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from utrop.feeds import media
from utrop.feeds.channel import MEDIA_TYPES, Channel, scheme
from utrop.feeds.dates import rfc822
from utrop.post import Post

_DC = "http://purl.org/dc/elements/1.1/"
# Item descriptions are HTML; escaping them the same way is as correct and keeps this simple.
_PLAIN_TEXT = re.compile(
    rb"(?<=>)[^<>]++(?=</(?:title|description|category|dc:creator|media:description)>)"
)


def rss(channel: Channel) -> bytes:
    """Return the channel as RSS 2.0 in UTF-8; the same channel always gives the same bytes."""
    feed = FeedGenerator()
    feed.register_extension("utrop", _FeedExtension, _EntryExtension, atom=False, rss=True)
    feed.utrop.channel = channel
    feed.title(channel.title)
    feed.description(channel.description)
    feed.language(channel.lang)
    feed.generator("Utrop")  # without a version: an upgrade alone must not change a feed
    # The channel's link is whichever is set last.
    feed.link(href=channel.url("rss"), rel="self", type=MEDIA_TYPES["rss"])
    feed.link(href=channel.home_url, rel="alternate")
    feed.lastBuildDate(_Absent(1970, 1, 1, tzinfo=UTC))
    for post in channel.posts:
        _add(feed, post)
    data: bytes = feed.rss_str(pretty=True)
    return _PLAIN_TEXT.sub(_hexadecimal, data)


def _add(feed: Any, post: Post) -> None:
    # feedgen sets dates, authors and further links wrongly or not at all: see the extension.
    entry = feed.add_entry(order="append")
    entry.utrop.post = post
    entry.title(post.title)
    entry.link(href=post.url, rel="alternate")
    entry.guid(post.guid, permalink=False)
    entry.description(escape(post.summary, quote=False))  # HTML by the specification
    entry.content(post.content)
    terms = list(dict.fromkeys((post.category, *post.tags)))
    entry.category([{"term": term.name, "scheme": scheme(term)} for term in terms])
    if post.image:
        entry.enclosure(post.image.url, post.image.length, post.image.media_type)


class _Absent(datetime):
    """A date that counts as none.

    feedgen starts from the time of the build, offers no way to leave that out, and formats it
    by changing the locale of the whole process; it skips a value that is false.
    """

    def __bool__(self) -> bool:
        return False


class _FeedExtension(BaseExtension):  # type: ignore[misc] # feedgen ships no types
    """Writes the date of the channel from its posts."""

    channel: Channel

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DC, "media": media.NAMESPACE}

    def extend_rss(self, feed: Any) -> Any:
        built = etree.SubElement(feed.find("channel"), "lastBuildDate")
        built.text = rfc822(self.channel.updated)
        return feed


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen ships no types
    """Writes a post's date, its authors, of whom no e-mail address is known, and its picture."""

    post: Post

    def extend_rss(self, feed: Any) -> Any:
        etree.SubElement(feed, "pubDate").text = rfc822(self.post.published)
        for name in _distinct([author.name for author in self.post.authors]):
            etree.SubElement(feed, f"{{{_DC}}}creator").text = name
        if self.post.image:
            media.add_image(feed, self.post.image)
        return feed


def _distinct(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


def _hexadecimal(text: re.Match[bytes]) -> bytes:
    """Write what could be taken for markup as the RSS profile asks, so that no reader does."""
    return (
        text[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;").replace(b"&gt;", b"&#x3E;")
    )
