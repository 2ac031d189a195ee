"""The facts box and the lots: what the notice says, and nothing else (förordning 2016:1162, 10 §).

A fact stands here only because the notice has it: flags are never guessed, a zero is no amount,
and what the notice leaves out is left out. Contact is the buyer's function mailbox; an address that
looks like a person's is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from utrop.listings.notice_words import Fact, NoticeWords, Said
from utrop.procurement.notice import Lot, Notice

_PERSONAL: Final = re.compile(r"(?:[^\W\d_]+[._])+[^\W\d_]+@")
"""``firstname.lastname@`` and ``f.van.last@``: shown nowhere, since it may be a person's."""
_MAILBOX: Final = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotShown:
    """One lot as the page shows it."""

    name: str
    """What the lot is called in the notice: its number."""
    title: Said | None
    closes: Said | None
    """Its last moment, where the lots' differ."""
    description: Said | None
    facts: tuple[Fact, ...]


def facts(notice: Notice, words: NoticeWords, *, title: str) -> tuple[Fact, ...]:
    """Return the facts of a whole notice; those of its only lot are its own.

    ``title`` is the page's own: the notice's is a fact only where it differs.
    """
    lot = notice.lots[0] if len(notice.lots) == 1 else None
    named = words.text(notice.title)
    buyers = [words.organisation(one) for one in notice.buyers]
    contact = dict.fromkeys(one.email for one in notice.buyers if is_function_mailbox(one.email))
    own = named if named is not None and named.text.strip() != title.strip() else None
    return (
        *words.fact("Title in the notice", own),
        *words.fact("Buyer", *buyers),
        *words.fact("Type of procedure", _procedure_type(notice, words)),
        *words.fact(
            "Contract nature", words.code("contract-nature", _either(notice, lot, "nature"))
        ),
        *words.fact("What is bought (CPV)", *map(words.cpv, _cpv(notice, lot))),
        *words.fact("Place of performance", *_places(notice, lot, words)),
        *words.fact("Estimated value excluding VAT", _value(notice, lot, words)),
        *words.fact("Maximum value of the framework agreement", _framework_max(notice, lot, words)),
        *(_of_lot(lot, words) if lot is not None else _shared(notice, words)),
        *words.fact("Contract notice expected", words.day(notice.future_notice)),
        *words.fact("Legal basis", words.code("legal-basis", notice.legal_basis)),
        *words.fact("Contact", *(Said(text=one, url=f"mailto:{one}") for one in contact)),
        *words.fact("Buyer profile", words.site(notice.buyer_profile_url)),
        *words.fact("Internal identifier", _plain(notice.reference)),
        *words.fact("Procurement ID", _plain(notice.procurement_id)),
        *words.fact("Registry number", _plain(notice.registry_number)),
        *words.fact("Notice publication number", _plain(notice.ted_number)),
        *words.fact("OJ S issue number", _plain(notice.ojs_number)),
        *words.fact("Procedure identifier", _plain(notice.procedure_id)),
    )


def lots(notice: Notice, words: NoticeWords) -> tuple[LotShown, ...]:
    """Return the lots of a notice that has several; an only lot is the procurement itself.

    What holds for every lot alike is a fact of the whole notice and not repeated.
    """
    if len(notice.lots) < 2:
        return ()
    differ = len({lot.closes.moment for lot in notice.lots if lot.closes}) > 1
    common = frozenset(_common(notice, words))
    return tuple(
        LotShown(
            name=words.say("Lot %(number)s", number=number),
            title=words.text(lot.title),
            closes=words.last(lot.closes) if differ else None,
            description=words.text(lot.description),
            facts=(
                *words.fact("Identifier", _plain(lot.identifier), _plain(lot.reference)),
                *(fact for fact in _all_of_lot(lot, words) if fact not in common),
            ),
        )
        for number, lot in enumerate(notice.lots, start=1)
    )


def _shared(notice: Notice, words: NoticeWords) -> tuple[Fact, ...]:
    """Return what all lots share and the notice as a whole does not say itself."""
    own = {
        "nature": notice.nature,
        "cpv": notice.cpv_main,
        "nuts": notice.nuts or notice.place,
    }
    said = {words.say(_WHOLE[name]) for name, value in own.items() if value}
    # Values of lots add up; a value that each of them has is not the whole's.
    said |= {words.say("Estimated value excluding VAT")}
    return tuple(fact for fact in _common(notice, words) if fact.label not in said)


_WHOLE: Final = {
    "nature": "Contract nature",
    "cpv": "What is bought (CPV)",
    "nuts": "Place of performance",
}


def _common(notice: Notice, words: NoticeWords) -> tuple[Fact, ...]:
    """Return the facts that all of several lots share."""
    if len(notice.lots) < 2:
        return ()
    first, *others = [_all_of_lot(lot, words) for lot in notice.lots]
    shared = frozenset(first).intersection(*others)
    return tuple(fact for fact in first if fact in shared)


def _all_of_lot(lot: Lot, words: NoticeWords) -> tuple[Fact, ...]:
    most = words.amount(lot.framework_max)
    return (
        *words.fact("Contract nature", words.code("contract-nature", lot.nature)),
        *words.fact("What is bought (CPV)", *map(words.cpv, _codes(lot))),
        *words.fact("Place of performance", *_places(None, lot, words)),
        *words.fact("Estimated value excluding VAT", words.amount(lot.value)),
        *words.fact("Maximum value of the framework agreement", most),
        *_of_lot(lot, words),
    )


def regions(notice: Notice | None, lots: Iterable[Lot], words: NoticeWords) -> tuple[Said, ...]:
    """Return where what is bought is to be performed, the same region only once."""
    codes = dict.fromkeys(
        code for one in (notice, *lots) if one is not None for code in one.nuts if code
    )
    found = dict.fromkeys(said for code in codes if (said := words.region(code)) is not None)
    return tuple(found)


def is_function_mailbox(address: str) -> bool:
    """Whether a mail address may be shown: it does not look like a person's."""
    return bool(_MAILBOX.fullmatch(address)) and not _PERSONAL.match(address)


def _of_lot(lot: Lot, words: NoticeWords) -> tuple[Fact, ...]:
    flags = (
        ("Green procurement", "environmental-impact", lot.green),
        ("Social objective", "social-objective", lot.social),
        ("Innovative procurement", "innovative-acquisition", lot.innovation),
        ("Reserved procurement", "reserved-procurement", lot.reserved),
    )
    yes = Said(text=words.say("Yes"))
    languages = [Said(text=words.language(code)) for code in lot.tender_languages]
    return (
        *words.fact("Last day", words.last(lot.closes)),
        *words.fact("Last day for questions", words.last(lot.questions)),
        *words.fact(
            "Documents",
            words.site(lot.documents_url),
            words.site(lot.documents_restricted_url, words.say("%(site)s (restricted)")),
        ),
        *words.fact("Tenders", words.site(lot.submission_url)),
        *words.fact(
            "Framework agreement", _unless_none(lot.framework, "framework-agreement", words)
        ),
        *words.fact("Dynamic purchasing system", _unless_none(lot.dps, "dps-usage", words)),
        *words.fact("Contract starts", words.day(lot.starts)),
        *words.fact("Contract ends", words.day(lot.ends)),
        *words.fact("Duration", words.duration(lot.duration)),
        *words.fact("Electronic submission", words.code("esubmission", lot.electronic)),
        *words.fact("Languages of tenders", *languages),
        *words.fact("A tender must be valid for", words.duration(lot.valid_until)),
        *words.fact("Opening of tenders", words.last(lot.opening)),
        *(
            fact
            for label, codelist, codes in flags
            for fact in words.fact(label, *(words.code(codelist, code) for code in codes))
        ),
        *words.fact(
            "Suitable for small and medium-sized companies", yes if lot.sme_suitable else None
        ),
        *words.fact("Financed with EU funds", yes if lot.eu_funded else None),
    )


def _either(notice: Notice, lot: Lot | None, name: str) -> str:
    return str(getattr(notice, name) or (getattr(lot, name) if lot is not None else ""))


def _procedure_type(notice: Notice, words: NoticeWords) -> Said | None:
    said = words.code("procurement-procedure-type", notice.procedure_type)
    if said is None or not notice.accelerated:
        return said
    return Said(text=said.text, note=words.say("accelerated"))


def _cpv(notice: Notice, lot: Lot | None) -> tuple[str, ...]:
    own = (notice.cpv_main, *notice.cpv_more, *(_codes(lot) if lot is not None else ()))
    return tuple(dict.fromkeys(filter(None, own)))


def _codes(lot: Lot) -> tuple[str, ...]:
    return tuple(filter(None, (lot.cpv_main, *lot.cpv_more)))


def _places(notice: Notice | None, lot: Lot | None, words: NoticeWords) -> tuple[Said, ...]:
    lots = () if lot is None else (lot,)
    places = dict.fromkeys(one.place for one in (notice, lot) if one is not None and one.place)
    return (*regions(notice, lots, words), *(Said(text=place) for place in places))


def _value(notice: Notice, lot: Lot | None, words: NoticeWords) -> Said | None:
    return words.amount(notice.value or (lot.value if lot is not None else None))


def _framework_max(notice: Notice, lot: Lot | None, words: NoticeWords) -> Said | None:
    return words.amount(notice.framework_max or (lot.framework_max if lot is not None else None))


def _unless_none(code: str, codelist: str, words: NoticeWords) -> Said | None:
    return words.code(codelist, code) if code and code != "none" else None


def _plain(text: str) -> Said | None:
    return Said(text=text) if text else None
