"""The manifest tells of pages that are there and say the same of themselves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from utrop.checks.html_page import Page, words
from utrop.checks.tree import Tree
from utrop.deadlines import change_guid
from utrop.problem import Problem

MANIFEST = "announcements.json"
_REQUIRED = ("guid", "url", "title", "lang", "published")


def posts_told(tree: Tree) -> list[Mapping[str, Any]]:
    """Return the manifest's posts; none where it cannot be read."""
    try:
        manifest = json.loads(tree.read(MANIFEST))
    except (ValueError, RecursionError):
        return []
    posts = manifest.get("posts") if isinstance(manifest, dict) else None
    if not isinstance(posts, list):
        return []
    return [post for post in posts if isinstance(post, dict)]


def guids_told(tree: Tree) -> set[str]:
    """Return the guids of the manifest's posts, and of the moves of their deadlines."""
    guids = set()
    for post in posts_told(tree):
        guid, seen = str(post.get("guid")), post.get("deadlines_seen", [])
        moves = len(seen) - 1 if isinstance(seen, list) else 0
        guids |= {guid, *(change_guid(guid, number) for number in range(1, moves + 1))}
    return guids


def check_manifest(tree: Tree) -> Iterator[Problem]:
    """Yield where the manifest and the pages disagree."""
    for what in _mistakes(tree):
        yield Problem(path=tree.path(MANIFEST), what=what, instead="build again")


def _mistakes(tree: Tree) -> Iterator[str]:
    if MANIFEST not in tree.files:
        yield "is missing: nothing could be announced"
        return
    try:
        manifest = json.loads(tree.read(MANIFEST))
    except (ValueError, RecursionError) as error:
        yield f"is not JSON: {error}"
        return
    if not isinstance(manifest, dict) or not isinstance(manifest.get("posts"), list):
        yield "has no list of posts"
        return
    if manifest.get("version") != 1:
        yield f"has version {manifest.get('version')!r} instead of 1"
    if manifest.get("site") != tree.siteurl:
        yield f"is of the site {manifest.get('site')!r} instead of {tree.siteurl!r}"
    for number, post in enumerate(manifest["posts"], 1):
        if not isinstance(post, dict):
            yield f"post {number} is no object"
            continue
        yield from _of_post(post, f"post {number}", tree)
    yield from _repeated(posts_told(tree))


def _of_post(post: Mapping[str, Any], place: str, tree: Tree) -> Iterator[str]:
    title = post.get("title")
    named = f"“{title}”" if isinstance(title, str) and title else place
    missing = [key for key in _REQUIRED if not isinstance(post.get(key), str) or not post[key]]
    if missing:
        yield f"{named} has no {', '.join(missing)}"
        return
    if not post["guid"].startswith("tag:"):
        yield f"{named} has the guid {post['guid']!r}, which is no tag URI"
    target = tree.target(post["url"])
    page = tree.pages.get(target.file or "") if target else None
    if page is None or not post["url"].startswith(tree.siteurl + "/"):
        yield f"{named} is said to be at {post['url']}, where there is no page"
        return
    yield from (f"{named} {mistake}" for mistake in _of_page(post, page))
    image = post.get("image")
    if image is not None:
        yield from (f"{named} {mistake}" for mistake in _of_image(image, tree))


def _of_page(post: Mapping[str, Any], page: Page) -> Iterator[str]:
    if page.refresh is not None:
        yield f"is told of, but {page.path} only redirects"
        return
    if page.canonicals != (post["url"],):
        yield f"is at {post['url']}, but {page.path} calls itself {' '.join(page.canonicals)!r}"
    if page.lang != post["lang"]:
        yield f"is in {post['lang']!r}, but {page.path} says lang={page.lang!r}"
    title = words(post["title"])
    shown = (page.meta.get("og:title", ""), *page.headings, *page.titles)
    if not any(title == words(text) for text in shown) and title not in " ".join(page.titles):
        yield f"does not stand as the title of {page.path}"
    if page.noindex:
        yield f"is announced, but {page.path} is hidden from search engines"


def _of_image(image: Any, tree: Tree) -> Iterator[str]:
    if not isinstance(image, dict) or not isinstance(image.get("url"), str):
        yield "has a picture without an address"
        return
    target = tree.target(image["url"])
    if target is None or target.file is None:
        yield f"has the picture {image['url']}, which is not in the site"
    elif not tree.files[target.file]:
        yield f"has the picture {image['url']}, which is an empty file"


def _repeated(posts: list[Mapping[str, Any]]) -> Iterator[str]:
    for key in ("guid", "url"):
        counted = Counter(post[key] for post in posts if isinstance(post.get(key), str))
        for value, count in sorted(counted.items()):
            if count > 1:
                yield f"has {count} posts with the {key} {value}"
