"""Small eForms notices of our own making, as text; buyer, numbers and addresses are invented."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

ROOTS = {"planning": "PriorInformationNotice", "result": "ContractAwardNotice"}
_NAMESPACES = (
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
    ' xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"'
    ' xmlns:efac="http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1"'
    ' xmlns:efbc="http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1"'
    ' xmlns:efext="http://data.europa.eu/p27/eforms-ubl-extensions/1"'
)
_LANGUAGES = {"sv": "SWE", "en": "ENG", "pl": "POL"}


def eforms(
    *,
    notice_id: str = "0b6f4d5e-1111-4222-8333-000000000001",
    version: str = "01",
    procedure_id: str = "0b6f4d5e-aaaa-4bbb-8ccc-000000000001",
    form_type: str = "competition",
    titles: Mapping[str, str] | None = None,
    deadline: str = "2027-01-29+01:00 23:59:00+01:00",
    cpv: str = "90911200",
    nuts: str = "SE313",
    value: str = "1500000",
    number: str = "",
    published: str = "",
    changes: str = "",
    dispatched: str = "2026-11-20+01:00",
) -> bytes:
    """Return a notice with one lot; an empty ``number`` leaves TED's publication out."""
    root = ROOTS.get(form_type, "ContractNotice")
    titles = {"sv": "Städning av skolor"} if titles is None else titles
    lang = _LANGUAGES[next(iter(titles), "sv")]
    more = "".join(
        f"<cac:AdditionalNoticeLanguage><cbc:ID>{_LANGUAGES[one]}</cbc:ID>"
        "</cac:AdditionalNoticeLanguage>\n"
        for one in list(titles)[1:]
    )
    publication = (
        "<efac:Publication>"
        f'<efbc:NoticePublicationID schemeName="ojs-notice-id">{number}</efbc:NoticePublicationID>'
        f"<efbc:PublicationDate>{published}Z</efbc:PublicationDate></efac:Publication>\n"
        if number
        else ""
    )
    change = (
        f"<efac:Changes><efbc:ChangedNoticeIdentifier>{changes}</efbc:ChangedNoticeIdentifier>"
        "</efac:Changes>\n"
        if changes
        else ""
    )
    names = "".join(
        f'<cbc:Name languageID="{_LANGUAGES[one]}">{escape(text)}</cbc:Name>\n'
        for one, text in titles.items()
    )
    day, _, time = deadline.partition(" ")
    last = (
        "<cac:TenderSubmissionDeadlinePeriod>\n"
        f"<cbc:EndDate>{day}</cbc:EndDate>\n<cbc:EndTime>{time}</cbc:EndTime>\n"
        "</cac:TenderSubmissionDeadlinePeriod>\n"
        if deadline
        else ""
    )
    project = f"""<cac:ProcurementProject>
{names}<cbc:ProcurementTypeCode listName="contract-nature">services</cbc:ProcurementTypeCode>
<cac:RequestedTenderTotal>
<cbc:EstimatedOverallContractAmount currencyID="SEK">{value}</cbc:EstimatedOverallContractAmount>
</cac:RequestedTenderTotal>
<cac:MainCommodityClassification>
<cbc:ItemClassificationCode listName="cpv">{cpv}</cbc:ItemClassificationCode>
</cac:MainCommodityClassification>
<cac:RealizedLocation><cac:Address>
<cbc:CountrySubentityCode listName="nuts-lvl3">{nuts}</cbc:CountrySubentityCode>
</cac:Address></cac:RealizedLocation>
</cac:ProcurementProject>"""
    identifier = f'<cbc:ID schemeName="notice-id">{notice_id}</cbc:ID>\n' if notice_id else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" {_NAMESPACES}>
<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>
{change}<efac:NoticeSubType><cbc:SubTypeCode>16</cbc:SubTypeCode></efac:NoticeSubType>
<efac:Organizations><efac:Organization><efac:Company>
<cac:PartyIdentification><cbc:ID>ORG-0001</cbc:ID></cac:PartyIdentification>
<cac:PartyName><cbc:Name>Norrviks kommun</cbc:Name></cac:PartyName>
</efac:Company></efac:Organization></efac:Organizations>
{publication}</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>
<cbc:CustomizationID>eforms-sdk-1.13</cbc:CustomizationID>
{identifier}<cbc:ContractFolderID>{procedure_id}</cbc:ContractFolderID>
<cbc:IssueDate>{dispatched}</cbc:IssueDate>
<cbc:IssueTime>09:00:00+01:00</cbc:IssueTime>
<cbc:VersionID>{version}</cbc:VersionID>
<cbc:NoticeTypeCode listName="{form_type}">cn-standard</cbc:NoticeTypeCode>
<cbc:NoticeLanguageCode>{lang}</cbc:NoticeLanguageCode>
{more}<cac:ContractingParty><cac:Party>
<cac:PartyIdentification><cbc:ID>ORG-0001</cbc:ID></cac:PartyIdentification>
</cac:Party></cac:ContractingParty>
{project}
<cac:ProcurementProjectLot>
<cbc:ID schemeName="Lot">LOT-0001</cbc:ID>
<cac:TenderingProcess>
{last}</cac:TenderingProcess>
{project}
</cac:ProcurementProjectLot>
</{root}>
""".encode()
