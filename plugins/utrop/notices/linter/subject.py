"""Subject: one post as the linter sees it, with all that is known of its procurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from utrop.notices.linter.text import Passage
from utrop.procurement.course import Course
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Deadline, Notice, Regime
from utrop.procurement.override import Override
from utrop.procurement.phase import Phase
from utrop.procurement.rules import Rule, Severity

_DECIDED = frozenset({"awarded", "contracted", "cancelled"})
_RUNNING = frozenset({"open", "questions closed", "closed"})


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One post. Times are aware."""

    path: Path
    lang: str
    told_at: datetime
    """When it is told: now, or when it will be published if that lies ahead."""
    zone: ZoneInfo
    kind: Kind = ""
    regime: Regime | None = None
    phase: Phase | None = None
    """Where its procurement stands at ``told_at``; None for a post that tells of none."""
    title: str = ""
    summary: str = ""
    plain_summary: str = ""
    body: str = ""
    body_line: int = 1
    announced: tuple[tuple[str, str], ...] = ()
    """The writer's own words for networks, by their place in front matter: ``announce.text``."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each key of front matter; keys within keys with points between."""
    notice: Notice | None = None
    """The post's own, from its file or its front matter."""
    notices: tuple[Notice, ...] = ()
    """Those of the same procurement, its own among them."""
    course: Course = field(default_factory=Course)
    courses: tuple[Course, ...] = ()
    """Those of the same procurement, its own among them."""
    closes: tuple[Deadline, ...] = ()
    """The procurement's current last moments to come in, the earliest first."""
    days: frozenset[date] = frozenset()
    """The days that front matter tells: of publication, of the event, the deadline …"""
    standstill_ends: datetime | None = None
    """The first moment at which the contract may be signed."""
    overrides: tuple[Override, ...] = ()
    is_demo: bool = False

    @property
    def is_running(self) -> bool:
        """Whether tenders are, or may be, in, and nothing is decided."""
        return self.phase in _RUNNING

    @property
    def is_decided(self) -> bool:
        """Whether there is an award decision, or the procurement has been called off."""
        return self.phase in _DECIDED

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every text of the post that readers see."""
        told = [Passage(text, self.line(key)) for key, text in self.headlines]
        return (*told, Passage(self.body, self.body_line, is_markdown=True))

    @property
    def headlines(self) -> tuple[tuple[str, str], ...]:
        """The texts that lists, feeds and networks show, by their place in front matter."""
        keys = (
            ("title", self.title),
            ("summary", self.summary),
            ("plain_summary", self.plain_summary),
            *self.announced,
        )
        return tuple((key, text) for key, text in keys if text)

    def line(self, *keys: str) -> int | None:
        """Return the line of the first of these keys that the header has, or of the title."""
        for key in (*keys, "title"):
            if key in self.lines:
                return self.lines[key]
            head = key.partition(".")[0]
            if head in self.lines:
                return self.lines[head]
        return None

    def told_on(self) -> date:
        """Return the day on which it is told, by the site's clock."""
        return self.told_at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a rule saw, before it is known how much that matters."""

    line: int | None
    what: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found in a post."""

    rule: Rule
    path: Path
    line: int | None
    what: str
    instead: str
    severity: Severity
    set_aside: Override | None = None
    """Who answers for leaving it so, and why."""


def days_of(deadline: Deadline, zone: ZoneInfo) -> set[date]:
    """Return the days by which people call a last moment: at 00:00 the one before too."""
    found = {deadline.moment.date(), deadline.moment.astimezone(zone).date()}
    if deadline.is_midnight:
        found.add(deadline.moment.date() - timedelta(days=1))
    return found


def last_day(deadline: Deadline) -> date:
    """Return the last whole day before a last moment, by the notice's own clock."""
    day = deadline.moment.date()
    return day - timedelta(days=1) if deadline.is_midnight else day
