"""Lots: what is bought, where, and until when; lots have deadlines, CPV and NUTS of their own."""

from __future__ import annotations

from typing import Final

from lxml import etree

from utrop.procurement.codes import cpv_code
from utrop.procurement.eforms.elements import (
    Source,
    code_of,
    codes_of,
    full,
    text_at,
    text_of,
    texts_at,
    truth_at,
)
from utrop.procurement.eforms.languages import short_code
from utrop.procurement.notice import Deadline, Lot

_GROUP: Final = "LotsGroup"
_PERIOD: Final = ("cbc:EndDate", "cbc:EndTime")
_EVENT: Final = ("cbc:OccurrenceDate", "cbc:OccurrenceTime")
_NOWHERE: Final = etree.Element("nothing")


def read_lots(root: etree._Element, source: Source) -> tuple[Lot, ...]:
    """Return the lots and the parts of a planning notice; groups of lots are none."""
    return tuple(
        _lot(element, source)
        for element in root.iterfind(full("cac:ProcurementProjectLot"))
        if _scheme(element) != _GROUP
    )


def read_place(project: etree._Element) -> str:
    """Return street and town of performance; several places are parted by semicolons."""
    found = []
    for address in project.iterfind(full("cac:RealizedLocation/cac:Address")):
        words = (text_at(address, "cbc:StreetName"), text_at(address, "cbc:CityName"))
        found.append(", ".join(filter(None, words)))
    return "; ".join(dict.fromkeys(filter(None, found)))


def read_cpv(project: etree._Element, path: str) -> tuple[str, ...]:
    """Return the CPV codes at a path, of eight digits; what is no code stays as written."""
    found = texts_at(project, f"{path}/cbc:ItemClassificationCode")
    return tuple(dict.fromkeys(cpv_code(code) or code for code in found))


def _scheme(element: etree._Element) -> str:
    identifier = element.find(full("cbc:ID"))
    if identifier is None:
        return ""
    if text_of(identifier).startswith("GLO-"):
        return _GROUP
    return str(identifier.get("schemeName", ""))


def _child(parent: etree._Element, name: str) -> etree._Element:
    found = parent.find(full(name))
    return _NOWHERE if found is None else found


def _lot(element: etree._Element, source: Source) -> Lot:
    identifier = text_at(element, "cbc:ID")
    if not identifier:
        source.note("a lot has no identifier (BT-137)", element.sourceline)
    project = _child(element, "cac:ProcurementProject")
    terms = _child(element, "cac:TenderingTerms")
    process = _child(element, "cac:TenderingProcess")

    def until(path: str, what: str, key: str, names: tuple[str, str] = _PERIOD) -> Deadline | None:
        inside = process.find(full(path))
        source.lines[identifier, key] = None if inside is None else inside.sourceline
        return source.deadline(process, path, f"{what} of {identifier or 'a lot'}", names)

    kinds, period = "cac:ProcurementAdditionalType/cbc:ProcurementTypeCode", "cac:PlannedPeriod"
    systems = "cac:ContractingSystem/cbc:ContractingSystemTypeCode"
    total, framework = "cac:RequestedTenderTotal", "EXT/efbc:FrameworkMaximumAmount"
    main = read_cpv(project, "cac:MainCommodityClassification")
    source.lines[identifier, "period"] = _child(project, period).sourceline
    return Lot(
        identifier=identifier,
        title=source.multilingual(project, "cbc:Name"),
        description=source.multilingual(project, "cbc:Description"),
        reference=text_at(project, "cbc:ID"),
        nature=text_at(project, "cbc:ProcurementTypeCode"),
        cpv_main=next(iter(main), ""),
        cpv_more=(*main[1:], *read_cpv(project, "cac:AdditionalCommodityClassification")),
        nuts=texts_at(project, "cac:RealizedLocation/cac:Address/cbc:CountrySubentityCode"),
        place=read_place(project),
        value=source.amount(
            project, f"{total}/cbc:EstimatedOverallContractAmount", f"value (BT-27) of {identifier}"
        ),
        framework_max=source.amount(
            project, f"{total}/{framework}", f"framework maximum (BT-271) of {identifier}"
        ),
        tenders=until(
            "cac:TenderSubmissionDeadlinePeriod", "deadline for tenders (BT-131)", "tenders"
        ),
        participation=until(
            "cac:ParticipationRequestReceptionPeriod",
            "deadline for requests to participate (BT-1311)",
            "participation",
        ),
        interest=until(
            "EXT/efac:InterestExpressionReceptionPeriod",
            "deadline for expressions of interest (BT-630)",
            "interest",
        ),
        answers=until("EXT/efac:AnswerReceptionPeriod", "deadline for answers (BT-800)", "answers"),
        questions=until(
            "cac:AdditionalInformationRequestPeriod", "deadline for questions (BT-13)", "questions"
        ),
        opening=until("cac:OpenTenderEvent", "opening of tenders (BT-132)", "opening", _EVENT),
        framework=code_of(process, systems, "framework-agreement"),
        dps=code_of(process, systems, "dps-usage"),
        documents_url=_documents(terms, "non-restricted-document"),
        documents_restricted_url=_documents(terms, "restricted-document"),
        submission_url=text_at(terms, "cac:TenderRecipientParty/cbc:EndpointID"),
        electronic=code_of(process, "cbc:SubmissionMethodCode", "esubmission"),
        tender_languages=tuple(short_code(code) for code in texts_at(terms, "cac:Language/cbc:ID")),
        starts=source.day(project, f"{period}/cbc:StartDate", f"start (BT-536) of {identifier}"),
        ends=source.day(project, f"{period}/cbc:EndDate", f"end (BT-537) of {identifier}"),
        duration=source.duration(
            project, f"{period}/cbc:DurationMeasure", f"duration (BT-36) of {identifier}"
        ),
        valid_until=source.duration(
            terms,
            "cac:TenderValidityPeriod/cbc:DurationMeasure",
            f"validity of tenders (BT-98) of {identifier}",
        ),
        strategic=_flags(project, kinds, "strategic-procurement"),
        green=_flags(project, kinds, "environmental-impact"),
        social=_flags(project, kinds, "social-objective"),
        innovation=_flags(project, kinds, "innovative-acquisition"),
        sme_suitable=truth_at(project, "cbc:SMESuitableIndicator"),
        eu_funded={"eu-funds": True, "no-eu-funds": False}.get(
            code_of(terms, "cbc:FundingProgramCode", "eu-funded")
        ),
        reserved=_flags(
            terms,
            "cac:TendererQualificationRequest/cac:SpecificTendererRequirement/"
            "cbc:TendererRequirementTypeCode",
            "reserved-procurement",
        ),
    )


def _flags(parent: etree._Element, path: str, list_name: str) -> tuple[str, ...]:
    return tuple(code for code in codes_of(parent, path, list_name) if code != "none")


def _documents(terms: etree._Element, kind: str) -> str:
    for reference in terms.iterfind(full("cac:CallForTendersDocumentReference")):
        if text_at(reference, "cbc:DocumentType") == kind:
            address = text_at(reference, "cac:Attachment/cac:ExternalReference/cbc:URI")
            if address:
                return address
    return ""
