"""Whether the page would be the same again: making it takes longer than all else in a quiet run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

from utrop.syndication.announcement import Announcement
from utrop.syndication.delivery import Delivery


def mark_of(
    posts: Sequence[Announcement],
    columns: Iterable[tuple[object, ...]],
    deliveries: Iterable[Delivery],
    more: tuple[object, ...],
) -> bytes:
    """Return a comment that is the same for pages that would show the same."""
    ordered = sorted(posts, key=lambda one: one.guid)
    shown = hashlib.sha256(repr((ordered, more)).encode("utf-8", "replace"))
    shown.update(repr(list(columns)).encode())
    for row in deliveries:
        shown.update(f"{row.guid}\0{row.network}\0{row.account}\0{row.revision}\0".encode())
    for file in sorted(resources.files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith((".html", ".css", ".py")):
            shown.update(file.read_bytes())
    return f"<!-- {shown.hexdigest()} -->\n".encode()


def ends_with(path: Path, mark: bytes) -> bool:
    """Whether the file is there and ends with the mark."""
    try:
        with path.open("rb") as file:
            file.seek(-len(mark), os.SEEK_END)
            return file.read() == mark
    except OSError:
        return False
