"""Which pages the sitemap lists: those that search engines may keep, first pages of lists only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from utrop.listings.sitemap import Entry
from utrop.listings.view import View, Views


def entries(views: Views) -> Iterator[Entry]:
    """Yield an entry for each page of a site that may be indexed."""
    for post in views.posts:
        if post.status == "published":
            yield _entry(views.of_post(post), post.updated)
    for page in views.pages:
        if page.status == "published":
            yield _entry(views.of_page(page), page.modified)
    for listing in views.listings:
        published = [post.updated for post in listing.posts if post.status == "published"]
        if listing.number == 1 and (published or listing.kind == "home" or not listing.posts):
            # Lists of procurements change by the clock too, which no post's date tells.
            is_timeless = listing.kind != "procurements"
            yield _entry(
                views.of_listing(listing), max(published, default=None) if is_timeless else None
            )


def _entry(view: View, modified: datetime | None) -> Entry:
    return Entry(url=view.head.canonical, modified=modified, alternates=view.head.alternates)
