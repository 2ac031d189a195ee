"""Every page is whole: titled, in a language, at one address, and asks nothing of third parties."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from utrop.checks.html_page import Page, Reference
from utrop.checks.tree import Tree
from utrop.problem import Problem

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_NOT_FOUND = "404.html"
_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def check_pages(tree: Tree) -> Iterator[Problem]:
    """Yield what is wrong within single pages."""
    yield from tree.unreadable
    for page in tree.pages.values():
        for line, what, instead in _mistakes(page, tree):
            yield Problem(path=tree.path(page.path), line=line, what=what, instead=instead)
        yield from _third_parties(page, tree)


def _mistakes(page: Page, tree: Tree) -> Iterator[tuple[int | None, str, str]]:
    if len(page.titles) != 1 or not page.titles[0]:
        yield None, f"has {_count(page.titles)} <title>", "give it exactly one, with words in it"
    if not _LANGUAGE.fullmatch(page.lang):
        yield None, f"says no language: <html lang={page.lang!r}>", "write a code such as 'sv'"
    for line, what in page.inline:
        yield line, f"has {what}", "put it in a file of the theme: the site allows nothing inline"
    for name in page.duplicate_ids:
        yield None, f"has the id {name!r} more than once", "rename one: links to it go astray"
    for line, text in page.json_ld:
        try:
            json.loads(text)
        except (ValueError, RecursionError) as error:
            yield line, f"has JSON-LD that is not JSON: {error}", "correct the template"
    if page.refresh is not None:
        return  # a redirecting page has nothing to read
    if len(page.headings) != 1 or not page.headings[0]:
        yield None, f"has {_count(page.headings)} <h1>", "give it exactly one, with words in it"
    if page.path != _NOT_FOUND:
        yield from _canonical(page, tree)


def _canonical(page: Page, tree: Tree) -> Iterator[tuple[int | None, str, str]]:
    if len(page.canonicals) != 1:
        yield (
            None,
            f"has {_count(page.canonicals)} canonical link",
            f"name its address once: {tree.url(page.path)}",
        )
    elif page.canonicals[0] != tree.siteurl and not page.canonicals[0].startswith(
        tree.siteurl + "/"
    ):
        yield (
            None,
            f"has a canonical link that is not below {tree.siteurl}: {page.canonicals[0]!r}",
            f"write {tree.url(page.path)}",
        )


def _third_parties(page: Page, tree: Tree) -> Iterator[Problem]:
    for reference in page.references:
        if not reference.loaded or not _WEB.match(reference.address):
            continue
        if tree.target(reference.address, page.path) is not None:
            continue
        yield Problem(
            path=tree.path(page.path),
            line=reference.line or None,
            what=f"loads something of another site: {reference.address}",
            instead="keep a copy in the content folder, or link to it",
            severity="warning" if _is_writers(reference) else "error",
        )


def _is_writers(reference: Reference) -> bool:
    """Pictures and films within a text are the writer's to decide; code and styles are not."""
    return reference.in_text and reference.element not in ("script", "link")


def _count(found: tuple[str, ...]) -> str:
    if not found:
        return "no"
    return "an empty" if len(found) == 1 else str(len(found))
