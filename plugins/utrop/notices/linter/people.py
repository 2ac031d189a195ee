"""R11: personal data in posts: e-mail addresses of persons, and personal numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from utrop.notices.linter.subject import Sighting, Subject
from utrop.notices.linter.text import shown
from utrop.procurement.identifiers import mask, personal_numbers

_ADDRESS: Final = re.compile(
    r"(?<![\w.+-])(?P<first>[^\W\d_]{2,30}(?:-[^\W\d_]{2,30})?)\.(?:[^\W\d_]\.)?"
    r"(?P<last>[^\W\d_]{2,30}(?:-[^\W\d_]{2,30})?)\d{0,3}@(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})"
)
_OFFICES: Final = frozenset({
    "admin", "anbud", "annons", "arkiv", "avtal", "bygg", "contact", "dialog", "diarium",
    "ekonomi", "enquiries", "enheten", "enhet", "expo", "faktura", "finance", "forvaltning",
    "forvaltningen", "förvaltning", "förvaltningen", "gata", "helpdesk", "hr", "info",
    "information", "inkop", "inköp", "inkopsenheten", "inköpsenheten", "it", "juridik",
    "jobb", "kansli", "karriar", "klimat", "kommun", "kommunen", "kommunikation", "kontakt",
    "kontoret", "kultur", "kund", "kundcenter", "kundtjanst", "kundtjänst", "ledning",
    "leverantor", "leverantör", "mail", "miljo", "miljö", "namnd", "nämnd", "newsletter",
    "noreply", "no", "office", "order", "park", "personal", "post", "press", "procurement",
    "purchasing", "reception", "redaktion", "redaktionen", "registrator", "region", "sales",
    "samhallsbyggnad", "sekretariat", "servicecenter", "service", "skola", "social", "stad",
    "staden", "stadsbyggnad", "stod", "stöd", "support", "teknik", "tender", "tenders",
    "upphandling", "upphandlingar", "upphandlingsenheten", "utbildning", "vard", "vård",
    "webb", "webmaster",
})  # fmt: skip
"""Words of which the addresses of offices are made: upphandling.it@ is no person."""
_BEGINS: Final = ("upphandl", "inköp", "inkop", "registrat", "kommun", "kund", "procure", "miljö")


def is_personal(address: str) -> bool:
    """Whether an e-mail address reads as a person's: ``fornamn.efternamn@``."""
    found = _ADDRESS.fullmatch(address)
    return found is not None and _names_a_person(found)


def personal_addresses(subject: Subject) -> Iterator[Sighting]:
    """E-mail addresses of persons, in texts and in links."""
    for passage in subject.passages:
        if "@" not in passage.raw:
            continue
        for found in _ADDRESS.finditer(passage.raw):
            if _names_a_person(found):
                yield Sighting(
                    line=passage.line_at(found.start()),
                    what=f"{shown(found[0])} reads as a person's address",
                    instead=f"write a function mailbox, such as upphandling@{found['host']}",
                )


def told_numbers(subject: Subject) -> Iterator[Sighting]:
    """Personal numbers in texts; those of a notice's organisations are masked when published."""
    for passage in subject.passages:
        for found in personal_numbers(passage.raw):
            # Ten digits without a sign that begin with 0 are more often a telephone number.
            if found["sign"] is None and found["century"] is None and found[0].startswith("0"):
                continue
            hidden = mask(found[0])
            yield Sighting(
                line=passage.line_at(found.start()),
                what=f"”{hidden}” (the last digits are not shown here) may be a personal number",
                instead=f"write {hidden}, or leave it out",
            )


def _names_a_person(found: re.Match[str]) -> bool:
    words = (found["first"].casefold(), found["last"].casefold())
    return not any(word in _OFFICES or word.startswith(_BEGINS) for word in words)
