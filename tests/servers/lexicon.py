"""Bluesky's lexicons, checked as far as our records use them: https://atproto.com/specs/lexicon.

Deliberately strict: a member that the lexicon does not name is refused, so that a misspelt one
cannot pass unseen.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import regex

FOLDER = (
    Path(__file__).resolve().parents[2].parent
    / "shared"
    / "data"
    / "contracts"
    / "bluesky"
    / "lexicons"
)

_FORMATS = {
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "language": r"[a-z]{2,3}(-[A-Za-z0-9]+)*",
    "uri": r"[a-z][a-z0-9+.-]*:\S+",
    "at-identifier": r"did:[a-z]+:[\w.:%-]+|[\w-]+(\.[\w-]+)+",
    "nsid": r"[a-z0-9-]+(\.[a-zA-Z0-9-]+){2,}",
    "record-key": r"[\w.:~-]{1,512}",
    "cid": r"[a-z2-7]{10,}",
}


@cache
def _document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name.replace('.', '/')}.json").read_text())
    return found


def check_record(value: dict[str, Any]) -> None:
    """Raise AssertionError where a record breaks the lexicon that its ``$type`` names."""
    main = _document(value["$type"])["defs"]["main"]
    assert main["type"] == "record"
    _check(value, main["record"], value["$type"], value["$type"])


def check_input(method: str, value: dict[str, Any]) -> None:
    """Raise AssertionError where a procedure's JSON input breaks its lexicon."""
    main = _document(method)["defs"]["main"]
    _check(value, main["input"]["schema"], method, method)


def _resolve(ref: str, document: str) -> tuple[dict[str, Any], str]:
    name, _, fragment = ref.partition("#")
    name = name or document
    return _document(name)["defs"][fragment or "main"], name


def _check(value: Any, schema: dict[str, Any], document: str, place: str) -> None:
    kind = schema["type"]
    if kind == "ref":
        target, name = _resolve(schema["ref"], document)
        _check(value, target, name, place)
    elif kind == "union":
        refs = [f"{document}{ref}" if ref[0] == "#" else ref for ref in schema["refs"]]
        assert value["$type"] in refs, f"{place}: {value['$type']} is none of {refs}"
        target, name = _resolve(value["$type"], document)
        _check(value, target, name, place)
    elif kind == "object":
        _check_object(value, schema, document, place)
    elif kind == "array":
        assert isinstance(value, list), place
        assert len(value) <= schema.get("maxLength", len(value)), f"{place}: too many"
        for number, item in enumerate(value):
            _check(item, schema["items"], document, f"{place}[{number}]")
    elif kind == "string":
        _check_string(value, schema, place)
    elif kind == "integer":
        assert type(value) is int, place
        assert value >= schema.get("minimum", value), place
    elif kind == "boolean":
        assert type(value) is bool, place
    elif kind == "blob":
        assert value["$type"] == "blob", place
        assert set(value) == {"$type", "ref", "mimeType", "size"}, place
        assert value["size"] <= schema["maxSize"], f"{place}: too large"
        assert value["mimeType"].startswith("image/"), place
    else:
        assert kind == "unknown", f"{place}: {kind} is not known to this check"


def _check_object(value: Any, schema: dict[str, Any], document: str, place: str) -> None:
    assert isinstance(value, dict), place
    missing = set(schema.get("required", [])) - set(value)
    assert not missing, f"{place}: lacks {missing}"
    unknown = set(value) - set(schema["properties"]) - {"$type"}
    assert not unknown, f"{place}: does not know {unknown}"
    for name, part in schema["properties"].items():
        if name in value and not (value[name] is None and name in schema.get("nullable", [])):
            _check(value[name], part, document, f"{place}.{name}")


def _check_string(value: Any, schema: dict[str, Any], place: str) -> None:
    assert isinstance(value, str), place
    assert len(value.encode()) <= schema.get("maxLength", 10**9), f"{place}: too many bytes"
    graphemes = len(regex.findall(r"\X", value))
    assert graphemes <= schema.get("maxGraphemes", graphemes), f"{place}: too many graphemes"
    if "format" in schema:
        assert re.fullmatch(_FORMATS[schema["format"]], value), f"{place}: {value!r}"
