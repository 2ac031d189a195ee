"""The real notices' own words and facts: nothing in them is a false error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.notices.linting import STOCKHOLM
from tests.sites import SHARED
from utrop.notices.linter import lint
from utrop.notices.linter.subject import Finding, Subject
from utrop.procurement.eforms import read_notice
from utrop.procurement.notice import Notice
from utrop.procurement.phase import is_call

NOTICES = SHARED / "data" / "notices"
FILES = sorted(NOTICES.glob("*.xml"))

pytestmark = pytest.mark.skipif(
    not FILES, reason="the real notices in ../shared/data/notices are not here"
)


def body(notice: Notice, lang: str) -> str:
    lots = ((lot.title.said_in(lang), lot.description.said_in(lang)) for lot in notice.lots)
    parts = (notice.description.said_in(lang), *(part for lot in lots for part in lot))
    return "\n\n".join(filter(None, parts))


def linted(path: Path) -> list[Finding]:
    notice = read_notice(path.read_bytes(), path=path).notice
    if notice is None or not is_call(notice):
        return []
    told_at = (notice.dispatched or datetime(2024, 1, 1, tzinfo=UTC)) + timedelta(days=3)
    return [
        found
        for lang in dict.fromkeys(("sv", "en", *notice.langs))
        for found in lint(
            Subject(
                path=path,
                lang=lang,
                told_at=told_at,
                zone=STOCKHOLM,
                kind="notice",
                regime="eu",
                phase="open",
                title=notice.title.said_in(lang),
                body=body(notice, lang),
                notice=notice,
                notices=(notice,),
                closes=notice.deadlines,
            ),
            {},
        )
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_notice_in_its_own_words_has_no_errors(path: Path) -> None:
    found = linted(path)
    assert [one for one in found if one.severity == "error"] == []
    assert {one.rule.id for one in found} <= {"R4-documents-missing", "R5-deadline-midnight"}


def test_the_deadlines_at_midnight_are_found() -> None:
    found = {path.stem for path in FILES for one in linted(path) if "midnight" in one.rule.id}
    assert {"701354-2023", "553370-2023"} <= found
