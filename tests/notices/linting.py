"""Subjects for the linter's tests: one procurement of our own making."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from utrop.notices.linter import lint
from utrop.notices.linter.subject import Finding, Subject
from utrop.procurement.notice import (
    Amount,
    Deadline,
    Duration,
    Lot,
    Multilingual,
    Notice,
    Organisation,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATH = Path("content/posts/stad.md")


def at(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)


LOT = Lot(
    identifier="LOT-0001",
    title=Multilingual((("sv", "Norrvik"),)),
    description=Multilingual(
        (("sv", "Städning av 23 skolor. Personalen ska ha genomgått utbildning i hygien."),)
    ),
    cpv_main="90919300",
    value=Amount(Decimal(48_000_000), "SEK"),
    tenders=Deadline(moment=at("2027-03-15T23:59")),
    questions=Deadline(moment=at("2027-02-24T23:59")),
    documents_url="https://klarsyn.example.org/dokument/1",
    electronic="required",
    duration=Duration(number=Decimal(24), unit="MONTH"),
)
NOTICE = Notice(
    notice_type="cn-standard",
    form_type="competition",
    legal_basis="32014L0024",
    lang="sv",
    langs=("sv",),
    ted_number="701354-2026",
    dispatched=at("2026-11-02T10:00"),
    title=Multilingual((("sv", "Städtjänster till skolor"),)),
    description=Multilingual((("sv", "Avtalet kan förlängas i högst 12 månader."),)),
    buyers=(
        Organisation(
            name=Multilingual((("sv", "Norrviks inköpscentral"),)), country="SWE", nuts="SE313"
        ),
    ),
    cpv_main="90919300",
    procedure_type="open",
    lots=(LOT,),
)


def with_lot(**changes: Any) -> Notice:
    return replace(NOTICE, lots=(replace(LOT, **changes),))


def subject(body: str = "", **changes: Any) -> Subject:
    """A notice post above the thresholds, open now."""
    notice = changes.pop("notice", NOTICE)
    told: dict[str, Any] = {
        "path": PATH,
        "lang": "sv",
        "told_at": NOW,
        "zone": STOCKHOLM,
        "kind": "notice",
        "regime": "eu",
        "phase": "open",
        "title": "Städtjänster",
        "body": body,
        "body_line": 10,
        "lines": {"title": 2, "summary": 3, "kind": 4, "notice_file": 5},
        "notice": notice,
        "notices": (notice,) if notice else (),
        "closes": notice.deadlines if notice else (),
    }
    return Subject(**(told | changes))


def found(one: Subject, rule: str = "", **levels: Any) -> list[Finding]:
    """What the linter finds, of one rule if it is named."""
    return [finding for finding in lint(one, levels) if rule in ("", finding.rule.id)]


def rules(one: Subject) -> set[str]:
    return {finding.rule.id for finding in found(one)}
