"""`utrop posted`, `verify` and `recover` from outside, and what follows a post that changes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.fault_proxy import FaultProxy
from tests.servers.mastodon import MastodonServer
from tests.sites import SmallSite
from utrop.serving.static import SiteServer, running
from utrop.syndication import ledger

SINCE = "2026-01-01T00:00:00+01:00"
LINKEDIN = "https://www.linkedin.com/feed/update/urn:li:share:7"


@pytest.fixture
def web(site: SmallSite) -> Iterator[SiteServer]:
    with running(site.current) as server:
        site.environ |= {"UTROP_SITEURL": server.url.rstrip("/")}
        yield server


@pytest.fixture
def on_mastodon(site: SmallSite, web: SiteServer, mastodon_server: MastodonServer) -> SmallSite:
    site.environ |= {
        "UTROP_NETWORKS": "mastodon",
        "MASTODON_URL": mastodon_server.url,
        "MASTODON_TOKEN": mastodon_server.token,
        "MASTODON_SINCE": SINCE,
    }
    return site


@pytest.fixture
def by_hand(site: SmallSite, web: SiteServer) -> SmallSite:
    site.environ |= {"UTROP_NETWORKS": "linkedin", "LINKEDIN_SINCE": SINCE}
    return site


def states(site: SmallSite) -> dict[str, str]:
    rows = json.loads(site.run("status", "--json", expect=None).stdout)
    return {row["guid"].split(":", 2)[-1]: row["state"] for row in rows}


def events(site: SmallSite) -> list[ledger.protocol.Event]:
    opened = ledger.read_ledger("sqlite:///ledger.sqlite3", site.root)
    found = opened.events()
    opened.close()
    return found


def git(site: SmallSite, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=Maja Ek", "-c", "user.email=maja@inkop.example.org", *arguments],
        cwd=site.root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


# --- by hand


def test_linkedin_without_a_token_is_handed_over(by_hand: SmallSite) -> None:
    done = by_hand.run("publish")
    assert "By hand" in done.stdout
    assert "│ Första inlägget" in done.stdout
    assert "https://www.linkedin.com/" in done.stdout
    assert "utrop posted forsta000001 linkedin ADDRESS" in done.stdout
    assert set(states(by_hand).values()) == {"pending"}
    page = (by_hand.root / "public" / "by-hand.html").read_text("utf-8")
    assert "Första inlägget" in page


def test_what_a_person_posted_is_recorded(by_hand: SmallSite) -> None:
    by_hand.run("publish")
    done = by_hand.run("posted", "forsta000001", "linkedin", LINKEDIN)
    assert LINKEDIN in done.stdout
    assert states(by_hand)["forsta000001"] == "delivered"
    again = by_hand.run("publish")
    assert "Första inlägget" not in again.stdout.partition("By hand")[2]
    page = (by_hand.root / "public" / "by-hand.html").read_text("utf-8")
    assert "Första inlägget" not in page
    refused = by_hand.run("posted", "forsta000001", "linkedin", LINKEDIN, expect=2)
    assert "is recorded already" in refused.stderr
    by_hand.run("posted", "forsta000001", "linkedin", "--gone")
    assert states(by_hand)["forsta000001"] == "withdrawn"
    assert events(by_hand)[-1].url == LINKEDIN


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("forsta00001", "linkedin", LINKEDIN), "did you mean 'forsta000001'?"),
        (("forsta000001", "linkedn", LINKEDIN), "did you mean 'linkedin'?"),
        (("forsta000001", "linkedin", "javascript:alert(1)"), "is no address of a post"),
        (("forsta000001", "linkedin"), "write the address"),
        (("forsta000001", "linkedin", "--gone"), "not recorded as announced there"),
        (("forsta000001", "linkedin", "--absent"), "nobody doubts"),
        (("forsta000001", "preview", LINKEDIN), "there is no network 'preview' to post on"),
    ],
)
def test_what_cannot_be_recorded_is_told(
    by_hand: SmallSite, arguments: tuple[str, ...], says: str
) -> None:
    by_hand.run("publish")
    assert says in by_hand.run("posted", *arguments, expect=2).stderr


# --- verify and recover


def test_verify_tells_what_a_person_took_away(
    on_mastodon: SmallSite, mastodon_server: MastodonServer
) -> None:
    on_mastodon.run("publish")
    assert "2 as announced" in on_mastodon.run("verify").stdout
    mastodon_server.delete(mastodon_server.statuses()[0]["id"])
    done = on_mastodon.run("verify", expect=1)
    assert "is not there any more" in done.stdout
    assert "1 taken away" in done.stdout
    on_mastodon.run("publish")
    assert len(mastodon_server.statuses()) == 1, "what a person took away is never posted again"


def test_verify_says_so_where_there_is_nothing_to_compare(site: SmallSite) -> None:
    site.run("publish")
    assert "nothing to compare" in site.run("verify").stdout


def test_a_rehearsal_says_what_would_be_taken_back(
    on_mastodon: SmallSite, mastodon_server: MastodonServer
) -> None:
    on_mastodon.run("publish")
    on_mastodon.post("forsta000001", "Första inlägget", status="withdrawn")
    on_mastodon.run("publish", "--no-announce")
    done = on_mastodon.run("announce", "--dry-run")
    assert "taking back Första inlägget" in done.stdout
    assert "│ withdrawn with its post" in done.stdout
    assert len(mastodon_server.statuses()) == 2


def test_a_lost_ledger_is_rebuilt_from_the_network(
    on_mastodon: SmallSite, mastodon_server: MastodonServer
) -> None:
    on_mastodon.run("publish")
    mastodon_server.delete(mastodon_server.statuses()[0]["id"])
    (on_mastodon.root / "ledger.sqlite3").unlink()
    on_mastodon.post("tredje000003", "Tredje inlägget")
    assert "utrop recover" in on_mastodon.run("publish", expect=2).stderr
    done = on_mastodon.run("recover")
    assert "1 found and recorded" in done.stdout
    assert "1 not there, and not announced again" in done.stdout
    on_mastodon.run("publish")
    assert len(mastodon_server.statuses()) == 2
    assert sorted(states(on_mastodon).values()) == ["delivered", "delivered", "withdrawn"]
    again = on_mastodon.run("recover")
    assert "3 in the ledger already" in again.stdout


def test_recover_can_owe_what_is_missing(
    on_mastodon: SmallSite, mastodon_server: MastodonServer, mastodon_proxy: FaultProxy
) -> None:
    # A real server forgets the key after an hour; this one remembers it for ever.
    mastodon_proxy.stripped.add("idempotency-key")
    on_mastodon.environ["MASTODON_URL"] = mastodon_proxy.url
    on_mastodon.run("publish")
    mastodon_server.delete(mastodon_server.statuses()[0]["id"])
    (on_mastodon.root / "ledger.sqlite3").unlink()
    assert "announced by the next publish" in on_mastodon.run("recover", "--owe-missing").stdout
    on_mastodon.run("publish")
    assert len(mastodon_server.statuses()) == 2


def test_recover_needs_a_release(on_mastodon: SmallSite) -> None:
    assert "nothing is released" in on_mastodon.run("recover", expect=2).stderr


# --- what follows a post


def test_a_modified_post_changes_its_announcement(
    on_mastodon: SmallSite, mastodon_server: MastodonServer
) -> None:
    on_mastodon.run("publish")
    on_mastodon.post(
        "forsta000001",
        "Första inlägget, rättat",
        slug="forsta-inlagget",
        modified="2026-11-23 13:00",
    )
    done = on_mastodon.run("publish", now="2026-11-23T13:00:00+01:00")
    assert "Changed" in done.stdout
    assert len(mastodon_server.statuses()) == 2
    assert any("rättat" in status["content"] for status in mastodon_server.statuses())
    assert [event.text.split("\n")[0] for event in events(on_mastodon)][-1].endswith("rättat")


def test_a_withdrawn_post_is_taken_down_everywhere(
    on_mastodon: SmallSite, mastodon_server: MastodonServer
) -> None:
    on_mastodon.run("publish")
    path = on_mastodon.post("forsta000001", "Första inlägget", status="withdrawn")
    done = on_mastodon.run("publish", now="2026-11-23T13:00:00+01:00")
    assert "Withdrawn" in done.stdout
    assert not (on_mastodon.current / "forsta-inlagget" / "index.html").exists()
    assert len(mastodon_server.statuses()) == 1
    assert states(on_mastodon)["forsta000001"] == "withdrawn"
    path.write_text(path.read_text().replace("withdrawn", "published"))
    on_mastodon.run("publish", now="2026-11-23T14:00:00+01:00")
    assert len(mastodon_server.statuses()) == 1


def test_a_reminder_comes_when_its_day_has_come(
    on_mastodon: SmallSite, mastodon_server: MastodonServer
) -> None:
    on_mastodon.post(
        "anbud0000003",
        "Sista dagen",
        date="2026-11-20 09:00",
        deadline="2026-12-08 23:59",
        announce='{again: ["7 days before deadline", "2026-12-07 13:00"]}',
    )
    on_mastodon.run("publish")
    said = on_mastodon.run("status").stdout
    assert "Network    Mastodon: effectively-once" in said
    assert "Reminder   Sista dagen (2026-12-01 09:00)" in said
    on_mastodon.run("publish", now="2026-12-01T08:59:00+01:00")
    assert len(mastodon_server.statuses()) == 3
    for _ in range(2):
        on_mastodon.run("publish", now="2026-12-01T09:00:00+01:00")
    reminders = [s for s in mastodon_server.statuses() if "Påminnelse: Sista dagen" in s["content"]]
    assert len(reminders) == 1
    on_mastodon.run("publish", now="2026-12-07T13:00:00+01:00")
    on_mastodon.run("publish", now="2026-12-09T00:00:00+01:00")
    assert len(mastodon_server.statuses()) == 5


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"announce": "{again: [soon]}"}, "write a date such as 2026-12-01"),
        ({"announce": '{again: ["7 days before deadline"]}'}, 'write "deadline:" and the moment'),
        ({"announce": '{again: ["1 day before start"]}'}, 'write "starts:" and the moment'),
        ({"announce": "{again: [2026-09-01]}"}, "before the post itself"),
        (
            {"announce": "{again: [2026-12-09]}", "deadline": "2026-12-08 12:00"},
            "after the deadline",
        ),
        ({"announce": "{again: [2026-12-01, 2026-12-01]}"}, "stands twice"),
        ({"announce": "{update: perhaps}"}, "write yes or no"),
    ],
)
def test_a_reminder_that_means_nothing_is_told_with_its_line(
    site: SmallSite, keys: dict[str, str], says: str
) -> None:
    site.post("tredje000003", "Tredje", **keys)
    done = site.run("publish", expect=1)
    assert says in done.stderr
    assert "tredje000003.md:5:" in done.stderr


# --- the record


def test_the_record_names_commit_approver_and_picture(
    on_mastodon: SmallSite, mastodon_server: MastodonServer
) -> None:
    git(on_mastodon, "init", "-q")
    git(on_mastodon, "add", "content")
    git(on_mastodon, "commit", "-q", "-m", "Inlägg")
    commit = git(on_mastodon, "rev-parse", "HEAD").strip()
    on_mastodon.post("tredje000003", "Tredje", approved_by="Sten Gran")
    on_mastodon.run("publish")
    delivered = {e.guid[-12:]: e for e in events(on_mastodon) if e.state == "delivered"}
    assert (delivered["forsta000001"].commit, delivered["forsta000001"].approver) == (
        commit,
        "Maja Ek",
    )
    assert (delivered["tredje000003"].commit, delivered["tredje000003"].approver) == (
        "",
        "Sten Gran",
    )
    assert len(delivered["forsta000001"].image_sha256) == 64
    assert delivered["forsta000001"].image_alt


def test_changes_that_no_commit_has_are_marked(
    on_mastodon: SmallSite, mastodon_server: MastodonServer
) -> None:
    git(on_mastodon, "init", "-q")
    git(on_mastodon, "add", "content")
    git(on_mastodon, "commit", "-q", "-m", "Inlägg")
    path = Path(on_mastodon.root / "content" / "posts" / "forsta000001.md")
    if not path.exists():
        (path,) = [p for p in on_mastodon.root.rglob("*.md") if "forsta000001" in p.read_text()]
    path.write_text(path.read_text() + "\nMera text.\n")
    on_mastodon.run("publish")
    delivered = {e.guid[-12:]: e for e in events(on_mastodon) if e.state == "delivered"}
    assert delivered["forsta000001"].commit.endswith("+changes")
