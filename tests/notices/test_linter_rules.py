"""R3–R13: what each rule finds, what it lets pass, and where it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.notices.linting import LOT, NOTICE, STOCKHOLM, at, found, rules, subject, with_lot
from utrop.procurement.course import Course
from utrop.procurement.notice import Deadline, LotResult, Notice
from utrop.procurement.time_limits import standstill_end

TOLD = Course(award_notified_at=at("2026-11-16T09:00"))
FIRST = standstill_end(TOLD, STOCKHOLM)


def national(**changes: Any) -> Notice:
    bare = Notice(
        source="front matter",
        form_type="competition",
        database_url="https://klarsyn.example.org/1",
        lots=(replace(LOT, documents_url="", cpv_main="", value=None),),
    )
    return replace(bare, **changes)


def award(body: str = "", **changes: Any) -> Any:
    told: dict[str, Any] = {
        "kind": "award", "phase": "awarded", "course": TOLD, "courses": (TOLD,),
        "standstill_ends": FIRST,
    }  # fmt: skip
    return subject(body, **(told | changes))


# R3, R4


def test_below_the_thresholds_title_deadline_and_link_are_enough() -> None:
    one = subject("Vi köper städning.", regime="national", notice=national())
    assert rules(one) == set()
    without = subject(regime="national", notice=national(database_url="", lots=()))
    assert rules(without) == {"R3-official-link", "R5-deadline-missing"}


def test_a_direct_award_needs_no_database() -> None:
    assert rules(subject(regime="direct", notice=national(database_url="", lots=()))) == set()


def test_an_eu_notice_leads_to_ted_once_it_is_there() -> None:
    notice = replace(NOTICE, ted_number="")
    assert rules(subject(notice=notice)) == set()
    there = Course(ted_published_at=at("2026-11-10T09:00"))
    assert rules(subject(notice=notice, course=there)) == {"R3-official-link"}


def test_a_call_without_documents() -> None:
    assert rules(subject(notice=with_lot(documents_url=""))) == {"R4-documents-missing"}
    planning = replace(with_lot(documents_url=""), form_type="planning")
    assert rules(subject(notice=planning)) == set()


# R5


@pytest.mark.parametrize(
    ("changes", "lot", "least"),
    [
        ({}, {}, 30),
        ({}, {"electronic": "not-allowed"}, 35),
        ({"accelerated": True}, {}, 15),
        ({"previous_planning": "123456-2026"}, {}, 15),
        ({"procedure_type": "restricted"}, {"by_request": True}, 30),
        ({"procedure_type": "neg-w-call", "accelerated": True}, {"by_request": True}, 15),
        ({"procedure_type": "comp-dial", "accelerated": True}, {"by_request": True}, 30),
        ({"procedure_type": "neg-wo-call"}, {}, 0),
        ({"legal_basis": "32014L0023"}, {}, 0),
        ({"notice_type": "cn-social"}, {}, 0),
        ({"changes_notice": "123456-2026"}, {}, 0),
        ({"source": "front matter"}, {}, 0),
        ({"dispatched": None}, {}, 0),
    ],
)
@pytest.mark.parametrize("days", range(10, 40))
def test_the_laws_least_time(
    changes: dict[str, Any], lot: dict[str, Any], least: int, days: int
) -> None:
    # The 2nd of November 2026 is a Monday: days 5 and 6 of each week are a weekend.
    ends = Deadline(moment=at("2026-11-02T23:59") + timedelta(days=days))
    by_request = lot.get("by_request")
    timed = {"participation" if by_request else "tenders": ends, "questions": None}
    told = {key: value for key, value in lot.items() if key != "by_request"} | timed
    if by_request:
        told["tenders"] = None
    notice = replace(with_lot(**told), **changes)
    is_short = bool(found(subject(notice=notice), "R5-deadline-short"))
    assert is_short == (days < least)


def test_a_period_that_ends_on_a_weekend_ends_on_the_monday() -> None:
    def short(day: str) -> bool:
        notice = replace(
            with_lot(tenders=Deadline(moment=at(day)), questions=None),
            dispatched=at("2026-11-05T10:00"),
        )
        return bool(found(subject(notice=notice), "R5-deadline-short"))

    # Day 30 is Saturday 5 December.
    assert short("2026-12-05T23:59")
    assert short("2026-12-06T23:59")
    assert not short("2026-12-07T00:01")
    assert short("2026-12-07T00:00")


def test_the_message_says_what_to_do() -> None:
    notice = with_lot(tenders=Deadline(moment=at("2026-11-20T12:00")), questions=None)
    (one,) = found(subject(notice=notice), "R5-deadline-short")
    assert one.what == (
        "the last day is 2026-11-20, but 30 days (open procedure, electronic tenders) from the"
        " dispatch on 2026-11-02 end on 2026-12-02"
    )
    assert (one.severity, one.line) == ("error", 5)


def test_time_limits_above_the_thresholds_do_not_hold_below_them() -> None:
    notice = with_lot(tenders=Deadline(moment=at("2026-11-12T12:00")))
    assert "R5-deadline-short" not in rules(subject(regime="national", notice=notice))


def test_a_last_moment_at_midnight() -> None:
    notice = with_lot(tenders=Deadline(moment=at("2027-03-15T00:00")))
    (one,) = found(subject(notice=notice), "R5-deadline-midnight")
    assert "at 00:00 on 2027-03-15 is the night after 2027-03-14" in one.what
    assert not found(subject(notice=notice, phase="closed"), "R5-deadline-midnight")


@pytest.mark.parametrize(
    ("asked", "accelerated", "is_late"),
    [
        ("2027-03-09T23:59", False, False),
        ("2027-03-10T08:00", False, True),
        ("2027-03-10T00:00", False, False),
        ("2027-03-11T08:00", True, False),
        ("2027-03-12T08:00", True, True),
    ],
)
def test_questions_that_cannot_be_answered_in_time(
    asked: str, accelerated: bool, is_late: bool
) -> None:
    notice = replace(with_lot(questions=Deadline(moment=at(asked))), accelerated=accelerated)
    assert bool(found(subject(notice=notice), "R5-questions-late")) == is_late


def qa(body: str = "", answered: str = "2026-11-23T10:00", **changes: Any) -> Any:
    return subject(
        body,
        kind="qa",
        notice=None,
        notices=(NOTICE,),
        closes=NOTICE.deadlines,
        course=Course(published_in_system_at=at(answered)),
        **changes,
    )


@pytest.mark.parametrize(
    ("answered", "is_late"),
    [("2027-03-09T23:59", False), ("2027-03-10T00:00", True), ("2027-03-16T09:00", False)],
)
def test_answers_that_come_too_late(answered: str, is_late: bool) -> None:
    one = qa(answered=answered, told_at=at("2027-03-20T00:00"))
    assert bool(found(one, "R5-answers-late")) == is_late


def test_a_zero_is_no_amount() -> None:
    assert rules(subject("Värdet är 0 EUR.")) == {"R5-zero-amount"}
    assert rules(subject("Det kostar 0,00 kronor.", regime="direct")) == {"R5-zero-amount"}
    assert rules(subject("Det kostar 0 kronor.", kind="opinion")) == set()


# R6, R7


@pytest.mark.parametrize(
    "body",
    [
        "Städbolaget Norr AB undrar om golven är av sten.",
        "Företaget Renhult frågar om golven.",
        "Anna Renhult undrar om golven.",
        "Fråga från Renhult: Är golven av sten?",
        "Fråga 3 från Renhult AB",
        "Question from Cleanly: are the floors stone?",
        "Cleanly Ltd asks whether the floors are stone.",
        "Svar till anna.renhult@stad.example.org",
    ],
)
def test_who_asked_is_not_told(body: str) -> None:
    assert "R6-asker" in rules(qa(body))
    assert "R6-asker" not in rules(qa(body, regime="direct"))
    assert "R6-asker" not in rules(subject(body))


@pytest.mark.parametrize(
    "body",
    [
        "En leverantör undrar om golven är av sten.",
        "Flera frågar om golven. Frågor från leverantörer besvaras i systemet.",
        "Fråga 3. Är golven av sten? Svar: Ja. Norrviks inköpscentral AB har inga andra golv.",
        "Vi undrar om golven. Frågan från den 3 november är besvarad.",
        "Skriv till upphandling@norrvik.example.org.",
    ],
)
def test_questions_without_who_asked(body: str) -> None:
    assert rules(qa(body)) == set()


def test_the_buyers_own_address_tells_nothing() -> None:
    buyer = replace(NOTICE.buyers[0], email="Anna.Renhult@norrvik.example.org")
    one = replace(
        qa("Svar: anna.renhult@norrvik.example.org"), notices=(replace(NOTICE, buyers=(buyer,)),)
    )
    assert rules(one) == {"R11-personal-email"}


def test_an_answer_stands_in_the_system_first() -> None:
    assert rules(replace(qa(), course=Course())) == {"R6-not-in-system"}
    assert rules(qa(answered="2026-11-24T14:00")) == {"R6-not-in-system"}
    later = qa(answered="2026-11-24T14:00", told_at=at("2026-11-24T14:00"))
    assert rules(later) == set()


def test_questions_are_asked_in_the_system() -> None:
    for body in ("Ställ din fråga i kommentarerna!", "Ask us in the comments.", "Kommentera nedan"):
        assert rules(subject(body)) == {"R7-elsewhere"}
        assert rules(subject(body, kind="dialogue")) == set()
    assert rules(subject("Ställ inte frågor i kommentarer eller chatten.")) == set()


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("Öppen upphandling: städning", True),
        ("Pågående upphandling av städning", True),
        ("Städning, öppet förfarande", False),
        ("Öppen till den 15 mars 2027", False),
        ("The call is now open", True),
        ("Open tender: cleaning", True),
        ("Open until 15 March 2027", False),
        ("Cleaning, open procedure", False),
        ("Öppna data om städning", False),
    ],
)
def test_a_title_goes_on_saying_open(words: str, is_found: bool) -> None:
    for key in ("title", "summary", "plain_summary"):
        assert ("R5-open" in rules(subject(**{key: words}))) == is_found
    assert ("R5-open" in rules(subject(announced=(("announce.text", words),)))) == is_found
    assert "R5-open" not in rules(subject(words))
    assert "R5-open" not in rules(subject(title=words, kind="award"))


# R8


@pytest.mark.parametrize(
    "body",
    [
        "Vi har fått fem anbud.",
        "Nio anbud kom in.",
        "Vi kan berätta att 13 anbud har kommit in.",
        "Bara ett anbud har kommit in.",
        "Inga anbud inkom.",
        "Tre företag har lämnat anbud.",
        "Anbud har kommit in från Renhult.",
        "Renhult Städ AB har lämnat anbud.",
        "Anbuden blev fyra.",
        "Fem företag har hämtat upphandlingsdokumenten.",
        "13 tenders were received.",
        "We got five bids.",
        "Tenders have come in from Cleanly.",
        "Two suppliers have submitted.",
        "Fem\nanbud, i systemet.",
    ],
)
@pytest.mark.parametrize("phase", ["open", "questions closed", "closed"])
def test_how_many_tendered_and_who_is_secret_until_the_decision(body: str, phase: str) -> None:
    assert found(subject(body, regime="national", phase=phase), "R8-tenders")
    assert found(subject(summary=body, kind="event", phase=phase), "R8-tenders")


@pytest.mark.parametrize(
    "body",
    [
        "Du kan lämna ett anbud, eller två anbud om delarna är flera.",
        "Lämna anbud senast den 15 mars 2027. Vi öppnar inga anbud före dess.",
        "Högst fem anbudsgivare bjuds in.",
        "I genomsnitt lämnas 4,6 anbud.",
        "Får två företag lämna anbud tillsammans?",
        "Minst tre anbudssökande bjuds in att lämna anbud.",
        "You may submit two tenders. Up to five bidders are invited.",
        "Anbud från hela landet är välkomna.",
        "Se 12 kap. Anbud lämnas i systemet.",
    ],
)
def test_what_is_said_of_tendering_in_general(body: str) -> None:
    assert not found(subject(body, regime="national"), "R8-tenders")


@pytest.mark.parametrize("phase", ["planned", "awarded", "contracted", "cancelled", None])
def test_the_number_of_tenders_may_be_told_after_the_decision(phase: Any) -> None:
    assert not found(award("Nio anbud kom in.", phase=phase), "R8-tenders")


def test_a_plain_post_may_speak_of_tenders() -> None:
    body = (
        "I var femte upphandling kommer bara ett anbud in. Vi har fått fem anbud. Stort intresse!"
    )
    assert rules(subject(body, kind="", regime=None)) == set()
    assert rules(subject(body, kind="opinion", regime=None)) == set()


@pytest.mark.parametrize(
    "body",
    [
        "Många har visat intresse.",
        "Intresset är stort.",
        "Flera företag har redan hört av sig.",
        "Stort söktryck!",
        "There is great interest.",
        "Many companies have shown interest.",
        "Flera anbud har kommit in.",
    ],
)
def test_hints_at_how_many_take_part(body: str) -> None:
    (one,) = found(subject(body), "R8-vague")
    assert one.severity == "warning"
    assert not found(subject(body, phase="planned"), "R8-vague")
    assert not found(subject(body, phase="awarded"), "R8-vague")


# R9


def test_a_decision_is_told_to_tenderers_first() -> None:
    assert rules(award()) == set()
    assert rules(award(course=Course(), courses=())) == {"R9-not-notified"}
    assert rules(award(course=Course(award_notified_at=at("2026-11-25T09:00")))) >= {
        "R9-not-notified"
    }
    assert rules(award(course=Course(), courses=(TOLD,))) == set()
    assert rules(award(course=Course(), courses=(), regime="direct")) == set()
    assert rules(award(course=Course(), courses=(), phase="cancelled")) == set()


@pytest.mark.parametrize(
    "body",
    [
        "Avtal tecknat!",
        "Avtal har tecknats med Renhult.",
        "Vi har nu tecknat avtal.",
        "Avtalet är undertecknat.",
        "Ramavtal om snöröjning har ingåtts.",
        "Contract signed.",
        "The contract has been signed.",
        "We have signed a framework agreement.",
    ],
)
def test_no_contract_within_the_standstill(body: str) -> None:
    assert datetime(2026, 11, 27, tzinfo=STOCKHOLM) == FIRST
    before, after = FIRST - timedelta(seconds=1), FIRST
    assert rules(award(body, told_at=before)) == {"R9-signed-early"}
    assert rules(award(body, told_at=after)) == set()
    assert rules(award(body, standstill_ends=None)) == set()


@pytest.mark.parametrize(
    "body",
    [
        "**Inget avtal är ingånget.**",
        "Avtal får ingås tidigast den 27 november 2026.",
        "När avtalen har ingåtts skickar vi en efterannons.",
        "Om avtalet har tecknats före dess är det ogiltigt.",
        "Avtal tecknas i december.",
        "No contract has been signed.",
        "Once the contract is signed we will send the notice.",
        "Avtalsspärren gäller till och med den 26 november 2026.",
    ],
)
def test_what_may_be_said_within_the_standstill(body: str) -> None:
    assert rules(award(body)) == set()


def test_the_day_of_signing() -> None:
    early = replace(TOLD, contract_signed_at=date(2026, 11, 26))
    assert rules(award(course=early)) == {"R9-signed-early"}
    assert rules(award(course=replace(early, contract_signed_at=date(2026, 11, 27)))) == set()


@pytest.mark.parametrize(("days", "reminded"), [(24, False), (25, True), (60, True), (61, False)])
def test_a_reminder_of_the_notice_of_the_result(days: int, reminded: bool) -> None:
    signed = replace(TOLD, contract_signed_at=date(2026, 12, 1))
    told_at = datetime(2026, 12, 1, 12, tzinfo=UTC) + timedelta(days=days)
    one = award(course=signed, told_at=told_at, phase="contracted")
    assert bool(found(one, "R9-award-notice-late")) == reminded
    result = replace(NOTICE, form_type="result", results=(LotResult(lot="LOT-0001"),))
    assert not found(replace(one, notices=(result,)), "R9-award-notice-late")


def test_the_reminder_names_the_last_day() -> None:
    signed = replace(TOLD, contract_signed_at=date(2026, 12, 1))
    one = award(course=signed, told_at=at("2026-12-28T12:00"), phase="contracted")
    (due,) = found(one, "R9-award-notice-late")
    assert "has to be sent by 2027-01-04" in due.what  # day 30 is New Year's eve


# R11, R13


@pytest.mark.parametrize(
    ("address", "is_personal"),
    [
        ("anna.renhult@norrvik.example.org", True),
        ("Anna-Karin.Öberg@norrvik.example.org", True),
        ("anna.b.renhult2@norrvik.example.org", True),
        ("upphandling@norrvik.example.org", False),
        ("upphandling.it@norrvik.example.org", False),
        ("norrvik.inkop@norrvik.example.org", False),
        ("registrator.kommunen@norrvik.example.org", False),
        ("procurement.office@norrvik.example.org", False),
    ],
)
def test_function_mailboxes_are_fine(address: str, is_personal: bool) -> None:
    for kind, regime in (("notice", "eu"), ("", None)):
        one = subject(f"Skriv till [oss](mailto:{address}).", kind=kind, regime=regime)
        assert rules(one) == ({"R11-personal-email"} if is_personal else set())


def test_personal_numbers_are_not_repeated_in_the_message() -> None:
    (one,) = found(subject("Vinnare: Renhult, 811218-9876.", kind="", regime=None))
    assert (one.rule.id, one.severity) == ("R11-personal-number", "error")
    assert "811218-XXXX" in one.what
    assert "9876" not in one.what + one.instead


@pytest.mark.parametrize("body", ["Org.nr 556086-8225.", "Ring 0812 181234.", "Tel. 0701011234"])
def test_other_numbers_are_fine(body: str) -> None:
    assert "R11-personal-number" not in rules(subject(body))


def test_a_plain_summary_is_plain() -> None:
    heavy = (
        "Upphandlingsförfarandet omfattar fastighetsförvaltningens städtjänster, inklusive"
        " hygienutbildningar, miljömärkta rengöringsprodukter, kvalitetsuppföljningar,"
        " anbudsutvärderingar, verksamhetsanpassningar, leveranskontroller, ramavtalsförlängningar,"
        " prisjusteringar, underleverantörskontroller, förskolornas särskilda öppethållandetider"
        " samt kommunfullmäktiges gemensamma hållbarhetsriktlinjer."
    )
    easy = "Vi vill köpa städning. Det gäller skolor i Norrvik. Du kan lämna anbud på en del. " * 3
    long = "Vi " + "och vi " * 14 + "städar."
    assert rules(subject(plain_summary=heavy)) == {"R13-lix"}
    assert rules(subject(plain_summary=easy)) == set()
    assert rules(subject(plain_summary=long)) == {"R13-sentence"}
    assert rules(subject(plain_summary="Fastighetsförvaltning. Städtjänster.")) == set()
