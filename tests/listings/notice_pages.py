"""Pages of procurement posts, rendered by the theme from posts that are made here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

from tests.listings.small_site import SITEURL, post
from utrop import plugins, translations
from utrop.inputs import SETTING, BuildInputs
from utrop.listings.plugin import SETTINGS
from utrop.listings.theme_functions import VIEWS, WORDS, ThemeFunctions
from utrop.listings.view import Views
from utrop.post import Image, Post
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import (
    Amount,
    Deadline,
    Duration,
    Lot,
    LotResult,
    Multilingual,
    Notice,
    Organisation,
)
from utrop.procurement.phase import Phase
from utrop.procurement.procedure import Entry, Procedure

ZONE = ZoneInfo("Europe/Stockholm")
THEME = Path(plugins.theme())
LANGS = ("sv", "en")
WORDS_OF = translations.load(THEME / "translations", LANGS)
SHARE = Image(
    url=f"{SITEURL}/theme/images/share.png",
    path="theme/images/share.png",
    alt="",
    media_type="image/png",
    length=1,
    width=1200,
    height=630,
)
SETTINGS_OF_SITE: dict[str, Any] = {
    **SETTINGS,
    "SITEURL": SITEURL,
    "SITENAME": "Inköp Norrvik",
    "SITESUBTITLE": "Norrviks inköpscentral om upphandling, marknad och nya lösningar",
    "TIMEZONE": "Europe/Stockholm",
    "DEFAULT_LANG": "sv",
    "LANGUAGES": list(LANGS),
    "PUBLISHER_NAME": "Norrviks inköpscentral",
    "PUBLISHER_ORGANISATION_NUMBER": "212000-0142",
}


def said(text: str, lang: str = "sv") -> Multilingual:
    return Multilingual(((lang, text),))


def at(text: str, *, has_time: bool = True) -> Deadline:
    moment = datetime.fromisoformat(text)
    return Deadline(
        moment=moment if moment.tzinfo else moment.replace(tzinfo=ZONE), has_time=has_time
    )


BUYER = Organisation(
    name=said("Norrviks inköpscentral"),
    identifiers=("212000-0142",),
    town="Norrvik",
    nuts="SE313",
    email="upphandling@norrvik.example.org",
)


def lot(number: int = 1, **fields: Any) -> Lot:
    values: dict[str, Any] = {
        "identifier": f"LOT-{number:04}",
        "title": said(f"Område {number}"),
        "nature": "services",
        "cpv_main": "90910000",
        "nuts": ("SE313",),
        "tenders": at("2027-03-16T23:59"),
        "questions": at("2027-03-05T12:00"),
        "documents_url": "https://upphandling.example.org/stad/dokument",
        "submission_url": "https://upphandling.example.org/stad/anbud",
        **fields,
    }
    return Lot(**values)


def notice(**fields: Any) -> Notice:
    """Return a contract notice in one lot, open until 16 March 2027."""
    values: dict[str, Any] = {
        "notice_id": "4a4ff1a8-1c5e-4b4e-9c3c-6f3b7c6b0e01",
        "version": "01",
        "procedure_id": "0d4c6f0e-7a55-4b86-8f7c-3f1c6a0f2b11",
        "notice_type": "cn-standard",
        "form_type": "competition",
        "subtype": "16",
        "legal_basis": "32014L0024",
        "lang": "sv",
        "langs": ("sv",),
        "ted_number": "701001-2026",
        "ojs_number": "222/2026",
        "dispatched": datetime.fromisoformat("2026-11-16T09:12:40+01:00"),
        "has_dispatch_time": True,
        "reference": "INK 2026/118",
        "title": said("Städtjänster för skolor och förskolor i Norrvik"),
        "description": said("Daglig städning av skolor.\nAvtalet är ett ramavtal."),
        "buyers": (BUYER,),
        "nature": "services",
        "cpv_main": "90910000",
        "nuts": ("SE313",),
        "procedure_type": "open",
        "value": Amount(Decimal("24500000"), "SEK"),
        "lots": (lot(framework="fa-wo-rc", duration=Duration(number=Decimal(24), unit="MONTH")),),
        **fields,
    }
    return Notice(**values)


def entry(uid: str, kind: Kind, title: str, day: str) -> Entry:
    return Entry(
        guid=f"tag:blogg.inkop.example.org,2026:{uid}",
        kind=kind,
        title=title,
        path=f"{uid}/",
        url=f"{SITEURL}/{uid}/",
        published=datetime.fromisoformat(day).replace(tzinfo=UTC),
    )


def procedure(
    notice: Notice | None,
    phase: Phase = "open",
    *,
    entries: Iterable[Entry] = (),
    **fields: Any,
) -> Procedure:
    values: dict[str, Any] = {
        "procedure_id": notice.procedure_id if notice else "p-1",
        "phase": phase,
        "notice": notice,
        "award": None,
        "closes": notice.deadlines if notice else (),
        "questions": notice.questions if notice else (),
        "moves": 0,
        "standstill_ends": None,
        "entries": tuple(entries),
        **fields,
    }
    return Procedure(**values)


def notice_post(
    uid: str = "a", *, phase: Phase = "open", told: Notice | None = None, **fields: Any
) -> Post:
    """Return a post of a call for competition, with its procedure."""
    told = told or notice()
    values: dict[str, Any] = {
        "kind": "notice",
        "regime": "eu",
        "title": "Städtjänster för skolor och förskolor",
        "notice": told,
        "procedure": procedure(told, phase),
        "plain_summary": "Vi söker företag som städar 14 skolor och 22 förskolor varje vardag.",
        **fields,
    }
    return post(uid, **values)


def views(posts: Iterable[Post], **settings: Any) -> Views:
    """Return the views of a site that has these posts."""
    return Views(
        settings={
            **SETTINGS_OF_SITE,
            SETTING: BuildInputs(now=datetime(2026, 11, 24, tzinfo=UTC)),
            **settings,
        },
        words=WORDS_OF,
        posts=posts,
        pages=(),
        share_image=SHARE,
    )


def page(shown: Post, *others: Post, lead: str = "", **settings: Any) -> str:
    """Return a post's page, as the theme writes it."""
    given = {**SETTINGS_OF_SITE, **settings}
    given[VIEWS] = views((shown, *others), **settings)
    given[WORDS] = WORDS_OF
    functions = {**ThemeFunctions(given).names(), "css_version": "0"}
    article = SimpleNamespace(post=shown, lead=lead, image_credit="")
    return _theme().get_template("article.html").render(**given, **functions, article=article)


@cache
def _theme() -> Environment:
    options = SETTINGS["JINJA_ENVIRONMENT"].items()
    return Environment(
        loader=FileSystemLoader(THEME / "templates"),
        autoescape=True,
        **{name: how for name, how in options if name != "autoescape"},
    )


def result(**fields: Any) -> LotResult:
    values: dict[str, Any] = {
        "lot": "LOT-0001",
        "status": "selec-w",
        "tenders_received": 4,
        "winners": (
            Organisation(name=said("Renhållarna i Norr AB"), identifiers=("556012-3455",)),
            Organisation(
                name=said("Maja Eks städ"), identifiers=("811218-9876",), is_natural_person=True
            ),
        ),
        "value": Amount(Decimal("23900000"), "SEK"),
        "decided": datetime(2027, 4, 20, tzinfo=UTC).date(),
        **fields,
    }
    return LotResult(**values)
