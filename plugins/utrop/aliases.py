"""Old addresses of posts: which post each of them leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A post, as far as its addresses go."""

    guid: str
    path: str
    published: datetime
    aliases: tuple[str, ...]
    """The old addresses that its writer names, below SITEURL."""


def all_aliases(
    posts: Iterable[Addressed], former: Mapping[str, tuple[str, ...]], taken: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Return each post's old addresses by its guid: its writer's, then those of earlier releases.

    A path that something has now (``taken``) or that a writer names as an alias is not given to
    whoever merely had it once; of several that had it, the newest post gets it.
    """
    everyone = list(posts)
    claimed = {*taken, *(alias for post in everyone for alias in post.aliases)}
    found: dict[str, tuple[str, ...]] = {}
    for post in sorted(everyone, key=lambda post: (post.published, post.guid), reverse=True):
        remembered = [path for path in former.get(post.guid, ()) if path not in claimed]
        claimed.update(remembered)
        own = (alias for alias in post.aliases if alias != post.path)
        found[post.guid] = tuple(dict.fromkeys([*own, *remembered]))
    return found
