"""The header's values made into front matter, or into a list of what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from utrop.authoring import values
from utrop.authoring.front_matter import FIELDS, MODELS, FrontMatter, Kind
from utrop.authoring.header import SplitFile
from utrop.authoring.mistake import Mistake, quoted
from utrop.authoring.values import Rules
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


class Parsed:
    """The outcome of reading one header: the model if it is right, else the problems."""

    __slots__ = ("front_matter", "lines", "problems")
    front_matter: FrontMatter | None
    lines: dict[tuple[str, ...], int]
    problems: list[Problem]

    def __init__(self, lines: dict[tuple[str, ...], int]) -> None:
        self.front_matter = None
        self.lines = lines
        self.problems = []


def parse(file: SplitFile, kind: Kind, path: Path, rules: Rules, shown: str = "") -> Parsed:
    """Type a header's values and return the model with each key's line, or every problem.

    ``shown`` is the path as a command's argument names it.
    """
    keys, lines, problems = _known(file, kind, path)
    parsed = Parsed(lines)
    parsed.problems = problems
    problems += _missing(keys, kind, path, file.first_line, lines, shown or str(path))
    try:
        front_matter = MODELS[kind].model_validate(keys, context=rules)
    except ValidationError as error:
        # What is missing has been said above, in better words.
        wrong = [one for one in error.errors() if one["type"] != "missing"]
        problems += [_problem(one, lines, path) for one in wrong]
        return parsed
    problems += _contradictions(front_matter, lines, path)
    if not problems:
        parsed.front_matter = front_matter
    return parsed


def _known(
    file: SplitFile, kind: Kind, path: Path
) -> tuple[dict[str, Value], dict[tuple[str, ...], int], list[Problem]]:
    """Sort the keys into those of the model and those that are mistakes."""
    keys: dict[str, Value] = {}
    problems = []
    own = MODELS[kind].model_fields
    for written, value in file.values.items():
        line = file.lines[(written,)]
        key = _canonical(written)
        if key in keys:
            both = " and ".join(quoted(name) for name in file.values if _canonical(name) == key)
            what, instead = f"{both} say the same", "keep one of the two"
        elif key in own:
            keys[key] = value
            continue
        elif any(key == field.key for field in FIELDS):
            other = "pages" if kind == "post" else "posts"
            what, instead = f"the key {quoted(written)} is for {other} only", "remove it"
        else:
            what, instead = f"unknown key {quoted(written)}", _suggestion(written, tuple(own))
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


def _missing(
    keys: dict[str, Value],
    kind: Kind,
    path: Path,
    first_line: int,
    lines: dict[tuple[str, ...], int],
    shown: str,
) -> list[Problem]:
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


def _problem(error: Any, lines: dict[tuple[str, ...], int], path: Path) -> Problem:
    key = str(error["loc"][0])
    mistake = error.get("ctx", {}).get("error")
    if isinstance(mistake, Mistake):
        line = lines.get((key, *mistake.at), lines.get((key,)))
        return Problem(path=path, line=line, what=mistake.what, instead=mistake.instead)
    return Problem(path=path, line=lines.get((key,)), what=f'"{key}": {error["msg"]}')


def _contradictions(
    front_matter: FrontMatter, lines: dict[tuple[str, ...], int], path: Path
) -> list[Problem]:
    problems = []
    if front_matter.image and not front_matter.image_alt:
        problems.append(
            Problem(
                path=path,
                line=lines.get(("image",)),
                what="the image has no image_alt",
                instead='write "image_alt:" and what the picture shows',
            )
        )
    problems += [
        Problem(
            path=path,
            line=lines.get((key,)),
            what=f'"{key}" stands without an image',
            instead='write "image:" and the path of the picture, or remove it',
        )
        for key in ("image_alt", "image_credit")
        if getattr(front_matter, key) and not front_matter.image
    ]
    return problems
