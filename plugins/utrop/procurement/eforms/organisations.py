"""Organisations: who buys and who won. Contact persons' names (BT-502) are never read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from utrop.procurement.eforms.elements import Source, full, text_at, texts_at, truth_at
from utrop.procurement.notice import Organisation

_BUYER: Final = full("cac:ContractingParty/cac:Party/cac:PartyIdentification/cbc:ID")


@dataclass(frozen=True, slots=True)
class Directory:
    """The organisations of a notice by their identifier in it (``ORG-0001``, ``TPO-0001``)."""

    entries: dict[str, Organisation]

    def find(self, identifier: str) -> Organisation | None:
        """Return the organisation; None where the notice refers to one that it does not have."""
        return self.entries.get(identifier)


def read_directory(extension: etree._Element | None, source: Source) -> Directory:
    """Return every organisation, and every contact point (``TPO``) of one."""
    entries: dict[str, Organisation] = {}
    path = full("efac:Organizations/efac:Organization")
    for element in [] if extension is None else extension.iterfind(path):
        company = element.find(full("efac:Company"))
        if company is None:
            continue
        is_person = truth_at(element, "efbc:NaturalPersonIndicator") is True
        own = _organisation(company, source, is_person=is_person)
        _enter(entries, company, own)
        for point in element.iterfind(full("efac:TouchPoint")):
            _enter(entries, point, _contact_point(point, source, own))
    return Directory(entries)


def read_buyers(
    root: etree._Element, directory: Directory, source: Source
) -> tuple[Organisation, ...]:
    """Return the buyers, in the order of the notice."""
    found = []
    for element in root.iterfind(_BUYER):
        identifier = (element.text or "").strip()
        buyer = directory.find(identifier)
        if buyer is None:
            source.note(
                f"the buyer {identifier or 'without identifier'} is not among the notice's "
                "organisations",
                element.sourceline,
            )
        else:
            found.append(buyer)
    return tuple(dict.fromkeys(found))


def _enter(
    entries: dict[str, Organisation], element: etree._Element, organisation: Organisation
) -> None:
    for identifier in texts_at(element, "cac:PartyIdentification/cbc:ID"):
        entries.setdefault(identifier, organisation)


def _organisation(
    company: etree._Element, source: Source, *, is_person: bool = False
) -> Organisation:
    address = "cac:PostalAddress"
    return Organisation(
        name=source.multilingual(company, "cac:PartyName/cbc:Name"),
        identifiers=texts_at(company, "cac:PartyLegalEntity/cbc:CompanyID"),
        town=text_at(company, f"{address}/cbc:CityName"),
        nuts=text_at(company, f"{address}/cbc:CountrySubentityCode"),
        country=text_at(company, f"{address}/cac:Country/cbc:IdentificationCode"),
        email=text_at(company, "cac:Contact/cbc:ElectronicMail"),
        phone=text_at(company, "cac:Contact/cbc:Telephone"),
        url=text_at(company, "cbc:WebsiteURI"),
        is_natural_person=is_person,
    )


def _contact_point(point: etree._Element, source: Source, owner: Organisation) -> Organisation:
    """Return the organisation itself, reached where its contact point says."""
    said = _organisation(point, source)
    return Organisation(
        name=owner.name or said.name,
        identifiers=owner.identifiers or said.identifiers,
        town=said.town or owner.town,
        nuts=said.nuts or owner.nuts,
        country=said.country or owner.country,
        email=said.email or owner.email,
        phone=said.phone or owner.phone,
        url=said.url or owner.url,
        is_natural_person=owner.is_natural_person,
    )
