"""Who won, who buys, and who is a person: through the references of a notice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.procurement.eforms_notices import OWN, REAL, own, reading_of, real


def test_winners_are_found_through_contracts_tenders_and_parties() -> None:
    results = own("award").results

    winners = [[str(one.name) for one in result.winners] for result in results]
    assert winners == [
        ["Vinnaren AB", "Delägaren AB"],
        [],
        ["Vinnaren AB", "Delägaren AB", "Påhittad Näringsidkare"],
        [],
        ["Vinnaren AB", "Delägaren AB"],
    ]
    assert [result.value and result.value.value for result in results] == [
        Decimal(1000000),
        None,
        Decimal("1500000.75"),
        None,
        Decimal(7),
    ]
    assert [result.tenders_received for result in results] == [3, 1, None, None, None]
    assert (results[0].decided, results[0].signed) == (date(2026, 2, 10), date(2026, 2, 25))
    assert results[1].reason == "all-rej"


def test_a_lot_with_several_contracts_is_decided_and_signed_with_the_last() -> None:
    result = own("award").results[2]

    assert (result.decided, result.signed) == (date(2026, 2, 12), date(2026, 2, 26))


def test_where_the_notice_does_not_tell_who_won_nobody_is_taken() -> None:
    (problem,) = reading_of(OWN / "reader-award.xml").problems

    assert "does not tell which of 2 tenders for LOT-0004 won" in problem.what
    assert problem.severity == "warning"


def test_a_natural_person_is_flagged() -> None:
    winners = own("award").results[2].winners

    assert [one.is_natural_person for one in winners] == [False, False, True]


def test_a_buyer_named_by_its_contact_point_is_the_organisation_reached_there() -> None:
    (buyer,) = own("award").buyers

    assert str(buyer.name) == "Granbygdens kommun"
    assert buyer.identifiers == ("212000-9998",)
    assert buyer.email == "inkop@granbygden.example.org"
    assert buyer.town == "Granbygden"


@pytest.mark.parametrize("name", ["traps", "change", "award", "planning"])
def test_contact_persons_are_nowhere(name: str) -> None:
    assert "Kontaktperson" in (OWN / f"reader-{name}.xml").read_text("utf-8")
    assert "Kontaktperson" not in repr(own(name))


@real
def test_the_losers_of_191534_2024_have_not_won() -> None:
    reading = reading_of(REAL / "2024-OJS065-00191534.xml")

    assert reading.notice is not None
    winners = [[str(one.name) for one in result.winners] for result in reading.notice.results]
    assert winners == [
        ["Belgo Facility Services"],
        ["M&G CLEANING"],
        *[["Belgo Facility Services"]] * 3,
    ]
    values = [result.value and result.value.value for result in reading.notice.results]
    assert values == [Decimal("8819.09"), Decimal("13768.11"), None, Decimal("11807.88"), None]
    assert len(reading.problems) == 2
