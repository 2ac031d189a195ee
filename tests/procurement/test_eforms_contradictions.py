"""Dates that cannot all be right are warnings with the line of the one that looks wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.procurement.eforms_notices import OWN
from utrop.procurement.eforms import read_notice

TRAPS = (OWN / "reader-traps.xml").read_bytes()
AWARD = (OWN / "reader-award.xml").read_bytes()


def warnings(data: bytes, old: bytes, new: bytes) -> list[tuple[int | None, str]]:
    """Return the warnings that come of replacing a passage, the others left out."""
    assert data.count(old) == 1
    before = {one.what for one in read_notice(data, path=Path("x.xml")).problems}
    reading = read_notice(data.replace(old, new), path=Path("x.xml"))
    assert reading.notice is not None
    assert {one.severity for one in reading.problems} == {"warning"}
    return [(one.line, one.what) for one in reading.problems if one.what not in before]


def line_of(passage: bytes, data: bytes) -> int:
    return data.count(b"\n", 0, data.index(passage)) + 1


@pytest.mark.parametrize(
    ("data", "old", "new", "said"),
    [
        (
            TRAPS,
            b"2026-12-20+01:00",
            b"2027-01-20+01:00",
            "the deadline for questions of LOT-0001 (2027-01-20) is after the deadline for "
            "tenders (2027-01-16 00:00)",
        ),
        (
            TRAPS,
            b"2029-11-20Z",
            b"2026-08-31Z",
            "the deadline for tenders of LOT-0002 (2026-08-31 12:00) is before the notice was "
            "sent (2026-09-01 14:35)",
        ),
        (
            TRAPS,
            b"2027-01-16+01:00</cbc:OccurrenceDate>",
            b"2027-01-15+01:00</cbc:OccurrenceDate>",
            "tenders for LOT-0001 are opened (2027-01-15 09:00) before their deadline "
            "(2027-01-16 00:00)",
        ),
        (
            TRAPS,
            b"2031-03-31+02:00",
            b"2026-03-31+02:00",
            "the contract of LOT-0001 ends (2026-03-31) before it starts (2027-04-01)",
        ),
        (
            AWARD,
            b"2026-02-25+01:00",
            b"2026-02-09+01:00",
            "the contract of LOT-0001 was signed (2026-02-09) before the decision (2026-02-10)",
        ),
    ],
)
def test_contradictory_dates(data: bytes, old: bytes, new: bytes, said: str) -> None:
    assert warnings(data, old, new) == [(line_of(old, data), said)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"2026-09-03Z", b"2026-08-31Z", "the publication at TED (OPP-012), 2026-08-31, is before"),
        (b"2026-09-03+02:00", b"2026-08-30+02:00", "preferred publication date (BT-738), 2026-08-"),
    ],
)
def test_days_before_the_dispatch(old: bytes, new: bytes, said: str) -> None:
    ((line, what),) = warnings(TRAPS, old, new)

    assert said in what
    assert what.endswith("is before the notice was sent (2026-09-01)")
    assert line == line_of(b"<cbc:IssueDate>", TRAPS)


def test_a_change_notice_with_its_first_dispatch_date_is_no_contradiction() -> None:
    data = (OWN / "reader-change.xml").read_bytes()
    moved = data.replace(b"2026-10-06+02:00", b"2026-07-01+02:00")

    assert read_notice(moved, path=Path("x.xml")).problems == ()


def test_missing_facts_are_listed_once() -> None:
    name = b"urn:oasis:names:specification:ubl:schema:xsd:ContractNotice-2"
    bare = b'<ContractNotice xmlns="%s"/>' % name

    problems = read_notice(bare, path=Path("x.xml")).problems

    assert problems[-1].what == (
        "the notice does not say: identifier (BT-701), language (BT-702), dispatch date (BT-05), "
        "title (BT-21), buyer (BT-500), main CPV code (BT-262), lot (BT-137)"
    )
