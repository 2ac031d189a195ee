"""The preview in a real browser: nothing overflows, nobody else is asked, both schemes compare."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.sites import STRICT
from tests.syndication.announcements_for_golden import ANNOUNCEMENTS, IMAGE, SITE
from utrop.syndication import preview_page
from utrop.syndication.manifest import Manifest
from utrop.syndication.networks.preview.page import EXAMPLE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if STRICT:
            pytest.fail("Chromium is not installed, and STRICT=1 asks for it")
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("preview")
    picture = folder / "current" / IMAGE.url.removeprefix(f"{SITE}/")
    picture.parent.mkdir(parents=True)
    Image.new("RGB", (1200, 630), "#0d5a4c").save(picture)
    posts = tuple(replace(one, image=one.image and IMAGE) for _name, one in ANNOUNCEMENTS)
    since = {f"{name.upper()}_SINCE": "2026-11-01T00:00:00+00:00" for name in EXAMPLE}
    every = {f"{name.upper()}_LANG": "all" for name in EXAMPLE}
    settings = {"SITENAME": "Inköp " + "N" * 60, "DEFAULT_LANG": "sv", "LANGUAGES": ["sv", "en"]}
    return [
        preview_page.write_page(
            folder / f"{number}.html",
            Manifest(site=SITE, announcements=posts),
            networks=names,
            settings=settings | since | every,
            deliveries=[],
            environ={},
        )
        for number, names in enumerate((("preview",), EXAMPLE))
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_overflows_and_nobody_else_is_asked(
    browser: Any, pages: list[Path], width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for path in pages:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        page.locator("#scheme-both").check()
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, path.name
        cut = page.evaluate(
            "[...document.querySelectorAll('.stage')].filter("
            "one => one.scrollWidth > one.clientWidth + 1).map(one => one.className)"
        )
        assert cut == []
    page.close()
    assert said == []
    assert [url for url in asked if not url.startswith("file://")] == []


def shown(page: Any) -> tuple[bool, ...]:
    """Return whether there are cards by day, and by night."""
    return tuple(page.locator(f".stage.{name}:visible").count() > 0 for name in ("day", "night"))


@pytest.mark.parametrize(("scheme", "first"), [("light", (True, False)), ("dark", (False, True))])
def test_the_keyboard_chooses_how_cards_look(
    browser: Any, pages: list[Path], scheme: str, first: tuple[bool, bool]
) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(pages[0].as_uri())
    found = [shown(page)]
    page.locator("#scheme-auto").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        found.append(shown(page))
    assert found == [first, (True, False), (False, True), (True, True)]
    page.close()
