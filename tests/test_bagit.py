"""`utrop ledger export --format bagit`: a package that the Library of Congress's bagit accepts."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bagit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.announced import message
from tests.sites import SmallSite
from utrop.syndication import ledger
from utrop.syndication.announcement import ShareImage
from utrop.syndication.delivery import Origin, Receipt, State
from utrop.syndication.ledger.archive import from_json_lines
from utrop.syndication.ledger.bag import bag_of, write_folder
from utrop.syndication.ledger.protocol import Expected

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
EXPORT = ("ledger", "export", "--format", "bagit", "-o")
PICTURE = b"\x89PNG a picture as it was announced"
SITE = "https://blogg.prov.example.org"


def announced(site: SmallSite, guid: str, image: bytes, name: str = "") -> None:
    """Record one delivery with a picture; ``image`` is what was sent."""
    sent = message(guid=guid, text="Så 🙂\n\n=1+1")
    if name:
        shared = ShareImage(
            url=f"{SITE}/{name}", alt="En bild", media_type="image/png", width=1, height=1
        )
        sent = replace(sent, image=shared)
    with closing(ledger.open_ledger("sqlite:///ledger.sqlite3", site.root)) as mine:
        expected = Expected(guid=guid, network="mastodon", account="@inkop", idempotency_key="k")
        row = mine.record(expected, State.PENDING, at=NOW, note="")
        assert row is not None
        digest = hashlib.sha256(image).hexdigest() if name else ""
        claim = mine.claim(
            row,
            sent,
            at=NOW,
            until=NOW + timedelta(minutes=15),
            origin=Origin(commit="c0ffee", approver="Maja Ek", image_sha256=digest),
        )
        assert claim is not None
        assert mine.settle(
            claim,
            State.DELIVERED,
            at=NOW,
            note="",
            receipt=Receipt(id="1", url="https://social.example.org/1"),
            retry_at=None,
            thaw=False,
        )


@pytest.fixture
def recorded(site: SmallSite) -> SmallSite:
    with (site.root / "publishconf.py").open("a") as settings:
        settings.write('PUBLISHER_NAME = "Norrviks kommun"\n')
    pictures = site.current / "images"
    pictures.mkdir(parents=True)
    (pictures / "Bild å.PNG").write_bytes(PICTURE)
    (pictures / "changed.png").write_bytes(PICTURE + b"since")
    announced(site, "a", PICTURE, "images/Bild%20%C3%A5.PNG")
    announced(site, "b", PICTURE + b"then", "images/changed.png")
    announced(site, "c", b"gone", "../../../gone.png")
    announced(site, "d", b"")
    return site


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_bagit_accepts_it_and_reads_who_when_and_how_much(recorded: SmallSite) -> None:
    told = recorded.run(*EXPORT, "bag", now="2026-12-31T23:30:00+00:00").stdout
    package = bagit.Bag(str(recorded.root / "bag"))
    package.validate()
    assert package.version_info == (1, 0)
    assert package.algorithms == ["sha256"]
    assert package.info["Source-Organization"] == "Norrviks kommun"
    assert package.info["Bagging-Date"] == "2027-01-01", "in Stockholm it is the next day"
    assert "16 events from 2026-11-24 to 2026-11-24" in package.info["External-Description"]
    assert package.info["Last-Hash"] in told
    payload = {name: data for name, data in files(recorded.root / "bag").items() if "data/" in name}
    size = sum(map(len, payload.values()))
    assert package.info["Payload-Oxum"] == f"{size}.{len(payload)}"


def test_it_holds_what_the_two_exports_say_and_the_pictures(recorded: SmallSite) -> None:
    told = recorded.run(*EXPORT, "bag").stdout
    for form in ("csv", "jsonl"):
        recorded.run("ledger", "export", "--format", form, "-o", f"alone.{form}")
        alone = (recorded.root / f"alone.{form}").read_bytes()
        assert (recorded.root / f"bag/data/record.{form}").read_bytes() == alone
    record = recorded.root / "bag/data/record.jsonl"
    assert len(from_json_lines(record.read_bytes())) == 16
    recorded.run("ledger", "verify", str(record))
    pictures = {path.name: path for path in (recorded.root / "bag/data/pictures").iterdir()}
    assert list(pictures) == [f"{hashlib.sha256(PICTURE).hexdigest()}.png"]
    assert "2 of 3 pictures" in told, "one was changed since, one is gone"


def test_the_same_record_and_day_make_the_same_bytes(recorded: SmallSite) -> None:
    recorded.run(*EXPORT, "one", now="2026-12-01T08:00:00+01:00")
    recorded.run(*EXPORT, "two", now="2026-12-01T19:00:00+01:00")
    assert files(recorded.root / "one") == files(recorded.root / "two")
    assert not list(recorded.root.glob(".one*")), "nothing is left beside it"


def test_any_byte_that_changes_is_found(recorded: SmallSite) -> None:
    recorded.run(*EXPORT, "bag")
    folder = recorded.root / "bag"
    for name, content in files(folder).items():
        path = folder / name
        places = {0, len(content) // 2, len(content) - 1}
        # Nothing vouches for the last manifest but the files that it names.
        for at in {0} if name.startswith("tagmanifest") else places:
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            with pytest.raises(bagit.BagError):
                bagit.Bag(str(folder)).validate()
            path.write_bytes(content)
        path.unlink()
        if not name.startswith("tagmanifest"):  # it need not be there, but what it says must hold
            with pytest.raises(bagit.BagError):
                bagit.Bag(str(folder)).validate()
        path.write_bytes(content)
    (folder / "data/more.txt").write_text("x")
    with pytest.raises(bagit.BagError):
        bagit.Bag(str(folder)).validate()


@pytest.mark.parametrize("there", ["folder", "file", "link"])
def test_nothing_is_overwritten(recorded: SmallSite, there: str) -> None:
    path = recorded.root / "bag"
    if there == "folder":
        path.mkdir()
    elif there == "file":
        path.write_text("mine")
    else:
        path.symlink_to("nowhere")
    before = sorted(recorded.root.rglob("*"))
    said = recorded.run(*EXPORT, "bag", expect=2).stderr
    assert "there already" in said
    assert said.count("\n") == 1
    assert sorted(recorded.root.rglob("*")) == before


def test_a_package_needs_a_folder_that_can_be_made(recorded: SmallSite) -> None:
    assert "-o" in recorded.run("ledger", "export", "--format", "bagit", expect=2).stderr
    said = recorded.run(*EXPORT, "nowhere/bag", expect=2).stderr
    assert "cannot be written" in said
    assert not (recorded.root / "nowhere").exists()


def test_a_record_that_was_changed_is_packed_and_said_to_be_so(recorded: SmallSite) -> None:
    raw = sqlite3.connect(recorded.root / "ledger.sqlite3")
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE events SET text = 'annat' WHERE number = 2")
    for _, sql in triggers:
        raw.execute(sql)
    raw.commit()
    raw.close()
    done = recorded.run(*EXPORT, "bag", expect=1)
    assert "event 2" in done.stderr
    bagit.Bag(str(recorded.root / "bag")).validate()


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="bag/a"):
        write_folder(tmp_path / "bag", {"a": b"1", "a/b": b"2"})
    assert list(tmp_path.iterdir()) == []


@given(
    st.dictionaries(st.from_regex(r"[a-z0-9_-]{1,9}(/[a-z0-9_-]{1,9})?\.x", fullmatch=True),
                    st.binary(max_size=50), max_size=5),
    st.dictionaries(st.from_regex(r"X-[A-Za-z]{1,9}", fullmatch=True),
                    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))),
)  # fmt: skip
def test_bagit_accepts_any_bag_and_reads_its_values(
    tmp_path_factory: pytest.TempPathFactory, payload: dict[str, bytes], info: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("bags") / "bag"
    write_folder(folder, bag_of(payload, info))
    (folder / "data").mkdir(exist_ok=True)
    package = bagit.Bag(str(folder))
    if payload:
        package.validate()
    said = {label: " ".join(value.split()) for label, value in info.items()}
    assert {label: package.info.get(label, "") for label in info} == said
