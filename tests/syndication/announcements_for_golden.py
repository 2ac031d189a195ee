"""Announcements that show what composing must cope with, for the golden previews."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

from utrop.deadlines import moves
from utrop.post import DeadlineSeen
from utrop.syndication.announcement import Again, Announcement, Facts, ShareImage
from utrop.syndication.reminding import change, reminder

SITE = "https://upphandling.norrvik.example.org"
MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_CET = timezone(timedelta(hours=1))
IMAGE = ShareImage(
    url=f"{SITE}/images/tidslinje.png",
    alt="En tidslinje från annons till avtal",
    media_type="image/png",
    width=1200,
    height=630,
)
SMALL = ShareImage(
    url=f"{SITE}/images/liten.png", alt="", media_type="image/png", width=300, height=200
)


def _one(number: int, slug: str, **changes: Any) -> Announcement:
    values: dict[str, Any] = {
        "guid": f"tag:upphandling.norrvik.example.org,2026:{number:012d}",
        "url": f"{SITE}/{slug}/",
        "lang": "sv",
        "published": MOMENT + timedelta(hours=number),
        "image": IMAGE,
    }
    return Announcement(**values | changes)


def _own(**texts: str) -> MappingProxyType[str, str]:
    return MappingProxyType(texts)


_ENGLISH = _one(
    4,
    "en/award-snow-clearance",
    title="Award decision: snow clearance of footways in Björkforsa",
    summary="Two companies have been chosen to clear the footways of Björkforsa. Standstill lasts"
    " until 12 December 2026, and no contract has been concluded. Those who tendered have been told"
    " of the decision and of the reasons for it. The value is estimated at EUR 1,250,000 over 4"
    " years. Questions are answered by the procurement unit, Monday to Friday, 9 to 16.",
    lang="en",
    tags=("snow clearance", "award decision", "standstill period", "KLSY1417"),
)

_NOTICE = _one(
    9,
    "stadning-av-skolor",
    title="Städning av elva skolor och förskolor i Norrvik",
    summary="Kommunen köper daglig städning och fönsterputs. Avtalet börjar den 1 mars 2027 och"
    " gäller i fyra år. Värdet beräknas till 12 500 000 kr. Frågor ställs i upphandlingssystemet"
    " senast den 4 december 2026.",
    tags=("städning", "offentlig upphandling", "Jämtland"),
    facts=Facts(
        kind="notice",
        buyer="Norrviks kommun",
        region="Jämtlands län",
        closes=(datetime(2026, 12, 14, 23, 59, tzinfo=_CET),),
        zone="Europe/Stockholm",
        prevails=True,
    ),
    deadlines_seen=(
        DeadlineSeen(moment=datetime(2026, 12, 7, 23, 59, tzinfo=_CET), since=MOMENT),
        DeadlineSeen(
            moment=datetime(2026, 12, 14, 23, 59, tzinfo=_CET), since=MOMENT + timedelta(days=2)
        ),
    ),
)
_LOTS = _one(
    10,
    "en/snow-clearance",
    title="Snow clearance of footways in Björkforsa, Norrvik and the villages around the lake",
    summary="Three lots. Small firms may join to tender.",
    lang="en",
    tags=("snow clearance",),
    facts=Facts(
        kind="notice",
        buyer="Norrviks kommun and others",
        region="Jämtlands län, Västernorrlands län",
        closes=(
            datetime(2026, 12, 14, 9, 0, tzinfo=_CET),
            datetime(2026, 12, 18, 12, 0, tzinfo=_CET),
        ),
        zone="Europe/Stockholm",
        prevails=True,
    ),
)

ANNOUNCEMENTS: tuple[tuple[str, Announcement], ...] = (
    (
        "kort, med etiketter och bild",
        _one(
            1,
            "miljokrav",
            title="Miljökrav som går att följa upp",
            summary="Ett miljökrav är värt lika mycket som kontrollen av det.",
            tags=("miljökrav", "offentlig upphandling", "2026", "e-faktura"),
        ),
    ),
    (
        "lång rubrik, långa ord",
        _one(
            2,
            "dokumentationssystem",
            title="Kompetensförsörjningsupphandlingsdokumentationssystemförvaltningsorganisationen"
            " söker leverantörer av drift, förvaltning och vidareutveckling av regionens"
            " gemensamma system för dokumentation, uppföljning och kvalitetssäkring av samtliga"
            " avtal inom vård, skola och omsorg för perioden 1 januari 2027 till 31 december 2031",
            summary="Anbud lämnas senast den 15 mars 2027 kl. 23.59.",
            tags=("upphandling",),
        ),
    ),
    (
        "belopp, datum och adress vid gränsen",
        _one(
            3,
            "andrad-sista-anbudsdag-stadtjanster-till-skolor-och-forskolor",
            title="Ändrad sista anbudsdag: städtjänster till skolor och förskolor",
            summary="Ny sista dag för anbud i upphandlingen KLSY1482 är måndagen den 15 mars 2027"
            " kl. 23.59. Värdet beräknas till 12 500 000 kr för 36 månader, med en option på"
            " 24 månader värd 8 250 000 kr. Förteckningen ligger på"
            f" {SITE}/files/forteckning-over-lokaler-2027.pdf och omfattar 118 lokaler.",
            tags=("städtjänster", "skola", "förskola"),
        ),
    ),
    ("English, several sentences", _ENGLISH),
    (
        "egna ord för alla och för X",
        _one(
            5,
            "dialogmote-matavfall",
            title="Dialogmöte om insamling av matavfall",
            summary="Kom och berätta vad ni kan.",
            tags=("matavfall",),
            texts=_own(
                text="Kan ert företag samla in matavfall?\n\nKom på dialogmöte den 3 december kl."
                " 13.00. Anmäl er senast den 1 december. #Dialogmöte #Matavfall",
                x=f"Matavfall? Kom på dialogmöte 3/12 kl. 13: {SITE}/dialogmote-matavfall/",
            ),
        ),
    ),
    (
        "egna ord som inte får plats överallt",
        _one(
            6,
            "avtalssparr",
            title="Avtalsspärren, dag för dag",
            summary="Tio dagar, om beslutet skickas elektroniskt.",
            texts=_own(text="Avtalsspärren är 10 dagar om beslutet skickas elektroniskt. " * 7),
            image=SMALL,
        ),
    ),
    (
        "emoji, förenade tecken, andra skrifter, markering",
        _one(
            7,
            "valkomna",
            title="Välkomna 👩🏽‍💻👨‍👩‍👧‍👦 🇸🇪 till <b>leverantörsdagen</b> & mingel",
            summary="Cafe\u0301 serveras 🍰. مرحبا بكم. 欢迎光临。 *Anmäl er* på _webben_ (gratis)"
            " @alla [länk](x) {mall} | slut. " + "🎉" * 40,
            tags=("leverantörsdag 🎉", "C#", "学校", "små & medelstora företag"),
        ),
    ),
    (
        "reminder, without a picture",
        reminder(
            _one(
                8,
                "en/supplier-day",
                title="Supplier day in Norrvik",
                summary="",
                lang="en",
                tags=("supplier day",),
                image=None,
            ),
            Again(name="7 days before starts", at=MOMENT + timedelta(days=7)),
        ),
    ),
    ("en annons", _NOTICE),
    ("a notice whose lots differ", _LOTS),
    (
        "påminnelse om en annons",
        reminder(
            _NOTICE,
            Again(name="7 days before deadline", at=datetime(2026, 12, 7, 15, 0, tzinfo=_CET)),
        ),
    ),
    ("ändrad sista dag", change(_NOTICE, moves(_NOTICE.deadlines_seen)[0])),
)

WHOLE: tuple[str, ...] = (
    "15 mars 2027 kl. 23.59",
    "12 500 000 kr",
    "36 månader",
    "24 månader",
    "8 250 000 kr",
    "1 januari 2027",
    "31 december 2031",
    "12 December 2026",
    "EUR 1,250,000",
    "4 years",
    f"{SITE}/files/forteckning-over-lokaler-2027.pdf",
    "118 lokaler",
    "👩🏽‍💻👨‍👩‍👧‍👦",
    "måndag den 14 december 2026 kl. 23.59",
    "måndag den 7 december 2026 kl. 23.59",
    "Monday 14 December 2026, 09:00 (CET)",
)
"""What stands whole in a text or not at all."""
