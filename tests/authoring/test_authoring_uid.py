"""`utrop uid`: one line is added, nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from utrop.authoring import added_lines
from utrop.authoring import uid as uids
from utrop.authoring.new import quoted
from utrop.problem import ProblemsFound

UID = "kabcdefgh2345678"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"---\ntitle: T\n---\nBody\n", b"---\ntitle: T\nuid: @\n---\nBody\n"),
        (b"---\r\ntitle: T\r\n---\r\nB", b"---\r\ntitle: T\r\nuid: @\r\n---\r\nB"),
        (b"\xef\xbb\xbf---\ntitle: T\n---\n", b"\xef\xbb\xbf---\ntitle: T\nuid: @\n---\n"),
        (b"--- \ntitle: |\n  a\n  b\n...\n", b"--- \nuid: @\ntitle: |\n  a\n  b\n...\n"),
        (b"---\nuid:   # none yet\ntitle: T\n---\n", b"---\nuid: @\ntitle: T\n---\n"),
        (b"---\n---\nBody\n", b"---\nuid: @\n---\nBody\n"),
        (b"---\ntitle: T\n---", b"---\ntitle: T\nuid: @\n---"),
        (b"Title: T\nDate: 2026-11-23\n\nBody\n", b"Title: T\nDate: 2026-11-23\nuid: @\n\nBody\n"),
        (b"Title: T\r\n\r\nB\r\n", b"Title: T\r\nuid: @\r\n\r\nB\r\n"),
        (b"Title: T", b"Title: T\nuid: @"),
        (b"Title: T\nUid:\n\nB", b"Title: T\nuid: @\n\nB"),
        (b"Tags: a,\n    b\n\nB", b"Tags: a,\n    b\nuid: @\n\nB"),
    ],
)
def test_one_line_is_added(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = tmp_path / "post.md"
    path.write_bytes(before)

    uids.write_uid(path, UID)

    assert after.replace(b"@", UID.encode()) == path.read_bytes()
    assert uids.read_uid(path.read_bytes()) == UID


def test_the_mode_stays_and_nothing_is_left_beside(tmp_path: Path) -> None:
    path = tmp_path / "post.md"
    path.write_bytes(b"---\ntitle: T\n---\n")
    path.chmod(0o640)

    uids.write_uid(path, UID)

    assert path.stat().st_mode & 0o777 == 0o640
    assert [path] == list(tmp_path.iterdir())


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_bytes(b"---\ntitle: T\n---\n")
    link.symlink_to(real)

    uids.write_uid(link, UID)

    assert link.is_symlink()
    assert uids.read_uid(real.read_bytes()) == UID


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (b"---\ntitle: T\nuid: old\n---\n", "has a uid already: old"),
        (b"Title: T\nUID: old\n\nB", "has a uid already: old"),
        (b"", "is empty"),
        (b"Only text.\n", "no front matter"),
        (b"---\ntitle: never closed\n", "front matter has no end"),
        (b"---\ntitle: Sm\xf6r\n---\n", "post.md:2: is not UTF-8"),
        ("---\ntitle: T\n---\n".encode("utf-16"), "not UTF-8"),
        (b"---\n{title: T}\n---\n", "by hand"),
        (b"---\n  title: T\n---\n", "by hand"),
        (b"---\ntitle: a: b\n---\n", "post.md:2: a colon"),
        (b"---\n- title\n---\n", "is not a list"),
    ],
)
def test_what_is_not_certain_is_refused(tmp_path: Path, before: bytes, reason: str) -> None:
    path = tmp_path / "post.md"
    path.write_bytes(before)

    with pytest.raises(ProblemsFound, match=reason):
        uids.write_uid(path, UID)

    assert before == path.read_bytes()


def test_a_file_that_cannot_be_replaced_keeps_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "post.md"
    path.write_bytes(b"---\ntitle: T\n---\n")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(added_lines.os, "fsync", full)

    with pytest.raises(ProblemsFound, match="No space left"):
        uids.write_uid(path, UID)

    assert path.read_bytes() == b"---\ntitle: T\n---\n"
    assert [path] == list(tmp_path.iterdir())


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="cannot be read"):
        uids.write_uid(tmp_path / "none.md", UID)


VALUES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=30)


@given(
    keys=st.dictionaries(st.from_regex("k[a-z_]{1,8}", fullmatch=True), VALUES, max_size=5),
    body=VALUES,
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_stands_there_keeps_its_meaning(
    keys: dict[str, str], body: str, ending: str
) -> None:
    keys.pop("uid", None)
    lines = ["---", *[f"{name}: {quoted(value)}" for name, value in keys.items()], "---", ""]
    data = ending.join(lines).encode() + body.encode()

    written = uids.with_uid(data, UID, Path("post.md"))

    head, rest = written.decode().removeprefix("---" + ending).split(f"uid: {UID}{ending}", 1)
    assert (yaml.safe_load(head) or {}) == keys
    assert rest == f"---{ending}{body}"


def test_posts_without_uid(tmp_path: Path) -> None:
    for name, text in {
        "posts/b.md": "---\ntitle: B\n---\n",
        "posts/a.md": "Title: A\n\nText",
        "posts/has.md": "---\ntitle: C\nuid: x\n---\n",
        "pages/om.md": "---\ntitle: Om\n---\n",
        "images/readme.txt": "---\ntitle: D\n---\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    assert [tmp_path / "posts/a.md", tmp_path / "posts/b.md"] == uids.posts_without_uid(tmp_path)


def test_posts_that_cannot_be_read_are_all_named(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("No front matter.")

    with pytest.raises(ProblemsFound) as caught:
        uids.posts_without_uid(tmp_path)

    assert [problem.path for problem in caught.value.problems] == [
        tmp_path / "a.md",
        tmp_path / "b.md",
    ]
