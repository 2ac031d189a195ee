"""Nothing is published that was not meant to be: sources, drafts, hidden files, databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from utrop.checks.tree import Tree
from utrop.problem import Problem

_SOURCES = frozenset({".md", ".markdown", ".mkd", ".py", ".pyc"})
_PRIVATE = frozenset({".sqlite", ".sqlite3", ".db", ".bak", ".orig", ".swp", ".tmp", ".log"})
_ALLOWED_HIDDEN = ".well-known"


def check_leaks(tree: Tree) -> Iterator[Problem]:
    """Yield each file that must not be public."""
    for file in tree.files:
        page = tree.pages.get(file)
        redirects = page is not None and page.refresh is not None  # an old address, no content
        what = _mistake(PurePosixPath(file), redirects=redirects)
        if what:
            yield Problem(
                path=tree.path(file),
                what=what,
                instead="move it out of the content folder, or attach it in another format",
            )


def _mistake(file: PurePosixPath, *, redirects: bool) -> str:
    hidden = [part for part in file.parts if part.startswith(".")]
    if any(part != _ALLOWED_HIDDEN for part in hidden):
        return "is a hidden file and would be public"
    if file.parts[0] == "drafts" and len(file.parts) > 1 and not redirects:
        return "lies in Pelican's folder of drafts and would be public"
    suffix = file.suffix.lower()
    if suffix in _SOURCES:
        return "is a source file and would be public"
    if suffix in _PRIVATE or file.name.endswith("~"):
        return "looks like a private file and would be public"
    return ""
