"""What front matter and the XML beside it say of a procurement, and every mistake in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.authoring.test_authoring_library_mistakes import head, mistakes, read
from tests.sites import REPOSITORY
from utrop.authoring.document import Document
from utrop.procurement.notice import Amount, Deadline
from utrop.procurement.override import Override

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CALL = (REPOSITORY / "content" / "notices" / "stadtjanster-annons.xml").read_bytes()
CHANGE = (REPOSITORY / "content" / "notices" / "stadtjanster-andring.xml").read_bytes()
LAST_MOMENT = datetime(2027, 2, 15, 22, 59, tzinfo=UTC)


def read_posts(folder: Path, files: dict[str, str | bytes]) -> dict[str, Document]:
    return {one.uid: one for one in read(folder, files).posts}


def test_the_notice_beside_the_post_is_read(tmp_path: Path) -> None:
    post = head("kind: notice", "notice_file: ../notices/a.xml", "ted_published_at: 2026-10-14")
    found = read_posts(tmp_path, {"posts/a.md": post, "notices/a.xml": CALL})["a"]
    assert found.notice is not None
    assert (found.regime, found.post_kind) == ("eu", "notice")
    assert found.procedure_id == found.notice.procedure_id != ""
    assert found.deadline == LAST_MOMENT
    assert found.notice_path == tmp_path / "content" / "notices" / "a.xml"
    assert found.course.ted_published_at == datetime(2026, 10, 14, 7, tzinfo=UTC)
    assert found.state == "published"


def test_what_no_eforms_field_tells_comes_from_the_front_matter(tmp_path: Path) -> None:
    keys = ("ted_number: 701354-2023", "database_name: Klarsyn", "registry_number: NIC 1")
    post = head("kind: notice", "notice_file: notices/a.xml", *keys)
    notice = read_posts(tmp_path, {"posts/a.md": post, "notices/a.xml": CALL})["a"].notice
    assert notice is not None
    assert (notice.ted_number, notice.database_name) == ("701354-2023", "Klarsyn")
    assert notice.registry_number == "NIC 1"
    assert notice.official_url == "https://ted.europa.eu/en/notice/-/detail/701354-2023"


def test_a_notice_below_the_thresholds_needs_no_xml(tmp_path: Path) -> None:
    post = head(
        "kind: notice",
        "deadline: 2027-01-13",
        "questions_deadline: 2026-12-21 12:00",
        "database_url: https://klarsyn.example.org/1",
        "database_published_at: 2026-01-01 09:00",
        "cpv: [77211500-2, '77310000']",
        "nuts: se313",
        "estimated_value: 1 400 000,50",
        "buyer_name: Tallsele kommun",
        "future_notice_date: 2027-01-01",
    )
    found = read_posts(tmp_path, {"posts/a.md": post})["a"]
    notice = found.notice
    assert notice is not None
    assert (found.regime, found.state, notice.source) == ("national", "published", "front matter")
    end_of_day = datetime(2027, 1, 13, 23, 59, 59, tzinfo=STOCKHOLM)
    assert notice.deadlines == (Deadline(moment=end_of_day, has_time=False),)
    assert notice.questions == (Deadline(moment=datetime(2026, 12, 21, 12, tzinfo=STOCKHOLM)),)
    assert notice.all_cpv == ("77211500", "77310000")
    assert notice.nuts == ("SE313",)
    assert notice.value == Amount(Decimal("1400000.50"), "SEK")
    assert str(notice.buyers[0].name) == "Tallsele kommun"
    assert notice.future_notice == date(2027, 1, 1)
    assert notice.official_url == "https://klarsyn.example.org/1"


def test_an_opinion_has_no_notice_and_no_rules(tmp_path: Path) -> None:
    found = read_posts(tmp_path, {"posts/a.md": head("kind: opinion")})["a"]
    assert (found.notice, found.regime, found.embargo.rule) == (None, None, "")


def test_a_translation_has_the_facts_of_its_original(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "posts/a.md": head("kind: notice", "notice_file: notices/a.xml"),
        "posts/b.md": head("uid: b", "slug: b", "lang: en", "translation_of: a"),
        "notices/a.xml": CALL,
    }
    posts = read_posts(tmp_path, files)
    for key in ("post_kind", "procedure_id", "regime", "notice", "deadline", "embargo", "state"):
        assert getattr(posts["b"], key) == getattr(posts["a"], key), key
    assert posts["b"].state == "embargoed"


def test_posts_of_a_procurement_are_under_the_rules_of_its_call(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "posts/a.md": head(
            "kind: notice", "notice_file: notices/a.xml", "ted_published_at: 2026-10-14"
        ),
        "posts/b.md": head(
            "uid: b",
            "slug: b",
            "kind: qa",
            "procedure_id: 6f0a2a54-6c1e-4a9b-9a3e-0d7b5c3f1482",
            "published_in_system_at: 2026-10-20 09:00",
        ),
        "posts/c.md": head("uid: c", "slug: c", "kind: qa", "procedure_id: annan",
                           "published_in_system_at: 2026-10-20 09:00"),
        "notices/a.xml": CALL,
    }  # fmt: skip
    posts = read_posts(tmp_path, files)
    assert (posts["b"].regime, posts["c"].regime) == ("eu", "national")


def test_a_reminder_can_count_from_the_deadline_of_the_notice(tmp_path: Path) -> None:
    post = head("kind: notice", "notice_file: notices/a.xml", "ted_published_at: 2026-10-14",
                "announce: {again: 7 days before deadline}")  # fmt: skip
    found = read_posts(tmp_path, {"posts/a.md": post, "notices/a.xml": CALL})["a"]
    assert [one.at.date() for one in found.announce.again] == [date(2027, 2, 8)]


def test_a_rule_is_set_aside_by_somebody_for_a_reason(tmp_path: Path) -> None:
    post = head("overrides: [{rule: R2-amount, by: Maja, reason: Ett annat avtal.}]")
    found = read_posts(tmp_path, {"posts/a.md": post})["a"]
    assert found.overrides == (Override(rule="R2-amount", by="Maja", reason="Ett annat avtal."),)


@pytest.mark.parametrize("word", ["none", "ingen"])
def test_a_procurement_without_a_standstill(tmp_path: Path, word: str) -> None:
    post = head("kind: award", f"standstill_until: {word}")
    course = read_posts(tmp_path, {"posts/a.md": post})["a"].course
    assert (course.has_standstill, course.standstill_until) == (False, None)
    post = head("kind: award", "standstill_until: 2026-12-20")
    course = read_posts(tmp_path, {"posts/a.md": post})["a"].course
    assert (course.has_standstill, course.standstill_until) == (True, date(2026, 12, 20))


_FILE = "kind: notice\nnotice_file: notices/a.xml"
MISTAKES = {
    "kind": ("kind: notise", ':5: unknown kind "notise"; write "notice"'),
    "regime": ("regime: eg", ':5: unknown regime "eg"; write "eu", "national" or "direct"'),
    "cpv": ("cpv: 909193", ':5: "909193" is no CPV code; write eight digits'),
    "nuts": ("nuts: Gävle", ':5: "GÄVLE" is no NUTS code; write one like SE313'),
    "value": ("estimated_value: mycket", ':5: "mycket" is no amount; write one like 1500000 SEK'),
    "zero": (
        "estimated_value: 0 EUR",
        ":5: the amount is zero; remove the line where no amount is given",
    ),
    "address": (
        "documents_url: klarsyn.example.org",
        ':5: "documents_url" is no web address: "klarsyn.example.org"; write one with https://',
    ),
    "no XML": (
        "notice_file: a.pdf",
        ':5: "a.pdf" is no eForms file; write the path of an .xml file',
    ),
    "missing XML": (
        "notice_file: notices/b.xml",
        ':5: there is no notice "notices/b.xml"; put it there, or correct the path',
    ),
    "misspelt XML": (
        "notice_file: notices/annnons.xml",
        ':5: there is no notice "notices/annnons.xml"; write ../notices/annons.xml',
    ),
    "override": (
        "overrides: [{rule: R2-amount}]",
        ":5: an item of overrides is not complete; write a list of mappings with rule:, by: and"
        " reason:",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, said = MISTAKES[name]
    files: dict[str, str | bytes] = {"posts/a.md": head(line), "notices/annons.xml": CALL}
    assert mistakes(tmp_path, files, monkeypatch) == [f"content/posts/a.md{said}"]


def test_a_deadline_that_is_not_the_notices_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = head("kind: notice", "notice_file: notices/a.xml", "deadline: 2027-02-16 12:00")
    files: dict[str, str | bytes] = {"posts/a.md": post, "notices/a.xml": CALL}
    assert mistakes(tmp_path, files, monkeypatch) == [
        "content/posts/a.md:7: the deadline 2027-02-16 12:00 is not the notice's, 2027-02-15 23:59;"
        " remove the key: the notice prevails"
    ]


def test_a_change_notice_in_the_place_of_the_first_one_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = head("kind: notice", "notice_file: notices/a.xml", "ted_published_at: 2026-10-14")
    assert mistakes(tmp_path, {"posts/a.md": post, "notices/a.xml": CHANGE}, monkeypatch) == [
        "content/posts/a.md:7: ted_published_at 2026-10-14 is before the notice was sent,"
        " 2026-11-09; correct it; a change notice gets a post of its own, with `utrop notice"
        " import`"
    ]


def test_a_broken_notice_stops_the_build_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = head("kind: notice", "notice_file: notices/a.xml")
    files: dict[str, str | bytes] = {"posts/a.md": post, "notices/a.xml": CALL[:4000]}
    said = mistakes(tmp_path, files, monkeypatch)
    assert said
    assert all(line.startswith("content/notices/a.xml:") for line in said)
