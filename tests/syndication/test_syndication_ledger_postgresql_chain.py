"""The record in PostgreSQL: chained by the database, whoever writes; version 1 carried over."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.servers.announced import message
from tests.servers.postgresql import PASSWORD, Database, database, postgresql
from tests.sites import REPOSITORY
from tests.syndication import test_syndication_ledger_chain as contract
from tests.syndication.announcing import START
from tests.syndication.test_syndication_ledger import LATER, RECEIPT, expected, pending, refusal
from tests.syndication.test_syndication_ledger_chain import (
    deliver,
    test_a_delivery_that_is_being_sent_is_not_recorded_over,
    test_every_attempt_is_recorded_with_its_origin,
    test_new_words_keep_the_old_ones_in_the_record,
    test_what_a_person_did_is_recorded,
)
from utrop.problem import ProblemsFound
from utrop.syndication import ledger as ledgers
from utrop.syndication.delivery import Origin, Receipt, State
from utrop.syndication.ledger import frozen, postgresql_statements
from utrop.syndication.ledger.agreement import disagreeing
from utrop.syndication.ledger.chain import broken, digest
from utrop.syndication.ledger.protocol import Ledger

# The fixtures, and the scenarios that hold for every ledger: pytest finds them by these names.
__all__ = [
    "database",
    "postgresql",
    "test_a_delivery_that_is_being_sent_is_not_recorded_over",
    "test_every_attempt_is_recorded_with_its_origin",
    "test_new_words_keep_the_old_ones_in_the_record",
    "test_what_a_person_did_is_recorded",
]
HERE = Path()


@pytest.fixture
def opened(database: Database) -> Iterator[Ledger]:
    mine = ledgers.open_ledger(database.url, HERE)
    yield mine
    mine.close()


# The chain


@given(text=st.text(st.characters(codec=None), max_size=40), note=st.text(max_size=20))
@example(text="NUL \0 mitt i", note="\0")
@example(text="\ud83d halv", note="halv \udc4d")
@example(text="\\u0000 \\\\u0000 är bara skrivet så", note='"}')
@example(text="👩🏽‍⚖️ e\u0301 עברית \u2028\x85\r\n\t", note="")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_is_recorded_and_chained_as_python_chains_it(
    opened: Ledger, text: str, note: str
) -> None:
    opened.record(expected("again"), State.PENDING, at=START, note="")
    row = opened.find("again", "mastodon", "@inkop")
    assert row is not None
    claim = opened.claim(row, message(text=text), at=START, until=LATER, origin=Origin(commit=note))
    assert claim is not None
    settled = opened.settle(
        claim, State.PENDING, at=START, note=note, receipt=Receipt(id=text, url=text)
    )
    assert settled is not None
    assert settled.message == claim.delivery.message, "what is sent is what was frozen"
    events = opened.events()
    last = events[-1]
    assert claim.delivery.message is not None
    assert last.text == claim.delivery.message.text
    if not set(text) & {"\0"} and not any("\ud800" <= sign <= "\udfff" for sign in text):
        assert last.text == last.url == text
    assert broken(events) is None
    assert last.hash == digest(last)


def test_changes_that_are_undone_leave_no_gap(database: Database, opened: Ledger) -> None:
    opened.expect([expected()], at=START)
    for _ in range(3):
        ledgers.open_ledger(database.url, HERE).close()  # tries to write, and undoes it
        opened.expect([expected()], at=START)  # writes nothing
    with (
        database.server.connect(database.name) as other,
        other.transaction(force_rollback=True),
    ):
        other.execute("UPDATE utrop.deliveries SET note = 'x'")
    opened.expect([expected("h"), expected("i")], at=START)
    assert [one.number for one in opened.events()] == [1, 2, 3]
    assert broken(opened.events()) is None


def test_what_a_person_writes_by_hand_is_chained_too(database: Database, opened: Ledger) -> None:
    deliver(opened)
    database.run(
        "UPDATE utrop.deliveries SET note = 'för hand', updated = now()",
        "INSERT INTO utrop.events SELECT * FROM utrop.events WHERE number = 1",
    )
    events = opened.events()
    assert [one.number for one in events] == [1, 2, 3, 4, 5]
    assert broken(events) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE utrop.events SET text = 'annat' WHERE number = 2",
        "UPDATE utrop.events SET at = at + interval '1 microsecond' WHERE number = 2",
        "UPDATE utrop.events SET approver = '' WHERE number = 2",
        "UPDATE utrop.events SET image_alt = '' WHERE number = 2",
        "UPDATE utrop.events SET former = NULL WHERE number = 2",
        "UPDATE utrop.events SET number = 7 WHERE number = 2",
        "DELETE FROM utrop.events WHERE number = 2",
    ],
)
def test_a_change_behind_the_triggers_is_found(
    database: Database, opened: Ledger, change: str
) -> None:
    deliver(opened)
    assert broken(opened.events()) is None
    with pytest.raises(psycopg.errors.RaiseException, match="never"):
        database.run(change)
    database.run(
        "ALTER TABLE utrop.events DISABLE TRIGGER USER",
        change,
        "ALTER TABLE utrop.events ENABLE TRIGGER USER",
    )
    found = broken(opened.events())
    assert found is not None
    assert found.number == (2 if "SET" in change and "number = 7" not in change else 3)


def test_a_delivery_changed_behind_the_record_is_found(database: Database, opened: Ledger) -> None:
    deliver(opened)
    assert disagreeing(opened.deliveries(), opened.events()) == []
    database.run(
        "ALTER TABLE utrop.deliveries DISABLE TRIGGER USER",
        "UPDATE utrop.deliveries SET receipt_url = 'https://evil.example.org/'",
        "ALTER TABLE utrop.deliveries ENABLE TRIGGER USER",
    )
    assert broken(opened.events()) is None
    (found,) = disagreeing(opened.deliveries(), opened.events())
    assert "mastodon" in found
    assert len(disagreeing([], opened.events())) == 1, "one that is gone"
    assert len(disagreeing(opened.deliveries(), [])) == 1, "one without a record"


_WRITER = """
import sys
from pathlib import Path
from tests.servers.announced import message
from tests.syndication.announcing import START
from tests.syndication.test_syndication_ledger import LATER, RECEIPT, expected
from utrop.syndication import ledger
from utrop.syndication.delivery import State
who, mine = sys.argv[1], ledger.open_ledger(sys.argv[2], Path())
sys.stdin.readline()
for number in range(10):
    # Rows of its own and rows of all, in an order of its own.
    for guid in (f"{who}-{number}", str(number if int(who) % 2 else 9 - number)):
        mine.expect([expected(guid), expected("alla")], at=START)
        row = mine.find(guid, "mastodon", "@inkop")
        claim = mine.claim(row, message(), at=START, until=LATER)
        if claim:
            mine.settle(claim, State.DELIVERED, at=START, receipt=RECEIPT)
        mine.recover(at=START)
    mine.record(expected("alla"), State.WITHDRAWN, at=START, note=f"{who} {number}")
"""


def test_eight_processes_at_once_write_one_chain(database: Database, opened: Ledger) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(number), database.url],
            cwd=REPOSITORY,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'plugins'}",
                "PGPASSWORD": PASSWORD,
            },
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(8)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _, errors = writer.communicate(timeout=240)
        assert writer.returncode == 0, errors
    events = opened.events()
    # 91 deliveries begin; all but the one of all are sent; that one is changed 80 times.
    assert len(events) == 91 + 90 * 2 + 80
    assert broken(events) is None
    assert disagreeing(opened.deliveries(), events) == []


def test_a_writer_waits_for_another_and_reads_what_it_wrote(
    database: Database, opened: Ledger
) -> None:
    opened.expect([expected()], at=START)
    with ThreadPoolExecutor(1) as thread:
        with database.server.connect(database.name) as other, other.transaction():
            other.execute("UPDATE utrop.deliveries SET note = 'först'")
            waiting = thread.submit(opened.expect, [expected("h")], at=START)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        waiting.result(10)
    assert [one.note for one in opened.events()] == ["", "först", ""]
    assert broken(opened.events()) is None


# Version 1


def version_1(database: Database) -> None:
    """Make a ledger as the first version of utrop did, with gaps in the numbers of its events."""
    schema = (REPOSITORY / "tests" / "golden" / "postgresql-ledger-1.sql").read_text("utf-8")
    begin = (
        "INSERT INTO utrop.deliveries (guid, network, account, state, idempotency_key, updated)"
        " VALUES ('{}', 'mastodon', '@inkop', 'pending', 'k', '2026-11-20 08:00:00.123456+01')"
    )
    with database.server.connect(database.name) as connection:
        connection.execute("CREATE SCHEMA utrop")
        connection.execute(schema.encode())
        for guid in ("g", "h", "i"):
            connection.execute(begin.format(guid).encode())
            with connection.transaction(force_rollback=True):
                connection.execute(begin.format("undone").encode())
        connection.execute(
            "UPDATE utrop.deliveries SET state = 'sending', owner = 'x', lease_until = now(),"
            " message = %s WHERE guid = 'g'",
            (frozen.freeze(message(image=contract.MESSAGE.image)),),
        )
        connection.execute(
            "UPDATE utrop.deliveries SET state = 'delivered', owner = NULL, lease_until = NULL,"
            " receipt_id = '7', receipt_url = 'https://x/7' WHERE guid = 'g'"
        )
        numbers = connection.execute("SELECT id FROM utrop.events ORDER BY id").fetchall()
        assert [row["id"] for row in numbers] == [1, 3, 5, 7, 8]


def shape(database: Database) -> list[dict[str, object]]:
    """Return all that makes up the tables, without the order of the columns."""
    return [
        *database.run(
            "SELECT table_name, column_name, data_type, is_nullable, column_default,"
            " collation_name, is_identity FROM information_schema.columns"
            " WHERE table_schema = 'utrop' ORDER BY 1, 2"
        ),
        *database.run(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'utrop'::regnamespace ORDER BY 1, 2"
        ),
        *database.run(
            "SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger"
            " WHERE NOT tgisinternal ORDER BY 1"
        ),
        *database.run(
            "SELECT pg_get_functiondef(oid) FROM pg_proc"
            " WHERE pronamespace = 'utrop'::regnamespace ORDER BY 1"
        ),
        *database.run("SELECT * FROM utrop.ledger"),
        *database.run(
            "SELECT relname FROM pg_class WHERE relnamespace = 'utrop'::regnamespace ORDER BY 1"
        ),
    ]


def test_a_ledger_of_version_1_is_carried_over(database: Database) -> None:
    version_1(database)
    before = database.run("SELECT * FROM utrop.events ORDER BY id")
    looked = ledgers.read_ledger(database.url, HERE)
    seen, rows = looked.events(), looked.deliveries()
    looked.close()
    assert broken(seen) is None
    assert database.run("SELECT * FROM utrop.events ORDER BY id") == before, (
        "looked at, not changed"
    )
    mine = ledgers.open_ledger(database.url, HERE)
    assert mine.events() == seen
    assert mine.deliveries() == rows
    assert len(seen) == len(before)
    for old, new in zip(before, seen, strict=True):
        assert {name: getattr(new, name) for name in old if name != "id"} == {
            name: value for name, value in old.items() if name != "id"
        }
    assert disagreeing(rows, seen) == []
    deliver(mine)
    assert broken(mine.events()) is None
    assert len(mine.events()) == len(before) + 3
    mine.close()


def test_a_ledger_carried_over_is_built_like_a_new_one(database: Database) -> None:
    version_1(database)
    ledgers.open_ledger(database.url, HERE).close()
    carried = shape(database)
    database.run("DROP SCHEMA utrop CASCADE")
    ledgers.open_ledger(database.url, HERE).close()
    assert shape(database) == carried


def test_a_carrying_over_that_fails_leaves_version_1(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_1(database)
    before = shape(database)
    monkeypatch.setattr(
        "utrop.syndication.ledger.postgresql_version_1._CHAIN", "SELECT 1 / 0 FROM utrop.events"
    )
    assert "cannot be used" in refusal(database.url, HERE)
    assert shape(database) == before
    monkeypatch.undo()
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    ledgers.open_ledger(database.url, HERE).close()


def test_eight_who_carry_over_at_once_do_it_once(database: Database) -> None:
    version_1(database)
    barrier = threading.Barrier(8)

    def carry(number: int) -> None:
        barrier.wait()
        mine = ledgers.open_ledger(database.url, HERE)
        mine.expect([expected(f"ny {number}")], at=START)
        mine.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(carry, range(8)))
    mine = ledgers.open_ledger(database.url, HERE)
    assert broken(mine.events()) is None
    assert len(mine.events()) == 5 + 8
    mine.close()


def test_an_announcer_of_the_first_version_that_is_still_at_work_is_recorded(
    database: Database,
) -> None:
    version_1(database)
    with database.server.connect(database.name) as old:
        old.execute("SELECT * FROM utrop.deliveries")
        mine = ledgers.open_ledger(database.url, HERE)
        old.execute(
            "UPDATE utrop.deliveries SET note = 'den gamla', revision = revision + 1"
            " WHERE guid = 'h' RETURNING *"
        )
        assert mine.events()[-1].note == "den gamla"
        assert broken(mine.events()) is None
        mine.close()


def test_rights_outlive_the_carrying_over_which_is_the_owners(database: Database) -> None:
    version_1(database)
    name = f"skrivare_{database.name}"
    database.run(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    try:
        database.run(
            f"GRANT USAGE ON SCHEMA utrop TO {name}",
            f"GRANT SELECT ON utrop.ledger TO {name}",
            f"GRANT SELECT, INSERT ON utrop.events TO {name}",
            f"GRANT SELECT, INSERT, UPDATE ON utrop.deliveries TO {name}",
        )
        said = refusal(database.url_of(name), HERE)
        assert "is a ledger of version 1" in said
        assert "as that role" in said
        reading = ledgers.read_ledger(database.url_of(name), HERE)
        assert len(reading.events()) == 5
        reading.close()
        ledgers.open_ledger(database.url, HERE).close()
        mine = ledgers.open_ledger(database.url_of(name), HERE)
        claim = mine.claim(pending(mine), message(), at=START, until=LATER)
        assert claim is None, "it was delivered"
        mine.expect([expected("ny")], at=START)
        row = mine.find("ny", "mastodon", "@inkop")
        assert row is not None
        claim = mine.claim(row, message(), at=START, until=LATER)
        assert claim is not None
        assert mine.settle(claim, State.DELIVERED, at=START, receipt=RECEIPT) is not None
        assert broken(mine.events()) is None
        mine.close()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.run("UPDATE utrop.events SET note = 'x'", user=name)
    finally:
        database.run(f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_an_old_server_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("utrop.syndication.ledger.postgresql_database._OLDEST_SERVER", 999)
    with pytest.raises(ProblemsFound, match="too old for the ledger"):
        ledgers.open_ledger(database.url, HERE)


def test_what_a_person_did_is_recorded_whole_or_not_at_all(
    opened: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a row that is pending would be left, and announced a second time."""
    monkeypatch.setattr(postgresql_statements, "CHANGE", "SELECT 1 / 0")
    with pytest.raises(ProblemsFound, match="division by zero"):
        opened.record(expected(), State.DELIVERED, at=START, note="", receipt=RECEIPT)
    assert opened.deliveries() == []
    assert opened.events() == []
