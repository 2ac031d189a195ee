"""Embargo: until when what a notice says may not be told (förordning 2016:1162, 9 and 10 §§).

Directive 2014/24/EU, article 52(1). A blog, a feed and a social post are publication too: the
ordinance forbids making the content known "in any other way" before TED publishes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from utrop.procurement.course import Course
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Notice, Regime

Rule = Literal["ted", "48 hours", "database", "system", "thread", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Embargo:
    """Until when a post is held, and why. Not held by anything: ``rule`` is empty."""

    rule: Rule = ""
    """What lifts it: TED's publication, 48 hours after the receipt, a database's publication,
    the answer's publication in the procurement system, or the notice of the same procedure."""
    not_before: datetime | None = None
    """The first moment at which it may be told (aware); None while that is not known."""
    waits_for: str = ""
    """Where the moment is not known: what has to be written, in one line for a person."""

    def holds(self, now: datetime) -> bool:
        """Whether the post may not be told at ``now`` (aware)."""
        return bool(self.rule) and (self.not_before is None or now < self.not_before)


def embargo_of(
    *, kind: Kind, regime: Regime | None, notice: Notice | None, course: Course
) -> Embargo:
    """Return what holds one post, by its own notice and by what its writer says has happened."""
    raise NotImplementedError


def thread_embargo(kind: Kind, calls: Iterable[Embargo], now: datetime) -> Embargo:
    """Return what holds a post because of its procedure: it waits for the call for competition.

    ``calls`` are the embargoes of the procedure's calls for competition, none of which may be
    without one for the post to be held at all.
    """
    raise NotImplementedError
