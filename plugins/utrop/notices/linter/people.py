"""R11: personal data in posts: e-mail addresses of persons, and personal numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from utrop.notices.linter.subject import Sighting, Subject
from utrop.notices.linter.text import shown
from utrop.procurement.identifiers import mask, personal_numbers

_LOCAL: Final = re.compile(r"[\w.+-]{1,64}$")
_HOST: Final = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PERSON: Final = re.compile(
    r"(?P<first>[^\W\d_]{2,30}(?:-[^\W\d_]{2,30})?)\.(?:[^\W\d_]\.)?"
    r"(?P<last>[^\W\d_]{2,30}(?:-[^\W\d_]{2,30})?)[0-9]{0,3}"
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


def addresses(text: str) -> Iterator[tuple[int, str, str]]:
    """Find e-mail addresses: where each begins, what stands before the @, and what after."""
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text[max(0, at - 64) : at])
        host = _HOST.match(text, at + 1)
        if local and host:
            yield at - len(local[0]), local[0], host[0]
        at = text.find("@", at + 1)


def is_personal(local: str) -> bool:
    """Whether what stands before an @ reads as a person's name: ``fornamn.efternamn``."""
    found = _PERSON.fullmatch(local)
    if found is None:
        return False
    words = (found["first"].casefold(), found["last"].casefold())
    return not any(word in _OFFICES or word.startswith(_BEGINS) for word in words)


def personal_addresses(subject: Subject) -> Iterator[Sighting]:
    """E-mail addresses of persons, in texts and in links."""
    for passage in subject.passages:
        for at, local, host in addresses(passage.raw):
            if is_personal(local):
                yield Sighting(
                    line=passage.line_at(at),
                    what=f"{shown(f'{local}@{host}')} reads as a person's address",
                    instead=f"write a function mailbox, such as upphandling@{host}",
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
