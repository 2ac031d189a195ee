"""Releasing: the target of a site, and what its former release tells the next build."""

from __future__ import annotations

import json

from utrop.configuration import Site
from utrop.deployment.target import Target, open_target


def target_of(site: Site) -> Target:
    """Return the target that a site's DEPLOY names, contacting nothing yet."""
    return open_target(site.deploy, root=site.root, keep=site.keep_releases, environ=site.environ)


def former_paths(manifest: bytes | None) -> dict[str, tuple[str, ...]]:
    """Return, per guid, the paths at which the previous release had each post.

    A post whose slug has changed since then redirects from them. An unreadable manifest of a
    former release only costs these redirects: it is not this build's mistake.
    """
    if manifest is None:
        return {}
    try:
        read = json.loads(manifest)
        base = read["site"].rstrip("/") + "/"
        former = {}
        for post in read["posts"]:
            paths = [*post.get("aliases", ())]
            if post["url"].startswith(base):
                paths.append(post["url"].removeprefix(base))
            former[post["guid"]] = tuple(paths)
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return former
