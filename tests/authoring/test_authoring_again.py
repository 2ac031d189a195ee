"""What ``announce.again`` says: reminders of one's own, none, or those that come by themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from utrop.authoring.library import read_library
from utrop.post import Announce


def announced(folder: Path, again: str) -> Announce:
    (folder / "a.md").write_text(
        "---\ntitle: A\ndate: 2026-11-01\nuid: a\ndeadline: 2026-12-14 23:59\n"
        f"announce:\n  again: {again}\n---\n\nText.\n",
        "utf-8",
    )
    (document,) = read_library(
        folder,
        timezone=ZoneInfo("Europe/Stockholm"),
        default_lang="sv",
        languages=("sv", "en"),
        now=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    ).documents
    return document.announce


@pytest.mark.parametrize("word", ["no", "false", "nej", "No"])
def test_no_asks_for_none_at_all(tmp_path: Path, word: str) -> None:
    announce = announced(tmp_path, word)

    assert (announce.remind, announce.asked_again, announce.again) == (False, (), ())


@pytest.mark.parametrize("word", ["yes", "ja"])
def test_yes_leaves_them_to_come_by_themselves(tmp_path: Path, word: str) -> None:
    announce = announced(tmp_path, word)

    assert (announce.remind, announce.asked_again) == (True, ())


def test_moments_of_ones_own_are_those_that_are_asked_for(tmp_path: Path) -> None:
    announce = announced(tmp_path, "[3 days before deadline, 2026-12-01]")

    assert announce.remind
    assert [one.when for one in announce.asked_again] == ["3 days before deadline", "2026-12-01"]
    assert [one.name for one in announce.again] == ["2026-12-01", "3 days before deadline"]
