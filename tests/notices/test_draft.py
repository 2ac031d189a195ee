"""What a notice gives a draft, and what its importer is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notices.eforms_text import eforms
from utrop.notices import draft as drafting
from utrop.notices.draft import concerns, draft_of, kind_of, references
from utrop.problem import Problem
from utrop.procurement.eforms import read_notice
from utrop.procurement.notice import Multilingual, Notice

PATH = Path("annons.xml")
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
UUID = "0b6f4d5e-1111-4222-8333-000000000001"


def notice_of(data: bytes) -> Notice:
    reading = read_notice(data, path=PATH)
    assert reading.notice is not None, reading.problems
    return reading.notice


def told(data: bytes) -> list[Problem]:
    notice = notice_of(data)
    return concerns(
        notice,
        data,
        path=PATH,
        draft=draft_of(notice, languages=("sv", "en")),
        now=NOW,
        zone=STOCKHOLM,
    )


@pytest.mark.parametrize(
    ("form_type", "changes_notice", "kind", "title"),
    [
        ("competition", "", "notice", "Städning"),
        ("planning", "", "plan", "Städning"),
        ("consultation", "", "dialogue", "Städning"),
        ("result", "", "award", "Resultat: Städning"),
        ("dir-awa-pre", "", "award", "Frivillig förhandsinsyn: Städning"),
        ("cont-modif", "", "contract_change", "Ändrat avtal: Städning"),
        ("completion", "", "contract_change", "Genomfört avtal: Städning"),
        ("change", "", "change", "Ändring: Städning"),
        # BT-758 alone tells a change notice, whatever its form type.
        ("competition", "701354-2023", "change", "Ändring: Städning"),
        ("result", "701354-2023", "change", "Ändring: Städning"),
        ("", "", "notice", "Städning"),
    ],
)
def test_the_form_tells_what_a_post_is(
    form_type: Any, changes_notice: str, kind: str, title: str
) -> None:
    notice = Notice(
        form_type=form_type,
        changes_notice=changes_notice,
        title=Multilingual((("sv", "Städning"),)),
    )

    assert kind_of(notice) == kind
    assert draft_of(notice, languages=("sv", "en")).title == title


@pytest.mark.parametrize(
    ("langs", "asked", "lang", "title", "title_lang"),
    [
        (("sv", "en"), "", "sv", "Städning", "sv"),
        (("en", "sv"), "", "en", "Cleaning", "en"),
        (("en", "sv"), "sv", "sv", "Städning", "sv"),
        (("pl",), "", "sv", "Sprzątanie", "pl"),
        (("pl", "en"), "", "en", "Cleaning", "en"),
        (("pl",), "en", "en", "Sprzątanie", "pl"),
    ],
)
def test_the_language_is_the_sites_that_the_notice_has(
    langs: tuple[str, ...], asked: str, lang: str, title: str, title_lang: str
) -> None:
    titles = {"sv": "Städning", "en": "Cleaning", "pl": "Sprzątanie"}
    notice = Notice(langs=langs, title=Multilingual(tuple((one, titles[one]) for one in langs)))

    draft = draft_of(notice, languages=("sv", "en"), lang=asked)

    assert (draft.lang, draft.title, draft.title_lang) == (lang, title, title_lang)


@pytest.mark.parametrize(
    ("number", "notice_id", "title", "file_name"),
    [
        ("701354-2023", UUID, "Upphandling 701354-2023", "701354-2023"),
        ("", UUID, f"Upphandling {UUID}", UUID),
        ("", "", "Upphandling", ""),
        ("", "../../etc/passwd", "Upphandling ../../etc/passwd", "etc-passwd"),
        ("", "a/b\\c", "Upphandling a/b\\c", "a-b-c"),
    ],
)
def test_a_notice_without_a_title_is_named_by_its_number(
    number: str, notice_id: str, title: str, file_name: str
) -> None:
    draft = draft_of(Notice(notice_id=notice_id, ted_number=number), languages=("sv",))

    assert draft.title == title
    assert draft.file_name == file_name


def test_the_number_by_which_ted_was_asked_stands_in_for_the_notices_own() -> None:
    assert draft_of(Notice(), languages=("sv",), ted_number="1-2026").ted_number == "1-2026"
    own = draft_of(Notice(ted_number="2-2026"), languages=("sv",), ted_number="1-2026")
    assert own.ted_number == "2-2026"


@given(st.text())
def test_any_title_becomes_one_line(text: str) -> None:
    draft = draft_of(Notice(title=Multilingual((("sv", text),))), languages=("sv",))

    assert draft.title
    assert draft.title == " ".join(draft.title.split())
    assert draft.title.isprintable() or any(not char.isascii() for char in draft.title)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("701354-2023", {"701354-2023"}),
        (f"{UUID}-01", {UUID, f"{UUID}-01"}),
        (UUID, {UUID}),
        ("", set()),
    ],
)
def test_a_reference_is_a_number_or_an_identifier_with_a_version(
    written: str, names: set[str]
) -> None:
    assert references(Notice(changes_notice=written)) == names
    assert references(Notice(modifies_notice=written)) == names
    assert references(Notice(previous_planning=written)) == names


def test_a_right_notice_raises_no_concern() -> None:
    assert told(eforms()) == []


def test_a_last_moment_at_midnight_is_told_with_its_line() -> None:
    data = eforms(deadline="2027-01-16+01:00 00:00:00+01:00")

    (problem,) = told(data)

    assert "00:00 (CET), the night between Friday and Saturday" in problem.what
    assert problem.severity == "warning"
    assert problem.line is not None
    assert b"<cbc:EndDate>2027-01-16" in data.splitlines()[problem.line - 1]


def test_a_passed_last_moment_is_told() -> None:
    (problem,) = told(eforms(deadline="2026-11-24+01:00 05:00:00+01:00"))
    assert "has passed" in problem.what

    assert told(eforms(deadline="2026-11-24+01:00 05:00:01+01:00")) == []


@pytest.mark.parametrize("zero", ["0", "0.00", "00", " 0 "])
def test_a_value_of_zero_is_told_with_its_line(zero: str) -> None:
    data = eforms(value=zero)

    problems = told(data)

    assert len(problems) == 2, "of the procedure, and of the lot"
    for problem in problems:
        assert "is zero" in problem.what
        assert problem.line is not None
        assert b"EstimatedOverallContractAmount" in data.splitlines()[problem.line - 1]


@pytest.mark.parametrize("value", ["10", "0.50", "100.00", ""])
def test_a_value_that_is_no_zero_is_not_told(value: str) -> None:
    assert told(eforms(value=value)) == []


@pytest.mark.parametrize(
    ("title", "is_test"),
    [
        ("TEST - städning", True),
        ("Testannons 3", True),
        ("Städning (do not publish)", True),
        ("Testutrustning för laboratorier", False),
        ("Kemiska tester", False),
        ("Contest for a logo", False),
    ],
)
def test_a_test_notice_is_told(title: str, is_test: bool) -> None:
    problems = told(eforms(titles={"sv": title}))

    assert [one.what for one in problems] == ["the title says that it is a test"] * is_test


def test_a_title_in_another_language_is_told() -> None:
    (problem,) = told(eforms(titles={"pl": "Sprzątanie"}))
    assert "title in pl, not in sv" in problem.what


def test_a_publication_long_after_the_dispatch_is_told() -> None:
    """775348-2023 kept the dispatch date of the notice that it changes, 167 days before."""
    data = eforms(number="775348-2026", published="2026-12-21", dispatched="2026-07-07+02:00")

    (problem,) = told(data)

    assert "long after the dispatch on 2026-07-07" in problem.what


def test_file_names_hold_nothing_that_leaves_the_folder() -> None:
    assert drafting.file_name("..") == ""
    assert drafting.file_name("A" * 200) == "a" * 80
