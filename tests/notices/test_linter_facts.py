"""R2: what the notice does not have is found, what it has is not, however it is written."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.notices.linting import NOTICE, STOCKHOLM, at, found, rules, subject, with_lot
from utrop.notices.linter.dates import dates
from utrop.notices.linter.numbers import amounts, quantities
from utrop.procurement.course import Course
from utrop.procurement.notice import Amount, Deadline


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1 500 000 kronor", 1_500_000, "SEK"),
        ("1\u00a0500\u00a0000 kr", 1_500_000, "SEK"),
        ("1\u202f500\u202f000 SEK", 1_500_000, "SEK"),
        ("1,5 miljoner kronor", 1_500_000, "SEK"),
        ("1.5 million euro", 1_500_000, "EUR"),
        ("1,5 miljoner.", 1_500_000, ""),
        ("en miljon kronor", 1_000_000, "SEK"),
        ("två miljarder kronor", 2_000_000_000, "SEK"),
        ("3 MSEK", 3_000_000, "SEK"),
        ("3,2 mkr", 3_200_000, "SEK"),
        ("900 tkr", 900_000, "SEK"),
        ("EUR 90,000", 90_000, "EUR"),
        ("€1.2 million", 1_200_000, "EUR"),
        ("£90,000.50", Decimal("90000.50"), "GBP"),
        ("1.500.000 euro", 1_500_000, "EUR"),
        ("2,125 miljoner kronor", 2_125_000, "SEK"),
        ("0 EUR", 0, "EUR"),
    ],
)
def test_amounts_as_people_write_them(text: str, value: Decimal, currency: str) -> None:
    (one,) = amounts(f"Det kostar {text}")
    assert (one.value, one.currency) == (value, currency)


@pytest.mark.parametrize(
    "text",
    [
        "2 miljoner invånare",
        "23 skolor",
        "KLSY1482",
        "kl. 23.59",
        "2027",
        "avdelning 5 krona",
        "§ 5",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert list(amounts(text)) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("den 15 mars 2027", (2027, 3, 15)),
        ("måndag 15 mars", (None, 3, 15)),
        ("2027-03-15", (2027, 3, 15)),
        ("senast 15/3", (None, 3, 15)),
        ("den 15/3 2027", (2027, 3, 15)),
        ("15 March 2027", (2027, 3, 15)),
        ("March 15, 2027", (2027, 3, 15)),
        ("the 3rd of May", (None, 5, 3)),
        ("10–15 okt. 2026", (2026, 10, 15)),
    ],
)
def test_dates_as_people_write_them(text: str, day: tuple[int | None, int, int]) -> None:
    (one,) = dates(f"Sista dagen är {text}.")
    assert (one.year, one.month, one.day) == day


@pytest.mark.parametrize(
    "text", ["öppet 24/7", "1/3 av priset", "2027-02-30", "31 juni", "10 marsipaner", "3 decimaler"]
)
def test_what_is_no_date(text: str) -> None:
    assert list(dates(text)) == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("Värdet är 52 000 000 kronor.", "R2-amount"),
        ("Värdet är 52 miljoner kronor.", "R2-amount"),
        ("Värdet är 48 000 000 euro.", "R2-amount"),
        ("Sista dag är den 16 mars 2027.", "R2-date"),
        ("Sista dag är den 15 mars 2028.", "R2-date"),
        ("CPV 45000000.", "R2-cpv"),
        ("Det gäller 45000000-7.", "R2-cpv"),
        ("Vi köper 400 datorer.", "R2-quantity"),
        ("Avtalet gäller i fem år.", "R2-quantity"),
        ("Bilarna måste vara fossilfria.", "R2-requirement"),
        ("Minst hälften av maten är ekologisk.", "R2-requirement"),
    ],
)
def test_facts_that_the_notice_does_not_have(body: str, rule: str) -> None:
    assert rules(subject(body)) == {rule}
    (one,) = found(subject(f"Rad.\n\n{body}\n"), rule)
    assert (one.line, one.severity) == (12, "warning")


@pytest.mark.parametrize(
    "body",
    [
        "Värdet är 48 000 000 kronor, alltså 48 miljoner.",
        "Värdet är 48\u00a0mkr.",
        "Sista dag är måndag 15 mars 2027 kl. 23.59; frågor senast 24/2.",
        "Annonsen skickades den 2 november 2026.",
        "Städning av skolor (CPV 90919300-2), ur gruppen CPV 90900000.",
        "Avtalet gäller i två år, alltså 24 månader, och kan förlängas i högst 12 månader.",
        "Städning av 23 skolor. Personalen ska ha genomgått utbildning i hygien.",
        "Norrvik ska köpa städning. Frågor ska ställas i systemet. Läs dokumenten: du måste det.",
        "Vilka krav måste du uppfylla?",
        "`52 000 000 kronor` och [länk](https://a.example.org/den-16-mars-2027/400-datorer).",
    ],
)
def test_facts_that_the_notice_has(body: str) -> None:
    assert rules(subject(body)) == set()


def test_every_text_that_readers_see_is_looked_at() -> None:
    wrong = "52 000 000 kronor"
    one = subject(
        title=wrong,
        summary=wrong,
        plain_summary=wrong,
        announced=(("announce.mastodon", wrong), ("announce.again.0", wrong)),
        lines={"title": 2, "summary": 3, "plain_summary": 4, "announce": 5, "announce.mastodon": 6},
    )
    assert [finding.line for finding in found(one, "R2-amount")] == [2, 3, 4, 5, 6]


def test_rounding_is_no_new_fact() -> None:
    notice = with_lot(value=Amount(Decimal(47_812_345), "SEK"))
    assert rules(subject("Omkring 47,8 miljoner kronor.", notice=notice)) == set()
    assert rules(subject("Omkring 47,9 miljoner kronor.", notice=notice)) == {"R2-amount"}
    assert rules(subject("Det kostar 47 812 000 kronor.", notice=notice)) == {"R2-amount"}


def test_lots_may_be_added_up() -> None:
    lots = tuple(replace(NOTICE.lots[0], value=Amount(Decimal(n), "SEK")) for n in (26, 12, 10))
    assert rules(subject("I allt 48 kronor.", notice=replace(NOTICE, lots=lots))) == set()


def test_the_night_before_a_deadline_at_midnight_is_its_day_too() -> None:
    notice = with_lot(tenders=Deadline(moment=at("2027-03-16T00:00")))
    assert "R2-date" not in rules(subject("Lämna anbud den 15 mars 2027.", notice=notice))


def test_what_front_matter_and_the_thread_tell_is_known() -> None:
    body = "Den 1 april 2027, den 2 april 2027 och den 3 april 2027."
    later = with_lot(tenders=Deadline(moment=at("2027-04-03T12:00")))
    one = subject(
        body,
        days=frozenset({at("2027-04-01T09:00").date()}),
        courses=(Course(ted_published_at=at("2027-04-02T09:00")),),
        notices=(NOTICE, later),
    )
    assert rules(one) == set()
    assert len(found(subject(body), "R2-date")) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"regime": "national"},
        {"kind": "opinion"},
        {"kind": "change"},
        {"phase": "closed"},
        {"phase": "awarded"},
    ],
)
def test_r2_holds_for_open_notices_above_the_thresholds_only(changes: dict[str, str]) -> None:
    body = "52 000 000 kronor den 16 mars 2027 för 400 datorer, som måste vara nya. CPV 45000000."
    assert not [rule for rule in rules(subject(body, **changes)) if rule.startswith("R2")]


def test_a_notice_without_its_dispatch() -> None:
    assert rules(subject(notice=replace(NOTICE, dispatched=None))) == {"R2-dispatch"}


def test_quantities_have_their_units() -> None:
    assert [one.value for one in quantities("12 kvm, 3 000 ton och tre bilar")] == [12, 3000, 3]
    assert list(quantities("12 kapitel, 3 kap. och tre delar")) == []


def test_known_days_use_the_sites_zone() -> None:
    notice = with_lot(tenders=Deadline(moment=at("2027-03-15T23:30+00:00")))
    one = subject("Den 15 mars 2027, här den 16 mars 2027.", notice=notice, zone=STOCKHOLM)
    assert rules(one) == set()
