"""Provenance: where an announcement comes from, for the record that an archive keeps of it."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Final
from urllib.parse import unquote, urlsplit

from utrop import articles
from utrop.authoring.document import Document
from utrop.authoring.library import read_library
from utrop.configuration import Site
from utrop.problem import ProblemsFound
from utrop.syndication.announcement import Announcement
from utrop.syndication.delivery import Origin
from utrop.syndication.reminding import post_of

_PATIENCE: Final = 20
"""Seconds that git may take for one file."""


@dataclass
class Provenance:
    """Looks origins up when the first announcement is sent, and not before: it reads every post."""

    site: Site
    released: Path
    """The folder of the released site, where its pictures are."""
    now: datetime
    _known: dict[str, Origin] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)

    def __call__(self, announcement: Announcement) -> Origin:
        """Return the post's commit and approver, and the picture's hash; empty: not known."""
        guid = post_of(announcement.guid)
        with self._turn:  # several networks ask at once
            if guid not in self._known:
                self._known[guid] = self._origin(announcement)
            return self._known[guid]

    def _origin(self, announcement: Announcement) -> Origin:
        document = self._documents.get(post_of(announcement.guid))
        commit, author = self._commit(document.path) if document else ("", "")
        approver = getattr(document.front_matter, "approved_by", "") if document else ""
        return Origin(
            commit=commit, approver=approver or author, image_sha256=self._image(announcement)
        )

    @cached_property
    def _documents(self) -> dict[str, Document]:
        site = self.site
        try:
            library = read_library(
                site.content,
                timezone=site.timezone,
                default_lang=site.default_lang,
                languages=site.languages,
                now=self.now,
            )
        except ProblemsFound:
            # What is announced was released from an earlier state, which had no mistake.
            return {}
        return {articles.guid_of(one.uid, site.settings): one for one in library.posts}

    def _commit(self, path: Path) -> tuple[str, str]:
        if not self._root:
            return "", ""
        found = self._git("log", "-1", "--format=%H%x00%an", "--", str(path))
        commit, _, author = found.strip().partition("\0")
        if not commit:
            return "", ""
        return commit + ("+changes" if path.resolve() in self._changed else ""), author

    @cached_property
    def _root(self) -> str:
        """The folder of the content's git repository; empty: there is none."""
        return self._git("rev-parse", "--show-toplevel").rstrip("\n")

    @cached_property
    def _changed(self) -> frozenset[Path]:
        """The files whose content no commit has."""
        # -z: a name that git would quote stands as it is. A renamed file's old name matters not.
        lines = self._git("status", "--porcelain", "-z", "--untracked-files=no", "--", ".")
        root = Path(self._root)
        return frozenset((root / line[3:]).resolve() for line in lines.split("\0") if line)

    def _git(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                ["git", "-C", str(self.site.content), *arguments],
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
                text=True,
                errors="replace",
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout if done.returncode == 0 else ""

    def _image(self, announcement: Announcement) -> str:
        image, site = announcement.image, self.site.siteurl + "/"
        if image is None or not image.url.startswith(site):
            return ""
        path = self.released / unquote(urlsplit(image.url.removeprefix(site)).path)
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            return ""
