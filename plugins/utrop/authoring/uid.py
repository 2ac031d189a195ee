"""The uid of a post, written into front matter that has none; every other byte stays."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from utrop.authoring import header
from utrop.authoring.content_files import PAGES_FOLDER, ContentFiles
from utrop.authoring.header import HeaderError, SplitFile
from utrop.problem import Problem, ProblemsFound

_BOM = b"\xef\xbb\xbf"
_FENCE = re.compile(rb"---[ \t]*")
_END = re.compile(rb"(---|\.\.\.)[ \t]*")


def write_uid(path: Path, uid: str) -> None:
    """Write a uid into a post's front matter, whole or not at all; its mode stays.

    Raises ``ProblemsFound`` where it has one, where there is no front matter, or where the line
    cannot be added with certainty that all else keeps its meaning.
    """
    data = _read(path)
    written = with_uid(data, uid, path)
    try:
        _replace(path, written)
    except OSError as error:
        raise ProblemsFound(
            [
                Problem(
                    path=path,
                    what=f"cannot be written: {error.strerror or error}",
                    instead="correct its permissions, or make room",
                )
            ]
        ) from error


def with_uid(data: bytes, uid: str, path: Path) -> bytes:
    """Return a post's bytes with a uid added; ``path`` is only for the message."""
    before = _split(data, path)
    found = before.values.get("uid", "")
    if found:
        line = before.lines.get(("uid",))
        raise _refused(
            path, f"has a uid already: {found}", "keep it; a post never changes its uid", line
        )
    for last in (True, False):
        written = _inserted(data, before.first_line - 1, uid, last=last)
        if _only_added(before, written, uid):
            return written
    raise _refused(
        path,
        "has front matter that a line cannot be added to safely",
        f"add the line uid: {uid} by hand",
        before.first_line,
    )


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
            if not _split(_read(path), path).values.get("uid"):
                found.append(path)
        except ProblemsFound as wrong:
            problems += wrong.problems
    if problems:
        raise ProblemsFound(problems)
    return found


def _split(data: bytes, path: Path) -> SplitFile:
    try:
        return header.split(header.decode(data))
    except HeaderError as error:
        raise _refused(path, error.what, error.instead, error.line) from error


def _inserted(data: bytes, first: int, uid: str, *, last: bool) -> bytes:
    """Return the file with the line where an empty ``uid:`` stands, else at the header's end.

    With ``last`` false it is the header's first key: a text block at the end, whose last line
    break belongs to it, then stays the end.
    """
    mark = _BOM if data.startswith(_BOM) else b""
    lines = data.removeprefix(_BOM).splitlines(keepends=True)
    bare = [line.rstrip(b"\r\n") for line in lines]
    fenced = bool(_FENCE.fullmatch(bare[first]))
    after = first + 1
    while after < len(lines) and (
        not _END.fullmatch(bare[after]) if fenced else bare[after].strip()
    ):
        after += 1
    ending = lines[first][len(bare[first]) :] or b"\n"
    line = f"uid: {uid}".encode() + ending
    empty = rb"uid:[ \t]*(#.*)?" if fenced else rb"(?i:uid)[ \t]*:[ \t]*"
    for number in range(first, after):
        if re.fullmatch(empty, bare[number]):
            lines[number] = line
            return mark + b"".join(lines)
    if fenced and not last:
        after = first + 1
    if lines[after - 1] == bare[after - 1]:
        # A header at the end of a file whose last line is not ended.
        lines[after - 1] += ending
        line = line.removesuffix(ending)
    lines.insert(after, line)
    return mark + b"".join(lines)


def _only_added(before: SplitFile, written: bytes, uid: str) -> bool:
    """Whether the new front matter says what the old one said, and the uid, and nothing else."""
    try:
        after = header.split(header.decode(written))
    except HeaderError:
        return False
    return after.values == {**before.values, "uid": uid} and after.body == before.body


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror or error}", "look at it") from error


def _replace(path: Path, data: bytes) -> None:
    """Put new bytes in a file's place in one step, so that an interruption leaves the old ones."""
    path = path.resolve()
    mode = path.stat().st_mode & 0o7777
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _refused(path: Path, what: str, instead: str, line: int | None = None) -> ProblemsFound:
    return ProblemsFound([Problem(path=path, line=line, what=what, instead=instead)])
