"""The files of a content folder, and how a writer's path finds one of them."""

from __future__ import annotations

import os
import posixpath
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from utrop.authoring.values import nearest
from utrop.problem import Problem, ProblemsFound

IMAGE_SUFFIXES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp")
PAGES_FOLDER = "pages/"
_STATIC_FOLDERS = ("images/", "files/")
_OTHER_MARKUP = (".adoc", ".htm", ".html", ".markdown", ".mdown", ".mdx", ".mkd", ".rst")


def is_ignored(name: str) -> bool:
    """Whether a file or folder is an editor's or a system's, not the writer's."""
    return name.startswith((".", "#", "~")) or name.endswith(("~", "#", ".bak", ".orig", ".swp"))


def is_source(path: str) -> bool:
    """Whether a file below the content folder is a post or a page; what is static is neither."""
    return path.endswith(".md") and not path.startswith(_STATIC_FOLDERS)


@dataclass(frozen=True, slots=True)
class ContentFiles:
    """Every file below a content folder, by its path with forward slashes."""

    root: Path
    paths: frozenset[str]
    _by_form: dict[str, str]
    """The composed form of each path's characters (NFC) → the path as the disk has it."""

    @classmethod
    def below(cls, root: Path) -> ContentFiles:
        """Look through a folder once; links to folders are followed, but never in a circle.

        Raises ``ProblemsFound`` with every folder that cannot be read: its posts would vanish.
        """
        paths = frozenset(_walk(root))
        return cls(
            root, paths, {unicodedata.normalize("NFC", path): path for path in sorted(paths)}
        )

    def sources(self) -> list[str]:
        """Return the paths of posts and pages."""
        return sorted(path for path in self.paths if is_source(path))

    def unread(self) -> list[str]:
        """Return the paths of texts in formats that are not read."""
        return sorted(
            path
            for path in self.paths
            if not path.startswith(_STATIC_FOLDERS)
            and path.lower().endswith((".md", *_OTHER_MARKUP))
            and not is_source(path)
        )

    def find(self, written: str, source: str, *, or_root: bool = False) -> str | None:
        """Return the file that a path in ``source`` means; None where there is none.

        A leading slash means the content folder; any other path is relative to the file that it
        stands in, or (``or_root``) else to the content folder.
        """
        folder = "" if written.startswith("/") else posixpath.dirname(source)
        for base in (folder, "") if or_root else (folder,):
            for form in (written, unquote(written)):
                path = posixpath.normpath(posixpath.join(base, form.lstrip("/")))
                if (found := self._by_form.get(unicodedata.normalize("NFC", path))) is not None:
                    return found
        return None

    def near(self, written: str, source: str) -> str:
        """Return the file most like the path, as one would write it there, or an empty text."""
        stem, suffix = posixpath.splitext(posixpath.basename(unquote(written)).lower())
        candidates = {
            posixpath.splitext(posixpath.basename(path))[0].lower(): path
            for path in sorted(self.paths)
            if path != source and path.lower().endswith(suffix)
        }
        found = candidates.get(nearest(stem, candidates, 75))
        if found is None:
            return ""
        if written.startswith("/"):
            return f"/{found}"
        return posixpath.relpath(found, posixpath.dirname(source) or ".")


def _walk(root: Path) -> Iterator[str]:
    seen = {os.path.realpath(root)}
    unread: list[OSError] = []
    for folder, folders, names in os.walk(root, followlinks=True, onerror=unread.append):
        kept = []
        for name in sorted(folders):
            real = os.path.realpath(Path(folder) / name)
            # What a link leads back to has been or will be met at its own place.
            if is_ignored(name) or real in seen:
                continue
            seen.add(real)
            kept.append(name)
        folders[:] = kept
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if relative == "." else f"{relative}/"
        yield from (prefix + name for name in names if not is_ignored(name))
    if unread:
        raise ProblemsFound(
            Problem(
                path=Path(error.filename),
                what=f"cannot be read: {error.strerror}",
                instead="correct the folder's permissions",
            )
            for error in unread
        )
