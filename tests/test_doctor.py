"""`utrop doctor`: what it tells of tokens, clock, ledger and site; what hangs delays nobody."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.mastodon import MastodonServer
from tests.sites import SmallSite
from utrop import examining, findings
from utrop.configuration import load
from utrop.findings import Finding, Level
from utrop.serving.static import running
from utrop.syndication import networks
from utrop.syndication.credential import Credential
from utrop.syndication.errors import NotSent, OutcomeUnknown, RateLimited, Unauthorized
from utrop.terminal import Terminal

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
SINCE = "2026-01-01T00:00:00+01:00"
TOKEN = "canary-doctor-77d1"


def judged(renewable: bool = False, **known: object) -> Finding:
    finding = Finding(name="linkedin", title="LinkedIn")
    credential = Credential(account="Inköp", **known)  # type: ignore[arg-type]
    findings.judge(finding, credential, NOW, renewable=renewable)
    return finding


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("left", "level", "said"),
    [
        (timedelta(days=30) + MINUTE, Level.OK, "token until 2026-12-23"),
        (timedelta(days=30), Level.NOTE, "ends in 30 days"),
        (timedelta(days=14) + MINUTE, Level.NOTE, "ends in 14 days"),
        (timedelta(days=14), Level.WARNING, "ends in 14 days"),
        (timedelta(days=3) + MINUTE, Level.WARNING, "ends in 3 days"),
        (timedelta(days=3), Level.ERROR, "ends in 3 days, on 2026-11-26; run `utrop connect link"),
        (timedelta(days=1), Level.ERROR, "ends in 1 day"),
        (timedelta(hours=5), Level.ERROR, "ends within a day"),
        (timedelta(0), Level.ERROR, "ended on 2026-11-23; make a new one and run"),
        (timedelta(days=-9), Level.ERROR, "ended on 2026-11-14"),
    ],
)
def test_a_token_that_ends_is_told_in_time(left: timedelta, level: Level, said: str) -> None:
    finding = judged(expires=NOW + left)
    assert finding.level is level
    assert said in " ".join([finding.summary, *finding.details])
    assert "Inköp" in finding.summary


def test_a_token_without_an_end_is_fine() -> None:
    assert judged().level is Level.OK
    assert judged().details == []


def test_what_can_be_renewed_says_so() -> None:
    finding = judged(renewable=True, expires=NOW + timedelta(days=2))
    assert "`utrop connect linkedin --refresh`" in finding.details[0]


def test_a_missing_permission_is_an_error_and_a_warning_a_note() -> None:
    finding = judged(missing=("w_organization_social",), warnings=("version 202609 ends soon",))
    assert finding.level is Level.ERROR
    assert "lacks w_organization_social" in finding.details[0]
    assert judged(warnings=("version 202609 ends soon",)).level is Level.NOTE


@pytest.mark.parametrize(
    ("skews", "level", "said"),
    [
        ([], None, ""),
        ([59], Level.OK, "as the networks"),
        ([-60], Level.OK, "as the networks"),
        ([61], Level.ERROR, "1 min ahead of"),
        ([-400], Level.ERROR, "7 min behind"),
        ([0, 2, 86_400], Level.OK, "as the networks"),
        ([86_400, 86_401, 0], Level.ERROR, "24 h ahead of"),
        ([-864_000], Level.ERROR, "10 days behind"),
    ],
)
def test_our_clock_is_compared_with_theirs(
    skews: list[float], level: Level | None, said: str
) -> None:
    found = [
        Finding(name=str(number), title="", skew=timedelta(seconds=skew))
        for number, skew in enumerate(skews)
    ]
    told = findings.judge_clock([*found, Finding(name="ledger", title="Ledger")])
    assert (told.level if told else None) is level
    assert told is None or said in told.summary


# The whole, in this process.


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """A web server where the site is to be: its front page is all that is looked at."""
    folder = tmp_path / "www"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Provbloggen</title>", "utf-8")
    with running(folder) as server:
        yield server.url.rstrip("/")


@pytest.fixture
def examine(
    site: SmallSite, web: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    def run(
        names: str, *, strict: bool = False, patience: float = 20.0, **more: str
    ) -> tuple[int, str]:
        environ = {
            "UTROP_NETWORKS": names,
            "UTROP_SITEURL": web,
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "MASTODON_URL": "https://social.example.org",
            "MASTODON_TOKEN": TOKEN,
            "MASTODON_SINCE": SINCE,
            "BLUESKY_URL": "https://pds.example.org",
            "BLUESKY_HANDLE": "inkop.example.org",
            "BLUESKY_APP_PASSWORD": TOKEN,
            "BLUESKY_SINCE": SINCE,
            **more,
        }
        status = examining.examine(
            load(site.root, environ, production=True),
            now=NOW,
            strict=strict,
            terminal=Terminal(),
            patience=patience,
        )
        captured = capsys.readouterr()
        assert TOKEN not in captured.out + captured.err
        return status, captured.out

    return run


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, object], None]:
    """Make a network's module answer with a credential, an error, or what a function does."""

    def choose(name: str, answer: object) -> None:
        def describe(values: object, http: httpx.Client) -> object:
            if isinstance(answer, Exception):
                raise answer
            return answer() if callable(answer) else answer

        monkeypatch.setattr(networks.load(name), "describe", describe, raising=False)

    return choose


def test_all_is_in_order(
    examine: Callable[..., tuple[int, str]], says: Callable[[str, object], None], web: str
) -> None:
    says("mastodon", Credential(account="@inkop@social.example.org", server_time=NOW))
    status, said = examine("preview,mastodon,facebook", FACEBOOK_SINCE=SINCE)
    assert status == 0, said
    assert "Everything is in order." in said
    assert f"{web} answers" in said
    assert "Ledger     ok       none yet" in said
    assert "Mastodon   ok       @inkop@social.example.org" in said
    assert "Facebook   ok       by hand; FACEBOOK_TOKEN not set" in said
    assert "Clock      ok" in said
    assert "Preview" not in said


@pytest.mark.parametrize(
    ("answer", "status", "strict", "word"),
    [
        (Unauthorized(f"the token {TOKEN} is refused"), 1, 1, "error"),
        (NotSent("cannot be reached"), 1, 1, "error"),
        (OutcomeUnknown("no answer"), 1, 1, "error"),
        (RateLimited("asks for patience"), 0, 1, "warning"),
        (RuntimeError(TOKEN), 1, 1, "error"),
        (Credential(account="@a", expires=NOW + timedelta(days=10)), 0, 1, "warning"),
        (Credential(account="@a", expires=NOW + timedelta(days=20)), 0, 0, "note"),
        (Credential(account="@a", expires=NOW + timedelta(days=2)), 1, 1, "error"),
        (Credential(account="@a", server_time=NOW - timedelta(minutes=9)), 1, 1, "ok"),
    ],
)
def test_the_exit_status_says_whether_something_must_be_done(
    examine: Callable[..., tuple[int, str]],
    says: Callable[[str, object], None],
    answer: object,
    status: int,
    strict: int,
    word: str,
) -> None:
    says("mastodon", answer)
    for asked, expected in ((False, status), (True, strict)):
        found, said = examine("mastodon", strict=asked)
        assert found == expected, said
        assert f"Mastodon   {word.ljust(8)} " in said
        assert ("Everything is in order." in said) is (word == "note" and status == 0)


def test_a_network_that_hangs_delays_nobody(
    examine: Callable[..., tuple[int, str]], says: Callable[[str, object], None]
) -> None:
    never = threading.Event()
    says("mastodon", never.wait)
    says("bluesky", Credential(account="inkop.example.org"))
    started = time.monotonic()
    status, said = examine("mastodon,bluesky", patience=1.5)
    assert time.monotonic() - started < 5
    assert status == 1
    assert said.index("Bluesky    ok") < said.index("Mastodon   error    did not answer within")
    never.set()


def test_a_mistake_in_one_network_hides_nothing_of_the_others(
    examine: Callable[..., tuple[int, str]], says: Callable[[str, object], None]
) -> None:
    says("bluesky", Credential(account="inkop.example.org"))
    status, said = examine("mastodon,bogus,bluesky", MASTODON_TOKEN="", MASTODON_SINCE="")
    assert status == 1
    assert "MASTODON_SINCE is not set" in said
    assert "MASTODON_TOKEN is not set" in said
    assert "there is no network 'bogus'" in said
    assert "Bluesky    ok       inkop.example.org" in said


def test_a_ledger_that_was_changed_is_told(
    examine: Callable[..., tuple[int, str]],
    says: Callable[[str, object], None],
    site: SmallSite,
) -> None:
    says("mastodon", Credential(account="@a"))
    site.run("publish")
    status, said = examine("mastodon")
    assert status == 0
    assert "events, whole" in said
    path = site.root / "ledger.sqlite3"
    with sqlite3.connect(path) as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        changed = connection.execute("UPDATE events SET note = 'changed' WHERE number = 1")
        assert changed.rowcount == 1
    connection.close()
    status, said = examine("mastodon")
    assert status == 1
    assert "Ledger     error" in said
    path.write_bytes(b"this is no database at all, but long enough to be one" * 20)
    status, said = examine("mastodon")
    assert status == 1
    assert "Ledger     error" in said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=404), "answers 404"),
        (
            Answer(status=301, headers=(("Location", "https://blogg.example.org/"),)),
            "it leads to https://blogg.example.org/; is that SITEURL?",
        ),
    ],
)
def test_a_site_that_is_not_live_is_told(
    examine: Callable[..., tuple[int, str]],
    says: Callable[[str, object], None],
    answer: Answer,
    said: str,
) -> None:
    says("mastodon", Credential(account="@a"))
    with FaultProxy() as server:
        server.answer(answer, "GET", "/")
        status, told = examine("mastodon", UTROP_SITEURL=server.url)
    assert status == 1
    assert said in told


def test_an_unreachable_site_is_told(
    examine: Callable[..., tuple[int, str]], says: Callable[[str, object], None]
) -> None:
    says("mastodon", Credential(account="@a"))
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        status, said = examine("mastodon", UTROP_SITEURL=address)
    assert status == 1
    assert "Site       error" in said
    assert "cannot be reached" in said


def test_a_name_in_the_store_that_nobody_knows_is_told(
    examine: Callable[..., tuple[int, str]],
    says: Callable[[str, object], None],
    web: str,
    tmp_path: Path,
) -> None:
    says("mastodon", Credential(account="@a"))
    path = tmp_path / "config" / "utrop" / f"127.0.0.1%3A{web.rpartition(':')[2]}.env"
    path.parent.mkdir(parents=True, mode=0o700)
    path.touch(0o600)
    path.write_text(f"MASTODON_TOKN={TOKEN}\n", "utf-8")
    status, said = examine("mastodon", strict=True)
    assert status == 1
    assert "no network knows MASTODON_TOKN" in said


# As a process.


def test_the_command_from_outside(
    site: SmallSite, web: str, mastodon_server: MastodonServer, tmp_path: Path
) -> None:
    environ = {
        "UTROP_NETWORKS": "mastodon",
        "UTROP_SITEURL": web,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "MASTODON_URL": mastodon_server.url,
        "MASTODON_TOKEN": mastodon_server.token,
        "MASTODON_SINCE": SINCE,
    }
    now = datetime.now(UTC).isoformat()
    done = site.run("doctor", environ=environ, now=now)
    assert "@social.example.org" in done.stdout
    assert "Everything is in order." in done.stdout
    environ["MASTODON_TOKEN"] = TOKEN
    done = site.run("doctor", environ=environ, now=now, expect=1)
    assert "Mastodon   error" in done.stdout
    assert TOKEN not in done.stdout + done.stderr
    before = json.loads(site.run("status", "--json").stdout)
    site.run("doctor", environ=environ, now=now, expect=1)
    assert json.loads(site.run("status", "--json").stdout) == before


def test_a_server_that_hangs_does_not_keep_the_process(site: SmallSite, web: str) -> None:
    program = (
        "import os, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from utrop.configuration import load\n"
        "from utrop.examining import examine\n"
        "from utrop.terminal import Terminal\n"
        "site = load(Path('.'), os.environ, production=True)\n"
        "now = datetime(2026, 11, 23, tzinfo=UTC)\n"
        "sys.exit(examine(site, now=now, strict=False, terminal=Terminal(), patience=1.0))\n"
    )
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        environ = {
            "UTROP_NETWORKS": "mastodon",
            "UTROP_SITEURL": web,
            "MASTODON_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "MASTODON_TOKEN": TOKEN,
            "MASTODON_SINCE": SINCE,
        }
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=site.root,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert done.returncode == 1, done.stderr
    assert "Mastodon   error    did not answer within 1 s" in done.stdout
