"""Naming: what a list is called on its own page, and how search engines and links describe it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from utrop.listings.edition import Listing
from utrop.procurement.addresses import NoticeList

Say = Callable[[str], str]
"""Gives a text in the page's language."""

_DESCRIPTIONS: Final = {
    "accounts": "The accounts that %(name)s has on other services.",
    "archive": "All posts from %(name)s, by year and topic.",
    "author": "Posts by %(heading)s, from %(name)s.",
    "category": "Posts in the category %(heading)s, from %(name)s.",
    "tag": "Posts with the tag %(heading)s, from %(name)s.",
    "year": "Posts from %(heading)s, by %(name)s.",
}
_OF_PROCUREMENTS: Final[dict[NoticeList, str]] = {
    "open": "Procurements from %(name)s that you can still take part in, by last day.",
    "planned": "What %(name)s plans to procure, by the day when the notice is expected.",
    "awarded": "Procurements from %(name)s that have been decided, the newest first.",
    "closed": "Procurements from %(name)s whose last day has passed or that were cancelled.",
}
_HEADINGS: Final[dict[NoticeList, str]] = {
    "open": "Open procurements",
    "planned": "Planned procurements",
    "awarded": "Awarded procurements",
    "closed": "Closed procurements",
}


def heading_of(listing: Listing, say: Say, *, name: str) -> str:
    """Return what a list is called on its own page; ``name`` is the site's."""
    if listing.procurements is not None and listing.kind == "procurements":
        heading = say(_HEADINGS[listing.procurements.which])
        label = listing.procurements.label
        return f"{heading}: {label}" if label else heading
    if listing.kind == "home":
        return name
    if listing.kind == "accounts":
        return say("Our accounts")
    if listing.kind == "archive":
        return say("Archive")
    if listing.kind == "year":
        return listing.key
    return listing.term.name if listing.term else ""


def description_of(listing: Listing, say: Say, *, name: str, heading: str, tagline: str) -> str:
    """Return what a list is, in a sentence; that of the home page is the site's ``tagline``."""
    if listing.kind == "home":
        return tagline
    if listing.procurements is not None:
        sentence = say(_OF_PROCUREMENTS[listing.procurements.which]) % {"name": name}
        label = listing.procurements.label
        return f"{label}. {sentence}" if label else sentence
    return say(_DESCRIPTIONS[listing.kind]) % {"heading": heading, "name": name}
