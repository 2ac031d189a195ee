"""Edition: everything that a site shows in one language, and what each of its pages is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from utrop.languages import edition_path, language, listing_path
from utrop.listings.wording import sort_key
from utrop.page import SitePage
from utrop.post import Post, Term, newest_first

Kind = Literal["home", "category", "tag", "author", "archive", "year"]
TermKind = Literal["category", "tag", "author"]

CARD = frozenset(
    {"title", "path", "lang", "status", "published", "summary", "category", "image", "authors"}
)
"""The fields of a post that a list with summaries shows."""
ROW = frozenset({"title", "path", "lang", "status", "published", "category"})
"""The fields of a post that the archive shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list of posts, and so the declared inputs of one output file."""

    kind: Kind
    key: str
    """The term's slug, or the year; empty for home and archive."""
    lang: str
    path: str
    """Path below SITEURL."""
    posts: tuple[Post, ...]
    """Those on this page."""
    fields: frozenset[str]
    """The fields of these posts that the page depends on."""
    term: Term | None = None
    number: int = 1
    """Which page of the list this is, from 1."""
    count: int = 1
    """How many pages the list has."""
    total: int = 0
    """How many posts the list has."""
    previous: str | None = None
    """Path of the page with newer posts."""
    next: str | None = None
    """Path of the page with older posts."""

    @property
    def has_feed(self) -> bool:
        """Whether feeds exist for it; they carry published posts only."""
        return any(post.status == "published" for post in self.posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What the site has in one language. ``posts`` are those in its lists, newest first."""

    lang: str
    path: str
    posts: tuple[Post, ...]
    pages: tuple[SitePage, ...]
    menu: tuple[SitePage, ...]

    @property
    def name(self) -> str:
        """The language's own name for itself."""
        return language(self.lang).name

    @property
    def directory(self) -> tuple[SitePage, ...]:
        """Every page: those of the menu in its order, then the others."""
        return self.menu + tuple(page for page in self.pages if page not in self.menu)

    @property
    def archive_path(self) -> str:
        """Path of the archive below SITEURL; empty where nothing is in it."""
        if not self.posts:
            return ""
        return self.path + language(self.lang).words["archive"] + "/"

    @property
    def has_feed(self) -> bool:
        """Whether the edition's feeds have an item."""
        return any(post.status == "published" for post in self.posts)


def is_listed(post: Post) -> bool:
    """Whether lists show a post; drafts and scheduled posts are built on the dev server only."""
    return post.status != "hidden"


def editions(
    posts: Iterable[Post], pages: Iterable[SitePage], *, languages: Sequence[str], default_lang: str
) -> tuple[Edition, ...]:
    """Return the editions that have something to show, the default language's always and first."""
    listed = [post for post in posts if is_listed(post)]
    shown = [page for page in pages if page.status != "hidden"]
    used = {post.lang for post in listed} | {page.lang for page in shown}
    order = dict.fromkeys([default_lang, *languages, *sorted(used)])
    return tuple(
        Edition(
            lang=lang,
            path=edition_path(lang, default_lang),
            posts=tuple(newest_first([post for post in listed if post.lang == lang])),
            pages=tuple(page for page in shown if page.lang == lang),
            menu=_menu([page for page in shown if page.lang == lang]),
        )
        for lang in order
        if lang in used or lang == default_lang
    )


def listings(
    edition: Edition, *, default_lang: str, per_page: int, zone: ZoneInfo
) -> tuple[Listing, ...]:
    """Return every page of every list of an edition; only the home page may be empty.

    ``zone`` says in which year a post near New Year belongs.
    """
    lang = edition.lang

    def pages(
        kind: Kind, path: str, posts: Sequence[Post], term: Term | None = None, key: str = ""
    ) -> list[Listing]:
        return _pages(kind, path, posts, term=term, key=key, lang=lang, per_page=per_page)

    found = pages("home", edition.path, edition.posts)
    for kind in ("category", "tag", "author"):
        having: dict[Term, list[Post]] = {term: [] for term in terms(edition, kind)}
        for post in edition.posts:
            for term in _terms_of(post, kind):
                having[term].append(post)
        for term, tagged in having.items():
            found += pages(kind, term.path, tagged, term, term.slug)
    if edition.posts:
        found.append(
            Listing(
                kind="archive",
                key="",
                lang=lang,
                path=listing_path("archive", "", lang, default_lang),
                posts=edition.posts,
                fields=ROW,
                total=len(edition.posts),
            )
        )
    for year, written in by_year(edition.posts, zone):
        path = listing_path("archive", str(year), lang, default_lang)
        found += pages("year", path, written, None, str(year))
    return tuple(found)


def terms(edition: Edition, kind: TermKind) -> tuple[Term, ...]:
    """Return the terms that an edition's posts have, as its language sorts them."""
    found = {term for post in edition.posts for term in _terms_of(post, kind)}
    return tuple(sorted(found, key=lambda term: sort_key(term.name, edition.lang)))


def by_year(posts: Sequence[Post], zone: ZoneInfo) -> tuple[tuple[int, tuple[Post, ...]], ...]:
    """Return posts, which are in order of time, grouped by the year in a time zone."""
    groups = groupby(posts, key=lambda post: post.published.astimezone(zone).year)
    return tuple((year, tuple(group)) for year, group in groups)


def neighbours(edition: Edition) -> dict[str, tuple[Post | None, Post | None]]:
    """Return, by guid, the posts before (older) and after (newer) each published post."""
    published = [post for post in edition.posts if post.status == "published"]
    older = [*published[1:], None]
    newer = [None, *published[:-1]]
    return {post.guid: (older[at], newer[at]) for at, post in enumerate(published)}


def _terms_of(post: Post, kind: Kind) -> tuple[Term, ...]:
    if kind == "category":
        return (post.category,)
    return post.tags if kind == "tag" else post.authors


def _menu(pages: list[SitePage]) -> tuple[SitePage, ...]:
    placed = [page for page in pages if page.menu is not None]
    return tuple(sorted(placed, key=lambda page: (page.menu or 0, page.path)))


def _pages(
    kind: Kind,
    path: str,
    posts: Sequence[Post],
    *,
    lang: str,
    per_page: int,
    term: Term | None,
    key: str,
) -> list[Listing]:
    word = language(lang).words["page"]
    count = max(1, -(-len(posts) // per_page))

    def at(number: int) -> str | None:
        if not 1 <= number <= count:
            return None
        return path if number == 1 else f"{path}{word}/{number}/"

    return [
        Listing(
            kind=kind,
            key=key,
            lang=lang,
            path=at(number) or path,
            posts=tuple(posts[(number - 1) * per_page : number * per_page]),
            fields=CARD,
            term=term,
            number=number,
            count=count,
            total=len(posts),
            previous=at(number - 1),
            next=at(number + 1),
        )
        for number in range(1, count + 1)
    ]
