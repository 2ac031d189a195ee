"""Pictures and documents that stand beside the posts to import, and where they go."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path

from utrop.authoring.content_files import IMAGE_SUFFIXES

_DOCUMENTS = (".csv", ".docx", ".mp3", ".mp4", ".odt", ".pdf", ".pptx", ".svg", ".xlsx", ".zip")
_PUBLIC = ("", "static", "public", "src", "content")
"""Folders of a site whose files its addresses leave out."""


@dataclass(slots=True)
class Files:
    """The files of the old site that links may name, and their places in the content folder."""

    root: Path
    """The old site's folder: nothing outside of it is ever copied."""
    content: Path
    _places: dict[Path, str] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)

    def find(self, target: str, beside: Path) -> Path | None:
        """Return the file that a path in a post names; None where there is none to be copied."""
        if not target.lower().endswith((*IMAGE_SUFFIXES, *_DOCUMENTS)) or "\0" in target:
            return None
        relative = target.lstrip("/")
        candidates = [self.root / folder / relative for folder in _PUBLIC]
        if not target.startswith("/"):
            candidates.insert(0, beside / relative)
        for candidate in candidates:
            try:
                place = candidate.resolve()
                if place.is_relative_to(self.root) and place.is_file():
                    return place
            except OSError:
                # A name that is too long names no file.
                continue
        return None

    def placed(self, file: Path) -> str:
        """Return a file's place below the content folder; no two different files share one."""
        if file in self._places:
            return self._places[file]
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        folder = "images" if file.suffix.lower() in IMAGE_SUFFIXES else "files"
        stem = re.sub(r"[^\w.-]+", "-", file.stem).strip("-.") or "file"
        place = f"{folder}/{stem}{file.suffix.lower()}"
        if self._taken(place) not in (None, digest):
            place = f"{folder}/{stem}-{digest[:8]}{file.suffix.lower()}"
        self._digests[place] = digest
        self._places[file] = place
        return place

    def _taken(self, place: str) -> str | None:
        """Return the hash of what has a place already."""
        if place not in self._digests and (self.content / place).is_file():
            self._digests[place] = hashlib.sha256((self.content / place).read_bytes()).hexdigest()
        return self._digests.get(place)

    def copy(self, text: str, into: str) -> list[Path]:
        """Copy what a post's text refers to and the content folder lacks; return the new files."""
        written = []
        for file, place in sorted(self._places.items(), key=lambda item: item[1]):
            named = {place, posixpath.relpath(place, into or ".")}
            target = self.content / place
            if target.exists() or not any(name in text for name in named):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as copy:
                copy.write(file.read_bytes())
            written.append(target)
        return written
