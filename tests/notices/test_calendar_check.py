"""A broken calendar stops the release."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from procurements import NOW, SITE, SITEURL, post
from test_calendar import MEETING

from utrop.checks.calendar_files import check_calendars
from utrop.checks.tree import read_tree
from utrop.notices.calendar import calendars


def told(root: Path, change: Callable[[bytes], bytes] = lambda data: data) -> list[str]:
    for one in calendars([post(), MEETING], SITE, now=NOW):
        file = root / one.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(change(one.data) if one.path == "stadning/kalender.ics" else one.data)
    for folder in ("stadning", "traff"):
        (root / folder / "index.html").write_text("<html></html>", "utf-8")
    tree = read_tree(root, siteurl=SITEURL, base_path="/blogg/", default_lang="sv")
    return [problem.what for problem in check_calendars(tree)]


def test_good_calendars_pass(tmp_path: Path) -> None:
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"\r\n", b"\n", "has lines that do not end in CRLF"),
        (b"BEGIN:VCALENDAR", b"\xef\xbb\xbfBEGIN:VCALENDAR", "begins with a byte order mark"),
        ("å".encode(), b"\xe5", "is not UTF-8"),
        (b"\r\n ", b"", "lines of more than 75 octets"),
        (b"END:VCALENDAR\r\n", b"", "is no calendar"),
        (b"BEGIN:VEVENT", b"BEGIN:VTODO", "has a BEGIN without its END"),
        (b"SEQUENCE:0\r\n", b"", "has no SEQUENCE"),
        (b"blogg/stadning/kalender.i\r\n cs", b"blogg/x.ics", "its own address is"),
        (b"/stadning/\r\nEND", b"/b/\r\nEND", "is not in the site"),
        (b"\r\nTZID:Europe/Stockholm", b"\r\nTZID:Europe/Oslo", "does not describe"),
        (b";TZID=Europe/Stockholm:", b":", "has a time without a time zone"),
        (b"DTSTART;TZID=Europe/Stockholm:20261215T235900", b"DTSTART:soon", "broken line"),
    ],
)  # fmt: skip
def test_a_broken_one_is_told_of(tmp_path: Path, old: bytes, new: bytes, what: str) -> None:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    assert what in " | ".join(told(tmp_path, change))


def test_two_events_with_one_uid_are_told_of(tmp_path: Path) -> None:
    def change(data: bytes) -> bytes:
        uids = [line for line in data.split(b"\r\n") if line.startswith(b"UID:")]
        return data.replace(uids[-1], uids[-2])

    assert "events with the UID" in " | ".join(told(tmp_path, change))


@given(place=st.integers(0, 2_000), junk=st.binary(max_size=12), gone=st.integers(0, 40))
def test_any_bytes_give_problems_and_never_an_exception(
    tmp_path_factory: pytest.TempPathFactory, place: int, junk: bytes, gone: int
) -> None:
    told(tmp_path_factory.mktemp("site"), lambda data: data[:place] + junk + data[place + gone :])


def test_what_a_writer_attached_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "egen.ics").write_bytes(b"anything")

    assert told(tmp_path) == []
