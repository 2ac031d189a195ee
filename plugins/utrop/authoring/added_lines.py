"""A line added to a post's front matter; every other byte of the file stays."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from utrop.authoring import header
from utrop.authoring.header import HeaderError, SplitFile
from utrop.problem import Problem, ProblemsFound

_BOM = b"\xef\xbb\xbf"
_FENCE = re.compile(rb"---[ \t]*")
_END = re.compile(rb"(---|\.\.\.)[ \t]*")


def write_keys(path: Path, keys: Mapping[str, str]) -> None:
    """Write keys that a post lacks, or has without a value, whole or not at all; its mode stays.

    The values must need no quotes in YAML. Raises ``ProblemsFound`` where the post has one of
    them, where there is no front matter, or where a line cannot be added with certainty that all
    else keeps its meaning.
    """
    data = read(path)
    for key, value in keys.items():
        before = split(data, path)
        if before.values.get(key):
            line = before.lines.get((key,))
            raise refused(path, f"has {key} already", "correct it by hand if it is wrong", line)
        data = with_key(data, before, key, value, path)
    replace(path, data)


def with_key(data: bytes, before: SplitFile, key: str, value: str, path: Path) -> bytes:
    """Return a post's bytes with a line added; ``before`` is the post taken apart."""
    for last in (True, False):
        written = _inserted(data, before.first_line - 1, key, value, last=last)
        if _only_added(before, written, key, value):
            return written
    raise refused(
        path,
        "has front matter that a line cannot be added to safely",
        f"add the line {key}: {value} by hand",
        before.first_line,
    )


def split(data: bytes, path: Path) -> SplitFile:
    """Take a post apart; raises ``ProblemsFound`` where it has no front matter that can be read."""
    try:
        return header.split(header.decode(data))
    except HeaderError as error:
        raise refused(path, error.what, error.instead, error.line) from error


def read(path: Path) -> bytes:
    """Return a file's bytes; raises ``ProblemsFound`` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise refused(path, f"cannot be read: {error.strerror or error}", "look at it") from error


def replace(path: Path, data: bytes) -> None:
    """Put new bytes in a file's place in one step, so that an interruption leaves the old ones.

    Raises ``ProblemsFound`` where it cannot be written.
    """
    try:
        _replace(path.resolve(), data)
    except OSError as error:
        raise refused(
            path,
            f"cannot be written: {error.strerror or error}",
            "correct its permissions, or make room",
        ) from error


def refused(path: Path, what: str, instead: str, line: int | None = None) -> ProblemsFound:
    """Return one mistake in a post."""
    return ProblemsFound([Problem(path=path, line=line, what=what, instead=instead)])


def _inserted(data: bytes, first: int, key: str, value: str, *, last: bool) -> bytes:
    """Return the file with the line where the key stands empty, else at the header's end.

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
    line = f"{key}: {value}".encode() + ending
    name = re.escape(key.encode())
    empty = rb"%b:[ \t]*(#.*)?" % name if fenced else rb"(?i:%b)[ \t]*:[ \t]*" % name
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


def _only_added(before: SplitFile, written: bytes, key: str, value: str) -> bool:
    """Whether the new front matter says what the old one said, and the line, and nothing else."""
    try:
        after = header.split(header.decode(written))
    except HeaderError:
        return False
    return after.values == {**before.values, key: value} and after.body == before.body


def _replace(path: Path, data: bytes) -> None:
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
