"""XPaths of the eForms SDK, https://github.com/OP-TED/eForms-SDK, that the field map lacks."""

from __future__ import annotations

from typing import Final

NAMESPACES: Final = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
    "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
    "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
}
EXTENSION: Final = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/efext:EformsExtension"
ONE_LOT: Final = "[cbc:ID/@schemeName='Lot']"
LOT_OR_PART: Final = "[cbc:ID/@schemeName='Lot' or cbc:ID/@schemeName='Part']"
LOT: Final = f"/*/cac:ProcurementProjectLot{LOT_OR_PART}"
RESULT: Final = f"/*/{EXTENSION}/efac:NoticeResult"
MORE_OF_A_LOT: Final = {
    "description": "cac:ProcurementProject/cbc:Description",
    "reference": "cac:ProcurementProject/cbc:ID",
    "nature": "cac:ProcurementProject/cbc:ProcurementTypeCode",
    "cpv_more": "cac:ProcurementProject/cac:AdditionalCommodityClassification"
    "/cbc:ItemClassificationCode",
    "street": "cac:ProcurementProject/cac:RealizedLocation/cac:Address/cbc:StreetName",
    "town": "cac:ProcurementProject/cac:RealizedLocation/cac:Address/cbc:CityName",
    "value": "cac:ProcurementProject/cac:RequestedTenderTotal/cbc:EstimatedOverallContractAmount",
    "framework_max": f"cac:ProcurementProject/cac:RequestedTenderTotal/{EXTENSION}"
    "/efbc:FrameworkMaximumAmount",
    "opening_t": "cac:TenderingProcess/cac:OpenTenderEvent/cbc:OccurrenceTime",
    "interest_d": f"cac:TenderingProcess/{EXTENSION}"
    "/efac:InterestExpressionReceptionPeriod/cbc:EndDate",
    "interest_t": f"cac:TenderingProcess/{EXTENSION}"
    "/efac:InterestExpressionReceptionPeriod/cbc:EndTime",
    "answers_d": f"cac:TenderingProcess/{EXTENSION}/efac:AnswerReceptionPeriod/cbc:EndDate",
    "answers_t": f"cac:TenderingProcess/{EXTENSION}/efac:AnswerReceptionPeriod/cbc:EndTime",
    "electronic": "cac:TenderingProcess/cbc:SubmissionMethodCode[@listName='esubmission']",
    "starts": "cac:ProcurementProject/cac:PlannedPeriod/cbc:StartDate",
    "ends": "cac:ProcurementProject/cac:PlannedPeriod/cbc:EndDate",
    "duration": "cac:ProcurementProject/cac:PlannedPeriod/cbc:DurationMeasure",
    "valid_until": "cac:TenderingTerms/cac:TenderValidityPeriod/cbc:DurationMeasure",
    "reserved": "cac:TenderingTerms/cac:TendererQualificationRequest"
    "/cac:SpecificTendererRequirement"
    "/cbc:TendererRequirementTypeCode[@listName='reserved-procurement']",
}
"""XPaths below a lot that the map does not have."""
