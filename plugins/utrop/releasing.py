"""Releasing: the target of a site, and what its former release tells the next build."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from utrop.configuration import Site
from utrop.deployment.target import Target, open_target
from utrop.deployment.targets.file import FileTarget
from utrop.post import DeadlineSeen
from utrop.problem import configuration_error


def target_of(site: Site) -> Target:
    """Return the target that a site's DEPLOY names, contacting nothing yet.

    Raises ``ProblemsFound`` with exit status 2 also where a build would replace the releases, or
    a release lie among the sources.
    """
    target = open_target(site.deploy, root=site.root, keep=site.keep_releases, environ=site.environ)
    if isinstance(target, FileTarget):
        folder = target.folder.resolve()
        if folder.is_relative_to(site.output) or site.output.is_relative_to(folder):
            raise configuration_error(
                f"DEPLOY: the releases in {folder} and the build in {site.output} would lie inside"
                " each other",
                "choose another folder in DEPLOY or OUTPUT_PATH",
            )
        if folder.is_relative_to(site.content) and not site.root.is_relative_to(site.content):
            raise configuration_error(
                f"DEPLOY: {folder} lies in the content folder", "choose another folder in DEPLOY"
            )
    return target


def released_folder(site: Site) -> Path:
    """Return where the released files are on this machine; for a remote site, what was built."""
    target = target_of(site)
    return target.folder / "current" if isinstance(target, FileTarget) else site.output


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


def former_deadlines(manifest: bytes | None) -> dict[str, tuple[DeadlineSeen, ...]]:
    """Return, per guid, what the previous release recorded of each post's own deadline.

    An unreadable manifest of a former release only costs these moves: it is not this build's
    mistake.
    """
    if manifest is None:
        return {}
    try:
        read = json.loads(manifest)
        found = {guid: _history(seen) for guid, seen in read.get("former_deadlines", {}).items()}
        for post in read["posts"]:
            found[post["guid"]] = _history(post.get("deadlines_seen", ()))
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {guid: seen for guid, seen in found.items() if seen}


def _history(seen: Iterable[Mapping[str, Any]]) -> tuple[DeadlineSeen, ...]:
    return tuple(
        DeadlineSeen(moment=_aware(one["moment"]), since=_aware(one["since"])) for one in seen
    )


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return moment
