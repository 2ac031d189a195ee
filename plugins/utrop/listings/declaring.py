"""What each page of the theme is made from: its posts, and its view, which says all the rest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from utrop.listings.edition import Listing, TermKind, terms
from utrop.listings.sitemap_entries import entries
from utrop.listings.view import View, Views
from utrop.outputs import EVERY_FIELD, Inputs

SETTINGS = frozenset({"SITENAME", "SITESUBTITLE", "SITEURL", "PUBLISHER_NAME", "TIMEZONE"})
"""Settings that templates show by themselves; the view holds what the others come to."""

_TOPICS: tuple[TermKind, ...] = ("category",)
_ALL_TERMS: tuple[TermKind, ...] = ("category", "tag", "author")
"""Which terms the home page and the archive list."""


def inputs_of(views: Views, context: Mapping[str, Any]) -> dict[str, Inputs]:
    """Return the inputs of every file that Pelican and the listings write, by path."""
    found: dict[str, Inputs] = {}
    for content in context["generated_content"].values():
        post = getattr(content, "post", None)
        page = getattr(content, "site_page", None)
        if post is not None:
            listed = (post.category, *post.authors, *post.tags)
            told = (content.lead, content.image_credit, [views.is_listed(one) for one in listed])
            found[content.save_as] = Inputs(
                posts=(post,),
                fields=EVERY_FIELD,
                values=(*told, views.notice(post), *around(views.of_post(post))),
                settings=SETTINGS,
            )
        elif page is not None:
            view = views.of_page(page)
            found[content.save_as] = Inputs(values=(page, *around(view)), settings=SETTINGS)
    for listing in views.listings:
        found[listing.path + "index.html"] = Inputs(
            posts=listing.posts,
            fields=listing.fields,
            values=(_place(listing), *around(views.of_listing(listing))),
            settings=SETTINGS,
        )
    found["404.html"] = Inputs(values=around(views.of_missing()), settings=SETTINGS)
    found["sitemap.xml"] = Inputs(values=tuple(entries(views)))
    found["robots.txt"] = Inputs(settings=frozenset({"SITEURL"}))
    return found | _copied(context)


def around(view: View) -> tuple[object, ...]:
    """Return what a page shows around its content, as values."""
    edition = view.edition
    neighbours = [post and (post.title, post.path) for post in (view.older, view.newer)]
    menu = [(page.title, page.path) for page in edition.menu]
    directory = [(page.title, page.path) for page in edition.directory]
    kinds = {"home": _TOPICS, "archive": _ALL_TERMS}.get(view.kind, ())
    topics = [terms(edition, kind) for kind in kinds]
    return (
        *(view.lang, view.path, view.kind, view.heading, view.head, view.switch, neighbours),
        *(menu, directory, edition.archive_path, edition.has_feed, topics),
        *(edition.procurements_path, edition.accounts_path),
    )


def _place(listing: Listing) -> tuple[object, ...]:
    return (
        *(listing.kind, listing.term, listing.number, listing.count, listing.total),
        *(listing.previous, listing.next, listing.has_feed),
        *(listing.procurements, listing.accounts),
    )


def _copied(context: Mapping[str, Any]) -> dict[str, Inputs]:
    """Return the inputs of what is copied as it is: the content's files and the theme's."""
    found = {
        static.save_as: Inputs(files=(Path(context["PATH"]) / static.source_path,))
        for static in context["static_content"].values()
        if static is not None
    }
    for folder in context["THEME_STATIC_PATHS"]:
        root = Path(context["THEME"]) / folder
        for file in sorted(root.rglob("*")):
            if file.is_file():
                path = f"{context['THEME_STATIC_DIR']}/{file.relative_to(root).as_posix()}"
                found[path] = Inputs(files=(file,))
    return found
