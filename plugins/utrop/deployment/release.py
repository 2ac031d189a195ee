"""Releases: their names, their order, and which of them may go."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from utrop.problem import Problem, ProblemsFound, configuration_error

MANIFEST = "announcements.json"
"""The file at a release's root that tells what is published in it."""
NO_MANIFEST = b'{"version": 1, "site": "", "posts": []}\n'
"""What a release without that file tells: it exists, and nothing is known of its posts."""
PARTIAL = ".partial-"
"""How the names of release folders begin that are being made or removed."""

_NAME = re.compile(r"(?P<made>\d{8}T\d{6}Z)-[0-9a-f]{6,64}(-[1-9]\d*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a release did to its target."""

    release_id: str
    """The release that is live now."""
    changed: bool
    """False where the live release already was this site, byte for byte."""
    files_sent: int
    """Files that were not in the release before, or were others there."""
    bytes: int
    """The size of those files."""
    warnings: tuple[Problem, ...] = ()
    """What went wrong after the switch: the site is live all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseInfo:
    """One release that a target holds."""

    id: str
    current: bool

    @property
    def made(self) -> datetime:
        """When it was made (aware, UTC), as its id tells."""
        return datetime.strptime(self.id.split("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def release_id(now: datetime, digest: str) -> str:
    """Return the id of a release made at an aware time from a site with a hexadecimal digest.

    Ids sort by time.

    >>> release_id(datetime(2026, 11, 23, 22, 30, tzinfo=UTC), "1a2b3c4d5e")
    '20261123T223000Z-1a2b3c'
    """
    if now.tzinfo is None:
        raise ValueError("the time of a release needs a time zone")
    name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:6].lower()}"
    if not is_release_id(name):
        raise ValueError(f"{digest!r} is no hexadecimal digest")
    return name


def is_release_id(name: str) -> bool:
    """Whether a folder's name is that of a release; others are left alone."""
    found = _NAME.fullmatch(name)
    if found is None:
        return False
    try:
        datetime.strptime(found["made"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def newest_first(names: Iterable[str]) -> list[str]:
    """Return those names that are releases, the newest first."""
    return sorted(filter(is_release_id, names), key=_age, reverse=True)


def _age(name: str) -> tuple[str, int]:
    made, _, rest = name.partition("-")
    digest, _, repeat = rest.partition("-")
    return f"{made}-{digest}", int(repeat or 0)


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """Return the wanted id, numbered where it is taken: a release is never written over."""
    if not is_release_id(wanted):
        raise ValueError(f"{wanted!r} is no release id")
    names = set(taken)
    number, name = 1, wanted
    while name in names:
        number += 1
        name = f"{wanted}-{number}"
    return name


def expired(names: Iterable[str], *, current: str | None, keep: int) -> list[str]:
    """Return the releases to remove so that ``keep`` remain, the current one always among them."""
    ordered = newest_first(names)
    kept = ordered[: max(keep, 1)]
    if current in ordered and current not in kept:
        kept[-1] = current
    return [name for name in ordered if name not in kept]


def chosen(names: Iterable[str], *, current: str | None, wanted: str | None) -> str:
    """Return the release to go back to: the wanted one, else the one before the current.

    Raises ``ProblemsFound`` where there is none such.
    """
    ordered = newest_first(names)
    if wanted is not None:
        if wanted in ordered:
            return wanted
        raise configuration_error(f"there is no release {wanted!r}", _nearest(wanted, ordered))
    if current is None:
        raise configuration_error("there is no release to go back from", "run `make publish` first")
    earlier = [name for name in ordered if _age(name) < _age(current)]
    if not earlier:
        raise configuration_error(
            f"there is no release earlier than the current one, {current}", _nearest("", ordered)
        )
    return earlier[0]


def _nearest(wanted: str, ordered: list[str]) -> str:
    near = difflib.get_close_matches(wanted, ordered, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"there is {', '.join(ordered)}" if ordered else "no release has been made yet"


def problems(found: Iterable[Problem], *, exit_status: int) -> None:
    """Raise ``ProblemsFound`` if there are any."""
    listed = tuple(found)
    if listed:
        raise ProblemsFound(listed, exit_status=exit_status)
