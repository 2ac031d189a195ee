"""The linter as a whole: levels, overrides, lines, and texts of any kind."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notices.linting import NOW, PATH, found, rules, subject
from tests.sites import REPOSITORY
from utrop.notices.linter import CHECKS, FACT_CHECKS, lint
from utrop.notices.linter.text import BREAK, Passage, plain
from utrop.procurement.override import Override
from utrop.procurement.rules import LEVELS, RULES, Level
from utrop.settings import KNOWN, SettingError

VAGUE = "Intresset är stort."


def override(rule: str) -> Override:
    return Override(rule=rule, by="Maja Sjöviken", reason="Står i annonsen")


def test_every_rule_is_checked_and_explained() -> None:
    assert {*CHECKS, *FACT_CHECKS, "R4-documents", "override"} == set(RULES)
    told = (REPOSITORY / "docs" / "rules.md").read_text("utf-8")
    for rule in RULES.values():
        assert f"### {rule.id}\n" in told
        section = told.partition(f"### {rule.id}\n")[2].partition("\n###")[0]
        assert rule.severity in section, rule.id
        assert rule.paragraph in section, rule.id


def test_a_rule_can_be_made_an_error_or_turned_off() -> None:
    (one,) = lint(subject(VAGUE), {"R8-vague": "error"})
    assert one.severity == "error"
    assert lint(subject(VAGUE), {"R8-vague": "off"}) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"R2-amont": "off"}, "'R2-amont' is no rule of the linter; did you mean 'R2-amount'?"),
        ({"R2-amount": "warn"}, "'warn' is no level for R2-amount; did you mean 'warning'?"),
        ({"R2-amount": 3}, "3 is no level for R2-amount"),
        ("off", "'off' is no mapping"),
        ({"zzz": "off"}, "'zzz' is no rule of the linter; docs/rules.md lists them"),
    ],
)
def test_a_setting_that_names_no_rule_or_level(value: object, said: str) -> None:
    with pytest.raises(SettingError) as error:
        KNOWN["LINT"].check(value)
    assert said in str(error.value)


def test_a_setting_that_is_right() -> None:
    levels: dict[str, Level] = dict.fromkeys(RULES, LEVELS[0])
    assert KNOWN["LINT"].check(levels) == levels


def test_an_override_is_told_with_who_answers_for_it() -> None:
    one = subject(VAGUE, overrides=(override("R8-vague"),))
    (finding,) = lint(one, {})
    assert finding.set_aside == override("R8-vague")
    assert finding.line == 10


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("R8-vag", "the override names no rule: R8-vag"),
        ("R8-tenders", "the override of R8-tenders sets nothing aside"),
        ("R9-not-notified", "the override of R9-not-notified sets nothing aside"),
        ("embargo", "nothing sets the embargo aside"),
        ("R1", "nothing sets the embargo aside"),
        ("override", "the override names no rule: override"),
    ],
)
def test_an_override_for_nothing(rule: str, said: str) -> None:
    one = subject("Text.", overrides=(override(rule),), lines={"title": 2, "overrides.0": 7})
    (finding,) = lint(one, {})
    assert (finding.rule.id, finding.what, finding.line) == ("override", said, 7)


def test_an_override_whose_time_has_passed_is_left_alone() -> None:
    one = subject("Text.", overrides=(override("R8-vague"),), phase="awarded")
    assert lint(one, {}) == []
    assert lint(subject("Text.", overrides=(override("R4-documents"),)), {}) == []
    assert lint(subject("Text.", overrides=(override("R8-vague"),)), {"R8-vague": "off"}) == []


def test_findings_come_by_line_and_once_each() -> None:
    body = f"Rad.\n\n{VAGUE} {VAGUE}\n\n- Fem anbud har kommit in.\n"
    assert [(one.rule.id, one.line) for one in found(subject(body))] == [
        ("R8-vague", 12),
        ("R8-tenders", 14),
    ]
    assert all(one.path == PATH for one in found(subject(body)))


def test_what_readers_do_not_read_is_left_out() -> None:
    hidden = "\n".join(
        (
            "```\nFem anbud har kommit in.\n```",
            "`Fem anbud har kommit in`",
            "<!-- Fem anbud\nhar kommit in. -->",
            "[Läs](https://a.example.org/fem-anbud-har-kommit-in 'Fem anbud')",
            "[läs]: https://a.example.org/fem anbud",
            "<span title='Fem anbud'>Text</span>",
        )
    )
    assert rules(subject(hidden)) == set()
    assert rules(subject(hidden + "\nFem anbud har kommit in.")) == {"R8-tenders"}


@given(st.text(alphabet=st.sampled_from("a1.,- \n\r\t`*_[]()<>!#|~:/@%€\u00a0åÅ\x1e")))
def test_plain_text_keeps_its_places(markdown: str) -> None:
    told = plain(markdown)
    assert len(told) == len(markdown)
    assert [at for at, one in enumerate(told) if one == "\n"] == [
        at for at, one in enumerate(markdown) if one == "\n"
    ]
    words = [(at, one) for at, one in enumerate(told) if one.isalnum()]
    assert all(markdown[at] == one for at, one in words)


@given(st.text(), st.integers(1, 50))
def test_every_offset_has_its_line(text: str, first: int) -> None:
    passage = Passage(text, first, is_markdown=True)
    for offset in range(len(text)):
        assert passage.line_at(offset) == first + text.count("\n", 0, offset)
    assert BREAK not in "".join(sentence.text for sentence in passage.sentences)


_PIECES = st.sampled_from(
    [
        "fem ", "anbud ", "har ", "kommit ", "in ", "från ", "AB ", "Renhult ", "1 ", "000 ",
        "500", "kronor ", "miljoner ", "den ", "15 ", "mars ", "2027", "-", "ska ", "avtal ",
        "tecknat ", ".", ",", "@", "anna.", "x", "(", ")", "[", "]", "`", "*", "<", "\n", "  ",
        "många ", "90919300", "frågan ", "intresse ", "a" * 30, "\u00a0", "https://", "811218",
        "”", "!",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.lists(_PIECES, max_size=200), st.sampled_from(["notice", "qa", "award", ""]))
def test_any_text_is_looked_at(pieces: list[str], kind: str) -> None:
    text = "".join(pieces)
    for finding in lint(subject(text, kind=kind, plain_summary=text), {}):
        assert finding.line is not None
        assert 1 <= finding.line <= 10 + text.count("\n")


@pytest.mark.parametrize(
    "piece",
    [
        "1 ", "1", "1 000 ", "000 000", "1.", "1,", "fem ", "fem", "anbud ", "Renhult ", "Ab",
        "A ", "a", "avtal har ", "avtal ", "anna.", "a@", "anna.b@c.", "(", "[", "](", "`",
        "``` ", "```\n", "*", "<a ", "<!--", " ", "\n", "\n ", "- ", "| ", "#", ". A", ".", "”",
        "ska ", "många ", "många har ", "skriv i ", "fråga från ", "15 mars ", "2027-",
        "811218 ", "8", "-", "\u00a0", "intresset är ", "Anna Renhult ", "A&", "får ",
        "två miljoner ", "EUR 1",
    ],
)  # fmt: skip
def test_no_text_makes_a_pattern_run_away(piece: str) -> None:
    """Work that grows with the square of a text takes tens of seconds here; most take 0.05."""
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    lint(subject(text, kind="qa", standstill_ends=NOW + timedelta(days=1)), {})
    lint(subject(text, plain_summary=text), {})
    assert time.process_time() - start < 5


def test_paths_are_as_given() -> None:
    assert found(subject(VAGUE, path=Path("a.md")))[0].path == Path("a.md")
