from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers.announced import message
from tests.syndication.announcing import START
from utrop.problem import ProblemsFound
from utrop.syndication import ledger as ledgers
from utrop.syndication.delivery import Delivery, Receipt, State
from utrop.syndication.ledger import sqlite_file
from utrop.syndication.ledger.frozen import freeze, thaw
from utrop.syndication.ledger.protocol import Expected, Ledger

REPOSITORY = Path(__file__).resolve().parents[2]
URL = "sqlite:///ledger.sqlite3"
LATER = START + timedelta(minutes=15)
RECEIPT = Receipt(id="1", url="https://social.example.org/@inkop/1")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = ledgers.open_ledger(URL, tmp_path)
    yield opened
    opened.close()


def expected(guid: str = "g") -> Expected:
    return Expected(guid=guid, network="mastodon", account="@inkop", idempotency_key="key")


def pending(ledger: Ledger) -> Delivery:
    ledger.expect([expected()], at=START)
    found = ledger.find("g", "mastodon", "@inkop")
    assert found is not None
    return found


def refusal(url: str, root: Path) -> str:
    with pytest.raises(ProblemsFound) as caught:
        ledgers.open_ledger(url, root).close()
    assert caught.value.exit_status == 2
    return str(caught.value)


def test_a_frozen_message_is_the_same_when_thawed() -> None:
    assert thaw(freeze(message())) == message()
    assert freeze(thaw(freeze(message()))) == freeze(message())


def test_a_delivery_is_claimed_by_one(tmp_path: Path, ledger: Ledger) -> None:
    row = pending(ledger)
    other = ledgers.open_ledger(URL, tmp_path)
    try:
        claim = ledger.claim(row, message(), at=START, until=LATER)
        assert claim is not None
        assert other.claim(row, message(), at=START, until=LATER) is None
        assert other.recover(at=START) == []
        settled = ledger.settle(claim, State.DELIVERED, at=START, receipt=RECEIPT)
        assert settled is not None
        assert settled.receipt == RECEIPT
        assert ledger.settle(claim, State.PENDING, at=START) is None
    finally:
        other.close()


def test_an_expired_lease_becomes_uncertain_and_the_claim_is_lost(
    tmp_path: Path, ledger: Ledger
) -> None:
    claim = ledger.claim(pending(ledger), message(), at=START, until=LATER)
    assert claim is not None
    other = ledgers.open_ledger(URL, tmp_path)
    try:
        assert other.recover(at=LATER - timedelta(seconds=1)) == []
        (left,) = other.recover(at=LATER + timedelta(seconds=1))
        assert left.state is State.UNCERTAIN
        assert left.message == message()
    finally:
        other.close()
    assert ledger.renew(claim, at=LATER, until=LATER) is None
    assert ledger.settle(claim, State.DELIVERED, at=LATER, receipt=RECEIPT) is None


def test_what_a_dead_announcer_left_is_uncertain_at_once(tmp_path: Path) -> None:
    dead = ledgers.open_ledger(URL, tmp_path)
    dead.claim(pending(dead), message(), at=START, until=LATER)
    dead.close()
    alive = ledgers.open_ledger(URL, tmp_path)
    try:
        assert [row.state for row in alive.recover(at=START)] == [State.UNCERTAIN]
    finally:
        alive.close()


def test_rows_are_unique_and_events_are_never_changed(tmp_path: Path, ledger: Ledger) -> None:
    ledger.expect([expected(), expected(), expected("h")], at=START)
    ledger.expect([expected()], at=LATER)
    assert [row.guid for row in ledger.deliveries()] == ["g", "h"]
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as raw:
        for statement in (
            "UPDATE events SET note = 'x'",
            "DELETE FROM events",
            "DELETE FROM deliveries",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                raw.execute(statement)
    raw.close()
    assert len(ledger.events()) == 2


def test_the_same_state_and_note_leave_no_event(ledger: Ledger) -> None:
    row = pending(ledger)
    row = ledger.shelve(row, State.PENDING, at=START, note="the page answers 404") or row
    ledger.shelve(row, State.PENDING, at=LATER, note="the page answers 404")
    assert len(ledger.events()) == 2


def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    reading = ledgers.read_ledger(URL, tmp_path)
    assert reading.deliveries() == []
    reading.close()
    assert list(tmp_path.iterdir()) == []
    assert not ledgers.exists(URL, tmp_path)
    ledgers.open_ledger(URL, tmp_path).close()
    assert ledgers.exists(URL, tmp_path)


def test_an_absolute_path_takes_four_slashes(tmp_path: Path) -> None:
    ledgers.open_ledger(f"sqlite:///{tmp_path}/other.sqlite3", Path("/nowhere")).close()
    assert (tmp_path / "other.sqlite3").is_file()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root:hemligt@db/x", "there is no ledger for the address"),
        ("ledger.sqlite3", "sqlite:///ledger.sqlite3"),
        ("protocol:///x", "there is no ledger"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///nowhere/ledger.sqlite3", "does not exist"),
        ("sqlite:///.", "is a folder"),
    ],
)
def test_refuses_addresses_that_open_nothing(tmp_path: Path, url: str, says: str) -> None:
    said = refusal(url, tmp_path)
    assert says in said
    assert "hemligt" not in said


def test_refuses_and_keeps_what_is_no_ledger(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite3"
    file.write_text("Detta är en anteckning om något annat.")
    assert "not an SQLite file" in refusal(URL, tmp_path)
    assert file.read_text() == "Detta är en anteckning om något annat."


def test_refuses_another_programs_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as other:
        other.execute("CREATE TABLE bokmärken (a)")
    other.close()
    assert "of another program" in refusal(URL, tmp_path)


def test_refuses_a_newer_ledger(tmp_path: Path) -> None:
    ledgers.open_ledger(URL, tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    assert "version 99" in refusal(URL, tmp_path)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_refuses_and_keeps_a_damaged_ledger(tmp_path: Path, kept: float) -> None:
    opened = ledgers.open_ledger(URL, tmp_path)
    opened.expect([expected(str(number)) for number in range(500)], at=START)
    opened.close()
    file = tmp_path / "ledger.sqlite3"
    whole = file.read_bytes()
    middle = int(len(whole) * kept)
    damaged = whole[:middle] + b"\xff" * 4096 + whole[middle + 4096 :]
    file.write_bytes(damaged)
    assert "is damaged" in refusal(URL, tmp_path)
    assert file.read_bytes() == damaged


def test_says_that_the_ledger_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledgers.open_ledger(URL, tmp_path).close()
    monkeypatch.setattr(sqlite_file, "_PATIENCE", 0.05)
    other = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert "locked by another process" in refusal(URL, tmp_path)
    finally:
        other.close()


def test_says_that_the_disk_is_full_and_keeps_the_row(ledger: Ledger) -> None:
    row = pending(ledger)
    connection = ledger._connection  # type: ignore[attr-defined] # a full disk, as SQLite sees it
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}").close()
    with pytest.raises(ProblemsFound, match="disk is full") as caught:
        ledger.expect([expected(str(number)) for number in range(5000)], at=START)
    assert caught.value.exit_status == 1
    assert ledger.deliveries() == [row]


_RACER = """
import sys
from pathlib import Path
from tests.syndication.crashing import FileNetwork, run_once
folder = Path(sys.argv[1])
sys.stdin.readline()
for _ in range(5):
    run_once(folder, lambda point: None, "")
"""


def test_announcers_at_once_double_and_lose_nothing(tmp_path: Path) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, str(tmp_path)],
            cwd=REPOSITORY,
            env={"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'plugins'}"},
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        _, errors = racer.communicate(timeout=120)
        assert racer.returncode == 0, errors
    shown = [json.loads(line)[0] for line in (tmp_path / "shown.jsonl").read_text().splitlines()]
    assert len(shown) == len(set(shown)) == 3


def test_says_that_the_ledger_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledgers.open_ledger(URL, tmp_path).close()
    connection = sqlite_file._connection
    # What a read-only file system makes of it; permissions would not stop root.
    monkeypatch.setattr(sqlite_file, "_connection", lambda path, _mode: connection(path, "ro"))
    assert "cannot be written" in refusal(URL, tmp_path)
