"""`utrop connect`, from outside: asked, tried at the network, stored, used; and never shown."""

from __future__ import annotations

import json
import os
import select
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.servers.mastodon import MastodonServer
from tests.servers.threads import ThreadsServer
from tests.sites import REPOSITORY, SmallSite
from utrop import connecting
from utrop.configuration import load
from utrop.secret_store import site_key
from utrop.serving.static import running
from utrop.syndication import networks
from utrop.syndication.credential import Credential
from utrop.terminal import Terminal

WRONG = "canary-wrong-token-51bb"
NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
SINCE = {"UTROP_NETWORKS": "mastodon", "MASTODON_SINCE": "2026-01-01T00:00:00+01:00"}


@pytest.fixture
def config(site: SmallSite, tmp_path: Path) -> Path:
    """The folder of the site's secrets, a place of the test's own."""
    folder = tmp_path / "config" / "utrop"
    site.environ |= {
        "XDG_CONFIG_HOME": str(folder.parent),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'plugins'}",
        "KEYRING_FILE": str(tmp_path / "keyring.json"),
    }
    return folder


@pytest.fixture
def store(config: Path) -> Path:
    return config / "blogg.prov.example.org.env"


def traces(folder: Path, secret: str, *known: Path) -> list[Path]:
    """Return the files below a folder that hold a secret, but for the known ones."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and path not in known and secret.encode() in path.read_bytes()
    ]


def test_an_account_is_tried_stored_and_used(
    site: SmallSite, store: Path, mastodon_server: MastodonServer, tmp_path: Path
) -> None:
    with running(site.current) as web:
        site.environ["UTROP_SITEURL"] = web.url.rstrip("/")
        store = store.with_name(f"{site_key(web.url)}.env")
        done = site.run(
            "connect", "mastodon", answers=f"{mastodon_server.url}\n{mastodon_server.token}\n"
        )
        assert mastodon_server.account.lstrip("@").split("@")[0] in done.stdout
        assert "MASTODON_URL, MASTODON_TOKEN in" in done.stdout
        assert "this machine has no keyring" in done.stdout
        assert 'NETWORKS = ["mastodon"]' in done.stdout
        assert "utrop baseline" in done.stdout
        assert stat.S_IMODE(store.stat().st_mode) == 0o600
        assert stat.S_IMODE(store.parent.stat().st_mode) == 0o700
        # Nothing but the stored values connects the publish to the account.
        said = site.run("publish", environ=SINCE)
        assert len(mastodon_server.statuses()) == 2
    for one in (done, said):
        assert mastodon_server.token not in one.stdout + one.stderr
    assert traces(tmp_path, mastodon_server.token) == [store]


def test_what_the_network_refuses_is_not_stored(
    site: SmallSite, store: Path, mastodon_server: MastodonServer, tmp_path: Path
) -> None:
    answers = f"{mastodon_server.url}\n{WRONG}\n"
    done = site.run("connect", "mastodon", answers=answers, expect=1)
    assert "nothing was stored" in done.stderr
    assert not store.exists()
    assert traces(tmp_path, WRONG) == []
    again = site.run("connect", "mastodon", "--unchecked", answers=answers)
    assert "stored all the same" in again.stderr
    assert WRONG in store.read_text("utf-8")
    for one in (done, again):
        assert WRONG not in one.stdout + one.stderr


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ("", "MASTODON_URL"),
        ("https://social.example.org\n", "MASTODON_TOKEN"),
        ("http://social.example.org\ncanary-x\n", "MASTODON_URL"),
        ("https://social.example.org\ncanary x\n", "MASTODON_TOKEN"),
    ],
)
def test_a_missing_or_malformed_answer_is_named(
    site: SmallSite, store: Path, answers: str, name: str
) -> None:
    for more in ([], ["--unchecked"]):
        done = site.run("connect", "mastodon", *more, answers=answers, expect=2)
        assert name in done.stderr
        assert "canary" not in done.stdout + done.stderr
        assert not store.exists()


def test_the_environment_is_taken_where_that_is_asked_for(
    site: SmallSite, store: Path, mastodon_server: MastodonServer
) -> None:
    given = {"MASTODON_URL": mastodon_server.url, "MASTODON_TOKEN": mastodon_server.token}
    done = site.run("connect", "mastodon", "--from-env", environ=given, answers="")
    assert "MASTODON_TOKEN: taken from the environment" in done.stdout
    assert f"MASTODON_TOKEN={mastodon_server.token}\n" in store.read_text("utf-8")


def test_enter_keeps_what_is_there(
    site: SmallSite, store: Path, mastodon_server: MastodonServer
) -> None:
    first = f"{mastodon_server.url}\n{mastodon_server.token}\n"
    site.run("connect", "mastodon", answers=first)
    before = store.read_text("utf-8")
    done = site.run("connect", "mastodon", answers="\n\n")
    assert "Enter keeps the one there is" in done.stdout
    assert mastodon_server.token not in done.stdout
    assert store.read_text("utf-8") == before


def test_an_address_in_the_settings_is_not_asked_for(
    site: SmallSite, store: Path, mastodon_server: MastodonServer
) -> None:
    with (site.root / "publishconf.py").open("a", encoding="utf-8") as file:
        file.write(f"MASTODON_URL = {mastodon_server.url!r}\n")
    done = site.run("connect", "mastodon", answers=f"{mastodon_server.token}\n")
    assert f"MASTODON_URL: {mastodon_server.url}, from the settings" in done.stdout
    assert "MASTODON_URL" not in store.read_text("utf-8")


def test_the_environment_wins_over_what_is_stored(
    site: SmallSite, store: Path, mastodon_server: MastodonServer
) -> None:
    answers = f"{mastodon_server.url}\n{mastodon_server.token}\n"
    done = site.run("connect", "mastodon", answers=answers, environ={"MASTODON_TOKEN": WRONG})
    assert "MASTODON_TOKEN is set in the environment to something else" in done.stderr
    site.environ["UTROP_NETWORKS"] = "mastodon"
    known = site.run("networks", "--json", environ={"MASTODON_TOKEN": WRONG})
    rows = {row["name"]: row for row in json.loads(known.stdout)}
    sources = {one["name"]: one["source"] for one in rows["mastodon"]["variables"]}
    assert sources == {"MASTODON_URL": "file", "MASTODON_TOKEN": "environment"}
    assert WRONG not in done.stdout + done.stderr + known.stdout


def test_the_settings_win_over_an_address_that_is_stored(
    site: SmallSite, store: Path, mastodon_server: MastodonServer
) -> None:
    answers = f"{mastodon_server.url}\n{mastodon_server.token}\n"
    site.run("connect", "mastodon", answers=answers)
    with (site.root / "publishconf.py").open("a", encoding="utf-8") as file:
        file.write('MASTODON_URL = "http://127.0.0.1:9"\n')
    done = site.run("doctor", environ=SINCE, expect=1)
    assert "127.0.0.1:9" in done.stdout or "127.0.0.1 cannot be reached" in done.stdout
    assert mastodon_server.account not in done.stdout


def test_another_site_has_no_secrets_of_this_one(
    site: SmallSite, store: Path, mastodon_server: MastodonServer
) -> None:
    answers = f"{mastodon_server.url}\n{mastodon_server.token}\n"
    site.run("connect", "mastodon", answers=answers)
    copy = {**SINCE, "UTROP_SITEURL": "http://127.0.0.1:8000"}
    done = site.run("publish", environ=copy, expect=2)
    assert "MASTODON_TOKEN is not set" in done.stderr
    assert mastodon_server.statuses() == []


def test_the_keyring_has_it_where_there_is_one(
    site: SmallSite, store: Path, mastodon_server: MastodonServer, tmp_path: Path
) -> None:
    site.environ["PYTHON_KEYRING_BACKEND"] = "tests.keyring_backends.Working"
    keyring = tmp_path / "keyring.json"
    answers = f"{mastodon_server.url}\n{mastodon_server.token}\n"
    done = site.run("connect", "mastodon", answers=answers)
    assert "MASTODON_TOKEN in the keyring, as 'utrop blogg.prov.example.org'" in done.stdout
    assert traces(tmp_path, mastodon_server.token) == [keyring]
    before = json.loads(keyring.read_text("utf-8"))["calls"]
    # Looking, building, and a publish that has its secrets elsewhere ask no keyring.
    site.run("networks")
    site.run("build")
    given = {"MASTODON_URL": mastodon_server.url, "MASTODON_TOKEN": mastodon_server.token}
    site.environ["UTROP_SITEURL"] = "http://127.0.0.1:9"
    site.run("publish", environ={**SINCE, **given}, expect=75)
    del site.environ["UTROP_SITEURL"]
    site.run("status", environ={"UTROP_NETWORKS": "bluesky"})
    assert json.loads(keyring.read_text("utf-8"))["calls"] == before
    done = site.run("doctor", environ=SINCE, expect=1)
    assert mastodon_server.account.split("@")[1] in done.stdout
    assert json.loads(keyring.read_text("utf-8"))["calls"] == [*before, before[-1]]
    assert mastodon_server.token not in done.stdout + done.stderr


def test_a_keyring_that_is_locked_stops_a_publish_in_one_line(
    site: SmallSite, store: Path, mastodon_server: MastodonServer
) -> None:
    site.environ["PYTHON_KEYRING_BACKEND"] = "tests.keyring_backends.Working"
    answers = f"{mastodon_server.url}\n{mastodon_server.token}\n"
    site.run("connect", "mastodon", answers=answers)
    site.environ["PYTHON_KEYRING_BACKEND"] = "tests.keyring_backends.Locked"
    site.environ["UTROP_SITEURL"] = "https://blogg.prov.example.org"
    done = site.run("verify", environ=SINCE, expect=2)
    assert (
        "MASTODON_TOKEN lies in the keyring, but the keyring failed (KeyringLocked)" in done.stderr
    )
    assert "canary" not in done.stdout + done.stderr
    site.run("build")


@pytest.mark.parametrize(
    ("name", "said"),
    [("mastodo", "did you mean 'mastodon'?"), ("preview", "preview needs no account")],
)
def test_a_network_that_there_is_not(site: SmallSite, config: Path, name: str, said: str) -> None:
    assert said in site.run("connect", name, expect=2).stderr
    assert not config.exists()


def test_a_store_that_others_can_read_is_refused(
    site: SmallSite, store: Path, mastodon_server: MastodonServer
) -> None:
    answers = f"{mastodon_server.url}\n{mastodon_server.token}\n"
    site.run("connect", "mastodon", answers=answers)
    store.chmod(0o644)
    for command in (["verify"], ["doctor"], ["connect", "mastodon"]):
        done = site.run(*command, environ=SINCE, answers=answers, expect=None)
        assert done.returncode in (1, 2)
        assert "chmod 600" in done.stdout + done.stderr
        assert mastodon_server.token not in done.stdout + done.stderr


# What the network says of the token, in this process.


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Make Mastodon say what ``described["credential"]`` is, or raise it."""
    answer: dict[str, object] = {"credential": Credential(account="@inkop@social.example.org")}

    def describe(values: object, http: object) -> object:
        if isinstance(answer["credential"], Exception):
            raise answer["credential"]
        return answer["credential"]

    monkeypatch.setattr(networks.load("mastodon"), "describe", describe, raising=False)
    return answer


def connected(site: SmallSite, config: Path) -> int:
    process = {
        "MASTODON_URL": "https://social.example.org",
        "MASTODON_TOKEN": "canary-of-the-process",
        "XDG_CONFIG_HOME": str(config.parent),
    }
    return connecting.connect(
        load(site.root, process, production=True),
        "mastodon",
        process=process,
        now=NOW,
        from_env=True,
        unchecked=False,
        file_only=True,
        terminal=Terminal(),
    )


def test_its_end_its_rights_and_notes_are_told(
    site: SmallSite,
    config: Path,
    store: Path,
    described: dict[str, object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    described["credential"] = Credential(
        account="@inkop@social.example.org",
        expires=NOW + timedelta(days=59, hours=1),
        scopes=("read", "write"),
        warnings=("the server says that it moves",),
    )
    assert connected(site, config) == 0
    said = capsys.readouterr().out
    assert "@inkop@social.example.org on Mastodon" in said
    assert "2027-01-21, in 59 days" in said
    assert "read, write" in said
    assert "the server says that it moves" in said
    assert store.exists()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Credential(account="@a", missing=("write:statuses",)), "the token lacks write:statuses"),
        (Credential(account="@a", expires=NOW), "the token ended on 2026-11-23"),
        (RuntimeError("canary-of-the-process"), "unexpected RuntimeError"),
    ],
)
def test_what_cannot_announce_is_not_stored(
    site: SmallSite,
    config: Path,
    store: Path,
    described: dict[str, object],
    capsys: pytest.CaptureFixture[str],
    answer: object,
    said: str,
) -> None:
    described["credential"] = answer
    assert connected(site, config) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert "canary" not in captured.out + captured.err
    assert not store.exists()


# At a terminal.


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    here, there = os.openpty()
    yield here, there
    os.close(here)


def test_a_secret_is_not_shown_while_it_is_typed(
    site: SmallSite, store: Path, mastodon_server: MastodonServer, terminal: tuple[int, int]
) -> None:
    here, there = terminal
    process = subprocess.Popen(
        [sys.executable, "-m", "utrop", "connect", "mastodon"],
        cwd=site.root,
        env={**os.environ, **site.environ, "UTROP_NOW": NOW.isoformat()},
        stdin=there,
        stdout=there,
        stderr=there,
        start_new_session=True,
    )
    os.close(there)
    seen = ""
    for wanted, answer in (
        ("MASTODON_URL: ", mastodon_server.url),
        ("MASTODON_TOKEN: ", mastodon_server.token),
        ("Next", ""),
    ):
        while wanted not in seen:
            assert select.select([here], [], [], 30)[0], seen
            seen += os.read(here, 4096).decode()
        if answer:
            os.write(here, f"{answer}\n".encode())
    assert process.wait(30) == 0, seen
    assert mastodon_server.url in seen
    assert mastodon_server.token not in seen
    assert mastodon_server.token in store.read_text("utf-8")


# Renewing.


def test_a_token_that_can_be_renewed_is_changed_for_the_new_one(
    site: SmallSite, store: Path, tmp_path: Path
) -> None:
    with ThreadsServer() as threads:
        site.environ["THREADS_URL"] = threads.url
        threads.token_told["scopes"] = ["threads_basic", "threads_content_publish"]
        site.run("connect", "threads", "--from-env", answers=f"{threads.token}\n")
        assert threads.token in store.read_text("utf-8")
        done = site.run("connect", "threads", "--refresh")
        assert "Renewed    THREADS_TOKEN, until" in done.stdout
        assert threads.renewed == ["canary-renewed-token-0"]
        assert traces(tmp_path, threads.token) == []
        assert traces(tmp_path, threads.renewed[0]) == [store]
        # The stand-in does not know the new token, and what is refused changes nothing.
        again = site.run("connect", "threads", "--refresh", expect=1)
        assert "the old token stays" in again.stderr
        assert traces(tmp_path, threads.renewed[0]) == [store]
        for one in (done, again):
            assert "canary" not in one.stdout + one.stderr


def test_what_cannot_be_renewed_says_so(site: SmallSite, config: Path) -> None:
    done = site.run("connect", "mastodon", "--refresh", expect=2)
    assert "Mastodon renews no token; make a new one" in done.stderr
    done = site.run("connect", "threads", "--refresh", expect=2)
    assert "THREADS_TOKEN is not set" in done.stderr
