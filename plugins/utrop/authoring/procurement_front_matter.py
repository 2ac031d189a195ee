"""Front matter's keys on procurement, which every post may have."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from utrop.authoring import procurement_keys, values
from utrop.authoring.field_types import DATE_SCHEMA, LIST_SCHEMA, LastMoment, Moment, Text
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Amount
from utrop.procurement.override import Override

_AMOUNT: Final[dict[str, Any]] = {"type": "string", "examples": ["1500000 SEK"]}
_OVERRIDES: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("rule", "by", "reason")},
        "required": ["rule", "by", "reason"],
        "additionalProperties": False,
    },
}
_Url = Annotated[str, BeforeValidator(procurement_keys.url)]


class ProcurementFrontMatter(BaseModel):
    """What a post may say of a procurement, an event or an answer. Empty means: not said."""

    ends: Moment = Field(default=None, description="When the event ends.")
    place: Text = Field(
        default="", description="Where the event is, or where what is bought is to be used."
    )
    registration_url: _Url = Field(default="", description="Where one signs up for the event.")
    kind: Annotated[Kind, BeforeValidator(procurement_keys.kind)] = Field(
        default="",
        description="notice, plan, dialogue, qa, change, award, contract_change, event, opinion"
        " or explainer; a plain post if not given.",
    )
    procedure_id: Text = Field(
        default="",
        description="The procurement's id, the same in all its posts, which make one thread; the"
        " notice's own if not given.",
    )
    notice_file: Annotated[str, BeforeValidator(procurement_keys.xml_file)] = Field(
        default="",
        description="The notice's eForms XML, beside the post or below the content folder.",
    )
    regime: Annotated[
        Literal["", "eu", "national", "direct"], BeforeValidator(procurement_keys.regime)
    ] = Field(
        default="",
        description="eu (sent to TED), national (a registered database) or direct (a direct"
        " award); eu with a notice_file, else national.",
    )
    plain_summary: Text = Field(
        default="", description="What is bought, in plain language, for the head of the notice."
    )
    ted_published_at: Annotated[
        datetime | None,
        BeforeValidator(procurement_keys.ted_moment),
        WithJsonSchema(DATE_SCHEMA, mode="validation"),
    ] = Field(
        default=None,
        description="When TED published the notice, or will; a bare date is 9:00 in Luxembourg.",
    )
    ted_number: Text = Field(
        default="", description="TED's publication number, such as 701354-2023."
    )
    receipt_confirmed_at: Moment = Field(
        default=None, description="When TED confirmed that it had received the notice."
    )
    no_word_from_ted_by: Text = Field(
        default="",
        description="Who states that TED has not told of its publication within 48 hours of the"
        " confirmed receipt.",
    )
    database_name: Text = Field(
        default="", description="The registered database that has the notice."
    )
    database_url: _Url = Field(default="", description="The notice's address in that database.")
    database_published_at: Moment = Field(
        default=None, description="When the registered database published the notice."
    )
    procurement_id: Text = Field(
        default="", description="The upphandlings-id that the database gave."
    )
    registry_number: Text = Field(default="", description="The registry number (diarienummer).")
    buyer_name: Text = Field(
        default="", description="Who buys; the notice's own, or PUBLISHER_NAME, if not given."
    )
    cpv: Annotated[
        tuple[str, ...], BeforeValidator(procurement_keys.cpv), WithJsonSchema(LIST_SCHEMA)
    ] = Field(default=(), description="CPV codes, the main one first.")
    nuts: Annotated[
        tuple[str, ...], BeforeValidator(procurement_keys.nuts), WithJsonSchema(LIST_SCHEMA)
    ] = Field(default=(), description="NUTS codes of the region, such as SE313.")
    estimated_value: Annotated[
        Amount | None, BeforeValidator(procurement_keys.amount), WithJsonSchema(_AMOUNT)
    ] = Field(default=None, description="The estimated value without VAT, such as 1500000 SEK.")
    future_notice_date: Annotated[
        date | None,
        BeforeValidator(procurement_keys.day),
        WithJsonSchema(DATE_SCHEMA, mode="validation"),
    ] = Field(default=None, description="For a plan: the day on which the notice is expected.")
    questions_deadline: LastMoment = Field(
        default=None, description="The last moment for questions about the procurement."
    )
    questions_url: _Url = Field(default="", description="Where questions are asked.")
    documents_url: _Url = Field(default="", description="Where the procurement documents are.")
    submission_url: _Url = Field(default="", description="Where tenders are handed in.")
    published_in_system_at: Moment = Field(
        default=None,
        description="When an answer stood in the procurement system, for all at the same time.",
    )
    award_decision_at: Moment = Field(default=None, description="When the award decision was made.")
    award_notified_at: Moment = Field(
        default=None, description="When the tenderers were told of the award decision."
    )
    notified_electronically: Annotated[bool, BeforeValidator(values.flag)] = Field(
        default=True,
        description="false where a tenderer was told on paper: the standstill is then 15 days.",
    )
    standstill_until: Annotated[
        date | Literal["none"] | None,
        BeforeValidator(procurement_keys.standstill),
        WithJsonSchema(DATE_SCHEMA, mode="validation"),
    ] = Field(
        default=None,
        description="The last day of a standstill longer than the law's, or none where the law"
        " asks for none.",
    )
    contract_signed_at: Annotated[
        date | None,
        BeforeValidator(procurement_keys.day),
        WithJsonSchema(DATE_SCHEMA, mode="validation"),
    ] = Field(default=None, description="The day on which the contract was signed.")
    cancelled_at: Moment = Field(default=None, description="When the procurement was called off.")
    overrides: Annotated[
        tuple[Override, ...],
        BeforeValidator(procurement_keys.overrides),
        WithJsonSchema(_OVERRIDES),
    ] = Field(
        default=(),
        description="Rules of the linter set aside for this post: a list of mappings with rule,"
        " by and reason.",
    )
