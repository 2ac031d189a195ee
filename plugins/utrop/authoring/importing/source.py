"""A post of another generator, taken apart: YAML or TOML front matter and its text.

See https://jekyllrb.com/docs/front-matter/, https://www.11ty.dev/docs/data-frontmatter/ and
https://gohugo.io/content-management/front-matter/.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from utrop.authoring import header
from utrop.authoring.header import HeaderError
from utrop.authoring.yaml_nodes import Value
from utrop.problem import Problem

_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
_NOT_POSTS = frozenset({"node_modules", "_site", "_includes", "_layouts", "_data", "vendor"})
_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)")
_LANGUAGE = re.compile(r"(.+)\.([a-z]{2})")
_TOML_FENCE = re.compile(r"\+\+\+[ \t]*")


@dataclass(slots=True)
class Notes:
    """What could not be carried over from one file."""

    path: Path
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        line: int | None,
        what: str,
        instead: str = "",
        severity: Literal["error", "warning"] = "warning",
    ) -> None:
        """Note one thing; ``line`` counts from 1 within the source."""
        self.problems.append(
            Problem(path=self.path, line=line, what=what, instead=instead, severity=severity)
        )

    def has_errors(self) -> bool:
        """Whether the file cannot be imported at all."""
        return any(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file to import. Lines are counted from 1 within the file."""

    path: Path
    relative: str
    """Below the imported folder, with forward slashes: what the uid is made of."""
    values: dict[str, Value]
    lines: dict[tuple[str, ...], int]
    body: str
    body_line: int
    name_date: date | None
    """The date in the file's name."""
    name: str
    """The rest of the file's name, as it is written."""
    name_lang: str
    """The language in the file's name (``post.en.md``), or empty."""

    def line(self, key: str) -> int | None:
        """Return the line of a key."""
        return self.lines.get((key,))


def find_sources(folder: Path, *, leave_out: Path) -> list[Path]:
    """Return the Markdown files below a folder in order of path, without generators' own folders.

    Files below ``leave_out`` are this site's own.
    """
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _NOT_POSTS
        )
        found += [Path(place) / name for name in names if name.lower().endswith(_SUFFIXES)]
    own = leave_out.resolve()
    return sorted(
        (path for path in found if not path.resolve().is_relative_to(own)),
        key=lambda path: path.relative_to(folder).as_posix(),
    )


def read_source(path: Path, folder: Path, notes: Notes) -> Source | None:
    """Read one file; what keeps it from being read is noted as an error."""
    relative = path.relative_to(folder)
    try:
        text = header.decode(path.read_bytes())
        values, lines, body, body_line = _taken_apart(text)
    except HeaderError as error:
        notes.add(error.line, error.what, error.instead, "error")
        return None
    except OSError as error:
        notes.add(None, f"cannot be read: {error.strerror or error}", severity="error")
        return None
    name, lang = _named(PurePosixPath(relative.as_posix()))
    day, rest = _dated(name)
    return Source(
        path=path,
        relative=relative.as_posix(),
        values=values,
        lines=lines,
        body=body,
        body_line=body_line,
        name_date=day,
        name=rest,
        name_lang=lang,
    )


def _named(relative: PurePosixPath) -> tuple[str, str]:
    """Return a post's name and language; a bundle's ``index.md`` has its folder's name."""
    stem = relative.stem
    found = _LANGUAGE.fullmatch(stem)
    stem, lang = (found[1], found[2]) if found else (stem, "")
    if stem in ("index", "_index") and relative.parent.name:
        stem = relative.parent.name
    return stem, lang


def _dated(name: str) -> tuple[date | None, str]:
    found = _DATED.fullmatch(name)
    if not found:
        return None, name
    try:
        return date(int(found[1]), int(found[2]), int(found[3])), found[4]
    except ValueError:
        return None, name


def _taken_apart(text: str) -> tuple[dict[str, Value], dict[tuple[str, ...], int], str, int]:
    lines = text.split("\n")
    if _TOML_FENCE.fullmatch(lines[0]):
        return _toml(lines)
    first = next((line for line in lines if line.strip()), "")
    if text.strip() and not first.startswith("---"):
        # A first line such as "Note: …" would pass for Pelican's header, and here it is text.
        raise HeaderError("there is no front matter", 1, "begin it with --- and title:")
    file = header.split(text)
    return file.values, file.lines, file.body, file.body_line


def _toml(lines: list[str]) -> tuple[dict[str, Value], dict[tuple[str, ...], int], str, int]:
    end = next(
        (number for number in range(1, len(lines)) if _TOML_FENCE.fullmatch(lines[number])), None
    )
    if end is None:
        raise HeaderError("the front matter has no end", 1, "write +++ below the last key")
    try:
        loaded = tomllib.loads("\n".join(lines[1:end]))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) + 1 if found else 1
        raise HeaderError(f"the front matter is not valid TOML: {error}", line) from error
    places: dict[tuple[str, ...], int] = {}
    for number in range(1, end):
        # tomllib knows no lines: a key stands where it is first named.
        if key := re.match(r"""\s*\[*\s*["']?([\w-]+)""", lines[number]):
            places.setdefault((key[1],), number + 1)
    rest = end + 1
    while rest < len(lines) and not lines[rest].strip():
        rest += 1
    values = {name: _as_text(value) for name, value in loaded.items()}
    return values, places, "\n".join(lines[rest:]), rest + 1


def _as_text(value: Any) -> Value:
    """Return a TOML value with all its scalars as the text that YAML would have."""
    if isinstance(value, dict):
        return {str(key): _as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
