"""One publish to every network there is: each post once, what is changed and withdrawn, no secret.

The Bluesky PDS is the real one; the others are the stand-ins, all on real sockets.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers import every
from tests.servers.bluesky_pds import Pds
from tests.sites import SmallSite
from utrop.serving.static import running
from utrop.syndication import networks

SINCE = "2026-01-01T00:00:00+01:00"
REAL = tuple(name for name in networks.names() if not networks.is_local(name))
READ_BACK = {"bluesky", "facebook", "linkedin", "mastodon", "threads", "x"}

pytestmark = [pytest.mark.pds, pytest.mark.xdist_group("pds")]


@pytest.fixture(scope="module")
def environ(pds: Pds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    account = pds.create_account(f"overallt{os.getpid()}")
    given = {
        "BLUESKY_URL": pds.url,
        "BLUESKY_HANDLE": account.handle,
        "BLUESKY_APP_PASSWORD": account.app_password,
    }
    with ExitStack() as stack:
        for name in REAL:
            if name != "bluesky":
                given |= stack.enter_context(every.MAKERS[name](tmp_path_factory.mktemp(name)))
        yield given


@pytest.fixture
def everywhere(site: SmallSite, environ: dict[str, str]) -> Iterator[SmallSite]:
    with running(site.current) as web:
        site.environ |= environ | {f"{name.upper()}_SINCE": SINCE for name in REAL}
        site.environ |= {
            "UTROP_NETWORKS": ",".join(REAL),
            "UTROP_SITEURL": web.url.rstrip("/"),
            "UTROP_DEBUG": "1",
        }
        yield site


def rows(site: SmallSite) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(site.run("status", "--json", expect=None).stdout)
    return found


def secrets(environ: dict[str, str]) -> list[str]:
    names = {name for network in REAL for name in networks.load(network).SECRETS}
    found = [environ[name] for name in sorted(names) if name in environ]
    # Of an address that is a secret its last part alone would do harm.
    return [*found, *(one.rpartition("/")[2].partition("?")[0] for one in found if "://" in one)]


def said_anywhere(site: SmallSite, told: str) -> str:
    """Return all that was printed or written, but for what the person wrote."""
    files = [
        path
        for path in site.root.rglob("*")
        if path.is_file() and not path.is_relative_to(site.root / "content")
    ]
    return told + "".join(path.read_bytes().decode("latin-1") for path in files)


def test_every_network_has_its_stand_in() -> None:
    assert set(every.MAKERS) == set(REAL)


def test_every_network_announces_each_post_once_and_tells_no_secret(
    everywhere: SmallSite, environ: dict[str, str]
) -> None:
    told = ""
    for hour in (12, 13):
        done = everywhere.run("publish", now=f"2026-11-23T{hour}:00:00+01:00")
        told += done.stdout + done.stderr
    found = rows(everywhere)
    assert {(row["network"], row["state"]) for row in found} == {
        (name, "delivered") for name in REAL
    }
    assert len(found) == 2 * len(REAL)

    everywhere.post(
        "forsta000001",
        "Första inlägget, rättat",
        slug="forsta-inlagget",
        date="2026-10-01 09:00",
        modified="2026-11-23 14:00",
    )
    done = everywhere.run("publish", now="2026-11-23T14:00:00+01:00")
    changed = done.stdout.partition("Changed")[2].splitlines()[0]
    for name in ("facebook", "linkedin", "mastodon", "telegram"):
        assert f"1 on {name}" in changed
    told += done.stdout + done.stderr

    verified = everywhere.run("verify")
    told += verified.stdout + verified.stderr
    assert verified.stdout.count("as announced") == len(READ_BACK)

    everywhere.post("andra0000002", "Andra inlägget", status="withdrawn")
    everywhere.post("second000002", "The second post", status="withdrawn", lang="en")
    done = everywhere.run("publish", now="2026-11-23T15:00:00+01:00", expect=1)
    told += done.stdout + done.stderr
    gone = done.stdout.partition("Withdrawn")[2].splitlines()[0]
    for name in ("bluesky", "facebook", "linkedin", "mastodon", "telegram", "threads", "x"):
        assert f"1 on {name}" in gone
    for title in ("Slack", "Teams", "Newsletter"):
        assert f"{title}: taking back Andra inlägget: no program can take it back" in done.stdout
    assert everywhere.run("publish", now="2026-11-23T16:00:00+01:00").returncode == 0

    for arguments in (("ledger", "export"), ("ledger", "verify"), ("doctor",), ("networks",)):
        done = everywhere.run(*arguments, expect=None)
        told += done.stdout + done.stderr
    everything = said_anywhere(everywhere, told)
    assert not [one for one in secrets(environ) if one in everything]


def test_a_lost_ledger_doubles_nothing_on_any_network(
    everywhere: SmallSite, tmp_path: Path
) -> None:
    everywhere.post("egen00000009", "Ett eget inlägg", date="2026-10-05 09:00")
    everywhere.run("publish", expect=None)
    before = {row["network"]: row["url"] for row in rows(everywhere) if "egen" in row["guid"]}
    (everywhere.root / "ledger.sqlite3").unlink()
    everywhere.run("recover")
    everywhere.run("publish")
    after = {row["network"]: row for row in rows(everywhere) if "egen" in row["guid"]}
    for name in READ_BACK:
        assert (after[name]["state"], after[name]["url"]) == ("delivered", before[name])
    for name in set(REAL) - READ_BACK:
        assert after[name]["state"] == "withdrawn"
    shutil.rmtree(tmp_path, ignore_errors=True)
