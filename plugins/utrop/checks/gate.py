"""The gate: every check of a built output, in the order in which its findings are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from utrop.checks.calendar_files import check_calendars
from utrop.checks.feed_files import check_feeds
from utrop.checks.leaks import check_leaks
from utrop.checks.links import check_links
from utrop.checks.manifest_file import check_manifest, posts_told
from utrop.checks.open_data_files import check_open_data
from utrop.checks.pages import check_pages
from utrop.checks.redirect_pages import check_redirects
from utrop.checks.sitemap_file import check_sitemap
from utrop.checks.tree import Tree, read_tree
from utrop.problem import Problem

CHECKS: tuple[Callable[[Tree], Iterable[Problem]], ...] = (
    check_pages,
    check_links,
    check_redirects,
    check_feeds,
    check_calendars,
    check_open_data,
    check_manifest,
    check_sitemap,
    check_leaks,
)
"""The table of contents: adding a check is one module and one line here."""


def check_output(output: Path, *, siteurl: str, base_path: str, default_lang: str) -> list[Problem]:
    """Return all that is wrong with a built output; errors must keep it from being released.

    ``siteurl`` has no trailing slash; ``base_path`` is its path with a slash at both ends.
    Nothing is fetched: addresses of other sites are not looked at. Broken files give problems,
    never exceptions.
    """
    tree = read_tree(output, siteurl=siteurl, base_path=base_path, default_lang=default_lang)
    if not tree.files:
        return [
            Problem(path=output, what="there is nothing in the output", instead="build the site")
        ]
    titles = _titles(tree)
    return [_naming_its_post(problem, titles) for check in CHECKS for problem in check(tree)]


def _titles(tree: Tree) -> dict[Path, str]:
    """Return the title of the post on each page that the manifest tells of."""
    titles = {}
    for post in posts_told(tree):
        address, title = post.get("url"), post.get("title")
        if isinstance(address, str) and isinstance(title, str):
            target = tree.target(address)
            if target is not None and target.file is not None:
                titles[tree.path(target.file)] = title
    return titles


def _naming_its_post(problem: Problem, titles: dict[Path, str]) -> Problem:
    """A writer knows posts by their titles, not by the files that were made of them."""
    if problem.path not in titles:
        return problem
    return replace(problem, what=f"{problem.what} (in the post “{titles[problem.path]}”)")
