"""The ledger in PostgreSQL: the scenarios of the SQLite ledger again, and what a server adds."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.servers.announced import message
from tests.servers.postgresql import PASSWORD, Database, PostgresServer, database, postgresql
from tests.sites import SmallSite
from tests.syndication import test_syndication_ledger as contract
from tests.syndication.announcing import (
    START,
    Clock,
    Looking,
    MemoryNetwork,
    announcement,
    channel,
)
from tests.syndication.test_syndication_ledger import (
    LATER,
    RECEIPT,
    REPOSITORY,
    expected,
    ledger,
    pending,
    refusal,
    test_a_delivery_is_claimed_by_one,
    test_an_expired_lease_becomes_uncertain_and_the_claim_is_lost,
    test_reading_leaves_no_trace,
    test_the_same_state_and_note_leave_no_event,
)
from utrop.problem import ProblemsFound
from utrop.syndication import ledger as ledgers
from utrop.syndication.announcement import ShareImage
from utrop.syndication.announcer import announce
from utrop.syndication.delivery import Delivery, Origin, Receipt, State
from utrop.syndication.ledger import postgresql_database
from utrop.syndication.ledger.agreement import disagreeing
from utrop.syndication.ledger.chain import broken
from utrop.syndication.ledger.postgresql import PostgresqlLedger
from utrop.syndication.ledger.protocol import Claim, Ledger

# The fixtures, and the scenarios that hold for every ledger: pytest finds them by these names.
__all__ = [
    "database",
    "ledger",
    "postgresql",
    "test_a_delivery_is_claimed_by_one",
    "test_an_expired_lease_becomes_uncertain_and_the_claim_is_lost",
    "test_reading_leaves_no_trace",
    "test_the_same_state_and_note_leave_no_event",
]

HERE = Path()


@pytest.fixture(autouse=True)
def url(database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a fresh database, which the shared scenarios use as well."""
    monkeypatch.setattr(contract, "URL", database.url)
    return database.url


def environ() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'plugins'}",
        "PGPASSWORD": PASSWORD,
    }


def opened(url: str) -> PostgresqlLedger:
    found = ledgers.open_ledger(url, HERE)
    assert isinstance(found, PostgresqlLedger)
    return found


# The record


def test_rows_are_unique_and_events_are_never_changed(database: Database, ledger: Ledger) -> None:
    ledger.expect([expected("h"), expected(), expected()], at=START)
    ledger.expect([expected()], at=LATER)
    assert [row.guid for row in ledger.deliveries()] == ["g", "h"]
    for statement in (
        "UPDATE utrop.events SET note = 'x'",
        "DELETE FROM utrop.events",
        "TRUNCATE utrop.events",
        "DELETE FROM utrop.deliveries",
        "TRUNCATE utrop.deliveries",
    ):
        with pytest.raises(psycopg.errors.RaiseException, match="never"):
            database.run(statement)
    assert len(ledger.events()) == 2


def test_every_transition_is_recorded(ledger: Ledger) -> None:
    claim = ledger.claim(pending(ledger), message(), at=START, until=LATER)
    assert claim is not None
    assert claim.delivery.message == message()
    renewed = ledger.renew(claim, at=START, until=LATER)
    assert renewed is not None
    assert (renewed.delivery.attempts, renewed.delivery.revision) == (2, 2)
    row = ledger.settle(renewed, State.PENDING, at=LATER, note="wait\0", retry_at=LATER, thaw=True)
    assert row is not None
    assert (row.note, row.retry_at, row.message) == ("wait", LATER, None)
    assert row.updated.tzinfo is UTC
    assert [(one.former, one.state, one.attempt, one.text) for one in ledger.events()] == [
        (None, State.PENDING, 0, ""),
        (State.PENDING, State.SENDING, 1, message().text),
        (State.SENDING, State.SENDING, 2, message().text),
        (State.SENDING, State.PENDING, 2, message().text),
    ]


def test_keys_are_in_the_order_of_code_points(postgresql: PostgresServer) -> None:
    """As in SQLite, whatever the database's locale thinks."""
    guids = ["ä", "B", "a", "Ö", "🎉", "a-b", "ab"]
    with postgresql.database(
        "LOCALE_PROVIDER icu ICU_LOCALE 'sv' LOCALE 'C.UTF-8' TEMPLATE template0"
    ) as swedish:
        mine = opened(swedish.url)
        mine.expect([expected(guid) for guid in guids], at=START)
        assert [row.guid for row in mine.deliveries()] == sorted(guids)
        mine.close()


def test_one_announcer_recovers_what_is_its_own(ledger: Ledger) -> None:
    ledger.claim(pending(ledger), message(), at=START, until=LATER)
    assert [row.state for row in ledger.recover(at=START)] == [State.UNCERTAIN]


def test_a_ledger_that_is_there_is_not_made_again(url: str, ledger: Ledger) -> None:
    row = pending(ledger)
    again = opened(url)
    assert again.deliveries() == [row]
    again.close()
    reading = ledgers.read_ledger(url, HERE)
    assert reading.deliveries() == [row]
    with pytest.raises(ProblemsFound, match="takes no changes"):
        reading.expect([expected("h")], at=START)
    reading.close()


LEASE = timedelta(minutes=15)
PICTURE = ShareImage(
    url="https://blogg.inkop.example.org/bro.png",
    alt="En bro, 🌉",
    media_type="image/png",
    width=1,
    height=1,
)
EXPECT = ("expect", 0, State.PENDING, False, False, 0)
VERBS = [
    *("claim", "claim", "renew", "settle", "settle", "shelve", "recover", "expect"),
    *("amend", "record"),
]
# Mostly those from which there is a way on.
STATES = [State.PENDING, State.UNCERTAIN, State.PENDING, State.UNCERTAIN, *State]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(VERBS),
        st.integers(0, 1),
        st.sampled_from(STATES),
        st.booleans(),
        st.sampled_from([False, False, True]),
        st.integers(0, 40),
    ),
    min_size=8,
    max_size=30,
)


@dataclass
class Two:
    """Two announcers on one ledger, and what each has seen and held."""

    announcers: list[Ledger]
    claims: list[list[Claim]] = field(default_factory=lambda: [[], []])
    seen: list[Delivery] = field(default_factory=list)

    def act(self, act: Any) -> object:
        """Do one act, perhaps on what was true before; return what it answers."""
        verb, who, state, thaw, stale, minute = act
        mine, at = self.announcers[who], START + timedelta(minutes=minute)
        if verb == "expect":
            return mine.expect([expected(), expected("h")], at=at)
        if verb == "recover":
            return mine.recover(at=at)
        if verb in ("renew", "settle"):
            held = self.claims[who][-2:-1] if stale else self.claims[who][-1:]
            return [self._end_or_renew(verb, who, claim, state, thaw, at) for claim in held]
        row = mine.find("g", "mastodon", "@inkop")
        assert row is not None
        row = self.seen[-1] if stale and self.seen else row
        self.seen.append(row)
        origin = Origin(commit=f"c{minute}", approver="Åsa Ek", image_sha256="ab" * 32)
        if verb == "amend":
            words = message(text=f"Rättat: {minute}")
            return mine.amend(row, words, at=at, note="rättat", origin=origin if thaw else None)
        if verb == "record":
            return state is not State.SENDING and mine.record(
                expected("h"),
                state,
                at=at,
                note="för hand",
                message=message(text="🖐") if thaw else None,
                receipt=RECEIPT if stale or state is State.DELIVERED else None,
                origin=origin,
            )
        if verb == "shelve":
            fit = state not in (State.SENDING, State.DELIVERED)
            return fit and mine.shelve(row, state, at=at, note="för hand", thaw=thaw)
        claim = mine.claim(
            row, message(image=PICTURE), at=at, until=at + LEASE, origin=origin if thaw else None
        )
        return self._keep(who, claim)

    def _end_or_renew(
        self, verb: str, who: int, claim: Claim, state: State, thaw: bool, at: datetime
    ) -> object:
        mine = self.announcers[who]
        if verb == "renew":
            return self._keep(who, mine.renew(claim, at=at, until=at + LEASE))
        if state is State.SENDING:
            return None
        receipt = RECEIPT if state is State.DELIVERED else None
        retry_at = at if state is State.PENDING else None
        return mine.settle(
            claim, state, at=at, note="klart", receipt=receipt, retry_at=retry_at, thaw=thaw
        )

    def _keep(self, who: int, claim: Claim | None) -> object:
        self.claims[who] += [claim] if claim else []
        return claim and claim.delivery


@given(acts=ACTS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_ledgers_answer_alike(
    database: Database, tmp_path_factory: pytest.TempPathFactory, acts: list[Any]
) -> None:
    """Whatever two announcers do, SQLite's ledger and PostgreSQL's end with the same record."""
    ends = []
    root = tmp_path_factory.mktemp("alike")
    database.run("DROP SCHEMA IF EXISTS utrop CASCADE")
    for address in ("sqlite:///ledger.sqlite3", database.url):
        with ExitStack() as stack:
            two = Two([ledgers.open_ledger(address, root) for _ in range(2)])
            for one in two.announcers:
                stack.callback(one.close)
                one.recover(at=START)  # so that in SQLite each knows of the other
            answers = [two.act(act) for act in [EXPECT, *acts]]
            ends.append((answers, one.deliveries(), one.events()))
    assert ends[0] == ends[1]
    assert broken(ends[1][2]) is None
    assert disagreeing(ends[1][1], ends[1][2]) == []


# Several at once


def test_eight_announcers_make_the_tables_at_once(url: str) -> None:
    barrier = threading.Barrier(8)

    def begin(_number: int) -> int:
        barrier.wait()
        mine = opened(url)
        try:
            mine.expect([expected(str(number)) for number in range(20)], at=START)
            return len(mine.deliveries())
        finally:
            mine.close()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(begin, range(8))) == [20] * 8
    mine = opened(url)
    assert len(mine.events()) == 20
    mine.close()


def test_of_eight_who_claim_at_once_one_gets_each(url: str, ledger: Ledger) -> None:
    ledger.expect([expected(f"{number:02}") for number in range(30)], at=START)
    rows = ledger.deliveries()
    barrier = threading.Barrier(8)

    def claim_all(_number: int) -> list[str]:
        mine = opened(url)
        try:
            barrier.wait()
            claims = [mine.claim(row, message(), at=START, until=LATER) for row in rows]
            got = [claim for claim in claims if claim is not None]
            for claim in got:
                assert mine.settle(claim, State.DELIVERED, at=START, receipt=RECEIPT) is not None
            return [claim.delivery.guid for claim in got]
        finally:
            mine.close()

    with ThreadPoolExecutor(8) as threads:
        claimed = [guid for got in threads.map(claim_all, range(8)) for guid in got]
    assert sorted(claimed) == [row.guid for row in rows]
    assert {row.attempts for row in ledger.deliveries()} == {1}


def test_eight_who_recover_at_once_give_up_each_lease_once(url: str, ledger: Ledger) -> None:
    ledger.expect([expected(f"{number:02}") for number in range(30)], at=START)
    for row in ledger.deliveries():
        assert ledger.claim(row, message(), at=START, until=LATER) is not None
    barrier = threading.Barrier(8)

    def recover(_number: int) -> int:
        mine = opened(url)
        try:
            barrier.wait()
            return len(mine.recover(at=LATER + timedelta(seconds=1)))
        finally:
            mine.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(recover, range(8))) == 30


_RACER = """
import sys
from pathlib import Path
from tests.syndication.crashing_postgresql import run_once
sys.stdin.readline()
for number in range(4):
    run_once(Path(sys.argv[1]), sys.argv[2], lambda point: None)
"""


def test_processes_at_once_double_and_lose_nothing(tmp_path: Path, url: str) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, str(tmp_path), url],
            cwd=REPOSITORY,
            env=environ(),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
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
    after = opened(url)
    assert broken(after.events()) is None
    assert disagreeing(after.deliveries(), after.events()) == []
    after.close()


# Death


_HOLDER = """
import sys, time
from pathlib import Path
from datetime import timedelta
from tests.servers.announced import message
from tests.syndication.announcing import START
from utrop.syndication import ledger
mine = ledger.open_ledger(sys.argv[1], Path())
(row,) = mine.deliveries()
assert mine.claim(row, message(), at=START, until=START + timedelta(minutes=15))
print("claimed", flush=True)
time.sleep(600)
"""


def test_what_a_killed_announcer_holds_is_uncertain_once_its_lease_ends(
    url: str, ledger: Ledger
) -> None:
    row = pending(ledger)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, url],
        cwd=REPOSITORY,
        env=environ(),
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "claimed\n"
        holder.kill()
    # Its session is gone; but so it would be if it were alive and merely cut off from the server.
    assert ledger.recover(at=LATER) == []
    assert ledger.claim(row, message(), at=LATER, until=LATER) is None
    (left,) = ledger.recover(at=LATER + timedelta(microseconds=1))
    assert (left.state, left.message, left.attempts) == (State.UNCERTAIN, message(), 1)


def crash(folder: Path, url: str, control: str = "") -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.syndication.crashing_postgresql", folder, url, control],
        cwd=REPOSITORY,
        env=environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    cases: list[dict[str, Any]] = json.loads(done.stdout)
    return cases


def test_killed_at_any_point_nothing_is_lost_or_doubled(tmp_path: Path, url: str) -> None:
    cases = crash(tmp_path, url)
    assert len(cases) >= 20
    assert all(case["killed"] for case in cases)
    for case in cases:
        assert (case["lost"], case["doubled"]) == ([], []), case
        assert case["statuses"][-1] == 0, case


@pytest.mark.parametrize("control", ["no-intent", "no-search"])
def test_the_crashes_notice_a_missing_safeguard(tmp_path: Path, url: str, control: str) -> None:
    assert any(case["lost"] or case["doubled"] for case in crash(tmp_path, url, control))


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGINT])
def test_a_server_restarted_midway_loses_and_doubles_nothing(
    url: str, database: Database, how: signal.Signals
) -> None:
    network, clock, posts = MemoryNetwork(), Clock(), [announcement(1), announcement(2)]

    def restart(act: Callable[[], Receipt]) -> Receipt:
        receipt = act()
        database.server.stop(how)
        database.server.start()
        return receipt

    network.faults.append(restart)
    mine = opened(url)
    with pytest.raises(ProblemsFound, match="cannot be reached") as caught:
        announce(posts, [channel(network)], mine, look=Looking(), clock=clock)
    mine.close()
    assert caught.value.exit_status == 1
    assert PASSWORD not in str(caught.value)
    assert len(network.shown) == 1
    clock.pass_by(hours=1)
    mine = opened(url)
    report = announce(posts, [channel(network)], mine, look=Looking(), clock=clock)
    assert report.exit_status == 0
    assert sorted(network.guids) == [one.guid for one in posts]
    assert {row.state for row in mine.deliveries()} == {State.DELIVERED}
    mine.close()


def test_what_is_written_is_durable_whatever_the_role_says(database: Database, url: str) -> None:
    name = database.name
    database.run(
        f"ALTER DATABASE {name} SET synchronous_commit = off",
        f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'",
        f"ALTER DATABASE {name} SET TimeZone = 'Asia/Tokyo'",
    )
    mine = opened(url)
    try:
        for name, value in (
            ("synchronous_commit", "on"),
            ("default_transaction_isolation", "read committed"),
        ):
            assert mine._connection.execute(f"SHOW {name}".encode()).fetchone() == {name: value}
        delivery = pending(mine)
        assert delivery.updated == START
        other = opened(url)
        assert other.claim(delivery, message(), at=START, until=LATER) is not None
        other.close()
        assert mine.claim(delivery, message(), at=START, until=LATER) is None
    finally:
        mine.close()


# Refusals


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://inkop:hemligt@127.0.0.1/blogg", "holds a password"),
        ("postgresql://inkop:hem/li?gt@127.0.0.1/blogg", "holds a password"),
        ("postgresql://inkop:hemligt@[::1/blogg", "holds a password"),
        ("postgresql://127.0.0.1/blogg?password=hemligt", "holds a password"),
        ("postgresql://127.0.0.1/blogg?sslpassword=hemligt", "holds a password"),
        ("postgresql://127.0.0.1/blogg?pass%77ord=hemligt", "holds a password"),
        ("postgresql://inkop%3Ahemligt@127.0.0.1/blogg", None),
        ("postgresql://inkop@127.0.0.1", "names no database"),
        ("postgresql://inkop@/blogg", "names no server"),
        ("postgresql:///blogg", "names no server"),
        ("postgresql://", "names no server"),
        ("postgresql://127.0.0.1:hemligt/blogg", "has a port that is no number"),
        ("postgresql://127.0.0.1:0/blogg", "has a port that is no number"),
        ("postgresql://127.0.0.1:65536/blogg", "has a port that is no number"),
        ("postgresql://127.0.0.1/blogg?options=-chemligt", "an option that is not taken"),
        ("postgresql://127.0.0.1/blogg?nonsense=hemligt", "cannot be read as an address"),
        ("postgresql://[::1/blogg", "cannot be read as an address"),
        ("postgresql://%zz/blogg", "cannot be read as an address"),
        ("postgres://inkop:hem/ligt@127.0.0.1/blogg", "there is no ledger for the address"),
    ],
)
@pytest.mark.parametrize("door", [ledgers.exists, ledgers.open_ledger])
def test_refuses_addresses_that_open_nothing(
    address: str, says: str | None, door: Callable[[str, Path], object]
) -> None:
    with pytest.raises(ProblemsFound) as caught:
        door(address, HERE)
    said = str(caught.value)
    assert caught.value.exit_status == 2
    assert "\n" not in said
    if says is not None:
        assert says in said
        assert "hemligt" not in said
        assert "hem/li" not in said


def refuses(url: str) -> str:
    """Return what is said, the same by every door; it never holds the password."""
    said = refusal(url, HERE)
    for door in (ledgers.exists, ledgers.read_ledger):
        with pytest.raises(ProblemsFound) as caught:
            door(url, HERE)
        assert (str(caught.value), caught.value.exit_status) == (said, 2)
    assert PASSWORD not in said
    assert "\n" not in said
    return said


def test_says_that_there_is_no_server() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        said = refuses(f"postgresql://inkop@127.0.0.1:{taken.getsockname()[1]}/blogg")
    assert "cannot be reached" in said
    assert "see that the server runs" in said


def test_several_servers_may_be_named(database: Database) -> None:
    port = database.server.port
    there = f"postgresql://inkop@127.0.0.1:1,127.0.0.1:{port}/{database.name}"
    assert not ledgers.exists(there, HERE)
    said = refusal("postgresql://inkop@[::1]:1,127.0.0.1:1/blogg?target_session_attrs=any", HERE)
    assert "postgresql://[::1]:1,127.0.0.1:1/blogg: the ledger cannot be reached" in said


def test_says_that_there_is_no_such_host() -> None:
    assert "the ledger cannot be reached" in refuses(f"postgresql://{'a' * 70}/blogg")


def test_says_that_there_is_no_database(url: str) -> None:
    said = refuses(f"{url}-felstavad")
    assert "is not there" in said
    assert "felstavad" in said


def test_says_that_the_password_is_wrong(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", f"fel-{PASSWORD}")
    assert "does not let us in" in refuses(url)
    monkeypatch.delenv("PGPASSWORD")
    monkeypatch.setenv("PGPASSFILE", "/nowhere/pgpass")
    assert "PGPASSWORD" in refuses(url)


def test_the_password_file_will_do(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGPASSWORD")
    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:*:*:*:{PASSWORD}\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    assert not ledgers.exists(url, HERE)


def test_a_server_that_talks_nonsense_or_repeats_the_password_is_refused() -> None:
    """A stand-in for a hostile server: it asks for the password in clear, and says it aloud."""
    words = f"SFATAL\0VFATAL\0C28P01\0Mdu sade {PASSWORD}\x1b[2J hej\0\0".encode()
    answers = {
        "said aloud": b"E" + (len(words) + 4).to_bytes(4, "big") + words,
        "nonsense": b"HTTP/1.1 200 OK\r\n\r\n",
        "silence": b"",
    }
    for name, answer in answers.items():
        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve(server: socket.socket = server, answer: bytes = answer) -> None:
                client, _ = server.accept()
                with client:
                    client.settimeout(20)
                    client.recv(1024)
                    client.sendall(b"N")  # no TLS here
                    client.recv(1024)
                    client.sendall(b"R\0\0\0\x08\0\0\0\x03")  # the password in clear, please
                    client.recv(1024)
                    client.sendall(answer)

            thread = threading.Thread(target=serve)
            thread.start()
            port = server.getsockname()[1]
            said = refusal(f"postgresql://inkop@127.0.0.1:{port}/blogg?gssencmode=disable", HERE)
            thread.join()
        assert PASSWORD not in said, name
        assert "\x1b" not in said
        assert "cannot be reached" in said


def test_waits_no_longer_than_patience_for_a_silent_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgresql_database, "_PATIENCE", 2)  # libpq's shortest
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = refusal(f"postgresql://inkop@127.0.0.1:{port}/blogg", HERE)
    assert "cannot be reached" in said
    assert "timeout" in said


def test_refuses_another_programs_tables(database: Database, url: str) -> None:
    database.run("CREATE TABLE bokmärken (a int)")
    assert not ledgers.exists(url, HERE)  # other schemas are none of our business
    database.run("CREATE SCHEMA utrop", "CREATE TABLE utrop.bokmärken (a int)")
    assert "another program's tables" in refuses(url)
    database.run("CREATE TABLE utrop.ledger (a int)")
    assert "another program's tables" in refuses(url)
    database.run(
        "DROP TABLE utrop.ledger", "CREATE TABLE utrop.ledger (application text, version int)"
    )
    assert "another program's tables" in refuses(url)
    assert database.run("SELECT count(*) FROM utrop.ledger") == [{"count": 0}]


def test_refuses_a_newer_ledger(database: Database, url: str) -> None:
    opened(url).close()
    database.run("UPDATE utrop.ledger SET version = 99", "DROP TABLE utrop.events")
    assert "version 99" in refuses(url)


@pytest.mark.parametrize(
    ("damage", "lacks"),
    [
        ("DROP TABLE utrop.events", "events"),
        ("ALTER TABLE utrop.deliveries DISABLE TRIGGER USER", "deliveries_are_recorded"),
        ("DROP TRIGGER events_are_never_changed ON utrop.events", "events_are_never_changed"),
    ],
)
def test_refuses_and_keeps_a_damaged_ledger(
    database: Database, url: str, damage: str, lacks: str
) -> None:
    opened(url).close()
    database.run(damage)
    said = refuses(url)
    assert "is damaged" in said
    assert lacks in said


def test_a_row_that_makes_no_sense_is_damage(database: Database, ledger: Ledger) -> None:
    pending(ledger)
    database.run('UPDATE utrop.deliveries SET message = \'{"text": "hej"}\'')
    with pytest.raises(ProblemsFound, match="is damaged"):
        ledger.deliveries()


def test_refuses_a_database_that_lacks_characters(postgresql: PostgresServer) -> None:
    with postgresql.database("ENCODING LATIN1 LOCALE 'C' TEMPLATE template0") as narrow:
        assert not ledgers.exists(narrow.url, HERE)
        assert "LATIN1" in refusal(narrow.url, HERE)


def test_says_that_the_ledger_is_locked(
    database: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(url).close()
    monkeypatch.setattr(postgresql_database, "_PATIENCE", 1)
    with database.server.connect(database.name) as other, other.transaction():
        other.execute("LOCK utrop.deliveries")
        assert "locked by another session" in refusal(url, HERE)


@pytest.fixture
def clerk(database: Database) -> Iterator[str]:
    """A role with no right to anything."""
    name = f"skrivare_{database.name}"
    database.run(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    yield name
    database.run(f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_role_without_rights_is_refused(database: Database, url: str, clerk: str) -> None:
    said = refusal(database.url_of(clerk), HERE)
    assert "is closed to this role" in said
    assert "permission denied" in said
    opened(url).close()
    assert "is closed to this role" in refuses(database.url_of(clerk))


GRANTS = (
    "GRANT USAGE ON SCHEMA utrop TO {}",
    "GRANT SELECT ON utrop.ledger TO {}",
    "GRANT SELECT, INSERT ON utrop.events TO {}",
    "GRANT SELECT, INSERT, UPDATE ON utrop.deliveries TO {}",
)


def test_the_rights_of_the_documentation_are_enough(
    database: Database, url: str, clerk: str
) -> None:
    text = (REPOSITORY / "docs" / "announcing.md").read_text("utf-8")
    opened(url).close()
    for grant in GRANTS:
        assert grant.format("announcer") in text
        database.run(grant.format(clerk))
    mine = opened(database.url_of(clerk))
    claim = mine.claim(pending(mine), message(), at=START, until=LATER)
    assert claim is not None
    assert mine.settle(claim, State.DELIVERED, at=START, receipt=RECEIPT) is not None
    assert len(mine.events()) == 3
    mine.close()
    for statement in ("UPDATE utrop.events SET note = 'x'", "DELETE FROM utrop.deliveries"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.run(statement, user=clerk)


def test_a_reader_may_look_but_not_announce(database: Database, url: str, clerk: str) -> None:
    opened(url).close()
    database.run(
        f"GRANT USAGE ON SCHEMA utrop TO {clerk}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA utrop TO {clerk}",
    )
    ledgers.read_ledger(database.url_of(clerk), HERE).close()
    assert "is closed to this role" in refusal(database.url_of(clerk), HERE)


def test_a_prepared_schema_will_do(database: Database, clerk: str) -> None:
    """Where the role may make no schema, an administrator makes it."""
    database.run(f"CREATE SCHEMA utrop AUTHORIZATION {clerk}")
    opened(database.url_of(clerk)).close()


def test_a_read_only_server_is_refused(database: Database, url: str) -> None:
    opened(url).close()
    database.run(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    assert "takes no changes" in refusal(url, HERE)


def test_says_how_to_get_psycopg(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for name in ("postgresql", "postgresql_address"):
        monkeypatch.delitem(sys.modules, f"utrop.syndication.ledger.{name}")
    said = refusal(url, HERE)
    assert 'pip install "utrop[postgresql]"' in said


# A whole run


def test_publishing_twice_announces_once(site: SmallSite, database: Database, url: str) -> None:
    site.environ |= {"UTROP_LEDGER": url, "PGPASSWORD": PASSWORD}
    site.run("publish")
    first = json.loads(site.run("status", "--json").stdout)
    assert len(first) == 3
    assert {row["state"] for row in first} == {"delivered"}
    events = database.run("SELECT * FROM utrop.events ORDER BY number")
    done = site.run("publish", now="2026-11-24T12:00:00+01:00")
    assert json.loads(site.run("status", "--json").stdout) == first
    assert database.run("SELECT * FROM utrop.events ORDER BY number") == events
    assert PASSWORD not in done.stdout + done.stderr
    assert not list(site.root.rglob("ledger.sqlite3*"))


def test_a_publish_without_its_ledger_sends_nothing(site: SmallSite, url: str) -> None:
    site.environ |= {"UTROP_LEDGER": url, "PGPASSWORD": "fel-lösenord-canary"}
    done = site.run("publish", expect=2)
    assert done.stderr.count("does not let us in") == 1
    assert "canary" not in done.stdout + done.stderr
    assert not site.current.exists()
    site.environ["UTROP_LEDGER"] = url.replace("@", ":hemligt-canary@")
    done = site.run("publish", expect=2)
    assert "holds a password" in done.stderr
    assert "canary" not in done.stdout + done.stderr
