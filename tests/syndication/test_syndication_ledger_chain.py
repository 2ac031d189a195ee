"""The ledger's record: chained, complete, and carried over from a ledger of version 1."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sites import REPOSITORY
from utrop.syndication import ledger
from utrop.syndication.announcement import ShareImage
from utrop.syndication.delivery import Message, Origin, Receipt, State
from utrop.syndication.ledger.chain import broken, digest
from utrop.syndication.ledger.protocol import Expected, Ledger

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)
OWED = Expected(guid="tag:a,2026:1", network="mastodon", account="@a@b", idempotency_key="k")
MESSAGE = Message(
    guid=OWED.guid,
    text="Ord: å, 🙂 och ”citat”",
    url="https://blogg.inkop.example.org/a/",
    lang="sv",
    created_at=NOW,
    image=ShareImage(
        url="https://blogg.inkop.example.org/a.png",
        alt="En bro",
        media_type="image/png",
        width=1,
        height=1,
    ),
)
ORIGIN = Origin(commit="c0ffee", approver="Maja Ek", image_sha256="ab" * 32)
RECEIPT = Receipt(id="1", url="https://social.example.org/1")


@pytest.fixture
def opened(tmp_path: Path) -> Ledger:
    return ledger.open_ledger("sqlite:///ledger.sqlite3", tmp_path)


def deliver(opened: Ledger, message: Message = MESSAGE) -> None:
    opened.expect([replace(OWED, guid=message.guid)], at=NOW)
    row = opened.find(message.guid, OWED.network, OWED.account)
    assert row is not None
    claim = opened.claim(row, message, at=NOW, until=LATER, origin=ORIGIN)
    assert claim is not None
    assert opened.settle(claim, State.DELIVERED, at=NOW, receipt=RECEIPT) is not None


def test_every_attempt_is_recorded_with_its_origin(opened: Ledger) -> None:
    deliver(opened)
    sent = opened.events()[-1]
    assert (sent.number, sent.state, sent.text) == (3, State.DELIVERED, MESSAGE.text)
    assert (sent.image, sent.image_alt) == ("https://blogg.inkop.example.org/a.png", "En bro")
    assert (sent.commit, sent.approver, sent.image_sha256) == ("c0ffee", "Maja Ek", "ab" * 32)
    assert sent.url == RECEIPT.url


def test_new_words_keep_the_old_ones_in_the_record(opened: Ledger) -> None:
    deliver(opened)
    (row,) = opened.deliveries()
    changed = replace(MESSAGE, text="Rättat")
    amended = opened.amend(row, changed, at=LATER, note="edited", origin=Origin(commit="d00d"))
    assert amended is not None
    assert (amended.state, amended.message, amended.receipt) == (State.DELIVERED, changed, RECEIPT)
    assert [one.text for one in opened.events()][-2:] == [MESSAGE.text, "Rättat"]
    assert opened.events()[-1].commit == "d00d"
    assert opened.amend(row, MESSAGE, at=LATER, note="") is None, "the row has changed since"


def test_what_a_person_did_is_recorded(opened: Ledger) -> None:
    row = opened.record(OWED, State.DELIVERED, at=NOW, note="by hand", receipt=RECEIPT)
    assert row is not None
    assert (row.state, row.receipt, row.note) == (State.DELIVERED, RECEIPT, "by hand")
    again = opened.record(OWED, State.WITHDRAWN, at=NOW, note="by hand", receipt=RECEIPT)
    assert again is not None
    assert again.state is State.WITHDRAWN


def test_a_delivery_that_is_being_sent_is_not_recorded_over(opened: Ledger) -> None:
    opened.expect([OWED], at=NOW)
    (row,) = opened.deliveries()
    assert opened.claim(row, MESSAGE, at=NOW, until=LATER) is not None
    assert opened.record(OWED, State.DELIVERED, at=NOW, note="", receipt=RECEIPT) is None


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_the_chain_is_computed_alike_here_and_in_the_database(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    opened = ledger.open_ledger("sqlite:///ledger.sqlite3", tmp_path_factory.mktemp("chain"))
    deliver(opened, replace(MESSAGE, text=text))
    events = opened.events()
    assert broken(events) is None
    assert [one.hash for one in events] == [digest(one) for one in events]
    opened.close()


@pytest.mark.parametrize("column", ["text", "note", "at", "approver", "image_sha256", "previous"])
def test_a_changed_event_breaks_the_chain(opened: Ledger, tmp_path: Path, column: str) -> None:
    deliver(opened)
    opened.close()
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3")
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        raw.execute("UPDATE events SET note = 'x'")
    raw.execute("DROP TRIGGER events_are_never_changed")
    raw.execute(
        f"UPDATE events SET {column} = ? WHERE number = 2",  # noqa: S608 - our own names
        ("2026-01-01T00:00:00+00:00",),
    )
    raw.commit()
    raw.close()
    found = broken(ledger.read_ledger("sqlite:///ledger.sqlite3", tmp_path).events())
    assert found is not None
    assert found.number == 2


def test_an_event_left_out_breaks_the_chain(opened: Ledger) -> None:
    deliver(opened)
    first, _, third = opened.events()
    assert broken([first, third]) == third


def test_a_program_without_the_chain_writes_nothing(opened: Ledger, tmp_path: Path) -> None:
    deliver(opened)
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3")
    with pytest.raises(sqlite3.OperationalError, match="utrop_chain"):
        raw.execute("UPDATE deliveries SET note = 'x'")


def version_1(path: Path) -> None:
    """Make a ledger as the first version of utrop did, with one delivery."""
    schema = (REPOSITORY / "tests" / "golden" / "sqlite-ledger-1.sql").read_text()
    raw = sqlite3.connect(path)
    raw.executescript(f"{schema} PRAGMA application_id = 0x55747270; PRAGMA user_version = 1;")
    raw.execute(
        "INSERT INTO deliveries (guid, network, account, state, idempotency_key, updated)"
        " VALUES ('g', 'mastodon', '@a@b', 'pending', 'k', ?)",
        (NOW.isoformat(timespec="microseconds"),),
    )
    raw.execute(
        "UPDATE deliveries SET state = 'delivered', receipt_id = '7', receipt_url = 'https://x/7'"
    )
    raw.commit()
    raw.close()


def test_a_ledger_of_version_1_is_carried_over(tmp_path: Path) -> None:
    version_1(tmp_path / "ledger.sqlite3")
    before = (tmp_path / "ledger.sqlite3").read_bytes()
    looked = ledger.read_ledger("sqlite:///ledger.sqlite3", tmp_path)
    assert [one.state for one in looked.events()] == [State.PENDING, State.DELIVERED]
    assert (tmp_path / "ledger.sqlite3").read_bytes() == before, "looking changes nothing"
    opened = ledger.open_ledger("sqlite:///ledger.sqlite3", tmp_path)
    (row,) = opened.deliveries()
    assert (row.state, row.receipt) == (State.DELIVERED, Receipt(id="7", url="https://x/7"))
    assert broken(opened.events()) is None
    deliver(opened)
    assert broken(opened.events()) is None
    assert len(opened.events()) == 5
