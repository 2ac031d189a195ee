"""Each trap of 94 real notices has a test: on the real notice where it is here, on our own always.

Our own are the fictional tests/notices_xml/reader-*.xml.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from tests.procurement.eforms_notices import OWN, REAL, of_ted, own, reading_of, real
from utrop.procurement.notice import Amount

HOUR = timezone(timedelta(hours=1))
TWO_HOURS = timezone(timedelta(hours=2))
THREE_HOURS = timezone(timedelta(hours=3))


# A tender deadline at 00:00: readers lose a day.


def test_a_deadline_at_midnight_says_so() -> None:
    deadline = own("traps").lots[0].closes

    assert deadline is not None
    assert deadline.is_midnight


@real
def test_the_midnight_deadline_of_701354_2023() -> None:
    (deadline,) = of_ted("701354-2023").deadlines

    assert deadline.is_midnight
    assert deadline.moment == datetime(2024, 1, 16, tzinfo=HOUR)


# Zero means that no amount is given.


def test_an_amount_of_zero_is_none() -> None:
    notice = own("traps")

    assert notice.value is None
    assert notice.lots[1].value == Amount(Decimal("1500000.50"), "SEK")


@real
def test_the_zero_euro_of_787442_2023() -> None:
    notice = of_ted("787442-2023")

    assert notice.value is None
    assert [lot.value for lot in notice.lots] == [None]


# Organisation numbers of every shape, several in one organisation.


def test_identifiers_are_kept_as_written() -> None:
    assert [buyer.identifiers for buyer in own("traps").buyers] == [
        ("212000-9998",),
        ("NIP: 6790085613", "SE212000999801"),
        ("ND",),
        ("Bygdens bostäder",),
    ]


@real
def test_the_two_identifiers_of_the_sdks_planning_notice() -> None:
    (buyer,) = of_ted("pin-only_24").buyers

    assert buyer.identifiers == ("PartyLegalEntityCID1234", "OtherID 9876")


# The country may be wrong: it is read, and nothing else is taken from it.


def test_a_wrong_country_changes_nothing_else() -> None:
    buyer = own("traps").buyers[1]

    assert (buyer.country, buyer.town, buyer.nuts) == ("EST", "Solna", "SE110")


@real
def test_the_wrong_country_of_787442_2023() -> None:
    (buyer,) = of_ted("787442-2023").buyers

    assert (buyer.country, buyer.town) == ("EST", "Solna")


# A change notice is told by efac:Changes and keeps its first dispatch date.


def test_a_change_notice_is_told_by_what_it_changes_not_by_its_form_type() -> None:
    reading = reading_of(OWN / "reader-change.xml")

    assert reading.notice is not None
    notice = reading.notice
    assert notice.form_type == "competition"
    assert notice.changes_notice == "12345-2026"
    assert [(one.reason, str(one.text), one.sections) for one in notice.changes] == [
        ("update-add", "Sista dag för anbud flyttas.", ("LOT-0001",)),
        ("update-add", "Anbuden öppnas senare.", ("PROCEDURE",)),
    ]
    assert {str(one.reason_text) for one in notice.changes} == {"Underlaget har kompletterats."}
    assert reading.problems == ()


def test_a_change_notice_keeps_the_first_dispatch_date() -> None:
    notice = own("change")

    assert notice.dispatched == datetime(2026, 7, 7, 9, tzinfo=TWO_HOURS)
    assert notice.ted_published == date(2026, 12, 21)
    assert notice.ted_published - notice.dispatched.date() == timedelta(days=167)
    (deadline,) = notice.deadlines
    assert deadline.moment.date() < notice.ted_published


@real
@pytest.mark.parametrize(
    ("name", "form_type", "changed", "reason"),
    [
        ("775348-2023", "change", "422781-2023", "cor-buy"),
        (
            "change-cn_24_open_dates",
            "competition",
            "c4c415ee-ac08-4465-8fa6-57568cf69462-01",
            "update-add",
        ),
        (
            "change-cn_24_void",
            "competition",
            "f42be27e-09cf-4f0e-a745-63ec689631e6-01",
            "cancel",
        ),
    ],
)
def test_the_three_change_notices_of_ted(
    name: str, form_type: str, changed: str, reason: str
) -> None:
    notice = of_ted(name)

    assert notice.form_type == form_type
    assert notice.changes_notice == changed
    assert {one.reason for one in notice.changes} == {reason}
    assert notice.is_cancelled == (reason == "cancel")


# Lots have deadlines, CPV and NUTS of their own; the procedure may have none.


def test_deadlines_cpv_and_nuts_stand_with_the_lots() -> None:
    notice = own("traps")
    first, second = notice.lots

    assert notice.nuts == ()
    assert notice.all_nuts == ("SE313", "SE312", "SE331")
    assert (first.cpv_main, first.cpv_more) == ("39221000", ("39222000",))
    assert second.cpv_main == "39224000"
    assert first.place == "Gävle; Falun"
    assert len(notice.deadlines) == 2


def test_groups_of_lots_are_no_lots_and_parts_are() -> None:
    assert [lot.identifier for lot in own("traps").lots] == ["LOT-0001", "LOT-0002"]
    planned = own("planning")
    assert [lot.identifier for lot in planned.lots] == ["PAR-0001", "PAR-0002"]
    assert [lot.nuts for lot in planned.lots] == [("SE313",), ("SE331",)]
    assert planned.procedure_id == ""
    assert planned.future_notice == date(2026, 12, 31)
    assert len(planned.questions) == 1


@real
def test_the_25_lots_of_612681_2024() -> None:
    notice = of_ted("2024-OJS198-00612681")

    assert len(notice.lots) == 25
    assert all(lot.tenders and lot.nuts and lot.cpv_main for lot in notice.lots)
    assert notice.nuts == ()


# A dynamic purchasing system takes tenders for years.


def test_a_deadline_years_off_is_no_fault() -> None:
    lot = own("traps").lots[1]

    assert lot.dps == "dps-nlist"
    assert lot.tenders is not None
    assert (lot.tenders.moment.date() - date(2026, 9, 1)).days == 1176


# Titles in several languages, long ones, and other alphabets.


def test_a_title_in_five_languages_has_the_notices_own_first() -> None:
    title = own("traps").title

    assert [lang for lang, _ in title.versions] == ["sv", "el", "en", "pl", "et"]
    assert title.said_in("el") == "Εξοπλισμός κουζίνας για σχολεία"
    assert title.said_in("pl") == "Wyposażenie kuchni i środki czystości dla szkół"
    assert title.said_in("et") == "Köögiseadmed ja puhastusvahendid koolidele"


def test_a_title_of_more_than_200_characters_is_whole() -> None:
    title = str(own("traps").title)

    assert len(title) == 229
    assert title.endswith("och med service på plats")


@real
def test_the_24_languages_of_the_sdks_notice() -> None:
    notice = of_ted("cn_24_multilingual")

    assert len(notice.title.versions) == 24
    assert notice.title.versions[0][0] == notice.lang == "en"
    assert notice.title.version("sv")[0] == "sv"


@real
@pytest.mark.parametrize(
    ("name", "letters"),
    [("497181-2023", "Προμήθεια"), ("739962-2023", "dializatorów"), ("486429", "andmeteadustööd")],
)
def test_greek_polish_and_estonian_letters(name: str, letters: str) -> None:
    (path,) = REAL.glob(f"*{name}.xml")
    notice = reading_of(path).notice

    assert notice is not None
    assert letters in str(notice.title)


# Flags are never guessed.


def test_flags_are_those_that_the_notice_sets() -> None:
    first, second = own("traps").lots

    assert (first.strategic, first.green, first.social, first.innovation) == ((), (), (), ())
    assert (first.sme_suitable, first.eu_funded, first.reserved) == (None, False, ())
    assert second.strategic == ("env-imp", "inn-pur")
    assert (second.green, second.innovation) == (("circ-econ",), ("prod-innov",))
    assert (second.sme_suitable, second.eu_funded, second.reserved) == (True, True, ("res-ws",))
    assert not own("traps").accelerated


# Calls without a deadline for tenders close too.


@real
@pytest.mark.parametrize(
    ("name", "closes"),
    [
        ("787442-2023", "2024-01-16T11:00:00+00:00"),
        ("2024-OJS047-00137599", "2024-03-20T20:03:20+01:00"),
        ("E1_minimal", "2025-06-01T12:00:00+02:00"),
    ],
)
def test_a_call_for_interest_and_a_consultation_close_too(name: str, closes: str) -> None:
    (deadline,) = of_ted(name).deadlines

    assert deadline.moment.isoformat() == closes
