"""A procurement written in Markdown, through a whole build, as a reader meets it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import utrop.notices.plugin
from tests.listings.small_site import PLUGINS, build, write

OPEN = datetime(2026, 11, 23, 9, tzinfo=UTC)
CLOSED = datetime(2026, 12, 15, 23, tzinfo=UTC)


def fill(content: Path) -> None:
    write(
        content,
        "snorojning.md",
        title="Snöröjning vid förskolor",
        slug="snorojning",
        category="Upphandling",
        kind="notice",
        regime="national",
        plain_summary="Vi söker den som kan röja snö vid nio förskolor.",
        database_name="Annonsdatabasen Norr",
        database_url="https://annonser.example.org/4711",
        database_published_at="2026-10-01 08:00",
        buyer_name="Norrviks kommun",
        cpv="[90620000]",
        nuts="[SE313]",
        estimated_value="1500000 SEK",
        deadline="2026-12-15 23:59",
        questions_deadline="2026-12-05 12:00",
        questions_url="https://fragor.example.org/4711",
        documents_url="https://annonser.example.org/4711/dokument",
        body="Ett öppet förfarande. `RFI`",
    )


@pytest.mark.parametrize(
    ("now", "status", "band"),
    [
        (OPEN, "Öppen för anbud till tisdag 15 december 2026 kl. 23.59", ""),
        (CLOSED, "", "Stängd. Anbudstiden gick ut tisdag 15 december 2026 kl. 23.59 (svensk tid)."),
    ],
    ids=["open", "closed"],
)
def test_a_page_from_front_matter(tmp_path: Path, now: datetime, status: str, band: str) -> None:
    fill(tmp_path / "content")
    output = tmp_path / "output"
    build(tmp_path / "content", output, now=now, PLUGINS=[*PLUGINS, utrop.notices.plugin])
    html = BeautifulSoup((output / "snorojning" / "index.html").read_bytes(), "lxml")

    def text(selector: str) -> str:
        found = html.select_one(selector)
        return found.get_text(strip=True).replace("\xa0", " ") if found else ""

    assert text("article .status") == status
    assert text(".band") == band
    answers = {
        row.find("dt").get_text(): row.find("dd").get_text(" ", strip=True).replace("\xa0", " ")
        for row in html.select(".answers > div")
    }
    assert answers["Sista dag"] == "tisdag 15 december 2026 kl. 23.59 (svensk tid)"
    assert answers["Frågor"] == "fragor.example.org"
    assert answers["Värde"].startswith("1 500 000 kronor")
    assert text(".prevails") == "Annonsen i Annonsdatabasen Norr gäller."
    assert text("a.term") == "öppet förfarande"
    calendar = html.select_one('a[type="text/calendar"]')
    assert calendar is not None
    assert (output / str(calendar["href"]).lstrip("/")).is_file()
