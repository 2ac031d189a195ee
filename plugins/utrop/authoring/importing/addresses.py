"""Addresses of the old site: which of them is a post that is imported, a file here, or neither."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from utrop.authoring.importing.files import Files
from utrop.authoring.importing.source import Source

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(slots=True)
class Addresses:
    """What the links of the posts to import lead to."""

    base: str
    """The old site's address, without a slash at the end."""
    files: Files
    into: str
    """The folder below the content folder that the posts are written to."""
    _posts: dict[str, str] = field(default_factory=dict)
    """Old address in one form → the new file's path below the content folder."""
    _by_file: dict[str, str] = field(default_factory=dict)
    """Source's path → its old address."""
    _new: dict[str, str] = field(default_factory=dict)
    """Source's path → the new file's path below the content folder."""

    def add(self, source: Source, old: list[str], new: str) -> None:
        """Make a post known: its old addresses, the one that it had first, and its new file."""
        for address in old:
            if _form(address) != "/":
                self._posts.setdefault(_form(address), new)
        self._by_file[source.relative] = old[0] if old else ""
        self._new[source.relative] = new

    def absolute(self, path: str) -> str:
        """Return a path of the old site as a full address."""
        if _SCHEME.match(path):
            return path
        root = urlsplit(self.base).path
        whole = "/" + path.lstrip("/")
        if root and (whole == root or whole.startswith(root + "/")):
            return self.base.removesuffix(root) + whole
        return self.base + whole

    def of_file(self, named: str, source: Source) -> str | None:
        """Return the old full address of a post that is named by its file; None if unknown."""
        for relative in self._candidates(named, source):
            if relative in self._by_file:
                return self.absolute(self._by_file[relative] or f"/{relative}")
        return None

    def beside(self, target: str, source: Source) -> bool:
        """Whether a path names a file beside a post."""
        return self.files.find(target, source.path.parent) is not None

    def carried(self, target: str, source: Source) -> str:
        """Return a link's target as the imported post is to have it."""
        target = target.strip()
        if not target or target[0] in "#?" or target.startswith("//"):
            return target
        path = self._on_the_old_site(target)
        if path is None:
            return target
        bare, tail = _parted(path)
        old = self._by_file.get(source.relative) or "/"
        new = self._post_at(urljoin(old, bare)) or self._named(bare, source)
        if new is not None:
            here = posixpath.dirname(self._new.get(source.relative, f"{self.into}/x"))
            return quote(posixpath.relpath(new, here or "."), safe="/-._~") + tail
        place = self.files.find(unquote(bare), source.path.parent)
        if place is not None:
            return posixpath.relpath(self.files.placed(place), self.into or ".") + tail
        if _SCHEME.match(target) or bare.startswith("/"):
            return target if _SCHEME.match(target) else self.absolute(path)
        return urljoin(self.absolute(old), path)

    def _on_the_old_site(self, target: str) -> str | None:
        """Return the path of a target that lies on the old site; None if it lies elsewhere."""
        if not _SCHEME.match(target):
            return target
        old, given = urlsplit(self.base), urlsplit(target)
        same = given.scheme in ("http", "https") and given.netloc.lower() == old.netloc.lower()
        below = given.path == old.path or given.path.startswith(old.path + "/") or not given.path
        if not same or not below:
            return None
        rest = target.split(given.netloc, 1)[1].removeprefix(old.path)
        return rest if rest.startswith("/") else "/" + rest

    def _post_at(self, path: str) -> str | None:
        """Return the new file of a post by its old address, with the base's path or without."""
        root = urlsplit(self.base).path
        forms = {_form(path), _form(path.removeprefix(root))} if root else {_form(path)}
        return next((self._posts[form] for form in sorted(forms) if form in self._posts), None)

    def _named(self, path: str, source: Source) -> str | None:
        if not path.lower().endswith((".md", ".markdown")):
            return None
        found = (self._new.get(relative) for relative in self._candidates(path, source))
        return next((new for new in found if new is not None), None)

    def _candidates(self, named: str, source: Source) -> list[str]:
        """Return the sources that a file's name may mean."""
        path = unquote(named).lstrip("/")
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(source.relative), path))
        name = posixpath.basename(path)
        stem = name if name.endswith((".md", ".markdown")) else f"{name}.md"
        same_name = [relative for relative in self._new if posixpath.basename(relative) == stem]
        return [beside, posixpath.normpath(path), *same_name]


def _parted(target: str) -> tuple[str, str]:
    end = min((at for at in (target.find("?"), target.find("#")) if at >= 0), default=len(target))
    return target[:end], target[end:]


def _form(path: str) -> str:
    """Return one form for the ways in which an address of a page can be written."""
    bare = unquote(path).lower().removesuffix("index.html").removesuffix(".html")
    return "/" + bare.strip("/")


def site_root(folder: Path) -> Path:
    """Return the folder of the site that a folder of posts belongs to, or the folder itself."""
    marks = (
        *("_config.yml", "_config.yaml", "hugo.toml", "hugo.yaml", "config.toml", "package.json"),
        *(".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs"),
    )
    folder = folder.resolve()
    for place in (folder, *folder.parents[:4]):
        if any((place / mark).is_file() for mark in marks):
            return place
    return folder
