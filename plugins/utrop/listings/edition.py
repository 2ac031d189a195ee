"""Edition: everything that a site shows in one language, and what each of its pages is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from utrop.languages import edition_path, language, listing_path
from utrop.listings.accounts import AccountsPage
from utrop.listings.procurements import ListPage, block, list_pages
from utrop.listings.wording import sort_key
from utrop.page import SitePage
from utrop.post import Post, Term, newest_first
from utrop.procurement.addresses import accounts_path, notices_path
from utrop.procurement.lists import ProcurementList, procurement_lists, tells_of_a_procedure

Kind = Literal["home", "category", "tag", "author", "archive", "year", "procurements", "accounts"]
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
    """The term's slug, the year, or which list of procurements; empty for the others."""
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
    procurements: ListPage | None = None
    """What a list of procurements shows, or the home page of those that are open."""
    accounts: AccountsPage | None = None
    """What the page of accounts shows."""

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
    procurements_path: str = ""
    """Path of the list of open procurements; empty where no post tells of a procurement."""
    accounts_path: str = ""
    """Path of the page that lists accounts; empty where the site names none."""

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
    posts: Iterable[Post],
    pages: Iterable[SitePage],
    *,
    languages: Sequence[str],
    default_lang: str,
    has_accounts: bool = False,
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
            procurements_path=notices_path("open", lang, default_lang)
            if any(post.lang == lang and tells_of_a_procedure(post) for post in listed)
            else "",
            accounts_path=accounts_path(lang, default_lang) if has_accounts else "",
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


def of_procurements(
    edition: Edition, *, default_lang: str, now: datetime, zone: ZoneInfo
) -> tuple[tuple[Listing, ...], ListPage | None]:
    """Return every page of an edition's lists of procurements, and the home page's block of them.

    ``now`` (aware) is the moment as of which the posts' procedures stand.
    """
    lang = edition.lang
    every = procurement_lists(edition.posts, lang, default_lang=default_lang, now=now)
    found: list[Listing] = []
    for one in every:
        pages = list_pages(one, every, zone=zone)
        for number, (posts, page) in enumerate(pages, 1):
            found.append(
                Listing(
                    kind="procurements",
                    key=_key(one),
                    lang=lang,
                    path=_at(one.path, number, lang),
                    posts=posts,
                    # What it shows of them are the page's values.
                    fields=frozenset(),
                    number=number,
                    count=len(pages),
                    total=page.total,
                    previous=_at(one.path, number - 1, lang) if number > 1 else None,
                    next=_at(one.path, number + 1, lang) if number < len(pages) else None,
                    procurements=page,
                )
            )
    return tuple(found), block(every, zone=zone)


def of_accounts(edition: Edition, page: AccountsPage) -> Listing:
    """Return an edition's page of accounts."""
    return Listing(
        kind="accounts",
        key="",
        lang=edition.lang,
        path=edition.accounts_path,
        posts=(),
        fields=frozenset(),
        accounts=page,
    )


def _key(one: ProcurementList[Post]) -> str:
    if one.division:
        return f"cpv/{one.division}"
    return f"nuts/{one.region}" if one.region else one.which


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
    count = max(1, -(-len(posts) // per_page))
    return [
        Listing(
            kind=kind,
            key=key,
            lang=lang,
            path=_at(path, number, lang),
            posts=tuple(posts[(number - 1) * per_page : number * per_page]),
            fields=CARD,
            term=term,
            number=number,
            count=count,
            total=len(posts),
            previous=_at(path, number - 1, lang) if number > 1 else None,
            next=_at(path, number + 1, lang) if number < count else None,
        )
        for number in range(1, count + 1)
    ]


def _at(path: str, number: int, lang: str) -> str:
    """Return the path of one page of the list at ``path``."""
    return path if number == 1 else f"{path}{language(lang).words['page']}/{number}/"
