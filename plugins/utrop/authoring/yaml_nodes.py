"""YAML read as text with line numbers: every scalar stays as written (https://yaml.org/spec/1.2.2).

It is built from parser events, without recursion and without anchors, so that no input can
exhaust the stack or the memory, and so that `no`, `1e5` and `2026-01-01` remain what they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from utrop.authoring.mistake import quoted

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
_DEEPEST = 8
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(ValueError):
    """Text that is not the YAML of front matter; ``line`` counts from 1 within that text."""

    def __init__(
        self, what: str, line: int, instead: str = "", first_line: int | None = None
    ) -> None:
        super().__init__(what)
        #: Where a repeated key stands for the first time.
        self.first_line = first_line
        self.what = what
        self.line = line
        self.instead = instead


@dataclass(slots=True)
class Mapping:
    """The keys of a YAML document, and the line on which each stands, counted from 1."""

    values: dict[str, Value] = field(default_factory=dict)
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    value: list[Value] | dict[str, Value]
    path: tuple[str, ...]
    key: str | None = None


def read_mapping(text: str) -> Mapping:
    """Return a YAML mapping with all scalars as text; an empty document is an empty mapping.

    Raises ``YamlError`` where the text is no mapping, repeats a key, or uses anchors.
    """
    found = Mapping()
    stack: list[_Open] = []
    try:
        for event in yaml.parse(text, Loader=_Loader):
            _take(event, stack, found)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "end of stream" in str(error.problem) and error.context_mark:
            mark = error.context_mark
        line = mark.line + 1 if mark else 1
        raise YamlError(*_explained(error, text, line)) from error
    except yaml.reader.ReaderError as error:
        raise YamlError(
            f"the front matter contains the character U+{_code(error.character):04X}",
            text.count("\n", 0, max(error.position, 0)) + 1,
            "delete it",
        ) from error
    return found


def _take(event: yaml.Event, stack: list[_Open], found: Mapping) -> None:
    line = event.start_mark.line + 1 if event.start_mark else 1
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise YamlError("anchors and aliases have no place here", line, "write the value itself")
    if isinstance(event, yaml.DocumentStartEvent) and (found.values or event.explicit):
        raise YamlError("a second document begins here", line, "remove this line")
    if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
        stack.pop()
    elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
        _open(stack, found, line, is_mapping=isinstance(event, yaml.MappingStartEvent))
    elif isinstance(event, yaml.ScalarEvent) and stack:
        _add(event.value, stack[-1], found, line)
    elif isinstance(event, yaml.ScalarEvent) and event.value:
        raise YamlError(f"{quoted(event.value)} is no key with a value", line, "write key: value")


def _open(stack: list[_Open], found: Mapping, line: int, *, is_mapping: bool) -> None:
    if not stack:
        if not is_mapping:
            raise YamlError("front matter is not a list", line, "write key: value")
        stack.append(_Open(value=found.values, path=()))
        return
    if len(stack) >= _DEEPEST:
        raise YamlError("values are nested too deeply", line, "write a list or key: value")
    value: list[Value] | dict[str, Value] = {} if is_mapping else []
    path = _add(value, stack[-1], found, line)
    stack.append(_Open(value=value, path=path))


def _add(value: Value, into: _Open, found: Mapping, line: int) -> tuple[str, ...]:
    """Put a value, or a key that waits for its value, where it belongs; return its path."""
    if isinstance(into.value, list):
        into.value.append(value)
        path = (*into.path, str(len(into.value) - 1))
        found.lines[path] = line
        return path
    if into.key is None:
        if not isinstance(value, str):
            raise YamlError("a key is text, not a list or a mapping", line, "write key: value")
        if value in into.value:
            raise YamlError(
                f"the key {quoted(value)} stands here for the second time",
                line,
                "keep one of the two",
                found.lines[(*into.path, value)],
            )
        into.key = value
        found.lines[(*into.path, value)] = line
        into.value[value] = ""
        return into.path
    path = (*into.path, into.key)
    into.value[into.key] = value
    into.key = None
    return path


def _explained(error: yaml.MarkedYAMLError, text: str, line: int) -> tuple[str, int, str]:
    """Return what is wrong, where, and what to write; the commonest mistakes in plain words."""
    problem = str(error.problem or error.context or "it cannot be read")
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    if "mapping values are not allowed" in problem:
        key, _, value = (part.strip() for part in written.partition(":"))
        mark = "'" if '"' in value else '"'
        return (
            "a colon stands inside a value that is not quoted",
            line,
            f"write {key}: {mark}{value}{mark}",
        )
    if "end of stream" in problem and "quoted" in str(error.context):
        return "a quotation mark is opened but not closed", line, "close it at the value's end"
    if "cannot start any token" in problem and "\t" in written:
        return "a tab stands where YAML wants spaces", line, "use spaces"
    return f"the front matter is not valid YAML: {problem}", line, "write key: value on each line"


def _code(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[:1] or "\0")
