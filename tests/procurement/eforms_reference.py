"""The golden values of real notices: XPaths evaluated on the XML, without our importer.

The XPaths are those of the field map that was proven on 94 notices (``xpath_spike`` in
``../shared/data/codelists/eforms_field_map.json``); a path that asks for lots alone is asked of the
parts of planning notices too. Fields that the map lacks have an XPath of the eForms SDK here.
Written anew are only: dates with their times and offsets, zero amounts as none, ISO 639-1, and
numbers of TED without leading zeros. Contact persons, telephones and e-mail addresses are left
out; long texts stand as their beginning, length and SHA-256.

``python -m tests.procurement.eforms_reference`` writes tests/golden/eforms anew.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from lxml import etree

from tests.procurement.eforms_golden_values import (
    LANGUAGES,
    amount,
    day,
    first_of,
    measure,
    moment,
    number,
    said,
    shortened,
    ted_number,
    text_of,
    texts_of,
    within,
)
from tests.procurement.eforms_xpaths import (
    EXTENSION,
    LOT,
    LOT_OR_PART,
    MORE_OF_A_LOT,
    NAMESPACES,
    ONE_LOT,
    RESULT,
)
from tests.sites import SHARED

NOTICES: Final = SHARED / "data" / "notices"
FIELD_MAP: Final = SHARED / "data" / "codelists" / "eforms_field_map.json"
GOLDEN: Final = Path(__file__).resolve().parents[1] / "golden" / "eforms"


def field_map() -> dict[str, str]:
    """Return the XPath of each field of the map."""
    fields = json.loads(FIELD_MAP.read_text("utf-8"))
    return {one["field"]: one["xpath_spike"].replace(ONE_LOT, LOT_OR_PART) for one in fields}


class Reference:
    """One notice and the XPaths asked of it."""

    def __init__(self, path: Path) -> None:
        self.root = etree.parse(path, etree.XMLParser(resolve_entities=False)).getroot()
        self.map = field_map()
        self.asked: set[str] = set()
        """The fields of the map that were asked for."""
        self.own = LANGUAGES[self.nodes(self.root, self.map["language"])[0].text]

    def values(self) -> dict[str, Any]:
        """Return every golden value, those that the notice does not say left out."""
        lots = self.nodes(self.root, LOT)
        return said(
            {
                **self.of_notice(),
                "buyers": self.buyers(),
                "lots": [self.of_lot(lot) for lot in lots],
                "results": [self.of_result(one) for one in self.nodes(self.root, self._results())],
            }
        )

    def nodes(self, inside: etree._Element, path: str) -> list[Any]:
        """Return the elements, or values of attributes, at an XPath."""
        return list(inside.xpath(path, namespaces=NAMESPACES))

    def all_of(self, field: str, lot: etree._Element | None = None) -> list[Any]:
        """Return what the map's XPath of a field finds, in one lot or in all of the notice."""
        self.asked.add(field)
        found = self.nodes(self.root, self.map[field])
        return found if lot is None else [one for one in found if lot in one.iterancestors()]

    def first(self, field: str, lot: etree._Element | None = None) -> str:
        """Return the text of the first of them."""
        return next((text_of(one) for one in self.all_of(field, lot)), "")

    def texts(self, field: str, lot: etree._Element | None = None) -> list[str]:
        """Return the different texts of them."""
        return list(dict.fromkeys(text_of(one) for one in self.all_of(field, lot)))

    def codes(self, field: str, lot: etree._Element) -> list[str]:
        """Return the codes that say something."""
        return [code for code in self.texts(field, lot) if code != "none"]

    def languages(self, found: list[Any]) -> list[list[str]]:
        """Return a text in its languages, the notice's own first."""
        texts = {LANGUAGES[one.get("languageID")]: shortened(text_of(one)) for one in found}
        return [[key, texts[key]] for key in sorted(texts, key=lambda key: key != self.own)]

    def deadline(self, name: str, lot: etree._Element) -> str:
        """Return the moment of two fields, of the map or of those that it lacks."""
        on, at = self._of_lot(f"{name}_d", lot), self._of_lot(f"{name}_t", lot)
        return moment(on, at) if on else ""

    def of_notice(self) -> dict[str, Any]:
        """Return the values of the notice as a whole."""
        more = self.nodes(self.root, "/*/cac:AdditionalNoticeLanguage/cbc:ID")
        process = "/*/cac:TenderingProcess/cac:NoticeDocumentReference/cbc:ID"
        earlier = self.texts("previous_planning") or texts_of(self.nodes(self.root, process))
        changes = f"/*/{EXTENSION}/efac:Changes"
        plain = (
            "notice_id", "notice_version", "procedure_id", "notice_type", "form_type",
            "notice_subtype", "legal_basis", "sdk", "ojs_number", "reference", "contract_nature",
            "cpv_main", "procedure_type", "buyer_legal_type", "buyer_activity",
            "buyer_profile_url",
        )  # fmt: skip
        return {
            **{field: self.first(field) for field in plain},
            "ted_publication_number": ted_number(self.first("ted_publication_number")),
            "dispatched": moment(self.first("dispatch_date"), self.first("dispatch_time")),
            "has_dispatch_time": bool(self.first("dispatch_time")),
            "requested_publication_date": day(self.first("requested_publication_date")),
            "ted_published": day(self.first("ted_published")),
            "future_notice_date": day(self.first("future_notice_date")),
            "language": LANGUAGES[self.first("language")],
            "languages": [self.own, *(LANGUAGES[code] for code in texts_of(more))],
            "title": self.languages(self.all_of("title")),
            "description": self.languages(self.all_of("description")),
            "cpv_more": self.texts("cpv_more"),
            "nuts": self.texts("nuts"),
            "value": amount(self.all_of("value")),
            "framework_max_value": amount(self.all_of("framework_max_value")),
            "award_value": amount(self.all_of("award_value")),
            "accelerated": self.first("accelerated") == "true",
            "previous_planning": ted_number(next(iter(earlier), "")),
            "changes_notice": ted_number(self.first("changes_notice")),
            "change_reason": self.first("change_reason"),
            "change_text": [
                self.languages(self.nodes(one, "efbc:ChangeDescription"))
                for one in self.nodes(self.root, f"{changes}/efac:Change")
                if self.all_of("change_text")
            ],
            "change_reason_text": self.languages(
                self.nodes(self.root, f"{changes}/efac:ChangeReason/efbc:ReasonDescription")
            ),
            "change_sections": texts_of(
                self.nodes(self.root, f"{changes}//efbc:ChangedSectionIdentifier")
            ),
            "modifies_notice": ted_number(self.first("modifies_notice")),
            "modification_reason": self.texts("modification_reason"),
        }

    def of_lot(self, lot: etree._Element) -> dict[str, Any]:
        """Return the values of one lot or part."""
        of = self._of_lot
        streets, towns = self._more("street", lot), self._more("town", lot)
        assert next(iter(self.nodes(lot, "cbc:ID"))) in self.all_of("lots")
        return {
            "lots": text_of(self.nodes(lot, "cbc:ID")[0]),
            "lot_titles": self.languages(self.all_of("lot_titles", lot)),
            "description": self.languages(self._more("description", lot)),
            "cpv_lot": self.first("cpv_lot", lot),
            "cpv_more": texts_of(self._more("cpv_more", lot)),
            "nuts_lot": self.texts("nuts_lot", lot),
            "place": [*texts_of(streets), *texts_of(towns)],
            "value": amount(self._more("value", lot)),
            "framework_max": amount(self._more("framework_max", lot)),
            **{
                name: self.deadline(name, lot)
                for name in (
                    "deadline_tenders", "deadline_participation", "deadline_questions", "opening",
                    "interest", "answers",
                )
            },
            **{field: self.first(field, lot) for field in ("framework", "dps")},
            **{
                field: self.first(field, lot)
                for field in ("documents_url", "documents_restricted_url", "submission_url")
            },
            "tender_languages": [LANGUAGES[one] for one in self.texts("tender_languages", lot)],
            **{
                field: self.codes(field, lot)
                for field in ("strategic", "green", "social", "innovation")
            },
            "reserved": [code for code in texts_of(self._more("reserved", lot)) if code != "none"],
            "sme_suitable": {"true": True, "false": False}.get(self.first("sme_suitable", lot)),
            "eu_funded": {"eu-funds": True, "no-eu-funds": False}.get(
                self.first("eu_funded", lot)
            ),
            **{name: of(name, lot) for name in ("reference", "nature", "electronic")},
            "starts": day(of("starts", lot)),
            "ends": day(of("ends", lot)),
            "duration": measure(self._more("duration", lot)),
            "valid_until": measure(self._more("valid_until", lot)),
        }  # fmt: skip

    def organisation(self, identifier: str) -> dict[str, Any]:
        """Return an organisation, without its contact; a natural person without its name."""
        found = self.nodes(
            self.root,
            f"/*/{EXTENSION}/efac:Organizations/efac:Organization[efac:Company/"
            f"cac:PartyIdentification/cbc:ID='{identifier}']",
        )[0]
        person = self.nodes(found, "efbc:NaturalPersonIndicator[.='true']")
        company = "efac:Company/"
        name = self.languages(self.nodes(found, f"{company}cac:PartyName/cbc:Name"))
        legal = f"{company}cac:PartyLegalEntity/cbc:CompanyID"
        address = f"{company}cac:PostalAddress/"
        country = f"{address}cac:Country/cbc:IdentificationCode"
        return {
            "name": [] if person else name,
            "identifiers": [] if person else texts_of(self.nodes(found, legal)),
            "town": first_of(self.nodes(found, f"{address}cbc:CityName")),
            "nuts": first_of(self.nodes(found, f"{address}cbc:CountrySubentityCode")),
            "country": first_of(self.nodes(found, country)),
            "natural_person": bool(person),
        }

    def buyers(self) -> list[dict[str, Any]]:
        """Return the buyers."""
        path = "/*/cac:ContractingParty/cac:Party/cac:PartyIdentification/cbc:ID"
        return [self.organisation(one) for one in texts_of(self.nodes(self.root, path))]

    def of_result(self, result: etree._Element) -> dict[str, Any]:
        """Return how one lot ended."""
        lot = first_of(self.nodes(result, "efac:TenderLot/cbc:ID"))
        contracts = texts_of(self.nodes(result, "efac:SettledContract/cbc:ID"))
        won = self._won(result)
        parties = [
            party
            for tender in won
            for party in texts_of(self.nodes(tender, "efac:TenderingParty/cbc:ID"))
        ]
        winners = [
            self.organisation(one)
            for party in dict.fromkeys(parties)
            for one in texts_of(
                self.nodes(
                    self.root,
                    f"{RESULT}/efac:TenderingParty[cbc:ID='{party}']/efac:Tenderer/cbc:ID",
                )
            )
        ]
        return {
            "lot": lot,
            "lot_status": first_of(within(self.all_of("lot_status"), result)),
            "reason": first_of(self.nodes(result, "efac:DecisionReason/efbc:DecisionReasonCode")),
            "received": next(
                (
                    int(text_of(one))
                    for one in within(self.all_of("received"), result)
                    if self.nodes(one, "../efbc:StatisticsCode[.='tenders']")
                ),
                None,
            ),
            "winners": winners,
            "tender_values": self._value(won, lot),
            "award_date": max(map(day, self._of_contracts("award_date", contracts)), default=""),
            "contract_date": max(
                map(day, self._of_contracts("contract_date", contracts)), default=""
            ),
        }

    def _results(self) -> str:
        return f"{RESULT}/efac:LotResult"

    def _won(self, result: etree._Element) -> list[etree._Element]:
        if first_of(within(self.all_of("lot_status"), result)) in ("clos-nw", "open-nw"):
            return []
        signed = texts_of(
            self.nodes(self.root, f"{RESULT}/efac:SettledContract/efac:LotTender/cbc:ID")
        )
        named = texts_of(self.nodes(result, "efac:LotTender/cbc:ID"))
        won = [one for one in named if one in signed] or named
        return [self.nodes(self.root, f"{RESULT}/efac:LotTender[cbc:ID='{one}']")[0] for one in won]

    def _value(self, won: list[etree._Element], lot: str) -> str:
        if any(first_of(self.nodes(one, "efac:TenderLot/cbc:ID")) != lot for one in won):
            return ""
        found = [within(self.all_of("tender_values"), one) for one in won]
        if not found or not all(found):
            return ""
        total = sum((Decimal(text_of(one[0])) for one in found), Decimal())
        return f"{number(str(total))} {found[0][0].get('currencyID')}" if total else ""

    def _of_contracts(self, field: str, contracts: list[str]) -> list[str]:
        return [
            text_of(one)
            for one in self.all_of(field)
            if first_of(self.nodes(one, "../cbc:ID")) in contracts
        ]

    def _more(self, name: str, lot: etree._Element) -> list[Any]:
        return self.nodes(lot, MORE_OF_A_LOT[name])

    def _of_lot(self, name: str, lot: etree._Element) -> str:
        more = MORE_OF_A_LOT.get(name)
        return self.first(name, lot) if more is None else first_of(self.nodes(lot, more))


def written(values: dict[str, Any]) -> str:
    """Return golden values as their file has them."""
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the golden files anew, from the XPaths alone."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for path in sorted(NOTICES.glob("*.xml")):
        (GOLDEN / f"{path.stem}.json").write_text(written(Reference(path).values()), "utf-8")


if __name__ == "__main__":
    main()
