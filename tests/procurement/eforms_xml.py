"""Notices made for tests: eForms XML written from values, to be read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

from utrop.procurement.eforms.elements import NAMESPACES

LONG_CODES: Final = {"sv": "SWE", "en": "ENG", "fi": "FIN", "el": "ELL", "pl": "POL", "et": "EST"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLot:
    """What one lot says."""

    title: Mapping[str, str]
    cpv: str
    nuts: str
    value: Decimal
    tenders: datetime
    questions: datetime | None = None
    participation: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeNotice:
    """What a notice says; its lots are LOT-0001, LOT-0002, …"""

    lang: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    buyer: str
    identifiers: tuple[str, ...]
    dispatched: datetime
    lots: tuple[MadeLot, ...]

    def xml(self) -> bytes:
        """Return the notice as eForms XML."""
        namespaces = " ".join(f'xmlns:{key}="{uri}"' for key, uri in NAMESPACES.items())
        name = "urn:oasis:names:specification:ubl:schema:xsd:ContractNotice-2"
        numbers = "".join(
            f"<cac:PartyLegalEntity><cbc:CompanyID>{escape(one)}</cbc:CompanyID>"
            "</cac:PartyLegalEntity>"
            for one in self.identifiers
        )
        lots = "".join(_lot(number, lot) for number, lot in enumerate(self.lots, 1))
        text = f"""<?xml version="1.0" encoding="UTF-8"?>
<ContractNotice xmlns="{name}" {namespaces}>
<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>
<efac:NoticeSubType><cbc:SubTypeCode>16</cbc:SubTypeCode></efac:NoticeSubType>
<efac:Organizations><efac:Organization><efac:Company>
<cac:PartyIdentification><cbc:ID>ORG-0001</cbc:ID></cac:PartyIdentification>
<cac:PartyName><cbc:Name>{escape(self.buyer)}</cbc:Name></cac:PartyName>{numbers}
</efac:Company></efac:Organization></efac:Organizations>
</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>
<cbc:CustomizationID>eforms-sdk-1.13</cbc:CustomizationID>
<cbc:ID schemeName="notice-id">11111111-1111-4111-8111-111111111111</cbc:ID>
<cbc:ContractFolderID>22222222-2222-4222-8222-222222222222</cbc:ContractFolderID>
{_moment("Issue", self.dispatched)}
<cbc:NoticeTypeCode listName="competition">cn-standard</cbc:NoticeTypeCode>
<cbc:NoticeLanguageCode>{LONG_CODES[self.lang]}</cbc:NoticeLanguageCode>
<cac:ContractingParty><cac:Party><cac:PartyIdentification><cbc:ID>ORG-0001</cbc:ID>
</cac:PartyIdentification></cac:Party></cac:ContractingParty>
<cac:ProcurementProject>{_texts("Name", self.title)}{_texts("Description", self.description)}
</cac:ProcurementProject>
{lots}</ContractNotice>
"""
        return text.encode()


def _lot(number: int, lot: MadeLot) -> str:
    amount = "cbc:EstimatedOverallContractAmount"
    return f"""<cac:ProcurementProjectLot><cbc:ID schemeName="Lot">LOT-{number:04}</cbc:ID>
<cac:TenderingProcess>
{_period("TenderSubmissionDeadlinePeriod", lot.tenders)}
{_period("ParticipationRequestReceptionPeriod", lot.participation)}
{_period("AdditionalInformationRequestPeriod", lot.questions)}
</cac:TenderingProcess>
<cac:ProcurementProject>{_texts("Name", lot.title)}
<cac:RequestedTenderTotal>
<{amount} currencyID="SEK">{lot.value:f}</{amount}>
</cac:RequestedTenderTotal>
<cac:MainCommodityClassification>
<cbc:ItemClassificationCode>{lot.cpv}</cbc:ItemClassificationCode>
</cac:MainCommodityClassification>
<cac:RealizedLocation><cac:Address>
<cbc:CountrySubentityCode>{lot.nuts}</cbc:CountrySubentityCode>
</cac:Address></cac:RealizedLocation>
</cac:ProcurementProject></cac:ProcurementProjectLot>
"""


def _offset(moment: datetime) -> str:
    text = moment.strftime("%z")
    return "Z" if text == "+0000" else f"{text[:3]}:{text[3:5]}"


def _period(name: str, moment: datetime | None) -> str:
    return "" if moment is None else f"<cac:{name}>{_moment('End', moment)}</cac:{name}>"


def _moment(kind: str, moment: datetime) -> str:
    apart = _offset(moment)
    return (
        f"<cbc:{kind}Date>{moment:%Y-%m-%d}{apart}</cbc:{kind}Date>"
        f"<cbc:{kind}Time>{moment.time().isoformat()}{apart}</cbc:{kind}Time>"
    )


def _texts(name: str, texts: Mapping[str, str]) -> str:
    return "".join(
        f'<cbc:{name} languageID="{LONG_CODES[lang]}">{escape(text)}</cbc:{name}>'
        for lang, text in texts.items()
    )
