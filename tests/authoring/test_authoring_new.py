"""`utrop new`: the draft it writes reads back as it was meant, whatever the title."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from utrop.authoring.new import (
    clean_title,
    fresh_uid,
    new_post,
    quoted,
    uid_from,
    written_date,
)
from utrop.problem import ProblemsFound

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 9, 5, 59, tzinfo=STOCKHOLM)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def write(content: Path, title: str, **changed: Any) -> Path:
    content.mkdir(exist_ok=True)
    arguments = {"uid": "kabcdefgh2345678", "now": NOW, "lang": "sv", "default_lang": "sv"}
    return new_post(content, title, **(arguments | changed))


def front_matter(path: Path) -> dict[str, str]:
    before, keys, _ = path.read_text("utf-8").split("---\n", 2)
    assert before == ""
    loaded = yaml.load(keys, Loader=yaml.BaseLoader)  # noqa: S506 - makes only texts
    assert isinstance(loaded, dict)
    return loaded


def test_the_draft_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "content" / "posts").mkdir(parents=True)

    path = write(tmp_path / "content", 'Frågor & svar: "LOU"')

    assert path == tmp_path / "content" / "posts" / "2026-11-23-fragor-svar-lou.md"
    assert path.read_bytes().decode("utf-8") == (
        "---\n"
        'title: "Frågor & svar: \\"LOU\\""\n'
        "date: 2026-11-23 09:05\n"
        "uid: kabcdefgh2345678\n"
        "# Ta bort # framför det du använder.\n"
        "# summary: En eller två meningar. De visas i listor, i flöden och när inlägget sprids.\n"
        "# category: Nyheter\n"
        "# tags: [upphandling, innovation]\n"
        "# image: images/bild.jpg\n"
        "# image_alt: Vad bilden visar, för den som inte ser den.\n"
        "# Byt draft mot published när inlägget är klart; ett datum framåt i tiden väntar till"
        " dess.\n"
        "status: draft\n"
        "---\n"
        "\n"
    )


def test_without_a_posts_folder_the_draft_lies_in_the_content_folder(tmp_path: Path) -> None:
    assert write(tmp_path / "inlagg", "Ett").parent == tmp_path / "inlagg"


def test_another_language_is_named_and_hinted_in(tmp_path: Path) -> None:
    path = write(tmp_path, "One", lang="en")

    assert front_matter(path)["lang"] == "en"
    assert "Change draft to published" in path.read_text("utf-8")


def test_a_language_without_hints_of_its_own_gets_the_english_ones(tmp_path: Path) -> None:
    assert "Change draft" in write(tmp_path, "Yksi", lang="fi").read_text("utf-8")


def test_the_same_title_again_gets_a_name_and_a_slug_of_its_own(tmp_path: Path) -> None:
    first = write(tmp_path, "Ett")
    before = first.read_bytes()

    second = write(tmp_path, "Ett", uid="b" * 16)
    later = write(tmp_path, "Ett", uid="c" * 16, now=NOW.replace(day=24))

    assert (second.name, later.name) == ("2026-11-23-ett-2.md", "2026-11-24-ett-3.md")
    assert front_matter(second)["slug"] == "ett-2"
    assert "slug" not in front_matter(first)
    assert first.read_bytes() == before


@pytest.mark.parametrize("title", ["", "  \t\n", "Nul\x00", "Lone \udcff"])
def test_a_title_that_is_none_is_refused(tmp_path: Path, title: str) -> None:
    with pytest.raises(ProblemsFound, match="the title"):
        write(tmp_path, title)

    assert not list(tmp_path.glob("*.md"))


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "content").write_text("")

    with pytest.raises(ProblemsFound, match="cannot be written"):
        new_post(tmp_path / "content", "Ett", uid="a", now=NOW, lang="sv", default_lang="sv")


@given(TEXT)
def test_any_text_quoted_reads_back(text: str) -> None:
    written = quoted(text)

    assert text == yaml.safe_load(written)
    assert len(written.splitlines()) == 1


@given(TEXT)
def test_any_title_reads_back_on_one_line(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("content")
    try:
        expected = clean_title(text)
    except ProblemsFound:
        return

    path = write(folder, text)

    keys = front_matter(path)
    assert expected == keys["title"]
    assert keys["status"] == "draft"
    assert len(path.name.encode()) < 120


def test_a_title_without_a_slug_still_gets_a_file(tmp_path: Path) -> None:
    assert write(tmp_path, "!?").name == "2026-11-23-inlagg.md"


def test_uids_differ_and_are_never_taken_for_numbers() -> None:
    uids = {fresh_uid() for _ in range(200)}

    assert len(uids) == 200
    assert all(re.fullmatch("[a-hjkmnp-tv-z][a-hjkmnp-tv-z2-9]{15}", uid) for uid in uids)
    assert all(yaml.safe_load(uid) == uid for uid in uids)


@given(st.binary(min_size=16, max_size=16))
def test_a_uid_of_a_hash_looks_like_any_other(digest: bytes) -> None:
    assert re.fullmatch("[a-hjkmnp-tv-z][a-hjkmnp-tv-z2-9]{15}", uid_from(digest))
    assert uid_from(digest) == uid_from(digest + b"more")


def test_only_the_repeated_hour_carries_its_offset() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(STOCKHOLM)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(STOCKHOLM)

    assert written_date(first) == "2026-10-25 02:30+02:00"
    assert written_date(second) == "2026-10-25 02:30+01:00"
    assert written_date(NOW) == "2026-11-23 09:05"
