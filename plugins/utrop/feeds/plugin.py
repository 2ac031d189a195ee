"""The feeds of a site, written when Pelican writes its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican import signals
from pelican.generators import Generator

from utrop import articles, outputs
from utrop.feeds.atom import atom
from utrop.feeds.channel import Channel, FeedSite, Format, channels
from utrop.feeds.json_feed import json_feed
from utrop.feeds.markup import relative_addresses
from utrop.feeds.rss import rss
from utrop.post import Post
from utrop.problem import Problem, ProblemsFound

BUILDERS: Mapping[Format, Callable[[Channel], bytes]] = {
    "rss": rss,
    "atom": atom,
    "json": json_feed,
}


class FeedGenerator(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes every feed of every channel."""

    def generate_context(self) -> None:
        """Do nothing: posts can be read only once every generator has its context."""

    def generate_output(self, writer: Any) -> None:  # noqa: ARG002 - feeds need no templates
        """Write the feeds; Pelican calls it with the writer of its pages."""
        write(articles.posts(self.context), self.settings)


def write(posts: Iterable[Post], settings: MutableMapping[str, Any]) -> list[Path]:
    """Write every feed below OUTPUT_PATH and return the files; unchanged ones stay untouched.

    Raises ``ProblemsFound`` where a post's content means something only on its own page.
    """
    posts = list(posts)
    _refuse_relative(posts, Path(settings["PATH"]))
    output = Path(settings["OUTPUT_PATH"])
    written = []
    for channel in channels(posts, feed_site(settings)):
        for form in channel.formats:
            path = output / channel.file(form)
            outputs.declare(settings, channel.file(form), channel.inputs)
            data = BUILDERS[form](channel)
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_bytes() != data:
                path.write_bytes(data)
            written.append(path)
    return written


def feed_site(settings: Mapping[str, Any]) -> FeedSite:
    """Return what the settings say of the site, as far as its feeds show it."""
    return FeedSite(
        url=str(settings["SITEURL"]).rstrip("/"),
        name=str(settings["SITENAME"]),
        subtitle=str(settings.get("SITESUBTITLE") or ""),
        default_lang=settings["DEFAULT_LANG"],
        authority=settings["FEED_AUTHORITY"],
        authority_year=settings["FEED_AUTHORITY_YEAR"],
        max_items=settings.get("FEED_MAX_ITEMS", 50),
        zone=ZoneInfo(str(settings.get("TIMEZONE") or "UTC")),
    )


def _refuse_relative(posts: Iterable[Post], content: Path) -> None:
    problems = [
        Problem(
            path=content / post.source,
            what=f"feeds cannot carry the relative address {address!r}",
            instead="write a full address, or a link to a file of the content folder",
        )
        for post in posts
        if post.status == "published"
        for address in relative_addresses(post.content)
    ]
    if problems:
        raise ProblemsFound(problems)


def _generator(pelican: Any) -> type[FeedGenerator]:  # noqa: ARG001 - the signal's argument
    return FeedGenerator


def register() -> None:
    """Connect to Pelican's signals; Pelican calls it once for each site."""
    signals.get_generators.connect(_generator)
