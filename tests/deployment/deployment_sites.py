"""Ids of releases, and what a folder holds, for the deployers' tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from utrop.deployment.release import release_id

Write = Callable[[Mapping[str, str]], Path]


def contents(folder: Path) -> dict[str, str]:
    """Return every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8", "surrogateescape")
        for path in folder.rglob("*")
        if path.is_file()
    }


def an_id(number: int) -> str:
    """Return the id of the numbered release; they rise with the number."""
    start = datetime(2026, 11, 1, tzinfo=UTC)
    return release_id(start + timedelta(hours=number), f"{number:06x}")


def leftovers(folder: Path) -> list[str]:
    """Return what lies in a target's folder beside releases, the link and the lock."""
    found = [path.name for path in folder.iterdir()]
    found += [path.name for path in (folder / "releases").iterdir()]
    return [
        name
        for name in found
        if name.startswith((".partial", ".current", ".lock.d")) or name.endswith("~")
    ]
