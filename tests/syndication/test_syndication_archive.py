"""The record as an archive gets it: CSV for people, JSON Lines that verify by themselves."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sites import REPOSITORY
from tests.syndication.test_syndication_ledger_chain import MESSAGE, NOW, ORIGIN, OWED, RECEIPT
from utrop.syndication import ledger
from utrop.syndication.delivery import State
from utrop.syndication.ledger.archive import Page, as_csv, as_json_lines, from_json_lines
from utrop.syndication.ledger.chain import broken, digest
from utrop.syndication.ledger.protocol import Event

GOLDEN = REPOSITORY / "tests" / "golden"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
TITLES = {"mastodon": "Mastodon", "linkedin": "LinkedIn", "bluesky": "Bluesky"}
PAGES = {OWED.guid: Page(title='Dialog; om "broar"', url="https://blogg.inkop.example.org/a/")}


@pytest.fixture
def events(tmp_path: Path) -> list[Event]:
    """A post that is announced, corrected and taken away, and one with hostile words."""
    opened = ledger.open_ledger("sqlite:///ledger.sqlite3", tmp_path)
    text = 'Rad ett; med ”citat” och "raka"\n\n=SUMMA(A1) 🙂\nhttps://blogg.inkop.example.org/a/'
    row = opened.record(OWED, State.PENDING, at=NOW, note="väntar på sidan")
    assert row is not None
    later = NOW + timedelta(days=200, microseconds=5)  # in another half of the year
    claim = opened.claim(row, replace(MESSAGE, text=text), at=NOW, until=later, origin=ORIGIN)
    assert claim is not None
    row = opened.settle(claim, State.DELIVERED, at=NOW, receipt=RECEIPT)
    assert row is not None
    row = opened.amend(row, replace(MESSAGE, text="Rättat"), at=later, note="new words")
    assert row is not None
    opened.record(OWED, State.WITHDRAWN, at=later, note='@maja tog bort det; "ja"')
    other = replace(OWED, guid='=HYPERLINK("http://x")', network="borta", account="-konto")
    opened.record(other, State.FAILED, at=NOW, note="+46 8 123")
    found = opened.events()
    opened.close()
    return found


def golden(name: str, data: bytes) -> None:
    file = GOLDEN / name
    if os.environ.get("UTROP_GOLDEN") == "write":
        file.write_bytes(data)
    assert file.read_bytes() == data


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_csv_is_as_agreed(events: list[Event], language: str) -> None:
    data = as_csv(events, PAGES, language=language, zone=STOCKHOLM, titles=TITLES)  # type: ignore[arg-type] # the parameters say which
    golden(f"ledger-record-{language}.csv", data)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")


def test_the_json_lines_are_as_agreed(events: list[Event]) -> None:
    golden("ledger-record.jsonl", as_json_lines(events, PAGES))


def test_every_event_is_a_row_with_all_that_is_known(events: list[Event]) -> None:
    data = as_csv(events, PAGES, language="en", zone=STOCKHOLM, titles=TITLES).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(data, newline=""), delimiter=";"))
    assert [row["Number"] for row in rows] == [str(one.number) for one in events]
    sent = next(row for row in rows if row["State"] == "published")
    event = next(one for one in events if one.state is State.DELIVERED)
    assert sent == {
        "Number": str(event.number),
        "Time": "2026-11-24T09:00:00+01:00",
        "Title": 'Dialog; om "broar"',
        "Page address": "https://blogg.inkop.example.org/a/",
        "Id": OWED.guid,
        "Channel": "Mastodon",
        "Account": "'@a@b",
        "Attempt": "1",
        "Former state": "being sent",
        "State": "published",
        "Text": event.text,
        "Published at": RECEIPT.url,
        "Note": "",
        "Image": "https://blogg.inkop.example.org/a.png",
        "Image description": "En bro",
        "Image SHA-256": "ab" * 32,
        "Git commit": "c0ffee",
        "Approved by": "Maja Ek",
        "Hash": event.hash,
    }
    assert rows[-2]["Time"].endswith("+01:00")
    assert next(row for row in rows if row["Text"] == "Rättat")["Time"].endswith("+02:00")


@given(text=st.text(max_size=30), start=st.sampled_from(["", *"=+-@\t\r\n＝＋－＠"]))
def test_no_cell_is_a_formula(text: str, start: str) -> None:
    data = as_csv(
        [event(start + text)], {"g": Page(title=start + text)}, language="sv", zone=UTC
    ).decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(data, newline=""), delimiter=";")
    assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in row)
    assert start + text in row or "'" + start + text in row


def event(text: str, **changes: object) -> Event:
    values = dict.fromkeys(
        ("account", "text", "url", "note", "image", "image_alt", "image_sha256", "commit"), text
    )
    made = Event(
        number=1,
        at=datetime(2026, 11, 24, 8, tzinfo=UTC),
        guid="g",
        network="mastodon",
        former=None,
        state=State.PENDING,
        attempt=0,
        approver=text,
        previous="",
        hash="",
        **values,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # fields of the event


@given(
    texts=st.lists(st.text(), min_size=1, max_size=5),
    moments=st.lists(st.datetimes(timezones=st.just(UTC)), min_size=5, max_size=5),
)
def test_json_lines_verify_without_the_ledger(texts: list[str], moments: list[datetime]) -> None:
    chained: list[Event] = []
    for number, (text, at) in enumerate(zip(texts, moments, strict=False), start=1):
        one = event(text, number=number, at=at, previous=chained[-1].hash if chained else "")
        chained.append(replace(one, hash=digest(one)))
    data = as_json_lines(chained, {"g": Page(title=texts[0])})
    assert data.count(b"\n") == len(chained)
    assert from_json_lines(data) == chained
    assert broken(from_json_lines(data)) is None


def test_a_changed_line_is_found(events: list[Event]) -> None:
    data = as_json_lines(events, PAGES)
    assert broken(from_json_lines(data)) is None
    found = broken(from_json_lines(data.replace("Rättat".encode(), b"R\xc3\xa4tt")))
    assert found is not None
    assert found.text == "Rätt"
    lines = data.splitlines(keepends=True)
    left_out = broken(from_json_lines(b"".join(lines[:2] + lines[3:])))
    assert left_out is not None
    assert left_out.number == 4


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"null",
        b"[1]",
        b"\xff",
        b"{" * 100_000,
        b'"text"',
        {"number": "1"},
        {"number": True},
        {"state": "sent"},
        {"at": "2026-11-24"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": 5},
        {"text": None},
        {"text": "\ud800"},
        {"former": 3},
    ],
)
def test_a_line_that_is_no_event_is_named(
    events: list[Event], line: bytes | dict[str, object]
) -> None:
    first, second, *_ = as_json_lines(events, PAGES).split(b"\n")
    if isinstance(line, dict):
        line = json.dumps(json.loads(second) | line).encode()
    with pytest.raises(ValueError, match="line 2 is no event"):
        from_json_lines(first + b"\n" + line + b"\n" + second)


def test_an_empty_record_is_a_heading_and_no_line() -> None:
    assert as_json_lines([], {}) == b""
    assert from_json_lines(b"") == []
    assert as_csv([], {}, language="sv", zone=UTC).decode("utf-8-sig").startswith("Nummer;Tid;")
