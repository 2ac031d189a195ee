"""Tender: what is bought, how, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from utrop.notices.ocds.values import (
    Json,
    clean,
    end_of,
    filled,
    moment,
    short,
    start_of,
    texts,
    value,
    web_address,
)
from utrop.post import Post
from utrop.procurement.codes import label
from utrop.procurement.notice import Deadline, Lot, Notice

METHODS: Final = {
    "open": "open",
    "restricted": "selective",
    "neg-w-call": "selective",
    "comp-dial": "selective",
    "innovation": "selective",
    "neg-wo-call": "limited",
}
"""BT-105 to OCDS's closed list; the other kinds are told in words alone."""
_CATEGORIES: Final = {"supplies": "goods", "services": "services", "works": "works"}


def tender_of(notice: Notice, tender_id: str, lang: str) -> Json:
    """Return what a notice says of what is bought; ``lang`` is the release's language."""
    nature = notice.nature or next((lot.nature for lot in notice.lots if lot.nature), "")
    method = notice.procedure_type
    return filled(
        {
            "id": tender_id,
            **texts("title", notice.title, lang),
            **texts("description", notice.description, lang),
            "items": items_of(notice, lang),
            "value": value(notice.value),
            "procurementMethod": METHODS.get(method),
            "procurementMethodDetails": label("procurement-procedure-type", method, lang) or method,
            "mainProcurementCategory": _CATEGORIES.get(nature),
            **_submission(notice),
            "tenderPeriod": filled({"endDate": last_moment(notice.deadlines)}),
            "enquiryPeriod": filled({"endDate": last_moment(notice.questions)}),
            "contractPeriod": contract_period(notice.lots),
            "documents": _documents(notice),
            "milestones": [
                *lot_deadlines({lot_id(lot): lot.closes for lot in notice.lots}, lang),
                *_future_notice(notice, lang),
            ],
        }
    )


def items_of(notice: Notice, lang: str) -> list[Json]:
    """Return what is bought, one item for each lot."""
    if not notice.lots:
        item = _item("1", notice.cpv_main, notice.cpv_more, notice, lang)
        return [item] if len(item) > 1 else []
    return [item_of(lot, notice, lang) for lot in notice.lots]


def item_of(lot: Lot, notice: Notice, lang: str) -> Json:
    """Return one lot as an item, with the procedure's code where it has none of its own."""
    codes = (lot.cpv_main, lot.cpv_more)
    if not lot.cpv_main:
        codes = (notice.cpv_main, (*lot.cpv_more, *notice.cpv_more))
    return _item(lot_id(lot), *codes, notice, lang) | texts("description", lot.title, lang)


def lot_id(lot: Lot) -> str:
    """Return the id of a lot as an item. A plan's part becomes the call's lot of its number."""
    return lot.identifier.replace("PAR-", "LOT-") or "1"


def contract_period(lots: Iterable[Lot]) -> Json | None:
    """Return how long the contract runs, where all lots say the same."""
    periods = [
        filled(
            {
                "startDate": start_of(lot.starts),
                "endDate": end_of(lot.ends),
                "durationInDays": _days(lot),
            }
        )
        for lot in lots
    ]
    return periods[0] if periods and all(one == periods[0] for one in periods) else None


def lot_deadlines(closes: Mapping[str, Deadline | None], lang: str) -> list[Json]:
    """Return the last moment of each lot of several, since a tender has but one period."""
    if len(closes) < 2:
        return []
    what = "Sista dag" if lang == "sv" else "Last day"
    return [
        {
            "id": f"deadline-{lot}",
            "title": f"{what}: {lot}",
            "dueDate": moment(deadline.moment),
        }
        for lot, deadline in closes.items()
        if deadline is not None
    ]


def document(kind: str, address: str, **more: str | None) -> Json | None:
    """Return a document at a web address; None where it is no address."""
    url = web_address(address)
    if url is None:
        return None
    return filled({"id": short(url), "documentType": kind, "url": url, **more})


def notice_document(kind: str, notice: Notice, published: datetime | None) -> Json | None:
    """Return the official notice, which prevails over this data, as a document."""
    at = moment(published) or start_of(notice.ted_published)
    return document(kind, notice.official_url, datePublished=at, format="text/html")


def milestone_of(post: Post) -> Json | None:
    """Return a meeting with suppliers as a milestone; None where it has no time."""
    if post.starts is None:
        return None
    return filled(
        {
            "id": post.uid,
            "title": clean(post.title),
            "type": "engagement",
            "description": clean(post.plain_summary or post.summary),
            "dueDate": moment(post.starts),
        }
    )


def _item(identifier: str, main: str, more: tuple[str, ...], notice: Notice, lang: str) -> Json:
    return filled(
        {
            "id": identifier,
            "classification": _cpv(main, notice, lang) if main else None,
            "additionalClassifications": [
                _cpv(code, notice, lang) for code in dict.fromkeys(more) if code
            ],
        }
    )


def _cpv(code: str, notice: Notice, lang: str) -> Json:
    label = notice.cpv_label(code, lang)
    return filled({"scheme": "CPV", "id": code, "description": label})


def _submission(notice: Notice) -> Json:
    electronic = any(lot.electronic in ("required", "allowed") for lot in notice.lots)
    return {
        "submissionMethod": ["electronicSubmission"] if electronic else None,
        "submissionMethodDetails": "\n".join(clean(one) for one in notice.all_submission),
    }


def _documents(notice: Notice) -> list[Json]:
    found = (document("biddingDocuments", address) for address in notice.all_documents)
    return list({one["id"]: one for one in found if one is not None}.values())


def last_moment(deadlines: tuple[Deadline, ...]) -> str | None:
    """Return the last moment of all: until then something can come in, if only for one lot."""
    return moment(deadlines[-1].moment) if deadlines else None


def _future_notice(notice: Notice, lang: str) -> list[Json]:
    if notice.future_notice is None:
        return []
    title = "Annonsen väntas" if lang == "sv" else "The contract notice is expected"
    return [
        {
            "id": "future-notice",
            "title": title,
            "type": "preProcurement",
            "dueDate": start_of(notice.future_notice),
        }
    ]


def _days(lot: Lot) -> int | None:
    """Return a duration where it is a number of days; months have no number of days."""
    if lot.duration is None or lot.duration.number != int(lot.duration.number):
        return None
    factor = {"DAY": 1, "WEEK": 7}.get(lot.duration.unit)
    return int(lot.duration.number) * factor if factor else None
