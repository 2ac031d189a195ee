"""Findings: what was found of one thing, and how much it matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from statistics import median
from typing import Final

from utrop.syndication.credential import Credential

SKEW: Final = timedelta(seconds=60)
"""How far the clock may be off; signatures and leases begin to fail some minutes later."""
NOTE, WARNING, ERROR = timedelta(days=30), timedelta(days=14), timedelta(days=3)
"""What a token has left when it is told, when it is urged, and when it is an error."""


class Level(IntEnum):
    """How much a finding matters."""

    OK = 0
    NOTE = 1
    WARNING = 2
    ERROR = 3


@dataclass(kw_only=True)
class Finding:
    """What was found of one thing: in a line, with what must be done below it."""

    name: str
    """As in NETWORKS; of other things their own."""
    title: str
    summary: str = ""
    level: Level = Level.OK
    details: list[str] = field(default_factory=list)
    skew: timedelta | None = None
    """How far our clock is ahead of the network's."""

    def add(self, level: Level, detail: str) -> None:
        """Add what else was found; the worst of it counts."""
        self.level = max(self.level, level)
        self.details.append(detail)


def judge(
    finding: Finding, credential: Credential, now: datetime, *, renewable: bool = False
) -> None:
    """Put into a finding what a network said of its token at the moment ``now``."""
    finding.summary = credential.account
    again = f"`utrop connect {finding.name}`"
    renew = f"renew it: `utrop connect {finding.name} --refresh`" if renewable else f"run {again}"
    if credential.missing:
        lacking = ", ".join(credential.missing)
        finding.add(
            Level.ERROR, f"the token lacks {lacking}; make one that has it, and run {again}"
        )
    if credential.expires is not None:
        left, day = credential.expires - now, f"{credential.expires:%Y-%m-%d}"
        if left <= timedelta(0):
            finding.add(Level.ERROR, f"the token ended on {day}; make a new one and run {again}")
        elif left <= ERROR:
            finding.add(Level.ERROR, f"the token ends {_in_days(left)}, on {day}; {renew} at once")
        elif left <= WARNING:
            finding.add(Level.WARNING, f"the token ends {_in_days(left)}, on {day}; {renew}")
        elif left <= NOTE:
            finding.add(Level.NOTE, f"the token ends {_in_days(left)}, on {day}")
        else:
            finding.summary += f", token until {day}"
    for warning in credential.warnings:
        finding.add(Level.NOTE, warning)


def _in_days(left: timedelta) -> str:
    days = left // timedelta(days=1)
    return "within a day" if days < 1 else "in 1 day" if days == 1 else f"in {days} days"


def judge_clock(found: Sequence[Finding]) -> Finding | None:
    """Return how our clock stands to the networks'; the middle one, since one may be wrong."""
    skews = [one.skew for one in found if one.skew is not None]
    if not skews:
        return None
    ahead = timedelta(seconds=median(one.total_seconds() for one in skews))
    finding = Finding(name="clock", title="Clock", summary="as the networks' clocks")
    if abs(ahead) > SKEW:
        side = "ahead of" if ahead > timedelta(0) else "behind"
        finding.summary = f"this machine's clock is {_length(abs(ahead))} {side} the networks'"
        finding.add(Level.ERROR, "set it, and let NTP keep it: `timedatectl set-ntp true`")
    return finding


def _length(duration: timedelta) -> str:
    minutes = round(duration.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
