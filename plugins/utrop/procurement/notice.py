"""Notice: what one procurement notice says, whether read from eForms XML or from front matter.

Field names follow eForms' business terms (BT), which stand in brackets; the regulation is
https://eur-lex.europa.eu/eli/reg_impl/2019/1780/oj, the SDK https://docs.ted.europa.eu/eforms/.
Contact persons' names are never read. Empty, None and ``()`` mean: the notice does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from utrop.procurement import codes

Regime = Literal["eu", "national", "direct"]
"""``eu``: above the thresholds, sent to TED. ``national``: LOU chapter 19, a registered database.
``direct``: a direct award (LOU chapter 19 a), which needs no database."""

FormType = Literal[
    "planning", "consultation", "competition", "change", "result", "dir-awa-pre", "cont-modif",
    "completion", "",
]  # fmt: skip
"""BT-03. Old SDKs have ``change``; a change is told by ``Notice.changes_notice`` instead."""


@dataclass(frozen=True, slots=True)
class Multilingual:
    """A text in one or several languages, the notice's own first."""

    versions: tuple[tuple[str, str], ...] = ()
    """(ISO 639-1 code, text)."""

    def __bool__(self) -> bool:
        return bool(self.versions)

    def __str__(self) -> str:
        return self.versions[0][1] if self.versions else ""

    def version(self, *langs: str) -> tuple[str, str]:
        """Return (language, text) in the first of ``langs`` that there is, else the first text."""
        by_lang = dict(self.versions)
        for lang in langs:
            if lang in by_lang:
                return lang, by_lang[lang]
        return self.versions[0] if self.versions else ("", "")

    def said_in(self, *langs: str) -> str:
        """Return the text in the first of ``langs`` that there is, else in the first language."""
        return self.version(*langs)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A day and, where the notice says it, a time, with the notice's own offset from UTC."""

    moment: datetime
    """Aware, in the offset that the notice wrote. Without a time: the end of that day, 23:59:59."""
    has_time: bool = True
    """Whether the notice names a time."""

    @property
    def is_midnight(self) -> bool:
        """Whether it is 00:00, so that readers lose a day: the night before that date."""
        at = self.moment
        return self.has_time and (at.hour, at.minute, at.second) == (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount without VAT. A notice's zero means that no amount is given, and is never read."""

    value: Decimal
    currency: str
    """ISO 4217, such as ``SEK``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """How long a contract runs (BT-36): a number of ``DAY``, ``WEEK``, ``MONTH`` or ``YEAR``."""

    number: Decimal
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A buyer, a winner, a review body. A person in it is never named."""

    name: Multilingual
    """BT-500."""
    identifiers: tuple[str, ...] = ()
    """BT-501 as written: ``556086-8225``, ``NIP: 6790085613``, or even a name."""
    town: str = ""
    nuts: str = ""
    """BT-507."""
    country: str = ""
    """BT-514, ISO 3166-1 alpha-3 as eForms has it. Do not trust it alone."""
    email: str = ""
    """BT-506."""
    phone: str = ""
    url: str = ""
    """BT-505."""
    is_natural_person: bool = False
    """BT-633: a sole trader, whose identifier may be a personal number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One lot (``LOT-0001``), or one part of a planning notice (``PAR-0001``)."""

    identifier: str
    """BT-137."""
    title: Multilingual = Multilingual()
    description: Multilingual = Multilingual()
    reference: str = ""
    """BT-22."""
    nature: str = ""
    """BT-23: works, supplies, services."""
    cpv_main: str = ""
    """BT-262, eight digits."""
    cpv_more: tuple[str, ...] = ()
    """BT-263."""
    nuts: tuple[str, ...] = ()
    """BT-5071."""
    place: str = ""
    """BT-5101, BT-5131: address or town of performance, in words."""
    value: Amount | None = None
    """BT-27."""
    framework_max: Amount | None = None
    """BT-271."""
    tenders: Deadline | None = None
    """BT-131: last moment for tenders."""
    participation: Deadline | None = None
    """BT-1311: last moment for requests to participate."""
    interest: Deadline | None = None
    """BT-630: last moment for expressions of interest, in a planning notice used as a call."""
    answers: Deadline | None = None
    """BT-800: last moment for answers in a market consultation (notice type pmc)."""
    questions: Deadline | None = None
    """BT-13: last moment for asking for additional information."""
    opening: Deadline | None = None
    """BT-132."""
    framework: str = ""
    """BT-765 code: none, fa-mix, fa-w-rc, fa-wo-rc."""
    dps: str = ""
    """BT-766 code: none, dps-list, dps-nlist."""
    documents_url: str = ""
    """BT-15."""
    documents_restricted_url: str = ""
    """BT-615."""
    submission_url: str = ""
    """BT-18."""
    electronic: str = ""
    """BT-17: required, allowed, not-allowed; empty where the notice does not say."""
    tender_languages: tuple[str, ...] = ()
    """BT-97, ISO 639-1 where there is one."""
    starts: date | None = None
    ends: date | None = None
    duration: Duration | None = None
    valid_until: Duration | None = None
    """BT-98: how long a tender must stay valid."""
    strategic: tuple[str, ...] = ()
    """BT-06 codes without none: env-imp, inn-pur, soc-obj."""
    green: tuple[str, ...] = ()
    """BT-774 codes without none. A flag that the notice does not set is not guessed."""
    social: tuple[str, ...] = ()
    innovation: tuple[str, ...] = ()
    sme_suitable: bool | None = None
    eu_funded: bool | None = None
    reserved: tuple[str, ...] = ()
    """BT-71 codes without none."""

    @property
    def closes(self) -> Deadline | None:
        """The last moment to come in: for requests to participate, if any, else for tenders.

        A call without either closes with its interest period, a consultation with its answers.
        """
        return self.participation or self.tenders or self.interest or self.answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a change notice says it changed (BT-140, BT-141), once per section."""

    reason: str = ""
    """Code: cancel, cancel-intent, cor-buyer, cor-esen, cor-pub, info-release, susp-review, update-add."""  # noqa: E501 - the code list
    text: Multilingual = Multilingual()
    """BT-141."""
    reason_text: Multilingual = Multilingual()
    """BT-762: the reason in words."""
    sections: tuple[str, ...] = ()
    """BT-13716: what was changed: ``LOT-0001``, ``PROCEDURE``, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotResult:
    """How one lot ended."""

    lot: str
    status: str = ""
    """BT-142: selec-w (a winner), open-nw (no winner, still open), clos-nw (closed, no winner)."""
    reason: str = ""
    """BT-144: why there is no winner."""
    tenders_received: int | None = None
    """BT-759 for type ``tenders``. Secret until the award decision (OSL 19:3 second paragraph)."""
    winners: tuple[Organisation, ...] = ()
    value: Amount | None = None
    """BT-720 of the winning tender; where several win, their sum if in one currency."""
    decided: date | None = None
    """BT-1451."""
    signed: date | None = None
    """BT-145."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice. Deadlines keep the offset that the notice wrote."""

    source: Literal["eforms", "front matter"] = "eforms"
    sdk: str = ""
    """OPT-002, such as ``eforms-sdk-1.8``."""
    notice_id: str = ""
    """BT-701."""
    version: str = ""
    """BT-757."""
    procedure_id: str = ""
    """BT-04; absent in some planning notices."""
    notice_type: str = ""
    """BT-02, such as ``cn-standard``."""
    form_type: FormType = ""
    subtype: str = ""
    """OPP-070: 1–40, E1–E6, …"""
    legal_basis: str = ""
    """BT-01, CELEX such as ``32014L0024``."""
    lang: str = ""
    """BT-702, ISO 639-1."""
    langs: tuple[str, ...] = ()
    """Every language of the notice, its own first."""
    ted_number: str = ""
    """OPP-010 as people write it: ``701354-2023``."""
    ojs_number: str = ""
    """OPP-011: ``222/2023``."""
    ted_published: date | None = None
    """OPP-012, a date only; the site shows it by 09:00 in Luxembourg."""
    dispatched: datetime | None = None
    """BT-05."""
    has_dispatch_time: bool = False
    requested_publication: date | None = None
    """BT-738."""
    reference: str = ""
    """BT-22."""
    title: Multilingual = Multilingual()
    description: Multilingual = Multilingual()
    buyers: tuple[Organisation, ...] = ()
    buyer_legal_type: str = ""
    buyer_activity: str = ""
    buyer_profile_url: str = ""
    nature: str = ""
    """BT-23."""
    cpv_main: str = ""
    cpv_more: tuple[str, ...] = ()
    nuts: tuple[str, ...] = ()
    """BT-5071 of the procedure; often only lots have it: see ``all_nuts``."""
    place: str = ""
    procedure_type: str = ""
    """BT-105: open, restricted, neg-w-call, comp-dial, innovation, neg-wo-call, oth-single, …"""
    accelerated: bool = False
    """BT-106."""
    value: Amount | None = None
    """BT-27 of the procedure."""
    framework_max: Amount | None = None
    """BT-271 of the procedure."""
    future_notice: date | None = None
    """BT-127: when the contract notice is expected."""
    lots: tuple[Lot, ...] = ()
    previous_planning: str = ""
    """BT-125."""
    changes_notice: str = ""
    """BT-758: the notice that this one changes. It alone tells a change notice."""
    changes: tuple[Change, ...] = ()
    results: tuple[LotResult, ...] = ()
    award_value: Amount | None = None
    """BT-161."""
    modifies_notice: str = ""
    """BT-1501."""
    modification_reasons: tuple[str, ...] = ()
    """BT-200 codes."""
    database_url: str = ""
    """Ours: the notice in a registered Swedish database."""
    database_name: str = ""
    procurement_id: str = ""
    """Sweden's upphandlings-id."""
    registry_number: str = ""
    """Diarienummer."""
    documents_url: str = ""
    """Ours, from front matter; for eForms the lots have it: see ``all_documents``."""
    submission_url: str = ""
    questions_url: str = ""
    """Ours: where questions are asked."""
    cpv_labels: tuple[tuple[str, str, str], ...] = ()
    """(code, Swedish, English) of its own codes, where the site has the full list (CPV_FILE)."""

    def cpv_label(self, code: str, lang: str) -> str:
        """Return what one of its CPV codes means, by its group where no exact label is at hand."""
        for known, swedish, english in self.cpv_labels:
            if known == code:
                return swedish if lang == "sv" else english
        return codes.cpv_label(code, lang)

    @property
    def ted_url(self) -> str:
        """The notice at TED; empty without a publication number."""
        number = self.ted_number
        return f"https://ted.europa.eu/en/notice/-/detail/{number}" if number else ""

    @property
    def official_url(self) -> str:
        """Where the notice that prevails is read."""
        return self.ted_url or self.database_url

    @property
    def is_cancelled(self) -> bool:
        """Whether the notice itself says that the procurement is called off."""
        closed = [one.status == "clos-nw" for one in self.results]
        return any(one.reason == "cancel" for one in self.changes) or bool(closed and all(closed))

    @property
    def all_cpv(self) -> tuple[str, ...]:
        """Every CPV code, the main one first, those of the lots last."""
        lots = (code for lot in self.lots for code in (lot.cpv_main, *lot.cpv_more))
        return tuple(dict.fromkeys(filter(None, (self.cpv_main, *self.cpv_more, *lots))))

    @property
    def all_nuts(self) -> tuple[str, ...]:
        """Every NUTS code of performance, the procedure's and the lots'."""
        lots = (code for lot in self.lots for code in lot.nuts)
        return tuple(dict.fromkeys(filter(None, (*self.nuts, *lots))))

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """The lots' different last moments, the earliest first."""
        found = {lot.closes.moment: lot.closes for lot in self.lots if lot.closes is not None}
        return tuple(found[moment] for moment in sorted(found))

    @property
    def questions(self) -> tuple[Deadline, ...]:
        """The lots' different last moments for questions, the earliest first."""
        found = {lot.questions.moment: lot.questions for lot in self.lots if lot.questions}
        return tuple(found[moment] for moment in sorted(found))

    @property
    def all_documents(self) -> tuple[str, ...]:
        """The addresses of the procurement documents."""
        lots = (lot.documents_url or lot.documents_restricted_url for lot in self.lots)
        return tuple(dict.fromkeys(filter(None, (self.documents_url, *lots))))

    @property
    def all_submission(self) -> tuple[str, ...]:
        """The addresses where tenders are handed in."""
        lots = (lot.submission_url for lot in self.lots)
        return tuple(dict.fromkeys(filter(None, (self.submission_url, *lots))))
