"""The embargo, from outside: what may not be told is in no file, and nobody overlooks it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sites import SmallSite

SECRET = "Quartzfrakt"
LIFTS = "2026-11-27T09:00:00+01:00"
BEFORE, AFTER = "2026-11-27T08:59:59+01:00", "2026-11-27T09:00:00+01:00"


def files_with(folder: Path, word: str) -> list[str]:
    """Return every file below a folder that holds a word, whatever its kind."""
    needles = [form.encode() for form in (word, word.lower(), word.upper())]
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and (any(needle in path.read_bytes() for needle in needles) or word.lower() in str(path))
    )


@pytest.fixture
def held(make_site: Callable[..., SmallSite]) -> SmallSite:
    site = make_site()
    site.post("vanlig", "Ett vanligt inlägg")
    return site


def national(site: SmallSite, **keys: str) -> None:
    site.post(
        "annons",
        f"{SECRET} till kommunen",
        kind="notice",
        deadline="2026-12-20 23:59",
        database_name="Klarsyn",
        database_url="https://klarsyn.example.org/annons/1",
        cpv="[60000000]",
        nuts="[SE313]",
        slug=SECRET.lower(),
        **{"procedure_id": "p-1", "database_published_at": "2026-11-27 09:00", **keys},
    )


def publish(site: SmallSite, now: str) -> str:
    return site.run("publish", now=now).stdout


def test_what_is_held_is_in_no_file_and_heads_the_summary(held: SmallSite) -> None:
    national(held)
    said = publish(held, BEFORE)
    assert files_with(held.root / "public", SECRET) == []
    assert files_with(held.root / "output", SECRET) == []
    first = said.splitlines()[0]
    assert first.startswith("Embargoed")
    assert SECRET in first
    assert "lifts 2026-11-27 09:00, with the database's publication" in first
    assert SECRET in held.run("status", now=BEFORE).stdout


def test_the_next_publish_lifts_it_everywhere(held: SmallSite) -> None:
    national(held)
    publish(held, BEFORE)
    said = publish(held, AFTER)
    assert "Embargoed" not in said
    shown = files_with(held.root / "public" / "current", SECRET)
    slug = SECRET.lower()
    for expected in (
        f"{slug}/index.html",
        f"{slug}/kalender.ics",
        "announcements.json",
        "feed.rss",
        "feed.atom",
        "feed.json",
        "index.html",
        "sitemap.xml",
        "upphandlingar/index.html",
        "upphandlingar/kalender.ics",
        "upphandlingar/cpv/60/index.html",
        "upphandlingar/omrade/se313/index.html",
    ):
        assert expected in shown, (expected, shown)
    assert any(path.startswith("ocds/") for path in shown)


def test_it_is_published_when_it_lifts_and_not_before(held: SmallSite) -> None:
    national(held, date="2026-11-01 08:00")
    publish(held, "2026-12-01T12:00:00+01:00")
    feed = (held.current / "feed.atom").read_text("utf-8")
    assert "<published>2026-11-27T09:00:00+01:00</published>" in feed


def test_nobody_knows_when_it_lifts(held: SmallSite) -> None:
    national(held, database_published_at="")
    for now in (BEFORE, "2031-01-01T12:00:00+01:00"):
        said = publish(held, now)
        assert files_with(held.root / "public" / "current", SECRET) == []
        assert "write database_published_at" in said.splitlines()[0]


def test_posts_of_its_thread_wait_with_it(held: SmallSite) -> None:
    national(held)
    held.post(
        "svar",
        f"Svar om {SECRET}",
        kind="qa",
        procedure_id="p-1",
        published_in_system_at="2026-11-20 09:00",
    )
    held.post("plan", "Vad vi planerar", kind="plan", procedure_id="p-1")
    said = publish(held, BEFORE)
    assert files_with(held.root / "public" / "current", SECRET) == []
    assert sum(line.startswith("Embargoed") for line in said.splitlines()) == 2
    assert files_with(held.current, "Vad vi planerar")
    publish(held, AFTER)
    assert "feed.rss" in files_with(held.current, f"Svar om {SECRET}")


def test_a_translation_is_held_with_its_original(held: SmallSite) -> None:
    held.environ["UTROP_LANGUAGES"] = "sv,en"
    national(held)
    held.post("notice", f"{SECRET} for the town", translation_of="annons", lang="en")
    publish(held, BEFORE)
    assert files_with(held.root / "public" / "current", SECRET) == []
    publish(held, AFTER)
    assert "en/feed.rss" in files_with(held.current, SECRET)


def test_a_link_to_it_tells_nothing(held: SmallSite) -> None:
    national(held)
    held.post("lank", "Mer om detta", body="Läs [mer](annons.md).")
    publish(held, BEFORE)
    assert files_with(held.root / "public" / "current", SECRET) == []


def test_the_development_server_shows_it_with_a_band(held: SmallSite) -> None:
    national(held)
    held.run("build", "--development", "--unpublished", now=BEFORE)
    page = held.root / ".utrop" / "devserver" / SECRET.lower() / "index.html"
    assert "27 november 2026" in page.read_text("utf-8")


def test_nothing_says_open_past_the_deadline(held: SmallSite) -> None:
    national(held)
    publish(held, "2026-12-20T23:58:59+01:00")
    assert files_with(held.current / "upphandlingar", SECRET)
    publish(held, "2026-12-20T23:59:00+01:00")
    page = (held.current / SECRET.lower() / "index.html").read_text("utf-8")
    assert "Öppen" not in page
    assert SECRET not in (held.current / "upphandlingar/index.html").read_text("utf-8")
    assert SECRET in (held.current / "upphandlingar/avslutade/index.html").read_text("utf-8")
    # Who subscribes to a list goes on to find it, empty for now.
    assert files_with(held.current / "upphandlingar" / "cpv", SECRET) == []
    calendar = (held.current / "upphandlingar/cpv/60/kalender.ics").read_text("utf-8")
    assert "BEGIN:VTIMEZONE" in calendar
    assert "VEVENT" not in calendar
