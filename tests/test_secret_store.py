"""The store of secrets: who can read it, what is looked up in it, and keyrings that do not help."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.core
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring

from tests import keyring_backends
from tests.sites import REPOSITORY
from utrop import secret_file
from utrop.keyrings import Keyring, KeyringError
from utrop.problem import ProblemsFound
from utrop.secret_store import IN_KEYRING, SecretStore, SiteEnvironment, site_key

SITEURL = "https://blogg.prov.example.org"
SECRET = "canary-9f2c-token"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path: Path, root: Path) -> SecretStore:
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    return SecretStore(SITEURL, root, environ, Keyring(patience=0.2))


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Make a backend the keyring of this process."""
    monkeypatch.setenv("KEYRING_FILE", str(tmp_path / "keyring.json"))
    former = keyring.core._keyring_backend

    def choose(backend: KeyringBackend) -> None:
        keyring.set_keyring(backend)

    yield choose
    keyring.core._keyring_backend = former


def words(found: pytest.ExceptionInfo[ProblemsFound]) -> str:
    assert found.value.exit_status == 2
    return str(found.value)


@pytest.mark.parametrize(
    ("siteurl", "key"),
    [
        ("https://blogg.exempel.se", "blogg.exempel.se"),
        ("https://WWW.exempel.se/blogg/", "www.exempel.se+blogg"),
        ("http://www.exempel.se/blogg", "www.exempel.se+blogg"),
        ("http://localhost:8000", "localhost%3A8000"),
        ("https://www.exempel.se/a/b", "www.exempel.se+a+b"),
        ("https://www.exempel.se/a+b", "www.exempel.se+a%2Bb"),
        ("https://www.exempel.se/../../etc", "www.exempel.se+..+..+etc"),
    ],
)
def test_a_site_is_known_by_its_address(siteurl: str, key: str) -> None:
    assert site_key(siteurl) == key
    assert "/" not in key


def test_only_its_owner_can_read_it(store: SecretStore) -> None:
    assert store.values() == {}
    assert store.path is not None
    assert not store.path.parent.exists(), "looking makes nothing"
    store.keep({"MASTODON_TOKEN": SECRET}, {"MASTODON_TOKEN"}, file_only=True)
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.path.parent.stat().st_mode & 0o777 == 0o700
    assert store.values() == {"MASTODON_TOKEN": SECRET}
    assert [one.name for one in store.path.parent.iterdir()] == ["blogg.prov.example.org.env"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_a_file_that_others_can_read_is_refused(store: SecretStore, mode: int) -> None:
    store.keep({"MASTODON_TOKEN": SECRET}, set(), file_only=True)
    assert store.path is not None
    store.path.chmod(mode)
    for act in (store.values, lambda: store.keep({"A": "b"}, set(), file_only=True)):
        with pytest.raises(ProblemsFound) as found:
            act()
        assert f"chmod 600 '{store.path}'" in words(found)
        assert SECRET not in words(found)


def test_a_folder_that_others_can_change_is_refused(store: SecretStore) -> None:
    store.keep({"MASTODON_TOKEN": SECRET}, set(), file_only=True)
    assert store.path is not None
    store.path.parent.chmod(0o770)
    with pytest.raises(ProblemsFound) as found:
        store.values()
    assert "chmod 700" in words(found)


@pytest.mark.parametrize("git", [".git", "../.git"])
def test_a_file_in_the_repository_is_refused(tmp_path: Path, root: Path, git: str) -> None:
    (root / git).mkdir()
    within = (root / git).resolve().parent / "hidden.env"
    store = SecretStore(SITEURL, root, {"UTROP_SECRETS": str(within)})
    for act in (store.values, lambda: store.keep({"A": "b"}, set(), file_only=True)):
        with pytest.raises(ProblemsFound) as found:
            act()
        assert "repository" in words(found)
    assert not within.exists()


def test_a_link_into_the_repository_is_refused(tmp_path: Path, root: Path) -> None:
    (root / "real.env").write_text(f"MASTODON_TOKEN={SECRET}\n")
    (root / "real.env").chmod(0o600)
    (tmp_path / "link.env").symlink_to(root / "real.env")
    store = SecretStore(SITEURL, root, {"UTROP_SECRETS": str(tmp_path / "link.env")})
    with pytest.raises(ProblemsFound) as found:
        store.values()
    assert "repository" in words(found)


def test_a_folder_or_a_pipe_is_no_file(tmp_path: Path, root: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("pipe", "site/.."):
        store = SecretStore(SITEURL, root, {"UTROP_SECRETS": str(tmp_path / name)})
        with pytest.raises(ProblemsFound):
            store.values()


def test_without_a_home_there_is_no_store_and_no_crash(root: Path) -> None:
    store = SecretStore(SITEURL, root, {"XDG_CONFIG_HOME": "relative", "HOME": ""})
    assert store.values() == {}
    with pytest.raises(ProblemsFound) as found:
        store.keep({"A": "b"}, set(), file_only=True)
    assert "UTROP_SECRETS" in words(found)


VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" "), max_size=40
)


@given(st.dictionaries(st.from_regex(r"[A-Z][A-Z_]{0,8}", fullmatch=True), VALUES, max_size=5))
def test_every_value_comes_back_as_it_was(values: dict[str, str]) -> None:
    text = secret_file.rewritten("# mine\nOTHER_1=kept\n", values)
    found = dict(secret_file.variables(text, Path("some.env")))
    assert found.pop("OTHER_1") == "kept"
    assert found == {name: value for name, value in values.items() if value}
    again = secret_file.rewritten(text, values)
    assert dict(secret_file.variables(again, Path("some.env"))) == {**found, "OTHER_1": "kept"}
    assert again.startswith("# mine\n")


@pytest.mark.parametrize("value", ["two\nlines", "null\0", "\u2028"])
def test_a_value_that_would_break_the_file_is_refused(store: SecretStore, value: str) -> None:
    with pytest.raises(ProblemsFound):
        store.keep({"MASTODON_TOKEN": value}, set(), file_only=True)
    assert store.values() == {}


def test_a_broken_line_is_named_and_not_shown(store: SecretStore) -> None:
    store.keep({"A": "b"}, set(), file_only=True)
    assert store.path is not None
    store.path.write_text(f"A=b\n{SECRET}\n")
    with pytest.raises(ProblemsFound) as found:
        store.values()
    assert ".env:2:" in words(found)
    assert SECRET not in words(found)


# The environment of a run.


def environment(store: SecretStore, process: dict[str, str], *wanted: str) -> SiteEnvironment:
    return SiteEnvironment(process, store, lambda: set(wanted))


def test_the_environment_wins_and_an_empty_variable_does_not(store: SecretStore) -> None:
    store.keep({"MASTODON_TOKEN": SECRET}, set(), file_only=True)
    found = environment(store, {"MASTODON_TOKEN": "of the process"}, "MASTODON_TOKEN")
    assert found["MASTODON_TOKEN"] == "of the process"
    found = environment(store, {"MASTODON_TOKEN": ""}, "MASTODON_TOKEN")
    assert found["MASTODON_TOKEN"] == SECRET


def test_only_what_the_networks_want_is_looked_up(store: SecretStore) -> None:
    store.keep({"MASTODON_TOKEN": SECRET, "RSYNC_RSH": "evil"}, set(), file_only=True)
    found = environment(store, {"PATH": "/bin"}, "MASTODON_TOKEN")
    assert found.get("RSYNC_RSH") is None
    assert "MASTODON_TOKEN" in found
    # A program started with it is handed nothing of the store.
    assert dict(found) == {"PATH": "/bin"}
    assert len(found) == 1


def test_the_keyring_is_asked_once_and_only_for_what_lies_there(
    store: SecretStore, use: object
) -> None:
    use(keyring_backends.Working())  # type: ignore[operator]
    values = {"MASTODON_URL": "https://social.example.org", "MASTODON_TOKEN": SECRET}
    assert store.keep(values, {"MASTODON_TOKEN"}, file_only=False) == ""
    assert store.values() == {**values, "MASTODON_TOKEN": IN_KEYRING}
    before = len(keyring_backends.calls())
    found = environment(store, {}, *values, "BLUESKY_APP_PASSWORD")
    assert found.get("BLUESKY_APP_PASSWORD") is None
    assert found["MASTODON_URL"] == values["MASTODON_URL"]
    assert len(keyring_backends.calls()) == before
    assert found["MASTODON_TOKEN"] == found["MASTODON_TOKEN"] == SECRET
    assert keyring_backends.calls()[before:] == ["get utrop blogg.prov.example.org MASTODON_TOKEN"]


def test_the_keyring_is_not_asked_for_networks_that_are_not_used(
    store: SecretStore, use: object
) -> None:
    use(keyring_backends.Working())  # type: ignore[operator]
    store.keep({"MASTODON_TOKEN": SECRET}, {"MASTODON_TOKEN"}, file_only=False)
    before = len(keyring_backends.calls())
    assert "MASTODON_TOKEN" not in environment(store, {}, "BLUESKY_APP_PASSWORD")
    used = environment(store, {"MASTODON_TOKEN": "of the process"}, "MASTODON_TOKEN")
    assert used["MASTODON_TOKEN"] == "of the process"
    assert len(keyring_backends.calls()) == before


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        (NoKeyring, "this machine has no keyring"),
        (NullKeyring, "this machine has no keyring"),
        (keyring_backends.Locked, "the keyring failed (KeyringLocked)"),
        (keyring_backends.Forgetful, "does not give back"),
        (keyring_backends.Hanging, "did not answer within"),
    ],
)
def test_without_a_keyring_the_file_has_it(
    store: SecretStore, use: object, backend: type[KeyringBackend], why: str
) -> None:
    use(backend())  # type: ignore[operator]
    refusal = store.keep({"MASTODON_TOKEN": SECRET}, {"MASTODON_TOKEN"}, file_only=False)
    assert why in refusal
    assert SECRET not in refusal
    assert store.values() == {"MASTODON_TOKEN": SECRET}


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        (NoKeyring, "this machine has no keyring"),
        (keyring_backends.Locked, "the keyring failed (KeyringLocked)"),
        (keyring_backends.Forgetful, "has none for 'utrop blogg.prov.example.org'"),
        (keyring_backends.Hanging, "did not answer within"),
    ],
)
def test_a_keyring_that_fails_later_is_told_in_one_line(
    store: SecretStore, use: object, backend: type[KeyringBackend], why: str
) -> None:
    store.keep({"MASTODON_TOKEN": IN_KEYRING}, set(), file_only=True)
    use(backend())  # type: ignore[operator]
    with pytest.raises(ProblemsFound) as found:
        environment(store, {}, "MASTODON_TOKEN").get("MASTODON_TOKEN")
    assert why in words(found)
    assert "set MASTODON_TOKEN in the environment" in words(found)


def test_a_keyring_that_hung_is_not_waited_for_again(use: object) -> None:
    use(keyring_backends.Hanging())  # type: ignore[operator]
    asked = Keyring(patience=0.2)
    with pytest.raises(KeyringError):
        asked.get("utrop x", "A")
    started = time.monotonic()
    for _ in range(20):
        with pytest.raises(KeyringError):
            asked.get("utrop x", "A")
    assert time.monotonic() - started < 0.2


def test_a_hanging_keyring_does_not_keep_the_process() -> None:
    program = (
        "import keyring\n"
        "from tests.keyring_backends import Hanging\n"
        "from utrop.keyrings import Keyring, KeyringError\n"
        "keyring.set_keyring(Hanging())\n"
        "try:\n    Keyring(patience=0.1).get('a', 'b')\n"
        "except KeyringError:\n    print('left')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == "left\n"


def test_without_the_package_the_file_has_it(
    store: SecretStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("utrop.keyrings.find_spec", lambda _name: None)
    refusal = store.keep({"MASTODON_TOKEN": SECRET}, {"MASTODON_TOKEN"}, file_only=False)
    assert "utrop[keyring]" in refusal
    assert store.values() == {"MASTODON_TOKEN": SECRET}


def test_the_command_starts_without_the_keyring_package() -> None:
    program = (
        "import sys, utrop.cli, utrop.configuration, utrop.announcing\n"
        "sys.exit('keyring' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
