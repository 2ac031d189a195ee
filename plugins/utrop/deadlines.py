"""Deadlines through the releases: what the former release showed, and the moves between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import Final

from utrop.last_moment import last_moment
from utrop.post import DeadlineSeen, Post

CHANGE_MARK: Final = "#change:"
"""Between a post's guid and the number of a move."""
_FRAGMENTS: Final = {"sv": "andring"}
_FRAGMENT: Final = "change"
_TITLES: Final = {"sv": "Ändrad sista dag: {title}"}
_TITLE: Final = "New deadline: {title}"
_TEXTS: Final = {"sv": "Ny sista dag är {new}. Tidigare sista dag var {old}."}
_TEXT: Final = "The new deadline is {new}. It was {old} before."


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMove:
    """One move of a post's own deadline, from one release to a later one. Times are aware."""

    number: int
    """From 1, in the order in which releases showed them; it never names another move."""
    old: datetime
    new: datetime
    since: datetime
    """The given time of the build that first had the new moment: when the move was published."""


def seen(
    former: tuple[DeadlineSeen, ...], own: datetime | None, now: datetime
) -> tuple[DeadlineSeen, ...]:
    """Return the moments that a post's own deadline has had, the present one last.

    ``former`` is what the previous release recorded, ``own`` the deadline as front matter or the
    notice has it now, ``now`` the build's given time; all are aware. The same instant in another
    offset is the same deadline. A deadline that was removed leaves the history as it is, and one
    that comes back unchanged adds nothing to it.
    """
    if own is None or (former and former[-1].moment == own):
        return former
    return (*former, DeadlineSeen(moment=own, since=now))


def moves(history: tuple[DeadlineSeen, ...]) -> tuple[DeadlineMove, ...]:
    """Return the moves that a history tells of, the first one first."""
    return tuple(
        DeadlineMove(number=number, old=old.moment, new=new.moment, since=new.since)
        for number, (old, new) in enumerate(pairwise(history), start=1)
    )


def announced_moves(post: Post) -> tuple[DeadlineMove, ...]:
    """Return the moves that feeds, announcements and the thread tell of, the first one first.

    A hidden, drafted or withheld post tells of none, nor does one that is no part of a procurement.
    """
    if post.status != "published" or not post.kind:
        return ()
    return moves(post.deadlines_seen)


def change_guid(guid: str, number: int) -> str:
    """Return the guid of a post's move; it never changes."""
    return f"{guid}{CHANGE_MARK}{number}"


def change_fragment(number: int, lang: str) -> str:
    """Return the fragment of the move's entry in the post's thread: ``andring-1``, ``change-1``."""
    return f"{_FRAGMENTS.get(lang, _FRAGMENT)}-{number}"


def change_text(move: DeadlineMove, lang: str, zone: tzinfo) -> str:
    """Return in one or two sentences what the last day is now, and what it was."""
    new, old = (last_moment(moment, lang, zone) for moment in (move.new, move.old))
    return _TEXTS.get(lang, _TEXT).format(new=new, old=old)


def change_title(title: str, lang: str) -> str:
    """Return the headline of a move."""
    return _TITLES.get(lang, _TITLE).format(title=title)
