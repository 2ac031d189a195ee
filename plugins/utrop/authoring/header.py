"""The header of a Markdown file: YAML between ``---`` fences, or Pelican's ``Key: value`` lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from utrop.authoring.mistake import quoted
from utrop.authoring.yaml_nodes import Mapping, Value, YamlError, read_mapping

_FENCE = re.compile(r"---[ \t]*")
_END = re.compile(r"(?:---|\.\.\.)[ \t]*")
_KEY = re.compile(r"(?P<key>[A-Za-z][A-Za-z0-9_-]*)[ \t]*:(?:[ \t]+(?P<value>.*))?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_EXAMPLE = 'begin with --- then "title: …", "date: …" and --- each on a line of its own'


class HeaderError(ValueError):
    """A file whose header cannot be read; ``line`` counts from 1 within the file."""

    def __init__(self, what: str, line: int | None, instead: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.instead = instead


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFile:
    """A Markdown file taken apart. Lines are counted from 1 within the file."""

    values: dict[str, Value]
    lines: dict[tuple[str, ...], int]
    first_line: int
    """The line at which the header begins."""
    body: str
    """The text below the header, with ``\\n`` at the end of each line."""
    body_line: int


def decode(data: bytes) -> str:
    """Return a file's text, without a byte order mark and with ``\\n`` for every line end.

    Raises ``HeaderError`` where the bytes are not UTF-8 or where a character has no place in text.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise HeaderError("is UTF-16, not UTF-8", 1, "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # utf-8-sig counts from behind the byte order mark.
        start = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, start) + 1
        raise HeaderError(
            f"is not UTF-8: the byte 0x{data[start]:02X} at offset {start}",
            line,
            "save it as UTF-8",
        ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _CONTROL.search(text):
        raise HeaderError(
            f"contains the control character U+{ord(found[0]):04X}",
            text.count("\n", 0, found.start()) + 1,
            "delete it",
        )
    return text


def split(text: str) -> SplitFile:
    """Take a file's text apart; raises ``HeaderError`` where there is no header that can be read.

    >>> split("---\\ntitle: Hej\\n---\\nText\\n").body
    'Text\\n'
    """
    if not text.strip():
        raise HeaderError("is empty", 1, "write a post, or delete the file")
    lines = text.split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip())
    if _FENCE.fullmatch(lines[first]):
        return _fenced(lines, first)
    if _KEY.fullmatch(lines[first]):
        return _classic(lines, first)
    raise HeaderError("there is no front matter", first + 1, _EXAMPLE)


def _fenced(lines: list[str], first: int) -> SplitFile:
    for last in range(first + 1, len(lines)):
        if _END.fullmatch(lines[last]):
            break
    else:
        raise HeaderError(
            "the front matter has no end", first + 1, "write --- on a line below the last key"
        )
    try:
        mapping = read_mapping("\n".join(lines[first + 1 : last]))
    except YamlError as error:
        instead = error.instead
        if error.first_line is not None:
            instead += f"; the first is on line {first + 1 + error.first_line}"
        raise HeaderError(error.what, first + 1 + error.line, instead) from error
    return _split_file(mapping, lines, first, last + 1, first + 1)


def _classic(lines: list[str], first: int) -> SplitFile:
    mapping = Mapping()
    key = ""
    number = first
    while number < len(lines) and lines[number].strip():
        line = lines[number]
        if key and line[0] in " \t":
            mapping.values[key] = f"{mapping.values[key]}\n{line.strip()}".strip()
        elif found := _KEY.fullmatch(line):
            key = found["key"].lower()
            if key in mapping.values:
                raise HeaderError(
                    f"the key {quoted(key)} stands here for the second time",
                    number + 1,
                    f"keep one of the two; the first is on line {mapping.lines[(key,)]}",
                )
            mapping.values[key] = (found["value"] or "").strip()
            mapping.lines[(key,)] = number + 1
        else:
            raise HeaderError(
                f"{quoted(line)} is no Key: value",
                number + 1,
                "put an empty line between the keys and the text",
            )
        number += 1
    return _split_file(mapping, lines, first, number, 0)


def _split_file(
    mapping: Mapping, lines: list[str], first: int, rest: int, offset: int
) -> SplitFile:
    while rest < len(lines) and not lines[rest].strip():
        rest += 1
    return SplitFile(
        values=mapping.values,
        lines={path: line + offset for path, line in mapping.lines.items()},
        first_line=first + 1,
        body="\n".join(lines[rest:]),
        body_line=rest + 1,
    )
