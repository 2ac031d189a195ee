"""The 21 real posts about procurement are imported, twice, and read as posts of ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from utrop.authoring.importing import ImportReport, import_posts
from utrop.authoring.importing.passage import code_spans
from utrop.authoring.library import Library, read_library
from utrop.authoring.markdown import Renderer

POSTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "posts-18f"
STOCKHOLM = ZoneInfo("Europe/Stockholm")

pytestmark = pytest.mark.skipif(
    not POSTS.is_dir(), reason="the real posts in ../shared/data/posts-18f are not here"
)


def run(content: Path) -> ImportReport:
    return import_posts(
        POSTS, content, base_url="https://gamla.example.org", lang="en", timezone=STOCKHOLM
    )


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real") / "content"


@pytest.fixture(scope="module")
def report(content: Path) -> ImportReport:
    content.mkdir()
    return run(content)


@pytest.fixture
def library(report: ImportReport, content: Path) -> Library:
    return read_library(
        content,
        timezone=STOCKHOLM,
        default_lang="sv",
        languages=("sv", "en"),
        now=datetime(2026, 11, 23, tzinfo=UTC),
    )


def test_all_are_imported_and_a_second_import_changes_nothing(
    report: ImportReport, content: Path
) -> None:
    before = {path: path.read_bytes() for path in content.rglob("*") if path.is_file()}

    again = run(content)

    assert len(report.written) == 21
    assert not report.failed
    assert sorted(again.unchanged) == sorted(report.written)
    assert (again.written, again.kept, again.notes) == ((), (), report.notes)
    assert {path: path.read_bytes() for path in content.rglob("*") if path.is_file()} == before


def test_all_are_posts_of_ours(library: Library) -> None:
    assert len(library.posts) == 21
    assert library.warnings == ()
    assert len({post.uid for post in library.posts}) == 21
    assert len({post.slug for post in library.posts}) == 21
    for post in library.posts:
        assert post.state == "published"
        assert post.lang == "en"
        assert post.authors
        assert post.tags
        assert post.front_matter.summary
        assert post.front_matter.aliases


def test_dates_with_odd_offsets_and_dates_in_names(library: Library) -> None:
    dates = {post.slug: post.published for post in library.posts}

    # 14:45 at -5, as Ruby writes it, is a quarter to nine in the evening in Stockholm.
    assert dates["announcing-the-launch-of-the-digital-acquisitions-pilot"] == datetime(
        2016, 3, 10, 20, 45, tzinfo=STOCKHOLM
    )
    assert dates["california-takes-new-approach-procurement"] == datetime(
        2016, 10, 28, tzinfo=STOCKHOLM
    )


def test_no_templating_is_left(library: Library) -> None:
    for post in library.posts:
        spans = code_spans(post.body)
        left = [
            found[0]
            for found in re.finditer(r"\{[{%]", post.body)
            if not any(start <= found.start() < end for start, end in spans)
        ]
        assert left == []


def test_posts_link_to_one_another_by_file(library: Library) -> None:
    by_name = {post.path.name: post for post in library.posts}
    linked = {
        target for post in library.posts for target in re.findall(r"\]\(([^):]+\.md)", post.body)
    }

    assert len(linked) >= 5
    assert linked <= set(by_name)


def test_every_other_link_is_a_full_address(library: Library) -> None:
    for post in library.posts:
        html = Renderer().render(post.body, key=post.uid, lang="en")
        for target in re.findall(r'(?:href|src)="([^"]*)"', html):
            assert re.match(r"https?://|mailto:|#|[\w.-]+\.md(#|$)|&#", target), target


def test_the_notes_name_lines_that_say_what_they_say(report: ImportReport) -> None:
    for note in report.notes:
        assert note.severity == "warning"
        assert note.path is not None
        assert note.line is not None
        text = note.path.read_text("utf-8").split("\n")[note.line - 1]
        named = re.search(r'the picture "([^"…]+)', note.what)
        if named:
            assert text.startswith("image:")
            assert named[1] in text
        elif "in the file's name" in note.what:
            assert text.startswith("date:")
        elif "differs from" in note.what:
            assert text.startswith("description:")
        else:
            assert "<iframe" in text


def test_every_picture_that_was_dropped_is_noted(report: ImportReport) -> None:
    with_picture = {
        path
        for path in POSTS.glob("*.md")
        if re.search(r"(?m)^image: *\S", path.read_text("utf-8"))
    }
    noted = {note.path for note in report.notes if "is not among the files" in note.what}

    assert noted == with_picture
