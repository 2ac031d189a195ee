"""Procedure: one procurement from plan to contract, as the posts that tell of it add up to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Deadline, Notice
from utrop.procurement.phase import OPEN, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One post of the procedure's thread, in one language's edition."""

    guid: str
    kind: Kind
    title: str
    path: str
    """Below SITEURL."""
    url: str
    published: datetime
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """Where one procurement stands, by what has been published. Times are aware."""

    procedure_id: str
    """BT-04, or the writer's own id; of a post without one, that post's uid."""
    phase: Phase
    notice: Notice | None
    """The current call for competition: the newest that may be told; else the planning notice."""
    award: Notice | None
    """The newest notice that tells how it ended."""
    closes: tuple[Deadline, ...]
    """The current last moments to come in, the earliest first; several where lots differ."""
    questions: tuple[Deadline, ...]
    moves: int
    """How many times the last moment to come in has moved; SEQUENCE in calendars."""
    question_moves: int = 0
    """The same for the last moment for questions."""
    standstill_ends: datetime | None
    """The first moment at which a contract may be signed, once the tenderers have been told."""
    entries: tuple[Entry, ...]
    """The thread in one language, the newest first."""
    call_url: str = ""
    """The post of the call for competition in this language."""
    call_path: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a supplier can still come in."""
        return self.phase in OPEN

    def next_close(self, now: datetime) -> Deadline | None:
        """Return the next last moment after ``now`` (aware), or the last of all."""
        coming = [one for one in self.closes if one.moment > now]
        return coming[0] if coming else (self.closes[-1] if self.closes else None)
