"""View: all that a template needs beside its post, page or list; made without Pelican."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from utrop.inputs import SETTING, BuildInputs
from utrop.listings.accounts import accounts_page
from utrop.listings.edition import (
    Edition,
    Listing,
    editions,
    listings,
    neighbours,
    of_accounts,
    of_procurements,
)
from utrop.listings.head import (
    Feed,
    Head,
    Publisher,
    alternates,
    blog_posting,
    properties_of_page,
    properties_of_post,
)
from utrop.listings.naming import description_of, heading_of
from utrop.listings.notice_view import NoticeView, notice_view
from utrop.listings.notice_words import NoticeWords
from utrop.page import SitePage
from utrop.post import Image, Post, Term, Translation
from utrop.procurement import codes
from utrop.procurement.codes import Codes, packaged
from utrop.procurement.ocid import UNREGISTERED
from utrop.translations import Words

_FEEDS = (
    ("feed.rss", "RSS", "application/rss+xml"),
    ("feed.atom", "Atom", "application/atom+xml"),
    ("feed.json", "JSON Feed", "application/feed+json"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One entry of the language switch."""

    lang: str
    name: str
    path: str
    exact: bool
    """Whether it is this very page in that language, not only that edition's home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What stands around the content of one page."""

    lang: str
    path: str
    kind: str
    heading: str
    head: Head
    edition: Edition
    switch: tuple[Switch, ...]
    older: Post | None = None
    newer: Post | None = None


class Views:
    """The views of one build's pages: functions of posts, pages, settings and words alone."""

    def __init__(
        self,
        *,
        settings: Mapping[str, Any],
        words: Mapping[str, Words],
        posts: Iterable[Post],
        pages: Iterable[SitePage],
        share_image: Image,
    ) -> None:
        self.siteurl: str = settings["SITEURL"]
        self.base = urlsplit(self.siteurl).path.rstrip("/") + "/"
        self.name: str = settings["SITENAME"]
        self.subtitle: str = settings.get("SITESUBTITLE") or ""
        self.default_lang: str = settings["DEFAULT_LANG"]
        self.zone = ZoneInfo(settings["TIMEZONE"])
        self.per_page: int = settings.get("DEFAULT_PAGINATION") or 10
        self.publisher = Publisher(
            name=settings.get("PUBLISHER_NAME") or self.name,
            type=settings.get("PUBLISHER_TYPE") or "GovernmentOrganization",
            siteurl=self.siteurl,
            organisation_number=settings.get("PUBLISHER_ORGANISATION_NUMBER") or "",
        )
        self.codes: Codes = settings.get(codes.SETTING) or packaged()
        self.ocid_prefix: str = settings.get("OCID_PREFIX") or UNREGISTERED
        self.words = words
        self.share_image = share_image
        self.posts = tuple(posts)
        self.pages = tuple(pages)
        self.editions = editions(
            self.posts,
            self.pages,
            languages=settings.get("LANGUAGES") or (),
            default_lang=self.default_lang,
            has_accounts=bool(settings.get("ACCOUNTS")),
        )
        self._edition = {edition.lang: edition for edition in self.editions}
        inputs: BuildInputs = settings[SETTING]
        self.listings: tuple[Listing, ...] = tuple(
            listing
            for edition in self.editions
            for listing in self._listings_of(edition, inputs, settings)
        )
        self._neighbours = {
            (edition.lang, guid): both
            for edition in self.editions
            for guid, both in neighbours(edition).items()
        }
        self._first_pages = {
            (listing.kind, listing.key, listing.lang): listing
            for listing in self.listings
            if listing.number == 1
        }
        self._list_paths = frozenset(listing.path for listing in self.listings)

    def _listings_of(
        self, edition: Edition, inputs: BuildInputs, settings: Mapping[str, Any]
    ) -> tuple[Listing, ...]:
        home, *others = listings(
            edition, default_lang=self.default_lang, per_page=self.per_page, zone=self.zone
        )
        lists, front = of_procurements(
            edition, default_lang=self.default_lang, now=inputs.now, zone=self.zone
        )
        accounts = accounts_page(settings, edition.lang)
        own = (of_accounts(edition, accounts),) if accounts else ()
        return (replace(home, procurements=front), *others, *lists, *own)

    def edition(self, lang: str) -> Edition:
        """Return a language's edition; that of a hidden post alone is empty."""
        if lang in self._edition:
            return self._edition[lang]
        return Edition(lang=lang, path=f"{lang}/", posts=(), pages=(), menu=())

    def is_listed(self, term: Term) -> bool:
        """Whether a term has a page of its own; those of hidden posts alone have none."""
        return term.path in self._list_paths

    def of_post(self, post: Post) -> View:
        """Return the view of a post."""
        older, newer = self._neighbours.get((post.lang, post.guid), (None, None))
        image = post.image or self.share_image
        return self._view(
            kind="article",
            lang=post.lang,
            path=post.path,
            heading=post.title,
            description=post.summary,
            indexable=post.status == "published",
            versions=_versions(post.path, post.lang, post.translations),
            image=image,
            og_type="article",
            more_properties=properties_of_post(post, self.is_listed),
            json_ld=blog_posting(
                post,
                image=image,
                publisher=self.publisher,
                is_listed=self.is_listed,
                zone=self.zone,
                lists=self.codes,
            ),
            older=older,
            newer=newer,
        )

    def notice(self, post: Post) -> NoticeView | None:
        """Return what a post's page shows of its procurement; None for any other post."""
        words = NoticeWords(words=self.words[post.lang], zone=self.zone, codes=self.codes)
        return notice_view(post, words, ocid_prefix=self.ocid_prefix)

    def of_page(self, page: SitePage) -> View:
        """Return the view of a page."""
        return self._view(
            kind="page",
            lang=page.lang,
            path=page.path,
            heading=page.title,
            description=page.summary,
            indexable=page.status == "published",
            versions=_versions(page.path, page.lang, page.translations),
            image=page.image,
        )

    def of_listing(self, listing: Listing) -> View:
        """Return the view of one page of a list."""
        say = self.words[listing.lang].text
        heading = heading_of(listing, say, name=self.name)
        description = description_of(
            listing, say, name=self.name, heading=heading, tagline=self._tagline(listing.lang)
        )
        title = f"{heading} – {self.name}"
        if listing.kind == "home":
            title = f"{self.name} – {description}" if description else self.name
        if listing.number > 1:
            page = say("Page %(number)s") % {"number": listing.number}
            title = f"{heading}, {page} – {self.name}"
            if listing.kind == "home":
                title = f"{page} – {self.name}"
        feeds: tuple[Feed, ...] = ()
        if listing.term is not None and listing.has_feed:
            feeds = _feeds(listing.term.path, f"{self.name}: {heading}", _FEEDS[:2])
        return self._view(
            kind=listing.kind,
            lang=listing.lang,
            path=listing.path,
            heading=heading,
            title=title,
            description=description,
            indexable=True,
            versions=self._versions_of(listing),
            own_feeds=feeds,
            previous=self._absolute(listing.previous),
            next_=self._absolute(listing.next),
        )

    def of_missing(self) -> View:
        """Return the view of the page that answers for addresses that do not exist."""
        say = self.words[self.default_lang].text
        return self._view(
            kind="404",
            lang=self.default_lang,
            path="404.html",
            heading=say("The page does not exist"),
            description="",
            indexable=False,
            versions={},
        )

    def feeds(self, edition: Edition) -> tuple[Feed, ...]:
        """Return an edition's own feeds."""
        if not edition.has_feed:
            return ()
        title = self.name if edition.lang == self.default_lang else f"{self.name} ({edition.name})"
        return _feeds(edition.path, title, _FEEDS)

    def _tagline(self, lang: str) -> str:
        if lang == self.default_lang:
            return self.subtitle
        return self.words[lang].text("Posts in this language from %(name)s") % {"name": self.name}

    def _absolute(self, path: str | None) -> str:
        return "" if path is None else f"{self.siteurl}/{path}"

    def _versions_of(self, listing: Listing) -> dict[str, str]:
        """Lists that are the same in every language; a word may mean another thing elsewhere."""
        if listing.number > 1:
            return {}
        if listing.kind in ("category", "tag"):
            return {listing.lang: listing.path}
        found = {}
        for edition in self.editions:
            other = self._first_pages.get((listing.kind, listing.key, edition.lang))
            if other is not None:
                found[edition.lang] = other.path
        return found

    def _view(
        self,
        *,
        kind: str,
        lang: str,
        path: str,
        heading: str,
        description: str,
        indexable: bool,
        versions: dict[str, str],
        title: str = "",
        image: Image | None = None,
        og_type: str = "website",
        more_properties: tuple[tuple[str, str], ...] = (),
        json_ld: str = "",
        own_feeds: tuple[Feed, ...] = (),
        previous: str = "",
        next_: str = "",
        older: Post | None = None,
        newer: Post | None = None,
    ) -> View:
        edition = self.edition(lang)
        canonical = "" if kind == "404" else f"{self.siteurl}/{path}"
        full = title or f"{heading} – {self.name}"
        head = Head(
            title=full,
            description=description,
            canonical=canonical,
            indexable=indexable,
            alternates=alternates(
                {code: f"{self.siteurl}/{where}" for code, where in versions.items()},
                default_lang=self.default_lang,
            )
            if indexable
            else (),
            properties=properties_of_page(
                title=heading,
                description=description,
                url=canonical,
                lang=lang,
                langs=tuple(code for code in sorted(versions) if code != lang),
                name=self.name,
                image=image or self.share_image,
                kind=og_type,
            )
            + more_properties,
            feeds=own_feeds + self.feeds(edition),
            json_ld=json_ld,
            previous=previous,
            next=next_,
        )
        return View(
            lang=lang,
            path=path,
            kind=kind,
            heading=heading,
            head=head,
            edition=edition,
            switch=self._switch(lang, versions),
            older=older,
            newer=newer,
        )

    def _switch(self, lang: str, versions: dict[str, str]) -> tuple[Switch, ...]:
        return tuple(
            Switch(
                lang=other.lang,
                name=other.name,
                path=versions.get(other.lang, other.path),
                exact=other.lang in versions,
            )
            for other in self.editions
            if other.lang != lang
        )


def _versions(path: str, lang: str, translations: Iterable[Translation]) -> dict[str, str]:
    return {lang: path, **{each.lang: each.path for each in translations}}


def _feeds(path: str, title: str, formats: Iterable[tuple[str, str, str]]) -> tuple[Feed, ...]:
    return tuple(
        Feed(title=f"{title} ({name})", path=path + file, media_type=media_type)
        for file, name, media_type in formats
    )
