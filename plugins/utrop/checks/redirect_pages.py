"""Every redirect leads to a page that is there, in one step."""

from __future__ import annotations

from collections.abc import Iterator

from utrop.checks.html_page import Page
from utrop.checks.tree import Tree
from utrop.problem import Problem


def check_redirects(tree: Tree) -> Iterator[Problem]:
    """Yield each redirect that leads nowhere or only to another."""
    for page in tree.pages.values():
        if page.refresh is None:
            continue
        what = _mistake(page, page.refresh, tree)
        if what:
            yield Problem(
                path=tree.path(page.path),
                what=what,
                instead="correct `aliases:` of the post, or the address it redirects to",
            )


def _mistake(page: Page, address: str, tree: Tree) -> str:
    if not address:
        return "redirects to no address"
    target = tree.target(address, page.path)
    if target is None:
        return f"redirects to another site: {address}"
    if target.file is None or target.file not in tree.pages:
        return f"redirects to {address}, which is not in this site"
    if target.file == page.path:
        return "redirects to itself"
    if tree.pages[target.file].refresh is not None:
        return f"redirects to {address}, which redirects again"
    for canonical in page.canonicals:
        told = tree.target(canonical, page.path)
        if told is None or told.file != target.file:
            return f"redirects to {address} but calls {canonical} its canonical address"
    return ""
