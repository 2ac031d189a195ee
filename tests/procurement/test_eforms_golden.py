"""The 28 real notices are read as the XPaths of the field map find them: tests/golden/eforms.

The golden files come from XPaths alone (``tests.procurement.eforms_reference``), which renews them
with ``python -m tests.procurement.eforms_reference``. Both tests look for ../shared, since the
notices themselves are not part of the repository.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from tests.procurement.eforms_golden_values import number, said, shortened
from tests.procurement.eforms_reference import (
    FIELD_MAP,
    GOLDEN,
    NOTICES,
    Reference,
    field_map,
    written,
)
from utrop.procurement.eforms import read_notice
from utrop.procurement.notice import (
    Amount,
    Deadline,
    Duration,
    Lot,
    LotResult,
    Multilingual,
    Notice,
    Organisation,
)

HERE = NOTICES.is_dir() and FIELD_MAP.is_file()
PATHS = sorted(NOTICES.glob("*.xml")) if HERE else []
GIVEN_IN_PARTS = {
    "dispatch_date", "dispatch_time", "deadline_tenders_d", "deadline_tenders_t",
    "deadline_participation_d", "deadline_participation_t", "deadline_questions_d",
    "deadline_questions_t", "opening_d",
}  # fmt: skip
"""Fields of the map that stand together as one moment."""

pytestmark = pytest.mark.skipif(
    not HERE, reason="the real notices in ../shared/data/notices are not here"
)


def amount(value: Amount | None) -> str:
    return f"{number(str(value.value))} {value.currency}" if value else ""


def measure(value: Duration | None) -> str:
    return f"{number(str(value.number))} {value.unit}" if value else ""


def deadline(value: Deadline | None) -> str:
    return value.moment.isoformat() if value else ""


def texts(value: Multilingual) -> list[list[str]]:
    return [[lang, shortened(text)] for lang, text in value.versions]


def organisation(one: Organisation) -> dict[str, Any]:
    return {
        "name": [] if one.is_natural_person else texts(one.name),
        "identifiers": [] if one.is_natural_person else list(one.identifiers),
        "town": one.town,
        "nuts": one.nuts,
        "country": one.country,
        "natural_person": one.is_natural_person,
    }


def of_lot(lot: Lot, place: list[str]) -> dict[str, Any]:
    return {
        "lots": lot.identifier,
        "lot_titles": texts(lot.title),
        "description": texts(lot.description),
        "cpv_lot": lot.cpv_main,
        "cpv_more": list(lot.cpv_more),
        "nuts_lot": list(lot.nuts),
        "place": [part for part in place if part in lot.place],
        "value": amount(lot.value),
        "framework_max": amount(lot.framework_max),
        "deadline_tenders": deadline(lot.tenders),
        "deadline_participation": deadline(lot.participation),
        "deadline_questions": deadline(lot.questions),
        "opening": deadline(lot.opening),
        "interest": deadline(lot.interest),
        "answers": deadline(lot.answers),
        "framework": lot.framework,
        "dps": lot.dps,
        "documents_url": lot.documents_url,
        "documents_restricted_url": lot.documents_restricted_url,
        "submission_url": lot.submission_url,
        "tender_languages": list(lot.tender_languages),
        "strategic": list(lot.strategic),
        "green": list(lot.green),
        "social": list(lot.social),
        "innovation": list(lot.innovation),
        "reserved": list(lot.reserved),
        "sme_suitable": lot.sme_suitable,
        "eu_funded": lot.eu_funded,
        "reference": lot.reference,
        "nature": lot.nature,
        "electronic": lot.electronic,
        "starts": str(lot.starts or ""),
        "ends": str(lot.ends or ""),
        "duration": measure(lot.duration),
        "valid_until": measure(lot.valid_until),
    }


def of_result(result: LotResult) -> dict[str, Any]:
    return {
        "lot": result.lot,
        "lot_status": result.status,
        "reason": result.reason,
        "received": result.tenders_received,
        "winners": [organisation(one) for one in result.winners],
        "tender_values": amount(result.value),
        "award_date": str(result.decided or ""),
        "contract_date": str(result.signed or ""),
    }


def of_notice(notice: Notice, places: list[list[str]]) -> dict[str, Any]:
    """Return the parsed model in the golden files' form."""
    changes = notice.changes
    assert notice.dispatched is not None
    return {
        "notice_id": notice.notice_id,
        "notice_version": notice.version,
        "procedure_id": notice.procedure_id,
        "notice_type": notice.notice_type,
        "form_type": notice.form_type,
        "notice_subtype": notice.subtype,
        "legal_basis": notice.legal_basis,
        "sdk": notice.sdk,
        "ojs_number": notice.ojs_number,
        "reference": notice.reference,
        "contract_nature": notice.nature,
        "cpv_main": notice.cpv_main,
        "procedure_type": notice.procedure_type,
        "buyer_legal_type": notice.buyer_legal_type,
        "buyer_activity": notice.buyer_activity,
        "buyer_profile_url": notice.buyer_profile_url,
        "ted_publication_number": notice.ted_number,
        "dispatched": notice.dispatched.isoformat(),
        "has_dispatch_time": notice.has_dispatch_time,
        "requested_publication_date": str(notice.requested_publication or ""),
        "ted_published": str(notice.ted_published or ""),
        "future_notice_date": str(notice.future_notice or ""),
        "language": notice.lang,
        "languages": list(notice.langs),
        "title": texts(notice.title),
        "description": texts(notice.description),
        "cpv_more": list(notice.cpv_more),
        "nuts": list(notice.nuts),
        "value": amount(notice.value),
        "framework_max_value": amount(notice.framework_max),
        "award_value": amount(notice.award_value),
        "accelerated": notice.accelerated,
        "previous_planning": notice.previous_planning,
        "changes_notice": notice.changes_notice,
        "change_reason": changes[0].reason if changes else "",
        "change_text": [texts(one.text) for one in changes if one.text],
        "change_reason_text": texts(changes[0].reason_text) if changes else [],
        "change_sections": list(
            dict.fromkeys(chain.from_iterable(one.sections for one in changes))
        ),
        "modifies_notice": notice.modifies_notice,
        "modification_reason": list(notice.modification_reasons),
        "buyers": [organisation(one) for one in notice.buyers],
        "lots": [of_lot(lot, place) for lot, place in zip(notice.lots, places, strict=True)],
        "results": [of_result(one) for one in notice.results],
    }


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_real_notice_is_read_as_its_golden_file_says(path: Path) -> None:
    golden = json.loads((GOLDEN / f"{path.stem}.json").read_text("utf-8"))
    reading = read_notice(path.read_bytes(), path=path)
    assert reading.notice is not None

    read = of_notice(reading.notice, [lot.get("place", []) for lot in golden["lots"]])

    assert said(read) == golden
    assert not [problem for problem in reading.problems if problem.severity == "error"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_golden_files_are_what_the_xpaths_find(path: Path) -> None:
    golden = (GOLDEN / f"{path.stem}.json").read_text("utf-8")

    assert written(Reference(path).values()) == golden


def test_there_are_28_golden_files_and_every_field_of_the_map_is_in_them() -> None:
    asked: set[str] = set()
    for path in PATHS:
        reference = Reference(path)
        reference.values()
        asked |= reference.asked

    assert asked == set(field_map())
    assert asked >= GIVEN_IN_PARTS
    assert [path.stem for path in PATHS] == [path.stem for path in sorted(GOLDEN.glob("*.json"))]
    assert len(PATHS) == 28
