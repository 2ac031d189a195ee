"""The uid of a post, written into front matter that has none; every other byte stays."""

from __future__ import annotations

from pathlib import Path

from utrop.authoring import added_lines, header
from utrop.authoring.content_files import PAGES_FOLDER, ContentFiles
from utrop.authoring.header import HeaderError
from utrop.problem import Problem, ProblemsFound


def write_uid(path: Path, uid: str) -> None:
    """Write a uid into a post's front matter, whole or not at all; its mode stays.

    Raises ``ProblemsFound`` where it has one, where there is no front matter, or where the line
    cannot be added with certainty that all else keeps its meaning.
    """
    added_lines.replace(path, with_uid(added_lines.read(path), uid, path))


def with_uid(data: bytes, uid: str, path: Path) -> bytes:
    """Return a post's bytes with a uid added; ``path`` is only for the message."""
    before = added_lines.split(data, path)
    found = before.values.get("uid", "")
    if found:
        line = before.lines.get(("uid",))
        raise added_lines.refused(
            path, f"has a uid already: {found}", "keep it; a post never changes its uid", line
        )
    return added_lines.with_key(data, before, "uid", uid, path)


def read_uid(data: bytes) -> str:
    """Return the uid in a file's front matter, or an empty text where there is none to be read."""
    try:
        found = header.split(header.decode(data)).values.get("uid", "")
    except HeaderError:
        return ""
    return found.strip() if isinstance(found, str) else ""


def posts_without_uid(content: Path) -> list[Path]:
    """Return the posts below a content folder that have no uid, in order of path.

    Raises ``ProblemsFound`` with every folder, or every post whose front matter, that cannot be
    read.
    """
    found: list[Path] = []
    problems: list[Problem] = []
    for source in ContentFiles.below(content).sources():
        if source.startswith(PAGES_FOLDER):
            continue
        path = content / source
        try:
            if not added_lines.split(added_lines.read(path), path).values.get("uid"):
                found.append(path)
        except ProblemsFound as wrong:
            problems += wrong.problems
    if problems:
        raise ProblemsFound(problems)
    return found
