"""Tree: a built output folder, read once for all checks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from utrop.checks.html_page import Page, Unreadable, read_page
from utrop.problem import Problem

STATIC_FOLDERS = ("files/", "images/")
"""What lies here is served as the writer gave it; a page among it is no page of the theme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an address of this site leads. ``file`` is None where it leads out of the site."""

    file: str | None
    fragment: str
    lacks_slash: bool = False
    """Whether the address only works where the server adds the final slash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The files of an output and the pages among them. Paths are below the output folder."""

    root: Path
    siteurl: str
    base_path: str
    default_lang: str
    files: Mapping[str, int]
    """Each file's size in bytes."""
    pages: Mapping[str, Page]
    unreadable: tuple[Problem, ...] = ()
    _known: dict[str, Target | None] = field(default_factory=dict)

    def path(self, file: str) -> Path:
        """Return a file of the output as a problem names it."""
        return self.root / file

    def read(self, file: str) -> bytes:
        """Return a file's bytes; empty where it cannot be read, which no format allows."""
        try:
            return (self.root / file).read_bytes()
        except OSError:
            return b""

    def url(self, file: str) -> str:
        """Return the address at which a file is served."""
        shown = file.removesuffix("index.html") if _is_index(file) else file
        return f"{self.siteurl}/{quote(shown)}"

    def target(self, address: str, file: str = "") -> Target | None:
        """Return where an address leads, as named in a file; None where it is another site's.

        An address that cannot be read as one leads nowhere: its target has no file.
        """
        rooted = address.startswith(("/", "http://", "https://"))
        if rooted and address in self._known:
            return self._known[address]
        found = self._target(address, file)
        if rooted:
            self._known[address] = found
        return found

    def _target(self, address: str, file: str) -> Target | None:
        try:
            parts = urlsplit(urljoin(self.url(file), address))
            site = urlsplit(self.siteurl)
        except ValueError:
            return Target(file=None, fragment="")
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != site.netloc.lower():
            return None
        fragment = unquote(parts.fragment)
        path = parts.path or "/"
        if path + "/" == self.base_path:
            path = self.base_path
        if not path.startswith(self.base_path):
            return Target(file=None, fragment=fragment)
        below = unquote(path.removeprefix(self.base_path))
        if below == "" or below.endswith("/"):
            below += "index.html"
        if below in self.files:
            return Target(file=below, fragment=fragment)
        if f"{below}/index.html" in self.files:
            return Target(file=f"{below}/index.html", fragment=fragment, lacks_slash=True)
        return Target(file=None, fragment=fragment)


def read_tree(output: Path, *, siteurl: str, base_path: str, default_lang: str) -> Tree:
    """Read an output folder. Files that are no pages though named so become problems."""
    files: dict[str, int] = {}
    pages: dict[str, Page] = {}
    unreadable = []
    for folder, names, found in os.walk(output):
        names.sort()
        for name in sorted(found):
            path = Path(folder, name)
            file = path.relative_to(output).as_posix()
            if not _is_unicode(file):
                unreadable.append(
                    Problem(
                        path=output,
                        what=f"has a file whose name is not UTF-8: {file!a}",
                        instead="rename it in the content folder",
                    )
                )
                continue
            try:
                files[file] = path.stat().st_size
                if is_page(file):
                    pages[file] = read_page(file, path.read_bytes())
            except Unreadable as error:
                unreadable.append(Problem(path=path, what=str(error), instead="build again"))
            except OSError as error:
                files.setdefault(file, 0)
                unreadable.append(Problem(path=path, what=f"cannot be read: {error.strerror}"))
    return Tree(
        root=output,
        siteurl=siteurl.rstrip("/"),
        base_path=base_path,
        default_lang=default_lang,
        files=files,
        pages=pages,
        unreadable=tuple(unreadable),
    )


def is_page(file: str) -> bool:
    """Whether a file is a page of the site rather than something a writer attached."""
    return file.endswith(".html") and not file.startswith(STATIC_FOLDERS)


def _is_index(file: str) -> bool:
    return file == "index.html" or file.endswith("/index.html")


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
