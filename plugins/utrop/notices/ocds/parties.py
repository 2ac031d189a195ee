"""Parties: who buys and who has won. Contact persons, addresses of mail and numbers are left out.

A release is copied far and wide and never taken back, so it tells of organisations alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from utrop.notices.ocds.values import Json, clean, filled, short, texts, web_address
from utrop.procurement.identifiers import MASK, masked, passes_luhn
from utrop.procurement.notice import Organisation

_LIMITED_COMPANY: Final = re.compile(r"(55[0-9]{4})-?([0-9]{4})")
_COMPANIES: Final = "SE-BLV"
"""Bolagsverket's register at https://org-id.guide; limited companies' numbers begin with 55."""


@dataclass(slots=True)
class Parties:
    """The organisations of one release, each once, with what they are in it."""

    lang: str
    found: dict[str, Json] = field(default_factory=dict)

    def add(self, organisation: Organisation, role: str) -> Json:
        """Add an organisation in a role and return the reference to it."""
        party = self.found.setdefault(party_id(organisation), _party(organisation, self.lang))
        if role not in party["roles"]:
            party["roles"].append(role)
        return filled({"id": party["id"], "name": party.get("name")})

    def all(self) -> list[Json]:
        """Return the parties in the order in which they were added."""
        return list(self.found.values())


def party_id(organisation: Organisation) -> str:
    """Return an id that is the same in all releases; never made of a person's number."""
    open_ones = [one for one in masked(organisation) if MASK not in one]
    if open_ones and not organisation.is_natural_person:
        return "ORG-" + short(re.sub(r"[\W_]", "", open_ones[0]).casefold())
    return "ORG-" + short(" ".join(str(organisation.name).casefold().split()))


def _party(organisation: Organisation, lang: str) -> Json:
    name = texts("name", organisation.name, lang)
    identifiers = [_identifier(one) for one in masked(organisation) if clean(one)]
    if identifiers and name:
        identifiers[0] |= {"legalName": name["name"]}
    address = filled(
        {
            "locality": clean(organisation.town),
            "region": clean(organisation.nuts),
        }
    )
    url = None if organisation.is_natural_person else web_address(organisation.url)
    return filled(
        {
            "id": party_id(organisation),
            **name,
            "identifier": identifiers[0] if identifiers else None,
            "additionalIdentifiers": identifiers[1:],
            "address": address,
            "contactPoint": filled({"url": url}),
        }
    ) | {"roles": []}


def _identifier(text: str) -> Json:
    company = _LIMITED_COMPANY.fullmatch(clean(text))
    if company and passes_luhn(company[1] + company[2]):
        return {"scheme": _COMPANIES, "id": company[1] + company[2]}
    return {"id": clean(text)}
