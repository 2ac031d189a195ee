"""Outputs: every file of a build says what it was made from, so that a build can tell what a
change can touch.

A file's bytes are a function of its declared inputs, the code and the theme, and nothing else:
two builds in which an output has the same fingerprint write the same bytes there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from utrop.post import Post

_DECLARED = "UTROP_OUTPUTS"

EVERY_FIELD: frozenset[str] = frozenset(field.name for field in fields(Post))
"""For an output that shows a post whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What one output file is made from."""

    posts: tuple[Post, ...] = ()
    """In the order in which they are shown."""
    fields: frozenset[str] = frozenset()
    """The fields of these posts that can change the file."""
    values: tuple[object, ...] = ()
    """Whatever else it shows: plain values and frozen dataclasses of them."""
    settings: frozenset[str] = frozenset()
    files: tuple[Path, ...] = ()
    """Files that are copied or read as they are."""

    def fingerprint(self, settings: Mapping[str, Any]) -> str:
        """Return a digest of all inputs; equal digests mean equal bytes."""
        told = [
            *((name, getattr(post, name)) for post in self.posts for name in sorted(self.fields)),
            *self.values,
            *((name, settings.get(name)) for name in sorted(self.settings)),
        ]
        digest = hashlib.sha256(repr(told).encode("utf-8", "surrogatepass"))
        for file in self.files:
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()


def declare(settings: MutableMapping[str, Any], path: str, inputs: Inputs) -> None:
    """Say what the file at a path of the output folder is made from."""
    settings.setdefault(_DECLARED, {})[path] = inputs


def declared(settings: Mapping[str, Any]) -> Mapping[str, Inputs]:
    """Return what each output of the last build with these settings was made from."""
    found: Mapping[str, Inputs] = settings.get(_DECLARED, {})
    return found
