"""Awards and contracts: how a procurement ended.

The number of tenders is never told here: it is secret until the decision, and the core has no
field for it afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from utrop.notices.ocds.parties import Parties
from utrop.notices.ocds.tender import item_of, notice_document
from utrop.notices.ocds.values import Json, filled, moment, start_of, texts, value
from utrop.post import Post
from utrop.procurement.codes import label
from utrop.procurement.notice import LotResult, Notice


@dataclass(frozen=True, slots=True)
class Ending:
    """What one release tells of awards and contracts."""

    awards: list[Json]
    contracts: list[Json]


def ending_of(post: Post, lots: tuple[str, ...], parties: Parties, lang: str) -> Ending:
    """Return the awards and contracts that a post tells of.

    ``lots`` are the call's. A writer's word that an award has been made, without a notice that
    says of which lots, makes an award only where there is one thing to award.
    """
    notice, course = post.notice, post.course
    awards: list[Json] = []
    contracts: list[Json] = []
    for award_id, result in _named(notice):
        if notice is None or not _is_decided(result):
            continue
        awards.append(_award(award_id, result, post, notice, parties, lang))
        signed = result.signed or course.contract_signed_at
        if signed is not None and result.status == "selec-w":
            contracts.append(_contract(award_id, start_of(signed), notice))
    if not awards and tells_of_award(post) and len(lots) < 2:
        award_id = lots[0] if lots else "1"
        awards.append(_award_by_course(award_id, post))
        if course.contract_signed_at is not None:
            contracts.append(_contract(award_id, start_of(course.contract_signed_at), notice))
    if notice is not None and notice.form_type in ("cont-modif", "completion") and not contracts:
        awards = awards or [{"id": "1"}]
        contracts = [_contract(str(award["id"]), None, notice) for award in awards]
    if notice is not None:
        contracts = [_changed(contract, post, notice, lang) for contract in contracts]
        _add_document(awards, contracts, post, notice)
    return Ending(awards, contracts)


def _named(notice: Notice | None) -> list[tuple[str, LotResult]]:
    """Return the results with an id each: the lot's, with a number where a lot has several."""
    found: dict[str, LotResult] = {}
    for result in notice.results if notice is not None else ():
        name = result.lot or "1"
        number = 1
        while name in found:
            number += 1
            name = f"{result.lot or '1'}-{number}"
        found[name] = result
    return list(found.items())


def _is_decided(result: LotResult) -> bool:
    return bool(result.status in ("selec-w", "clos-nw") or result.winners or result.signed)


def tells_of_award(post: Post) -> bool:
    """Whether the writer says that an award has been decided."""
    course = post.course
    told = course.award_decision_at or course.award_notified_at or course.contract_signed_at
    return told is not None


def _award(
    award_id: str, result: LotResult, post: Post, notice: Notice, parties: Parties, lang: str
) -> Json:
    lot = next((lot for lot in notice.lots if lot.identifier == result.lot), None)
    amount = result.value or (notice.award_value if len(notice.results) == 1 else None)
    is_intended = notice.form_type == "dir-awa-pre"
    status = "pending" if is_intended else "active"
    decided = start_of(result.decided) or moment(post.course.award_decision_at)
    return filled(
        {
            "id": award_id,
            **(texts("title", lot.title, lang) if lot is not None else {}),
            "description": label("non-award-justification", result.reason, lang),
            "status": "unsuccessful" if result.status == "clos-nw" else status,
            "date": decided,
            "value": value(amount),
            "suppliers": [parties.add(winner, "supplier") for winner in result.winners],
            "items": [item_of(lot, notice, lang)] if lot is not None else [],
        }
    )


def _award_by_course(award_id: str, post: Post) -> Json:
    course = post.course
    return filled(
        {
            "id": award_id,
            "status": "active" if course.contract_signed_at is not None else "pending",
            "date": moment(course.award_decision_at),
        }
    )


def _contract(award_id: str, signed: str | None, notice: Notice | None) -> Json:
    ended = notice is not None and notice.form_type == "completion"
    return filled(
        {
            "id": award_id,
            "awardID": award_id,
            "status": "terminated" if ended else "active",
            "dateSigned": signed,
        }
    )


def _changed(contract: Json, post: Post, notice: Notice, lang: str) -> Json:
    if notice.form_type != "cont-modif":
        return contract
    reasons = [
        label("modification-justification", one, lang) or one for one in notice.modification_reasons
    ]
    amendment = filled(
        {
            "id": post.uid,
            "date": moment(post.published),
            "rationale": "; ".join(reasons),
            "description": "\n".join(one.text.said_in(lang) for one in notice.changes if one.text),
        }
    )
    return contract | {"amendments": [amendment]}


def _add_document(awards: list[Json], contracts: list[Json], post: Post, notice: Notice) -> None:
    is_of_contract = notice.form_type in ("cont-modif", "completion")
    kind = "contractNotice" if is_of_contract else "awardNotice"
    document = notice_document(kind, notice, post.course.ted_published_at)
    for one in contracts if is_of_contract else awards:
        if document is not None:
            one["documents"] = [document]
