"""The page of a procurement in a real browser: one phone screen answers; words open in place."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.listings.notice_pages import THEME, at, lot, notice, notice_post, page, procedure
from tests.sites import STRICT
from utrop.post import Post

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"
PHONE = {"width": 390, "height": 844}
"""CSS pixels: what most phones of today show at once."""
TEXT = "<p>Ett ramavtal efter ett öppet förfarande.</p>" + "<p>Mer att läsa.</p>" * 60
pytestmark = pytest.mark.browser


def posts() -> Iterator[Post]:
    yield notice_post("en-del", body=TEXT)
    three = notice(
        lots=(lot(1), lot(2, nuts=("SE313", "SE321")), lot(3, tenders=at("2027-03-30T12:00")))
    )
    yield notice_post("tre-delar", told=three, title="Städtjänster i sex kommuner", body=TEXT)
    yield notice_post("in-english", told=three, lang="en", title="Cleaning of schools", body=TEXT)
    long = notice(
        lots=(
            lot(
                1,
                tenders=at("2027-01-16T00:00"),
                questions=at("2027-01-05T14:00+02:00"),
                nuts=("SE313", "SE321", "SE322", "SE331"),
                place="Norrviks kommun",
            ),
        )
    )
    yield notice_post(
        "lang",
        told=long,
        title="Powertransformers: 1x145/46 kV 40 MVA, 2x145/11,5 kV 40 MVA med tillhörande montage,"
        " provning och utbildning av personal vid tre stationer i Norrviks elnät till och med 2031",
        plain_summary="Vi köper tre krafttransformatorer med montage, provning och utbildning."
        " För företag som levererar stora transformatorer och kan montera dem på plats.",
    )
    yield notice_post("qa", kind="qa", told=three, procedure=procedure(three), body=TEXT)


NAMES = [one.uid for one in posts()]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        if STRICT:
            pytest.fail("Chromium is not installed, and STRICT=1 asks for it")
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root: Path = tmp_path_factory.mktemp("notices")
    shutil.copytree(THEME / "static", root / "theme")
    for post in posts():
        (root / f"{post.uid}.html").write_text(page(post), "utf-8")

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", POLICY)
            super().end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=root))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("name", NAMES)
def test_one_phone_screen_answers(browser: Any, address: str, name: str) -> None:
    shown = browser.new_page(viewport=PHONE)
    shown.goto(f"{address}{name}.html")
    end = shown.evaluate("document.querySelector('.answers').getBoundingClientRect().bottom")
    labels = shown.evaluate("[...document.querySelectorAll('.answers dt')].map(e => e.innerText)")
    shown.close()
    assert 0 < end <= PHONE["height"], (name, end)
    assert {"Sista dag", "Last day"} & set(labels)
    assert len(labels) >= 5


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_scrolls_sideways_or_breaks_the_policy(
    browser: Any, address: str, name: str, width: int
) -> None:
    shown = browser.new_page(viewport={"width": width, "height": 800})
    said: list[str] = []
    shown.on("console", lambda message: said.append(message.text))
    shown.goto(f"{address}{name}.html")
    shown.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    wide = shown.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    # A narrow column never cuts a label: each is whole within its own box.
    cut = shown.evaluate(
        "[...document.querySelectorAll('dt')].filter(e => e.scrollWidth > e.clientWidth)"
        ".map(e => e.innerText)"
    )
    shown.close()
    assert wide <= 0
    assert cut == []
    assert [one for one in said if "favicon" not in one] == []


def test_a_word_is_explained_in_place_by_keyboard_and_without_scripts(
    browser: Any, address: str
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    shown = context.new_page()
    shown.goto(f"{address}en-del.html")
    word = shown.locator("a.term").first
    word.scroll_into_view_if_needed()
    before = word.bounding_box()["y"]
    word.focus()
    shown.keyboard.press("Enter")
    entry = shown.locator(".explained").first
    box = entry.bounding_box()
    # The explanation stands on the screen, and the word is where it was.
    assert box["y"] + box["height"] <= PHONE["height"] + 1
    assert word.bounding_box()["y"] == before
    shown.keyboard.press("Tab")
    back = entry.locator("a")
    assert back.bounding_box()["height"] >= 24
    shown.keyboard.press("Enter")
    assert shown.url.endswith("#ord-ramavtal-i-texten")
    assert 0 <= word.bounding_box()["y"] <= PHONE["height"]
    assert entry.bounding_box()["y"] > PHONE["height"]
    context.close()
