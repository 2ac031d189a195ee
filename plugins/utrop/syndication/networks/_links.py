"""Addresses as they are compared, when our own posts are looked through for what they link to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

import httpx

_URL_IN_TEXT: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_Post = TypeVar("_Post")


def comparable(url: str) -> str:
    """Return an address without what tells nothing apart: case of host, IDN, case of escapes.

    The fragment does: a reminder's address is its article's with one.
    """
    try:
        address = str(httpx.URL(url))
    except httpx.InvalidURL:
        return url
    return re.sub("%[0-9a-f]{2}", lambda escape: escape[0].upper(), address)


def links_in(text: object) -> Iterator[str]:
    """Yield the addresses in a text, with and without the punctuation that follows them."""
    for link in _URL_IN_TEXT.findall(text) if isinstance(text, str) else ():
        yield from (link, link.rstrip(".,;:!?)]}'…"))


def oldest_linking(
    posts: Iterable[_Post],
    links: Callable[[_Post], Iterable[str]],
    urls: Iterable[str],
    found: dict[str, _Post],
) -> None:
    """Put into ``found``, by address, the last of the posts that links to each of ``urls``.

    Posts come newest first. What was found stands there also where the listing raises midway.
    """
    wanted: dict[str, list[str]] = {}
    for url in urls:
        wanted.setdefault(comparable(url), []).append(url)
    for post in posts:
        for link in {comparable(link) for link in links(post)}:
            for url in wanted.get(link, ()):
                found[url] = post
