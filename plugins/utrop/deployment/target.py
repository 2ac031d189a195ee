"""Target: where releases go. A target URL's scheme names the module in ``targets/`` that opens it.

``file:public`` is opened by ``targets/file.py``, ``rsync+ssh://…`` by ``targets/rsync_ssh.py``;
a new module there is a new scheme, and nothing else changes.
"""

from __future__ import annotations

import difflib
import pkgutil
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from utrop.deployment import targets
from utrop.deployment.release import Outcome, ReleaseInfo
from utrop.problem import configuration_error


class Target(Protocol):
    """A place that holds releases, one of which is live.

    Every method raises ``ProblemsFound``, in words for the person who publishes; after any
    failure, or a kill, the site that was live is whole and live, or the new one is.
    """

    @property
    def where(self) -> str:
        """The live site's place, for people: ``public/current``."""

    @property
    def is_remote(self) -> bool:
        """Whether a release there leaves this machine."""

    @property
    def keep(self) -> int:
        """How many releases are kept, the current one among them."""

    def check(self) -> None:
        """Find what would stop a release, before anything is built: all of it, exit status 2."""

    def release(self, output: Path, *, release_id: str) -> Outcome:
        """Make a built site the live one, in one step, unless it already is."""

    def manifest(self) -> bytes | None:
        """Return the live release's ``announcements.json``; None where nothing was released.

        A release that lacks the file answers with a manifest without posts.
        """

    def releases(self) -> list[ReleaseInfo]:
        """Return the releases that are kept, the newest first."""

    def rollback(self, release_id: str | None) -> str:
        """Make a kept release live, by default the one before the current; return its id."""


class Connect(Protocol):
    """What every module in ``targets/`` offers as ``connect``."""

    def __call__(self, url: str, *, root: Path, keep: int, environ: Mapping[str, str]) -> Target:
        """Return the target of a URL of this scheme, contacting nothing yet."""


def schemes() -> tuple[str, ...]:
    """Return every scheme that a target URL may have."""
    return tuple(
        sorted(
            module.name.replace("_", "+")
            for module in pkgutil.iter_modules(targets.__path__)
            if not module.name.startswith("_")
        )
    )


def open_target(url: str, *, root: Path, keep: int, environ: Mapping[str, str]) -> Target:
    """Return the target that a URL names; relative folders start at the site's root.

    Raises ``ProblemsFound`` with exit status 2 where the URL names none.
    """
    known = schemes()
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", url)
    if found is None:
        written = f"file://{url}" if url.startswith("/") else f"file:{url or 'public'}"
        raise configuration_error(
            f"DEPLOY: {url!r} does not say how to get there", f"write {written!r}"
        )
    scheme = found[1].lower()
    if scheme not in known:
        near = difflib.get_close_matches(scheme, known, n=1, cutoff=0.5)
        instead = f"did you mean {near[0]}:?" if near else f"write one of {', '.join(known)}"
        raise configuration_error(f"DEPLOY: there is no target {scheme}: ({url!r})", instead)
    if keep < 1:
        raise configuration_error(
            f"KEEP_RELEASES is {keep}", "write 1 or more: the live release is one of them"
        )
    module = import_module(f"{targets.__name__}.{scheme.replace('+', '_')}")
    return cast("Connect", module.connect)(url, root=root, keep=keep, environ=environ)
