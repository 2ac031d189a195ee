"""`utrop ledger verify`, `export` and `move`, as a person runs them."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.servers.announced import message
from tests.servers.mastodon import MastodonServer
from tests.servers.postgresql import PASSWORD, Database, database, postgresql
from tests.sites import REPOSITORY, SmallSite
from tests.syndication.test_syndication_ledger_chain import version_1
from utrop import recording
from utrop.configuration import load
from utrop.problem import ProblemsFound
from utrop.serving.static import running
from utrop.syndication import ledger
from utrop.syndication.delivery import Origin, Receipt, State
from utrop.syndication.ledger import frozen
from utrop.syndication.ledger.archive import from_json_lines
from utrop.syndication.ledger.chain import broken
from utrop.syndication.ledger.protocol import Event, Expected, Ledger
from utrop.terminal import Terminal

__all__ = ["database", "postgresql"]

SQLITE = "sqlite:///ledger.sqlite3"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
CANARY = "canary-hemligt-7f3a"


def opened(site: SmallSite, url: str = SQLITE) -> Ledger:
    return ledger.open_ledger(url, site.root)


def events(site: SmallSite, url: str = SQLITE) -> list[Event]:
    with closing(ledger.read_ledger(url, site.root)) as reading:
        return reading.events()


def expected(guid: str = "g") -> Expected:
    return Expected(guid=guid, network="mastodon", account="@inkop", idempotency_key="k")


@pytest.fixture
def recorded(site: SmallSite) -> SmallSite:
    """A site of which something is announced, in every state that stays."""
    with closing(opened(site)) as mine:
        for state in State:
            if state is State.SENDING:
                continue
            row = mine.record(expected(state.value), State.PENDING, at=NOW, note="")
            assert row is not None
            claim = mine.claim(
                row,
                message(guid=state.value, text=f"{state}: Så 🙂\n\n=1+1"),
                at=NOW,
                until=NOW + timedelta(minutes=15),
                origin=Origin(commit="c0ffee", approver="Maja Ek"),
            )
            assert claim is not None
            assert mine.settle(
                claim,
                state,
                at=NOW,
                note="utan åtkomst\u2028" if state is State.FAILED else "",
                receipt=Receipt(id="1", url="https://social.example.org/1"),
                retry_at=NOW if state is State.PENDING else None,
                thaw=state is State.SKIPPED,
            )
    return site


def tampered(site: SmallSite, statement: str) -> None:
    raw = sqlite3.connect(site.root / "ledger.sqlite3")
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    assert raw.execute(statement).rowcount > 0
    for _, sql in triggers:
        raw.execute(sql)
    raw.commit()
    raw.close()


# verify


def test_tells_that_the_record_is_whole_and_its_last_hash(recorded: SmallSite) -> None:
    last = events(recorded)[-1].hash
    said = recorded.run("ledger", "verify").stdout
    assert f"{len(events(recorded))} events, each as it was written" in said
    assert last in said
    kept = events(recorded)[3].hash
    for one in (last, kept, kept.upper()):
        recorded.run("ledger", "verify", "--expect", one)
    done = recorded.run("ledger", "verify", "--expect", "ab" * 32, expect=1)
    assert "does not hold the hash abab" in done.stderr


def test_names_the_first_event_that_was_changed(recorded: SmallSite) -> None:
    tampered(recorded, "UPDATE events SET text = 'annat' WHERE number = 5")
    done = recorded.run("ledger", "verify", expect=1)
    assert "event 5 (2026-11-24 08:00:00 UTC, delivered on mastodon)" in done.stderr
    assert done.stdout == ""


def test_finds_a_delivery_that_was_changed_alone(recorded: SmallSite) -> None:
    tampered(recorded, "UPDATE deliveries SET receipt_url = 'https://x/' WHERE guid = 'failed'")
    done = recorded.run("ledger", "verify", expect=1)
    assert "the ledger says of failed on mastodon @inkop what its record does not" in done.stderr


def test_a_record_cut_off_shows_to_who_kept_a_hash(recorded: SmallSite) -> None:
    last = events(recorded)[-1].hash
    tampered(recorded, "DELETE FROM events WHERE guid = 'withdrawn'")  # the last four
    tampered(recorded, "DELETE FROM deliveries WHERE guid = 'withdrawn'")
    recorded.run("ledger", "verify")
    assert last in recorded.run("ledger", "verify", "--expect", last, expect=1).stderr


@pytest.mark.parametrize("command", [["verify"], ["export"], ["move", "sqlite:///other.sqlite3"]])
def test_without_a_ledger_there_is_nothing_to_say(site: SmallSite, command: list[str]) -> None:
    done = site.run("ledger", *command, expect=2)
    assert "there is no ledger where LEDGER says" in done.stderr
    assert done.stdout == ""
    assert not list(site.root.glob("*.sqlite3*"))


# export


def test_an_export_is_verified_without_site_or_ledger(recorded: SmallSite, tmp_path: Path) -> None:
    said = recorded.run("ledger", "export", "--format", "jsonl", "-o", "record.jsonl").stdout
    file = recorded.root / "record.jsonl"
    assert from_json_lines(file.read_bytes()) == events(recorded)
    last = events(recorded)[-1].hash
    assert last in said
    elsewhere = SmallSite(tmp_path)
    assert last in elsewhere.run("ledger", "verify", str(file), "--expect", last).stdout
    file.write_bytes(file.read_bytes().replace(b"c0ffee", b"d0ffee", 1))
    assert "event 3 " in elsewhere.run("ledger", "verify", str(file), expect=1).stderr
    file.write_text("hej\n")
    assert "line 1 is no event" in elsewhere.run("ledger", "verify", str(file), expect=1).stderr
    assert "cannot be read" in elsewhere.run("ledger", "verify", "nowhere", expect=2).stderr


def test_the_csv_goes_to_a_new_file_or_to_standard_output(recorded: SmallSite) -> None:
    recorded.run("ledger", "export", "-o", "record.csv")
    data = (recorded.root / "record.csv").read_bytes()
    # Whatever the terminal can show: a file is a file.
    printed = recorded.run(
        "ledger", "export", environ={"PYTHONIOENCODING": "ascii"}, encoding="utf-8"
    ).stdout
    assert printed.encode().replace(b"\r\n", b"\n") == data.replace(b"\r\n", b"\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0][0] == "Nummer"
    assert len(rows) == len(events(recorded)) + 1
    english = recorded.run("ledger", "export", "--language", "en").stdout
    assert english.startswith("\ufeffNumber;Time;")


def test_an_export_overwrites_nothing(recorded: SmallSite) -> None:
    before = (recorded.root / "ledger.sqlite3").read_bytes()
    done = recorded.run("ledger", "export", "-o", "ledger.sqlite3", expect=2)
    assert "is there already" in done.stderr
    assert (recorded.root / "ledger.sqlite3").read_bytes() == before
    assert (
        "cannot be written"
        in recorded.run("ledger", "export", "-o", "nowhere/record.csv", expect=2).stderr
    )


def test_a_broken_record_is_handed_over_and_said_to_be_broken(recorded: SmallSite) -> None:
    tampered(recorded, "UPDATE events SET text = 'annat' WHERE number = 5")
    done = recorded.run("ledger", "export", "--format", "jsonl", "-o", "record.jsonl", expect=1)
    assert "event 5 " in done.stderr
    assert "Last hash" not in done.stdout
    assert len(from_json_lines((recorded.root / "record.jsonl").read_bytes())) == 24


def test_what_was_published_is_in_the_export_and_no_secret_is(
    site: SmallSite, mastodon_server: MastodonServer
) -> None:
    site.environ |= {
        "UTROP_NETWORKS": "preview,mastodon",
        "MASTODON_URL": mastodon_server.url,
        "MASTODON_TOKEN": mastodon_server.token,
        "MASTODON_SINCE": "2026-01-01T00:00:00+01:00",
        "TELEGRAM_TOKEN": CANARY,
    }
    with running(site.current) as server:
        site.environ["UTROP_SITEURL"] = server.url.rstrip("/")
        site.run("publish")
    urls = {one.url for one in events(site) if one.network == "mastodon" and one.url}
    assert len(urls) == 2
    for form in ("csv", "jsonl"):
        printed = site.run("ledger", "export", "--format", form).stdout
        assert "Första inlägget" in printed
        assert all(url in printed for url in urls)
        assert mastodon_server.token not in printed
        assert CANARY not in printed
    site.run("ledger", "verify")


# move


def test_to_postgresql_and_back_with_the_chain_kept(
    recorded: SmallSite, database: Database
) -> None:
    recorded.environ["PGPASSWORD"] = PASSWORD
    before = events(recorded)
    with closing(opened(recorded)) as mine:
        deliveries = mine.deliveries()
    said = recorded.run("ledger", "move", database.url).stdout
    assert (
        f"write in publishconf.py before anything is published: LEDGER = '{database.url}'" in said
    )
    assert before[-1].hash in said
    assert PASSWORD not in said
    there = ledger.open_ledger(database.url, recorded.root)
    assert there.events() == before
    assert there.deliveries() == deliveries
    there.expect([expected("ny")], at=NOW)
    there.close()
    assert events(recorded) == before, "the old one is as it was"
    recorded.environ["UTROP_LEDGER"] = database.url
    recorded.run("ledger", "verify")
    said = recorded.run("ledger", "move", "sqlite:///back.sqlite3").stdout
    assert "set UTROP_LEDGER=sqlite:///back.sqlite3" in said
    back = ledger.open_ledger("sqlite:///back.sqlite3", recorded.root)
    assert back.events()[:-1] == before
    back.expect([expected("nyare")], at=NOW)
    assert broken(back.events()) is None
    assert len(back.events()) == len(before) + 2, "what follows is recorded again"
    back.close()


def test_a_ledger_of_version_1_is_moved_too(site: SmallSite, database: Database) -> None:
    site.environ["PGPASSWORD"] = PASSWORD
    version_1(site.root / "ledger.sqlite3")
    before = events(site)
    site.run("ledger", "move", database.url)
    assert events(site, database.url) == before


def test_refuses_a_ledger_that_holds_something(recorded: SmallSite, database: Database) -> None:
    recorded.environ["PGPASSWORD"] = PASSWORD
    for url in (database.url, "sqlite:///other.sqlite3"):
        with closing(opened(recorded, url)) as other:
            other.expect([expected("annan")], at=NOW)
        done = recorded.run("ledger", "move", url, expect=2)
        assert "holds a record already" in done.stderr
        assert [one.guid for one in events(recorded, url)] == ["annan"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (SQLITE, "LEDGER is sqlite:///ledger.sqlite3 already"),
        ("sqlite:///./ledger.sqlite3", "holds a record already"),
        ("mysql://root:hemligt@db/x", "there is no ledger for the address"),
        ("sqlite:///nowhere/x.sqlite3", "does not exist"),
        ("postgresql://a:hemligt@127.0.0.1/b", "holds a password"),
    ],
)
def test_refuses_addresses_to_which_nothing_moves(recorded: SmallSite, url: str, says: str) -> None:
    done = recorded.run("ledger", "move", url, expect=2)
    assert says in done.stderr
    assert "hemligt" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_record_is_not_moved(recorded: SmallSite) -> None:
    tampered(recorded, "UPDATE events SET text = 'annat' WHERE number = 5")
    assert "event 5 " in recorded.run("ledger", "move", "sqlite:///o.sqlite3", expect=2).stderr
    assert not (recorded.root / "o.sqlite3").exists()


def test_nothing_is_moved_while_an_announcer_sends(recorded: SmallSite) -> None:
    with closing(opened(recorded)) as mine:
        row = mine.find("pending", "mastodon", "@inkop")
        assert row is not None
        assert mine.claim(row, message(), at=NOW, until=NOW) is not None
        done = recorded.run("ledger", "move", "sqlite:///o.sqlite3", expect=2)
    assert "an announcer is sending" in done.stderr
    assert not (recorded.root / "o.sqlite3").exists()


@pytest.mark.parametrize("scheme", ["sqlite", "postgresql"])
def test_what_is_written_meanwhile_undoes_the_move(
    recorded: SmallSite, database: Database, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = {"sqlite": "sqlite:///o.sqlite3", "postgresql": database.url}[scheme]
    monkeypatch.chdir(recorded.root)
    site = load(recorded.root, {"PATH": ""}, production=True)
    read = recording._contents
    looked = 0

    def meanwhile(where: object) -> object:
        nonlocal looked
        looked += 1
        if looked == 2:
            with closing(opened(recorded)) as mine:
                mine.expect([expected("meanwhile")], at=NOW)
        return read(where)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(recording, "_contents", meanwhile)
    with pytest.raises(ProblemsFound, match="wrote into the ledger meanwhile") as caught:
        recording.move(site, url, terminal=Terminal())
    assert caught.value.exit_status == 2
    assert events(recorded, url) == []
    # And what is announced there from now on is recorded: the safeguards are in place again.
    with closing(opened(recorded, url)) as other:
        other.expect([expected()], at=NOW)
        assert len(other.events()) == 1
        other.close()


def test_what_postgresql_cannot_hold_stays(
    recorded: SmallSite, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a ledger may hold it that was written before all texts were cleaned."""
    recorded.environ["PGPASSWORD"] = PASSWORD
    monkeypatch.setattr(frozen, "storable", lambda text: text)
    with closing(opened(recorded)) as mine:
        mine.record(expected(), State.FAILED, at=NOW, note="NUL \0 mitt i")
    done = recorded.run("ledger", "move", database.url, expect=2)
    assert "PostgreSQL cannot hold the note of an announcement of g on mastodon" in done.stderr
    assert not ledger.exists(database.url, recorded.root)


def test_the_documented_check_needs_no_utrop(recorded: SmallSite) -> None:
    recorded.run("ledger", "export", "--format", "jsonl", "-o", "record-2026.jsonl")
    text = (REPOSITORY / "docs" / "records.md").read_text("utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "-c", script],
            cwd=recorded.root,
            capture_output=True,
            text=True,
            check=False,
        )

    assert check().stdout.strip() == events(recorded)[-1].hash
    file = recorded.root / "record-2026.jsonl"
    file.write_bytes(file.read_bytes().replace(b"c0ffee", b"d0ffee", 1))
    assert "AssertionError" in check().stderr
