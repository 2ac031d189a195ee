"""The uid of a post, written into front matter that has none; every other byte stays."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from utrop.problem import Problem, ProblemsFound

_BOM = b"\xef\xbb\xbf"
_FENCE = re.compile(rb"---[ \t]*")
_END = re.compile(rb"(---|\.\.\.)[ \t]*")
_HEADER = re.compile(rb" {0,3}([A-Za-z0-9_-]+):[ \t]*(.*)")
_CONTINUED = re.compile(rb"( {4,}|\t)[ \t]*\S.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _FrontMatter:
    """Where a file's front matter stands; the lines keep their endings."""

    lines: tuple[bytes, ...]
    first: int
    """The first line of the keys."""
    after: int
    """The line after the last one of the keys: the closing fence, a blank line, or the end."""
    fenced: bool

    def keys(self) -> bytes:
        return b"".join(self.lines[self.first : self.after])


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
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(path, "is not UTF-8", "save it as UTF-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(path, "is not UTF-8", "save it as UTF-8", line) from error
    front = _front_matter(data)
    if front is None:
        raise _refused(
            path,
            "has no front matter",
            "begin it with a line ---, then title: and date:, then another line ---",
            1,
        )
    found = read_uid(data)
    if found:
        raise _refused(path, f"has a uid already: {found}", "keep it; a post never changes its uid")
    mark = _BOM if data.startswith(_BOM) else b""
    written = mark + _inserted(front, uid)
    if not _only_added(data, written, uid):
        raise _refused(
            path,
            "has front matter that a line cannot be added to safely",
            f"add the line uid: {uid} by hand",
            front.first + 1,
        )
    return written


def read_uid(data: bytes) -> str:
    """Return the uid in a file's front matter, or an empty text where there is none to be read."""
    front = _front_matter(data)
    if front is None:
        return ""
    keys = _keys(front)
    value = keys.get("uid", "") if keys is not None else ""
    return value.strip() if isinstance(value, str) else ""


def posts_without_uid(content: Path) -> list[Path]:
    """Return the posts below a content folder that have no uid, in order of path.

    What has no front matter at all is left out: there is nothing to write a uid into.
    """
    found = []
    for path in sorted(content.rglob("*.md")):
        if path.relative_to(content).parts[0] == "pages" or not path.is_file():
            continue
        data = _read(path)
        if _front_matter(data) is not None and not read_uid(data):
            found.append(path)
    return found


def _front_matter(data: bytes) -> _FrontMatter | None:
    lines = tuple(data.removeprefix(_BOM).splitlines(keepends=True))
    if not lines:
        return None
    bare = [line.rstrip(b"\r\n") for line in lines]
    if _FENCE.fullmatch(bare[0]):
        for number in range(1, len(lines)):
            if _END.fullmatch(bare[number]):
                return _FrontMatter(lines=lines, first=1, after=number, fenced=True)
        return None
    after = 0
    while after < len(lines) and (
        _HEADER.fullmatch(bare[after]) or (after and _CONTINUED.fullmatch(bare[after]))
    ):
        after += 1
    return _FrontMatter(lines=lines, first=0, after=after, fenced=False) if after else None


def _keys(front: _FrontMatter) -> dict[str, object] | None:
    """Return the keys and their values as texts; None where they cannot be read."""
    if front.fenced:
        try:
            # BaseLoader reads every scalar as a text, so nothing changes its look.
            loaded = yaml.load(front.keys(), Loader=yaml.BaseLoader)  # noqa: S506 - makes only texts
        except (yaml.YAMLError, ValueError):
            return None
        return loaded if isinstance(loaded, dict) else ({} if loaded in (None, "") else None)
    keys: dict[str, object] = {}
    name = ""
    for line in front.lines[front.first : front.after]:
        text = line.decode("utf-8", errors="replace").rstrip("\r\n")
        found = re.fullmatch(r" {0,3}([A-Za-z0-9_-]+):[ \t]*(.*)", text)
        if found:
            name = found[1].lower()
            keys[name] = found[2]
        else:
            keys[name] = f"{keys[name]}\n{text.strip()}"
    return keys


def _inserted(front: _FrontMatter, uid: str) -> bytes:
    """Return the file with the line added last, or put where an empty ``uid:`` stands."""
    lines = list(front.lines)
    ending = lines[0][len(lines[0].rstrip(b"\r\n")) :] or b"\n"
    line = f"uid: {uid}".encode() + ending
    empty = rb"uid:[ \t]*(#.*)?" if front.fenced else rb"(?i: {0,3}uid):[ \t]*"
    for number in range(front.first, front.after):
        if re.fullmatch(empty, lines[number].rstrip(b"\r\n")):
            lines[number] = line
            return b"".join(lines)
    before = front.after
    if not lines[before - 1].endswith((b"\n", b"\r")):
        # A header at the end of a file whose last line is not ended.
        lines[before - 1] += ending
        line = line.removesuffix(ending)
    lines.insert(before, line)
    return b"".join(lines)


def _only_added(before: bytes, after: bytes, uid: str) -> bool:
    """Whether the new front matter says what the old one said, and the uid, and nothing else."""
    old, new = _front_matter(before), _front_matter(after)
    if old is None or new is None:
        return False
    old_keys, new_keys = _keys(old), _keys(new)
    if old_keys is None or new_keys is None:
        return False
    rest = {name: value for name, value in old_keys.items() if name != "uid"}
    return new_keys == {**rest, "uid": uid}


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
