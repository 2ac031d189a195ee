"""The keys of a header: which are known, which are misspelt, and which are missing."""

from __future__ import annotations

from pathlib import Path

from utrop.authoring import values
from utrop.authoring.header import SplitFile
from utrop.authoring.mistake import quoted
from utrop.authoring.yaml_nodes import Value
from utrop.problem import Problem

_OTHER_NAMES = {"author": "authors"}
_FOREIGN = {
    # What other generators call it, and what to write here.
    "draft": 'write "status: draft"',
    "drafts": 'write "status: draft"',
    "published": 'write "status: published" or "status: draft"',
    "hidden": 'write "status: hidden"',
    "unlisted": 'write "status: hidden"',
    "lastmod": 'write "modified"',
    "last_modified_at": 'write "modified"',
    "updated": 'write "modified"',
    "publishdate": 'write "date"',
    "pubdate": 'write "date"',
    "excerpt": 'write "summary"',
    "description": 'write "summary"',
    "categories": 'write "category" with one name',
    "keywords": 'write "tags"',
    "permalink": 'write "slug" with the last part of the address',
    "url": 'write "slug" with the last part of the address',
    "save_as": 'write "slug" with the last part of the address',
    "redirect_from": 'write "aliases"',
    "language": 'write "lang"',
    "locale": 'write "lang"',
    "translation": 'write "translation_of" with the uid of the original',
    "cover": 'write "image"',
    "thumbnail": 'write "image"',
    "alt": 'write "image_alt"',
    "id": 'write "uid"',
    "guid": 'write "uid"',
    "weight": 'write "menu" on a page',
}


def known(
    file: SplitFile, kind: str, own: tuple[str, ...], every: frozenset[str], path: Path
) -> tuple[dict[str, Value], dict[tuple[str, ...], int], list[Problem]]:
    """Sort a header's keys into those that a post or page has, and those that are mistakes.

    ``own`` are the keys of its kind, ``every`` those of both. The values come back by the model's
    names, and with them the line of each.
    """
    keys: dict[str, Value] = {}
    problems = []
    for written, value in file.values.items():
        line = file.lines[(written,)]
        key = _canonical(written)
        if key in keys:
            both = " and ".join(quoted(name) for name in file.values if _canonical(name) == key)
            what, instead = f"{both} say the same", "keep one of the two"
        elif key in own:
            keys[key] = value
            continue
        elif key in every:
            other = "pages" if kind == "post" else "posts"
            what, instead = f"the key {quoted(written)} is for {other} only", "remove it"
        else:
            what, instead = f"unknown key {quoted(written)}", _suggestion(written, own)
        problems.append(Problem(path=path, line=line, what=what, instead=instead))
    lines = {(_canonical(place[0]), *place[1:]): line for place, line in file.lines.items()}
    return keys, lines, problems


def _canonical(key: str) -> str:
    return _OTHER_NAMES.get(key, key)


def _suggestion(key: str, own: tuple[str, ...]) -> str:
    lowered = key.lower().replace("-", "_")
    if lowered in _FOREIGN:
        return _FOREIGN[lowered]
    near = values.nearest(lowered, [*own, *_OTHER_NAMES, "draft", "published"])
    if near in _FOREIGN:
        return _FOREIGN[near]
    return f'write "{near}"' if near else f"remove it; the keys are {', '.join(own)}"


def missing(
    keys: dict[str, Value],
    kind: str,
    path: Path,
    first_line: int,
    lines: dict[tuple[str, ...], int],
    shown: str,
) -> list[Problem]:
    """Return which of the keys that every post or page needs are not there, or are empty."""
    advice = {
        "title": ("there is no title", 'write "title:" and the heading'),
        "date": ("the post has no date", 'write "date:" and a date such as 2026-11-23'),
        "uid": ("the post has no uid", f"run utrop uid {shown}"),
    }
    required = ("title", "date", "uid") if kind == "post" else ("title",)
    problems = []
    for key in required:
        value = keys.get(key)
        if key in keys and (key == "title" or not isinstance(value, str) or value.strip()):
            continue
        what, instead = advice[key]
        line = lines.get((key,), first_line)
        problems.append(Problem(path=path, line=line, what=what, instead=instead))
    return problems
