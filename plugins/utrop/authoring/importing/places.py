"""Slugs and file names, of which no two posts may share one."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from utrop.authoring import header
from utrop.authoring.header import HeaderError
from utrop.authoring.slugs import slugify, taken

_OF_THE_SITE = taken("sv", "sv", ("sv", "en")) | taken("en", "en", ("sv", "en"))


class Places:
    """The slugs and files of one content folder."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._slugs: set[tuple[str, str]] = set()

    def take(self, name: str, path: Path) -> None:
        """Count a file of the writer's as taken, and its slug in every language."""
        self._files.add(name)
        try:
            values = header.split(header.decode(path.read_bytes())).values
        except HeaderError:
            return
        slug = str(values.get("slug", "")) or slugify(str(values.get("title", "")))
        self._slugs.add(("", slug))

    def give(self, wanted: str, *, day: date, lang: str, into: str) -> tuple[str, str]:
        """Return a slug that is free in a language, and a file that is free."""
        bare = slugify(re.sub(r"[._]", "-", wanted)) or "post"
        if bare in _OF_THE_SITE:
            bare = f"{bare}-post"
        number, slug = 1, bare
        while ("", slug) in self._slugs or (lang or "-", slug) in self._slugs:
            number += 1
            slug = f"{bare}-{number}"
        self._slugs.add((lang or "-", slug))
        folder = f"{into}/" if into else ""
        name, number = f"{folder}{day.isoformat()}-{slug}.md", 1
        while name in self._files:
            number += 1
            name = f"{folder}{day.isoformat()}-{slug}-{number}.md"
        self._files.add(name)
        return slug, name
