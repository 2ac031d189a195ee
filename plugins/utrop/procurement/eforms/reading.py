"""Reading: one eForms notice, from bytes to values and a list of what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from lxml import etree

from utrop.problem import Problem
from utrop.procurement.codes import Codes, packaged
from utrop.procurement.eforms.changes import read_changes, read_modification
from utrop.procurement.eforms.contradictions import note_contradictions, note_missing
from utrop.procurement.eforms.document import MOST_BYTES, read_document
from utrop.procurement.eforms.elements import (
    Source,
    code_of,
    full,
    text_at,
    text_of,
    texts_at,
)
from utrop.procurement.eforms.known import note_unknown
from utrop.procurement.eforms.languages import short_code
from utrop.procurement.eforms.lots import read_cpv, read_lots, read_place
from utrop.procurement.eforms.organisations import read_buyers, read_directory
from utrop.procurement.eforms.results import read_results
from utrop.procurement.notice import FormType, Notice

__all__ = ["MOST_BYTES", "Reading", "read_notice"]

_FORM_TYPES: Final[tuple[FormType, ...]] = get_args(FormType)
_NUMBER: Final = re.compile(r"0*([1-9]\d*-\d{4})", re.ASCII)
_NOTHING: Final = etree.Element("nothing")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a file: the notice, None where there is none, and every problem."""

    notice: Notice | None
    problems: tuple[Problem, ...]


def read_notice(data: bytes, *, path: Path, codes: Codes | None = None) -> Reading:
    """Return the notice in ``data``; ``path`` is only shown in problems and never opened.

    Unknown CPV and NUTS codes are told by ``codes``, else by the lists that the package carries.

    Nothing is raised, whatever the bytes are. Errors mean that something was lost (the file is
    damaged, or no notice); warnings, that something in the notice looks wrong.
    """
    root, problems = read_document(data, path)
    if root is None:
        return Reading(None, tuple(problems))
    source = Source(path, problems=list(problems))
    notice = _notice(root, source)
    note_unknown(root, notice, codes or packaged(), source)
    note_missing(notice, source, root.sourceline)
    note_contradictions(notice, source)
    return Reading(notice, source.all_problems())


def publication_number(text: str) -> str:
    """Return TED's number as people write it: ``701354-2023`` for ``00701354-2023``."""
    found = _NUMBER.fullmatch(text)
    return found[1] if found else text


def _notice(root: etree._Element, source: Source) -> Notice:
    own = text_at(root, "cbc:NoticeLanguageCode")
    source.lang = short_code(own)
    more = (short_code(code) for code in texts_at(root, "cac:AdditionalNoticeLanguage/cbc:ID"))
    extension = root.find(full("EXT"))
    outer = _NOTHING if extension is None else extension
    project = _child(root, "cac:ProcurementProject")
    process = _child(root, "cac:TenderingProcess")
    party = _child(root, "cac:ContractingParty")
    published = _child(outer, "efac:Publication")
    issued = root.find(full("cbc:IssueDate"))
    dispatched, has_time = source.moment(
        issued, root.find(full("cbc:IssueTime")), "dispatch (BT-05)"
    )
    source.lines["", "dispatched"] = None if issued is None else issued.sourceline
    kind = root.find(full("cbc:NoticeTypeCode"))
    directory = read_directory(extension, source)
    main = read_cpv(project, "cac:MainCommodityClassification")
    total = "cac:RequestedTenderTotal"
    changes_notice, changes = read_changes(outer, source)
    modifies_notice, modification_reasons = read_modification(outer)
    return Notice(
        sdk=text_at(root, "cbc:CustomizationID"),
        notice_id=_notice_id(root),
        version=text_at(root, "cbc:VersionID"),
        procedure_id=text_at(root, "cbc:ContractFolderID"),
        notice_type=text_of(kind),
        form_type=_form_type(kind),
        subtype=text_at(outer, "efac:NoticeSubType/cbc:SubTypeCode"),
        legal_basis=text_at(root, "cbc:RegulatoryDomain"),
        lang=source.lang,
        langs=tuple(dict.fromkeys(filter(None, (source.lang, *more)))),
        ted_number=publication_number(text_at(published, "efbc:NoticePublicationID")),
        ojs_number=text_at(published, "efbc:GazetteID"),
        ted_published=source.day(published, "efbc:PublicationDate", "publication at TED (OPP-012)"),
        dispatched=dispatched,
        has_dispatch_time=has_time,
        requested_publication=source.day(
            root, "cbc:RequestedPublicationDate", "preferred publication date (BT-738)"
        ),
        reference=text_at(project, "cbc:ID"),
        title=source.multilingual(project, "cbc:Name"),
        description=source.multilingual(project, "cbc:Description"),
        buyers=read_buyers(root, directory, source),
        buyer_legal_type=code_of(
            party, "cac:ContractingPartyType/cbc:PartyTypeCode", "buyer-legal-type"
        ),
        buyer_activity=text_at(party, "cac:ContractingActivity/cbc:ActivityTypeCode"),
        buyer_profile_url=text_at(party, "cbc:BuyerProfileURI"),
        nature=text_at(project, "cbc:ProcurementTypeCode"),
        cpv_main=next(iter(main), ""),
        cpv_more=(*main[1:], *read_cpv(project, "cac:AdditionalCommodityClassification")),
        nuts=texts_at(project, "cac:RealizedLocation/cac:Address/cbc:CountrySubentityCode"),
        place=read_place(project),
        procedure_type=text_at(process, "cbc:ProcedureCode"),
        accelerated=code_of(
            process, "cac:ProcessJustification/cbc:ProcessReasonCode", "accelerated-procedure"
        )
        == "true",
        value=source.amount(
            project, f"{total}/cbc:EstimatedOverallContractAmount", "value (BT-27)"
        ),
        framework_max=source.amount(
            project, f"{total}/EXT/efbc:FrameworkMaximumAmount", "framework maximum (BT-271)"
        ),
        future_notice=source.day(root, "cbc:PlannedDate", "planned notice (BT-127)"),
        lots=read_lots(root, source),
        previous_planning=_previous(root),
        changes_notice=publication_number(changes_notice),
        changes=changes,
        results=read_results(extension, directory, source),
        award_value=source.amount(
            outer, "efac:NoticeResult/cbc:TotalAmount", "value of all contracts (BT-161)"
        ),
        modifies_notice=publication_number(modifies_notice),
        modification_reasons=modification_reasons,
    )


def _child(parent: etree._Element, name: str) -> etree._Element:
    found = parent.find(full(name))
    return _NOTHING if found is None else found


def _notice_id(root: etree._Element) -> str:
    found = root.findall(full("cbc:ID"))
    named = [element for element in found if element.get("schemeName") == "notice-id"]
    return text_of(next(iter(named or found), None))


def _form_type(kind: etree._Element | None) -> FormType:
    written = "" if kind is None else kind.get("listName", "")
    return next((form for form in _FORM_TYPES if form == written), "")


def _previous(root: etree._Element) -> str:
    """BT-125 of the first lot that has it; old notices have it once for the procedure."""
    reference = "cac:TenderingProcess/cac:NoticeDocumentReference/cbc:ID"
    found = texts_at(root, f"cac:ProcurementProjectLot/{reference}") or texts_at(root, reference)
    return publication_number(next(iter(found), ""))
