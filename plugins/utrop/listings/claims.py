"""Claims: no two pages of a site may want the same address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from utrop.listings.edition import Listing
from utrop.problem import Problem

_OWN_FILES = ("404.html", "sitemap.xml", "robots.txt")


def claimed(
    listings: Iterable[Listing], taken: Mapping[str, str], *, content: Path
) -> tuple[dict[str, str], list[Problem]]:
    """Return the paths that lists need with what needs them, and the posts that stand there.

    ``taken`` maps paths below SITEURL to the source files, below ``content``, that have them.
    """
    wanted = {listing.path: f"the list {listing.path or 'of all posts'}" for listing in listings}
    wanted |= {name: f"the file {name}" for name in _OWN_FILES}
    problems = [
        Problem(
            path=content / taken[path],
            what=f"wants the address {path!r}, which is that of {what}",
            instead="give it another slug",
        )
        for path, what in sorted(wanted.items())
        if path in taken
    ]
    return wanted, problems
