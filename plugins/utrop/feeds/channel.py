"""Channel: what one feed tells, in whatever format; derived from posts by pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from utrop.feeds.changes import with_changes
from utrop.feeds.characters import carriable, one_line
from utrop.feeds.markup import for_readers
from utrop.feeds.notice_facts import with_facts
from utrop.languages import edition_path
from utrop.outputs import Inputs
from utrop.post import Post, Term, newest_first

Format = Literal["rss", "atom", "json"]
Kind = Literal["site", "category", "tag", "author"]

POST_FIELDS = frozenset(
    {
        *("guid", "url", "lang", "status", "published", "modified"),
        *("title", "summary", "content", "image", "authors", "category", "tags"),
    }
)
"""The fields of a post that a feed's bytes depend on; no other field can change a feed."""

MEDIA_TYPES: Mapping[Format, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}

_WORDS: Mapping[str, Mapping[Kind, str]] = {
    "sv": {
        "site": "Alla inlägg från {name}",
        "category": "Inlägg i kategorin {name}",
        "tag": "Inlägg med etiketten {name}",
        "author": "Inlägg av {name}",
    },
    "en": {
        "site": "All posts from {name}",
        "category": "Posts in the category {name}",
        "tag": "Posts tagged {name}",
        "author": "Posts by {name}",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSite:
    """What feeds need to know of the site that they belong to."""

    url: str
    """SITEURL, without a trailing slash."""
    name: str
    subtitle: str
    default_lang: str
    authority: str
    """FEED_AUTHORITY and its year make the feeds' own ids (RFC 4151)."""
    authority_year: int
    max_items: int = 50
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """In which moments are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Someone who writes, and the page that tells of them."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One feed in each of its formats. All text is plain and fit for XML and JSON."""

    id: str
    """A tag URI that a change of address leaves alone."""
    kind: Kind
    title: str
    description: str
    lang: str
    site_url: str
    home_url: str
    """The page that lists what the feed carries."""
    path: str
    """Folder of the feed's files below SITEURL: empty or with a trailing slash."""
    formats: tuple[Format, ...]
    authors: tuple[Author, ...]
    posts: tuple[Post, ...]
    """Newest first, never empty."""

    def file(self, form: Format) -> str:
        """Return the path of the feed in one format, below SITEURL and in the output folder."""
        return f"{self.path}feed.{form}"

    def url(self, form: Format) -> str:
        """Return the feed's own address in one format."""
        return f"{self.site_url}/{self.file(form)}"

    @property
    def updated(self) -> datetime:
        """When the last change to a shown post was made; never the time of the build."""
        return max((post.updated for post in self.posts), key=datetime.timestamp)

    @property
    def inputs(self) -> Inputs:
        """What this channel's bytes depend on."""
        return Inputs(
            posts=self.posts,
            fields=POST_FIELDS,
            values=(self.title, self.description, self.path),
            settings=frozenset(
                {
                    *("SITEURL", "SITENAME", "SITESUBTITLE", "DEFAULT_LANG"),
                    *("FEED_AUTHORITY", "FEED_AUTHORITY_YEAR", "FEED_MAX_ITEMS", "TIMEZONE"),
                }
            ),
        )


def channels(posts: Iterable[Post], site: FeedSite) -> list[Channel]:
    """Return every feed of a site that has something to tell, in the order of their paths.

    Only posts that are published appear, and the moves of their deadlines. Each language has its
    own feeds.
    """
    published = (post for post in posts if post.status == "published")
    told = with_changes(with_facts(published, site.zone), site.zone)
    shown = [for_feeds(post) for post in told]
    grouped: dict[tuple[str, Kind, str], tuple[Term | None, list[Post]]] = {}
    for post in newest_first(shown):
        grouped.setdefault((post.lang, "site", ""), (None, []))[1].append(post)
        for kind, term in _terms(post):
            grouped.setdefault((post.lang, kind, term.path), (term, []))[1].append(post)
    found = [
        _channel(kind, term, lang, members, site)
        for (lang, kind, _), (term, members) in grouped.items()
    ]
    return sorted(found, key=lambda channel: channel.path)


def for_feeds(post: Post) -> Post:
    """Return a post whose text, markup and addresses every format can carry."""
    return replace(
        post,
        title=one_line(post.title) or uri(post.url),
        url=uri(post.url),
        summary=one_line(post.summary),
        content=for_readers(carriable(post.content)),
        category=_term(post.category),
        tags=tuple(_term(tag) for tag in post.tags),
        authors=tuple(_term(author) for author in post.authors),
        image=post.image
        and replace(post.image, url=uri(post.image.url), alt=one_line(post.image.alt)),
    )


def uri(address: str) -> str:
    """Return an address in ASCII, as RSS demands (RFC 3986)."""
    if address.isascii():
        return address
    parts = urlsplit(carriable(address))
    try:
        host = parts.netloc.encode("idna").decode("ascii")
    except UnicodeError:
        host = quote(parts.netloc, safe="@:[]%")
    rest = [quote(part, safe="/%:@!$&'()*+,;=?~") for part in parts[2:]]
    return urlunsplit((parts.scheme, host, *rest))


def scheme(term: Term) -> str:
    """Return the address that names the set of terms which a term is of."""
    return term.url.rstrip("/").rpartition("/")[0] + "/"


def _terms(post: Post) -> list[tuple[Kind, Term]]:
    terms: list[tuple[Kind, Term]] = [("category", post.category)]
    terms += [("tag", tag) for tag in post.tags]
    terms += [("author", author) for author in post.authors]
    return list({(kind, term.path): (kind, term) for kind, term in terms}.values())


def _channel(
    kind: Kind, term: Term | None, lang: str, posts: list[Post], site: FeedSite
) -> Channel:
    name = one_line(site.name)
    words = _WORDS.get(lang, _WORDS["en"])[kind]
    publisher = Author(name=name, url=uri(f"{site.url}/{edition_path(lang, site.default_lang)}"))
    if term is None:
        title, path, home = name, edition_path(lang, site.default_lang), publisher.url
        # The subtitle is one line in the site's own language.
        subtitle = one_line(site.subtitle) if lang == site.default_lang else ""
        description = subtitle or words.format(name=name)
        own = f"feed:{lang}"
    else:
        title, path, home = f"{name} – {term.name}", term.path, term.url
        description = words.format(name=term.name)
        own = f"feed:{lang}:{kind}:{quote(term.slug)}"
    author = Author(name=term.name, url=term.url) if term and kind == "author" else publisher
    return Channel(
        id=f"tag:{site.authority},{site.authority_year}:{own}",
        kind=kind,
        title=title,
        description=description,
        lang=lang,
        site_url=uri(site.url),
        home_url=home,
        path=path,
        formats=("rss", "atom", "json") if term is None else ("rss", "atom"),
        authors=(author,),
        posts=tuple(posts[: site.max_items]),
    )


def _term(term: Term) -> Term:
    return replace(term, name=one_line(term.name), url=uri(term.url))
