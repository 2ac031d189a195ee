"""Every address of this site that a page names leads to a file, and to a place in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from utrop.checks.html_page import Page, Reference
from utrop.checks.tree import Tree
from utrop.problem import Problem


@dataclass(slots=True)
class _Mistake:
    """One mistake, wherever it stands: a broken link in the navigation stands on every page."""

    page: Page
    line: int
    instead: str
    severity: str
    pages: set[str] = field(default_factory=set)


def check_links(tree: Tree) -> Iterator[Problem]:
    """Yield each address that leads nowhere, once, with the first page that names it."""
    mistakes: dict[str, _Mistake] = {}
    for page in tree.pages.values():
        for reference in page.references:
            found = _mistake(reference, page, tree)
            if found:
                what, instead, severity = found
                mistake = mistakes.setdefault(
                    what,
                    _Mistake(page=page, line=reference.line, instead=instead, severity=severity),
                )
                mistake.pages.add(page.path)
    for what, mistake in mistakes.items():
        others = len(mistake.pages) - 1
        also = f" (and on {others} other page{'s' if others > 1 else ''})" if others else ""
        yield Problem(
            path=tree.path(mistake.page.path),
            line=mistake.line or None,
            what=what + also,
            instead=mistake.instead,
            severity="warning" if mistake.severity == "warning" else "error",
        )


def _mistake(reference: Reference, page: Page, tree: Tree) -> tuple[str, str, str] | None:
    """Return what is wrong, what to do, and how bad it is; None for a good address."""
    address = reference.address
    named = f"{reference.attribute}={address!r}"
    if not address:
        if reference.element in ("form", "button"):
            return None  # an empty action means this page
        return f"has an empty {reference.attribute} on <{reference.element}>", "name an address", ""
    target = tree.target(address, page.path)
    if target is None:
        return None
    if target.file is None:
        return f"{named} leads nowhere in this site", "correct the address or remove the link", ""
    if target.lacks_slash:
        return f"{named} lacks the final slash", f"write {address}/", "warning"
    if target.fragment and not _has_place(target.file, target.fragment, tree):
        return (
            f"{named} names a place that {target.file} does not have",
            "correct what follows the #",
            "",
        )
    return None


def _has_place(file: str, fragment: str, tree: Tree) -> bool:
    place = fragment.partition(":~:")[0]  # what follows is text to highlight
    if place in ("", "top") or file not in tree.pages:
        return True
    return place in tree.pages[file].ids
