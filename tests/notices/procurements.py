"""Posts on fictional procurements made by hand, the same wherever and whenever they are made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from utrop.notices.calendar_events import CalendarSite
from utrop.post import Announce, Post, Term
from utrop.procurement.notice import (
    Amount,
    Deadline,
    Lot,
    Multilingual,
    Notice,
    Organisation,
)
from utrop.procurement.procedure import Entry, Procedure

SITEURL = "https://blogg.inkop.example.org/blogg"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 20, 12, tzinfo=STOCKHOLM)
PROCEDURE_ID = "5f0c2a52-6a1f-4d0e-9c1b-3a8f2f1f9d10"
SITE = CalendarSite(
    url=SITEURL,
    name="Inköp & upphandling",
    zone=STOCKHOLM,
    default_lang="sv",
    authority="blogg.inkop.example.org",
    authority_year=2026,
)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=STOCKHOLM)  # type: ignore[arg-type,misc]


def said(sv: str, en: str = "") -> Multilingual:
    return Multilingual((("sv", sv), ("en", en))) if en else Multilingual((("sv", sv),))


BUYER = Organisation(
    name=said("Exempelköpings kommun"),
    identifiers=("212000-0001",),
    town="Exempelköping",
    nuts="SE313",
    country="SWE",
    email="anna.andersson@exempelkoping.example.org",
    phone="+46 26 00 00 00",
    url="https://exempelkoping.example.org/",
)


def lot(number: int = 1, **changes: Any) -> Lot:
    made = Lot(
        identifier=f"LOT-{number:04}",
        title=said(f"Städning, del {number}", f"Cleaning, part {number}"),
        description=said("Golv; fönster, och trappor"),
        nature="services",
        cpv_main="90910000",
        cpv_more=("90911300",),
        nuts=("SE313",),
        tenders=Deadline(moment=at(2026, 12, 15, 23, 59)),
        questions=Deadline(moment=at(2026, 12, 1, 12)),
        documents_url="https://upphandling.example.org/1/dokument",
        submission_url="https://upphandling.example.org/1/anbud",
        electronic="required",
        starts=date(2027, 2, 1),
        ends=date(2029, 1, 31),
    )
    return replace(made, **changes)


def notice(*lots: Lot, **changes: Any) -> Notice:
    made = Notice(
        sdk="eforms-sdk-1.10",
        notice_id="0a0f2b52-0000-4d0e-9c1b-3a8f2f1f9d10",
        version="01",
        procedure_id=PROCEDURE_ID,
        notice_type="cn-standard",
        form_type="competition",
        subtype="16",
        lang="sv",
        langs=("sv", "en"),
        ted_number="701999-2026",
        ted_published=date(2026, 11, 3),
        dispatched=at(2026, 11, 1, 9, 12),
        title=said("Städning av skolor; 2027, och framåt", "Cleaning of schools"),
        description=said("Städning av sju skolor.\nDag och natt.", "Seven schools."),
        buyers=(BUYER,),
        nature="services",
        cpv_main="90910000",
        procedure_type="open",
        value=Amount(Decimal("12500000.50"), "SEK"),
        lots=lots or (lot(),),
    )
    return replace(made, **changes)


def procedure(told: Notice | None = None, **changes: Any) -> Procedure:
    told = told or notice()
    made = Procedure(
        procedure_id=PROCEDURE_ID,
        phase="open",
        notice=told,
        award=None,
        closes=told.deadlines,
        questions=told.questions,
        moves=0,
        standstill_ends=None,
        entries=(),
        call_url=f"{SITEURL}/stadning/",
        call_path="stadning/",
    )
    return replace(made, **changes)


def post(uid: str = "stadning0001", **changes: Any) -> Post:
    slug = changes.pop("slug", "stadning")
    told = changes.get("notice") or (
        notice() if changes.get("kind", "notice") == "notice" else None
    )
    changes.setdefault("procedure", procedure(told) if told is not None else None)
    made = Post(
        guid=f"tag:blogg.inkop.example.org,2026:{uid}",
        uid=uid,
        title="Städning av skolor; 2027, och framåt",
        url=f"{SITEURL}/{slug}/",
        path=f"{slug}/",
        lang="sv",
        published=at(2026, 11, 3, 9, 15),
        modified=None,
        authors=(),
        category=Term(name="Upphandling", slug="upphandling", path="k/", url=f"{SITEURL}/k/"),
        tags=(),
        summary="Vad saken gäller.",
        content="<p>Hela texten.</p>",
        body="<p>Hela texten.</p>",
        image=None,
        translations=(),
        status="published",
        announce=Announce(),
        aliases=(),
        source=f"posts/{uid}.md",
        kind="notice",
        regime="eu",
        notice=told,
    )
    return replace(made, **changes)


def entry(of: Post) -> Entry:
    return Entry(
        guid=of.guid,
        kind=of.kind,
        title=of.title,
        path=of.path,
        url=of.url,
        published=of.published,
    )
